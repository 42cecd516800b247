"""What stands in the lines of a roster, and how its shifts look: the same in the figure, the workbook and the grid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, count
from typing import Final, Literal

import pandas as pd

from schedvisu_lib.figures.style import PALETTE
from schedvisu_lib.language import Language

NEEDED: Final = ("date", "shift", "level", "department", "team", "person", "origin", "locked", "reason")
"""Columns of a roster that lines and figure read."""
COUNTED: Final = ("nights", "weekends", "holidays", "total")
"""What is counted of each person, in the columns beside the days."""
RED: Final = "#c00000"
"""Of the seats that nobody fills."""
PALE_RED: Final = "#fbe9e9"
"""Of their row."""
POOL: Final = "#dde6ee"
"""Of the heading of a pool."""
_NIGHTS: Final = ("#0072b2", "#5a2d69", "#1e2db4", "#781e00")
"""Dark: nights."""
_DAYS: Final = ("#ffc369", "#66d9b8", "#96d2ff", "#b4b487", "#e69f00", "#009e73")
"""Light: all others."""

LineKind = Literal["pool", "person", "empty"]


@dataclass(frozen=True)
class RosterFrame:
    """What stands around the duties of a roster, as plain tables.

    Parameters
    ----------
    shifts
        ``shift``, ``night`` (whether it ends on the next day), ``hours`` (as "07:00-17:00"), in the order of the book.
    people
        ``person``, ``level``, ``department`` ("" where the level is the hospital's), ``team``, ``phone``: a row for
        each person, those of a pool together.
    days
        ``date``, ``off`` (weekend, holiday or closure), ``name`` (of a holiday): each day, in order.
    away
        ``person``, ``date``: leave and absence.
    counts
        ``person`` and the columns of :data:`COUNTED`.
    """

    shifts: pd.DataFrame
    people: pd.DataFrame
    days: pd.DataFrame
    away: pd.DataFrame
    counts: pd.DataFrame

    @property
    def phones(self) -> dict[str, str]:
        """The phone numbers of those who have one."""
        known = self.people.loc[self.people["phone"] != ""]
        return dict(zip(known["person"], known["phone"], strict=True))

    def between(self, first: date, last: date) -> RosterFrame:
        """Return the frame of some of its days."""
        days, away = (
            table.loc[table["date"].between(pd.Timestamp(first), pd.Timestamp(last))]
            for table in (self.days, self.away)
        )
        return RosterFrame(self.shifts, self.people, days, away, self.counts)


@dataclass(frozen=True)
class Line:
    """A line of the roster: the heading of a pool, a person, or the seats of a pool that nobody fills."""

    kind: LineKind
    level: str
    department: str
    person: str = ""
    team: str = ""

    def words(self, t: Language) -> str:
        """Return what stands before the line."""
        if self.kind == "empty":
            return t("nobody")
        if self.kind == "pool":
            return pool_words(self.level, self.department)
        return f"{self.person} ({self.team})" if self.team else self.person


def pool_words(level: str, department: str) -> str:
    """Name a pool."""
    return f"{level} · {department}" if department else level


def roster_lines(duties: pd.DataFrame, frame: RosterFrame) -> list[Line]:
    """Return the lines of a roster: of each pool its heading, its people, and its empty seats where there are any."""
    rows = frame.people[["level", "department", "person", "team"]]
    empty = duties.loc[duties["person"] == "", ["level", "department"]].drop_duplicates()
    vacant = set(empty.itertuples(index=False, name=None))
    pools = dict.fromkeys(chain(rows[["level", "department"]].itertuples(index=False, name=None), sorted(vacant)))
    lines: list[Line] = []
    for level, department in pools:
        own = rows.loc[(rows["level"] == level) & (rows["department"] == department)]
        lines.append(Line("pool", level, department))
        lines += [Line("person", level, department, row.person, row.team) for row in own.itertuples(index=False)]
        if (level, department) in vacant:
            lines.append(Line("empty", level, department))
    return lines


def empty_words(seats: pd.DataFrame, letters: dict[str, str]) -> str:
    """Return which shifts a day lacks: letters, with the number of seats where it is more than one."""
    numbers = seats["shift"].value_counts()
    in_order = [name for name in letters if name in numbers]
    return " ".join(f"{numbers[name]}{letters[name]}" if numbers[name] > 1 else letters[name] for name in in_order)


def shift_letters(shifts: Sequence[str]) -> dict[str, str]:
    """Return a letter for each shift, or as few as tell it from those before it."""
    letters: dict[str, str] = {}
    for name in shifts:
        letters[name] = next(text for text in _candidates(name) if text not in letters.values())
    return letters


def shift_colors(shifts: pd.DataFrame) -> dict[str, str]:
    """Return a colour for each shift: nights are dark, all others light."""
    colors: dict[str, str] = {}
    places = {True: iter((*_NIGHTS, *PALETTE * len(shifts))), False: iter((*_DAYS, *PALETTE * len(shifts)))}
    for row in shifts.itertuples(index=False):
        colors[row.shift] = next(places[bool(row.night)])
    return colors


def _candidates(name: str) -> Iterator[str]:
    """Yield codes of a name, the best first, without end."""
    letters = "".join(letter for letter in name if letter.isalnum()) or "?"
    first = letters[0].upper()
    yield first
    yield from (first + letter.lower() for letter in letters[1:])
    yield from (f"{first}{number}" for number in count(1))
