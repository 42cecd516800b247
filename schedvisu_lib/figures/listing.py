"""Lists that never outgrow their place on a page: the first rows, and how many there are beyond them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from typing import Final

from schedvisu_lib.figures.html import Cell, Content, Html, element, table
from schedvisu_lib.language import Language

_WIDE: Final = 1.35
"""Width of a capital letter, in small ones."""


@dataclass(frozen=True)
class Room:
    """How much a list may take."""

    css: str
    """Its class, by which ``page.css`` gives the widths of the columns."""
    lines: int
    """Of text, all rows together."""
    letters: Sequence[int]
    """Of each column, in one line; small ones."""
    numbers: int = 1
    """So many columns at the end are numbers."""


def listing(
    headings: Sequence[str],
    rows: Sequence[Sequence[Content]],
    room: Room,
    t: Language,
    *,
    apart: Sequence[Sequence[Content]] = (),
) -> Html:
    """Return a table of the rows that fit, and how many there are beyond them; a word where there is none."""
    if not rows:
        return element("p", t("None."), "nothing")
    n = n_fitting(rows, room)
    css = f"listing {room.css} numbers-{room.numbers}"
    return table(headings, rows[:n], css, apart=apart) + and_more(len(rows) - n, t)


def n_fitting(rows: Sequence[Sequence[Content]], room: Room) -> int:
    """Return how many of the first rows fit."""
    used = 0
    for n, row in enumerate(rows):
        used += max(
            max(1, math.ceil(_width(_words(cell)) / letters)) for cell, letters in zip(row, room.letters, strict=True)
        )
        if used > room.lines:
            return n
    return len(rows)


def and_more(n: int, t: Language) -> Html:
    """Say how many there are beyond those that are shown; nothing for none."""
    return element("p", t("and {n} more", n=t.number(n)), "more") if n > 0 else Html("")


def _width(text: str) -> float:
    return sum(_WIDE if letter.isupper() or letter in "mw%" else 1.0 for letter in text)


def _words(cell: Content) -> str:
    content = cell.content if isinstance(cell, Cell) else cell
    return unescape(re.sub(r"<[^>]*>", "", content.text)) if isinstance(content, Html) else content
