"""The lines of Python that give the what-if's tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schedvisu_lib.explorer.code import Name, call
from schedvisu_lib.explorer.question import Question


class WhatIfLines:
    """Writes the lines of a scanner, as a view does.

    Parameters
    ----------
    changes
        The arguments of :func:`schedvisu_lib.what_if` of each scanner that is changed.
    """

    def __init__(self, changes: Mapping[str, Mapping[str, Any]]) -> None:
        self._changes = changes

    def code(self, question: Question, scanner: str) -> list[str]:
        """Return lines that follow on those that set ``site`` and ``studies``."""
        changed = call("changed", "sv.what_if", [Name("site"), scanner], **self._changes.get(scanner, {}))
        tables = [Name(name) for name in ("studies", "site", "changed")]
        effect = call("effect", "sv.what_if_table", [*tables, scanner, str(question.first), str(question.last)])
        return [*changed.splitlines(), *f"{effect}.T".splitlines(), "effect"]
