"""The staff book: what it holds, read from a workbook or YAML, with all its mistakes told."""
