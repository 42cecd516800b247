"""What stands in the cells of the grid, and what the user means by what is typed into one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Final

import pandas as pd

from schedvisu_lib.figures.roster_lines import Line, RosterFrame, empty_words, pool_words, roster_lines, shift_letters
from schedvisu_lib.language import Language

AWAY: Final = "–"
"""Of a cell on leave, without duty."""
BY_HAND: Final = "*"
"""Behind the letter of what was set by hand, is a substitute's or was swapped."""
BREAKS: Final = "!"
"""Behind the letter of a duty that breaks a rule."""
VACANT: Final = "?"
"""Behind the letters of seats that nobody fills."""
_LOCKED: Final = "[]"
"""Around the letter of a locked duty."""


def grid_lines(duties: pd.DataFrame, frame: RosterFrame) -> list[Line]:
    """Return the rows of the grid: the people of each pool, and below them one for the seats that nobody fills."""
    lines: list[Line] = []
    for line in roster_lines(duties.loc[duties["person"] != ""], frame):
        if line.kind == "pool":
            lines.append(Line("empty", line.level, line.department))
        else:
            lines.append(line)
    # The row of a pool's empty seats stands below its people, though its heading came above them.
    return [line for pool in _pools(lines) for line in sorted(pool, key=lambda line: line.kind == "empty")]


def words_of(line: Line, t: Language) -> tuple[str, str]:
    """Return what stands before a row: pool and person."""
    return pool_words(line.level, line.department), line.words(t)


def grid_texts(
    duties: pd.DataFrame, frame: RosterFrame, lines: Iterable[Line], broken: Collection[tuple[str, date]]
) -> list[list[str]]:
    """Return the text of each cell, row by row.

    Parameters
    ----------
    duties, frame
        The roster.
    lines
        The rows.
    broken
        Person and day of duties that break a rule.
    """
    letters = shift_letters(list(frame.shifts["shift"]))
    days = [moment.date() for moment in frame.days["date"]]
    of_cell = {(row.person, row.date.date()): row for row in duties.itertuples(index=False) if row.person}
    away = {(row.person, row.date.date()) for row in frame.away.itertuples(index=False)}
    vacant = duties.loc[duties["person"] == ""]
    seats = {
        (level, department, day.date()): f"{empty_words(own, letters)}{VACANT}"
        for (level, department, day), own in vacant.groupby(["level", "department", "date"])
    }

    def text(line: Line, day: date) -> str:
        if line.kind == "empty":
            return seats.get((line.level, line.department, day), "")
        row = of_cell.get((line.person, day))
        if row is None:
            return AWAY if (line.person, day) in away else ""
        letter = letters[row.shift]
        locked = f"{_LOCKED[0]}{letter}{_LOCKED[1]}" if row.locked else letter
        by_hand = BY_HAND if row.origin in {"manual", "substitute", "swap"} else ""
        return f"{locked}{by_hand}{BREAKS if (line.person, day) in broken else ''}"

    return [[text(line, day) for day in days] for line in lines]


def variants(letter: str) -> list[str]:
    """Return every text that a duty of a letter may have, but those that break a rule."""
    return [letter, f"[{letter}]", f"{letter}{BY_HAND}", f"[{letter}]{BY_HAND}"]


def shift_in(typed: str, letters: Mapping[str, str], t: Language) -> str | None:
    """Return the shift that the user means, or None for no duty.

    Raises
    ------
    ValueError
        There is no such shift; the text says which there are.
    """
    word = typed.strip().rstrip(BY_HAND + BREAKS).strip(_LOCKED).strip().casefold()
    if word in {"", AWAY, "-"}:
        return None
    for shift, letter in letters.items():
        if word in {letter.casefold(), shift.casefold()}:
            return shift
    allowed = ", ".join(f"{letter} ({shift})" for shift, letter in letters.items())
    raise ValueError(t('"{word}" is no shift; type one of {allowed}, or nothing.', word=typed.strip(), allowed=allowed))


def _pools(lines: Iterable[Line]) -> list[list[Line]]:
    pools: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        pools.setdefault((line.level, line.department), []).append(line)
    return list(pools.values())
