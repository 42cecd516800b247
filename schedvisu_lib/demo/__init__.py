"""A simulated hospital and an embedded PACS that serves it."""
