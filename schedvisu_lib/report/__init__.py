"""Execute the notebooks, render them to PDF and HTML, mail them."""
