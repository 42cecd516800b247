"""The physicist's desk: widgets around the tables and figures of the report, in JupyterLab and as a local web page."""
