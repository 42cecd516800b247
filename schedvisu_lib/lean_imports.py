"""Keep libraries from making, while they are imported, what nobody here needs."""

from __future__ import annotations

import sys


def skip_address_grammar() -> None:
    """Keep jsonschema from making a grammar of international addresses, for a format that no notebook has.

    Where jupyter_server is installed, that costs each process 1.6 s as it imports nbformat or Voilà. None in
    ``sys.modules`` is Python's own way to say that a module is not there; jsonschema then does without.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
