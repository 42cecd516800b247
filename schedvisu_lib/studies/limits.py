"""Which of a page's exams count, as a notebook's parameters say it and as the page's head words it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Final

import pandas as pd

from schedvisu_lib.config import OTHER, Site
from schedvisu_lib.language import Language
from schedvisu_lib.settings.calendar import WEEKDAYS
from schedvisu_lib.studies.choosing import choose_exams, on_weekdays

_HOURS: Final = re.compile(r"((?:[01]\d|2[0-3]):[0-5]\d)\s*[-–]\s*((?:[01]\d|2[0-3]):[0-5]\d|24:00)")
_MOST_NAMED: Final = 6
"""Exam types that a head names; more are counted."""


@dataclass(frozen=True)
class Limits:
    """Some of the exams, by :func:`schedvisu_lib.choose_exams`; an empty choice does not limit.

    Parameters
    ----------
    weekdays
        "mon", ...
    hours
        From and until: "08:00" and "12:00"; "24:00" is the end of the day.
    exam_types
        Names.
    takes
        Numbers, from 1.
    """

    weekdays: tuple[str, ...] = ()
    hours: tuple[str, str] | None = None
    exam_types: tuple[str, ...] = ()
    takes: tuple[int, ...] = ()

    PARAMETERS: ClassVar[tuple[str, ...]] = ("weekdays", "hours", "exam_types", "takes")
    """Of a notebook that can show some of the exams."""

    @classmethod
    def read(cls, weekdays: str = "", hours: str = "", exam_types: str = "", takes: str = "") -> Limits:
        """Read the parameters of a notebook, as :meth:`parameters` writes them.

        Parameters
        ----------
        weekdays
            "mon, tue".
        hours
            "08:00-12:00".
        exam_types
            Names, each on a line of its own.
        takes
            "1, 2".

        Raises
        ------
        ValueError
            One of them is not written so.
        """
        days = tuple(day.lower() for day in _words(weekdays))
        if unknown := [day for day in days if day not in WEEKDAYS]:
            raise ValueError(f'weekday "{unknown[0]}" is unknown; allowed: {", ".join(WEEKDAYS)}')
        found = _HOURS.fullmatch(hours.strip())
        if hours.strip() and (found is None or found[1] >= found[2]):
            raise ValueError(f'hours "{hours}": write from and until, as 08:00-12:00')
        if wrong := [take for take in _words(takes) if not take.isdecimal() or int(take) < 1]:
            raise ValueError(f'take "{wrong[0]}": write numbers from 1, as 1, 2')
        names = tuple(line.strip() for line in exam_types.splitlines() if line.strip())
        return cls(days, (found[1], found[2]) if found else None, names, tuple(map(int, _words(takes))))

    def parameters(self) -> dict[str, str]:
        """Return the parameters of a notebook; none for what does not limit."""
        written = {
            "weekdays": ", ".join(self.weekdays),
            "hours": "-".join(self.hours or ()),
            "exam_types": "\n".join(self.exam_types),
            "takes": ", ".join(map(str, self.takes)),
        }
        return {name: text for name, text in written.items() if text}

    @property
    def chooses_exams(self) -> bool:
        """Whether some exams of a day count and others do not."""
        return bool(self.hours or self.exam_types or self.takes)

    def site(self, site: Site) -> Site:
        """Return a site that works on the weekdays that count.

        Raises
        ------
        ValueError
            None of them is a workday of the site.
        """
        return on_weekdays(site, self.weekdays) if self.weekdays else site

    def on_days(self, studies: pd.DataFrame) -> pd.DataFrame:
        """Return the exams of the weekdays that count."""
        return choose_exams(studies, weekdays=self.weekdays or None)

    def chosen(self, studies: pd.DataFrame) -> pd.DataFrame:
        """Return the exams that count."""
        return choose_exams(
            studies,
            weekdays=self.weekdays or None,
            hours=self.hours,
            exam_types=self.exam_types or None,
            takes=self.takes or None,
        )

    def words(self, t: Language) -> str:
        """Say which exams count ("only Mon, Tue; 08:00–12:00; FDG STAND."); "" for all of them."""
        days = ", ".join(t.weekday(day) for day in WEEKDAYS if day in self.weekdays)
        # Lines break between names, not within.
        types = [(t(name) if name == OTHER else name).replace(" ", "\N{NO-BREAK SPACE}") for name in self.exam_types]
        named = ", ".join(types) if len(types) <= _MOST_NAMED else t("{n} exam types", n=len(types))
        takes = t("take {numbers}", numbers=", ".join(map(str, self.takes))) if self.takes else ""
        parts = [days, "–".join(self.hours or ()), named, takes]
        what = t("; ").join(part for part in parts if part)
        return t("only {what}", what=what) if what else ""


ALL: Final = Limits()
"""Every exam counts."""


def _words(text: str) -> list[str]:
    return re.findall(r"[^\s,;]+", text)
