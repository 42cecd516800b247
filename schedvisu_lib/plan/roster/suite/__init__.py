"""The public shift-scheduling suite: reader, checker, and a solver whose columns are whole rows of people."""
