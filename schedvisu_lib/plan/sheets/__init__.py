"""Books of the planners as files: sheets of validated rows, read with all their mistakes at once, and written."""
