"""Names that are longer than their place."""

from __future__ import annotations


def shortened(name: str, longest: int) -> str:
    """Return a name with what is beyond so many letters left out."""
    return name if len(name) <= longest else f"{name[: longest - 1].rstrip()}…"


def begin_and_end(name: str, longest: int) -> str:
    """Return a name, or begin and end of one of more letters than ``longest``: names often differ at their end."""
    if len(name) <= longest:
        return name
    end = (longest - 1) // 2
    return f"{name[: longest - 1 - end].rstrip()}…{name[len(name) - end :].lstrip()}"
