"""The physicist's desk: widgets around the tables and figures of the report, in JupyterLab and as a local web page."""

from schedvisu_lib.lean_imports import skip_address_grammar

skip_address_grammar()
