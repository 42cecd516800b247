"""Two letters for each exam type, where its name has no room: in narrow boxes, on areas, and in the legend."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from typing import Final

from schedvisu_lib.config import OTHER, Site
from schedvisu_lib.language import language

_WORD: Final = re.compile(r"[^\W_]+")


def exam_type_codes(site: Site) -> dict[str, str]:
    """Return two letters for each exam type: those that begin its words, else the first one and a later one.

    No two types of the site have the same, and the same type has the same on every scanner, page and week, since only
    the order of the site file counts.
    """
    names = {kind.name: kind.name for kind in site.exam_types} | {OTHER: language(site.report.language)(OTHER)}
    codes: dict[str, str] = {}
    for name, words in names.items():
        taken = set(codes.values())
        codes[name] = next(code for code in _candidates(words) if code not in taken)
    return codes


def _candidates(name: str) -> Iterator[str]:
    """Yield codes of a name, the best first, without end."""
    words = _WORD.findall(name.upper()) or ["?"]
    letters = "".join(words)
    if len(words) > 1:
        yield words[0][0] + words[1][0]
    yield from (letters[0] + letter for letter in letters[1:])
    yield from (f"{letters[0]}{number}" for number in count(1))
