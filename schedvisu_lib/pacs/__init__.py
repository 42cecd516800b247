"""Ask the archive, keep only header facts: from a PACS to series."""
