"""Texts from outside (descriptions of studies) in files that other programs open."""

from __future__ import annotations

import re
from typing import Final

_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]+")
"""Control characters, which neither XML nor iCalendar may hold, and line breaks."""

_FORMULA: Final = re.compile(r"(^|[,;|])([\s\"']*)(?=[=+\-@＝＋－＠])")
"""Where a spreadsheet would read a formula: at the beginning, or behind what another separator makes a beginning."""


def printable(text: str) -> str:
    """Return a text with a space for control characters and line breaks."""
    return _UNPRINTABLE.sub(" ", text)


def looks_like_formula(text: str) -> bool:
    """Tell whether a spreadsheet would read a formula in a text."""
    return bool(_FORMULA.match(printable(text)))


def defused(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, also where it splits lines at another separator.

    An apostrophe before ``=``, ``+``, ``-`` or ``@`` makes a text of it (OWASP, CSV injection).
    """
    return _FORMULA.sub(r"\1\2'", printable(text))
