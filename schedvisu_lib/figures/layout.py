"""How the parts of a scanner page share one sheet of A4, in millimetres; see ``report/template/page.css``."""

from __future__ import annotations

from math import ceil
from typing import Final

WIDTH: Final = 190.0
"""Of the page between its margins."""
HEIGHT: Final = 278.0
"""Of the page between its margins."""
AGENDA_HEIGHTS: Final = (55.0, 150.0)
"""Least and most of the agenda, which takes what the other parts leave: the least with 15 types of long names."""
VIOLIN_WIDTH: Final = 89.0
VIOLIN_HEIGHTS: Final = (56.0, 90.0)

_HEADER: Final = 22.0
_COUNTS: Final = 38.0
_CAPTION: Final = 3.2
_SPARE: Final = 2.0
_NOTE_LETTERS: Final = 162
"""Of the notes on a line, with room for words that do not fit."""
_NOTE_LINE: Final = 2.8
"""Height of a line of the notes."""
_ROW: Final = 3.75
"""Of a table; a row of the legend is as high."""
_LETTER: Final = 1.42
"""Mean width of a small letter of the legend."""
_CAPITAL: Final = 1.7
"""Mean width of a capital."""
_SIGN: Final = 8.8
"""Width of a sign of the legend, with the spaces around it."""


def table_height(n_rows: int) -> float:
    """Return the height of the duration table: caption, heading and rows."""
    return 4.5 + _ROW * (n_rows + 1)


def violin_height(n_rows: int) -> float:
    """Return the height of the violins beside a table of so many rows."""
    least, most = VIOLIN_HEIGHTS
    return min(max(table_height(n_rows), least), most)


def notes_height(n_letters: int) -> float:
    """Return the height of notes of so many letters."""
    return 2.0 + _NOTE_LINE * ceil(n_letters / _NOTE_LETTERS)


def agenda_height(words: list[str], n_rows: int, n_letters: int) -> float:
    """Return what is left for the agenda.

    Parameters
    ----------
    words
        Of the legend.
    n_rows
        Of the duration table.
    n_letters
        Of the notes.
    """
    durations = max(violin_height(n_rows), table_height(n_rows)) + _CAPTION
    taken = _HEADER + _COUNTS + notes_height(n_letters) + _SPARE + durations + legend_height(words)
    least, most = AGENDA_HEIGHTS
    return min(max(HEIGHT - taken, least), most)


def legend_height(words: list[str]) -> float:
    """Return the height of the legend, which breaks into lines."""
    lines, used = 1, 0.0
    for word in words:
        capitals = sum(letter.isupper() for letter in word)
        needed = _SIGN + _LETTER * (len(word) - capitals) + _CAPITAL * capitals
        if used and used + needed > WIDTH - 10:
            lines, used = lines + 1, 0.0
        used += needed
    return 2.0 + (_ROW + 0.3) * lines
