"""The search for a plan: arrays of minutes, compiled moves, a bound and an exact check."""
