"""Axes-level plots and styled tables: they draw on the axes that they are given."""
