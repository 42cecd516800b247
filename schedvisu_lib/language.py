"""The report's language: texts from a gettext catalogue, numbers and dates as the language writes them.

Texts stand in English in the code and are the message ids; ``locale/<code>.po`` translates them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO

import pandas as pd
from babel import Locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import Translations

from schedvisu_lib.periods import Bin, iso_week
from schedvisu_lib.settings.calendar import WEEKDAYS

NOTHING = "–"
"""What is printed where there is no number."""
_A_MONDAY = date(2024, 1, 1)


@dataclass(frozen=True)
class Language:
    """Texts and formats of one language."""

    code: str
    _translations: Translations

    def __call__(self, text: str, **values: object) -> str:
        """Return a text in this language, with its ``{placeholders}`` filled in."""
        translated = self._translations.gettext(text) if text else ""
        return translated.format(**values) if values else translated

    def number(self, value: float, decimals: int = 0) -> str:
        """Write a number, halves rounded up as one does by hand; a missing or infinite one as a dash."""
        if value is None or not math.isfinite(value):
            return NOTHING
        rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        return _number_text(rounded or Decimal(0), decimals, self.code)  # never "-0"

    def percent(self, ratio: float, decimals: int = 0) -> str:
        """Write a ratio as a percentage, with a space before the sign where the language has one."""
        if ratio is None or not math.isfinite(ratio):
            return NOTHING
        pattern = Locale.parse(self.code).percent_formats[None].pattern
        space = "\N{NO-BREAK SPACE}" if pattern.removesuffix("%")[-1].isspace() else ""
        return f"{self.number(ratio * 100, decimals)}{space}%"

    def duration(self, value: timedelta | pd.Timedelta) -> str:
        """Write a duration as h:mm, rounded to the minute ("0:07", "1:05")."""
        if pd.isna(value):
            return NOTHING
        minutes = math.floor(value.total_seconds() / 60 + 0.5)
        return f"{'-' if minutes < 0 else ''}{abs(minutes) // 60}:{abs(minutes) % 60:02d}"

    def day(self, day: date, pattern: str = "d MMM y") -> str:
        """Write a day by a CLDR date pattern ("EEE d MMM", "MMM y"), which the catalogue may translate as a text."""
        return _written(day, self(pattern), self.code)

    def days(self, n: int) -> str:
        """Write how many days ("1 day", "3 days")."""
        return self("1 day") if n == 1 else self("{n} days", n=self.number(n))

    def weekday(self, weekday: str) -> str:
        """Write a weekday ("mon") shortly ("Mon")."""
        return self.day(_A_MONDAY + timedelta(days=[str(name) for name in WEEKDAYS].index(weekday)), "EEE")

    def moment(self, moment: datetime) -> str:
        """Write a day and time of day."""
        return f"{self.day(moment.date())} {moment:%H:%M}"

    def weeks(self, first: date, last: date) -> str:
        """Write the ISO weeks of a stretch of days, with their year where they cross one ("S51/2025 – S02/2026")."""
        begin, end = iso_week(first), iso_week(last)
        if begin[:4] != end[:4]:
            return f"{self._week(begin)}/{begin[:4]} – {self._week(end)}/{end[:4]}"
        return self._week(begin) if begin == end else f"{self._week(begin)} – {self._week(end)}"

    def bin(self, column: Bin) -> str:
        """Write the heading of a bin: its day, weeks, month or year."""
        if column.kind == "day":
            return self.day(date.fromisoformat(column.label), "EEE d MMM")
        if column.kind == "month":
            return self.day(column.first, "MMM y")
        if column.kind == "year":
            return column.label
        return self.weeks(column.first, column.last)

    def _week(self, iso: str) -> str:
        return self("W{number}", number=iso[-2:])


@lru_cache(maxsize=8192)
def _written(day: date, pattern: str, code: str) -> str:
    """Write a day; the days of years are written again and again."""
    return str(format_date(day, pattern, locale=code))


@lru_cache(maxsize=8192)
def _number_text(number: Decimal, decimals: int, code: str) -> str:
    """Write a rounded number; tables hold few different ones, again and again."""
    pattern = "#,##0." + "0" * decimals if decimals else "#,##0"
    return str(format_decimal(number, format=pattern, locale=code))


@cache
def language(code: str) -> Language:
    """Return a language by its code; "en" is the language of the texts in the code."""
    catalogue = files("schedvisu_lib").joinpath("locale", f"{code}.po")
    compiled = BytesIO()
    if catalogue.is_file():
        with catalogue.open("rb") as file:
            write_mo(compiled, read_po(file, locale=code))
        compiled.seek(0)
    return Language(code, Translations(compiled) if compiled.getbuffer().nbytes else Translations())
