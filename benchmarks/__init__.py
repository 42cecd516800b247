"""How fast SchedVisu is, how much memory it takes, and how both grow: ``make bench``, or ``python -m benchmarks``."""
