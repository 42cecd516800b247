"""The desk of the roster planner: a roster is made, corrected by hand cell by cell, planned around, and saved."""
