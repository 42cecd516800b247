"""The book of the appointments planner: what it holds, read from a workbook or YAML, with all its mistakes told."""
