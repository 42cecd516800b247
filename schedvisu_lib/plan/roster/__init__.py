"""The duty roster: who is on duty on which day and in which shift (``docs/plan-roster.md``)."""
