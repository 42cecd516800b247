"""Names that are longer than their place."""

from __future__ import annotations


def begin_and_end(name: str, longest: int) -> str:
    """Return a name, or begin and end of one of more letters than ``longest``: names often differ at their end."""
    if len(name) <= longest:
        return name
    end = (longest - 1) // 2
    return f"{name[: longest - 1 - end].rstrip()}…{name[len(name) - end :].lstrip()}"
