"""Execute the notebooks, render them to PDF and HTML, mail them."""

import sys

# Where jupyter_server is installed, jsonschema makes a grammar of international addresses as it is imported: 1.6 s that
# every command would wait, for a format that no notebook has. None keeps it from doing so (Python's own convention).
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
