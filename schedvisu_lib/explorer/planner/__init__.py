"""The desk of the planner: a plan is made, corrected by hand and saved, in JupyterLab and as a local web page."""
