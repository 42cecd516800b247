"""Execute the notebooks, render them to PDF and HTML, mail them."""

from schedvisu_lib.lean_imports import skip_address_grammar

skip_address_grammar()
