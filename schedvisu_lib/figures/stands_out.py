"""What stands out, in words: a line for each finding, which links to the page of its scanner."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, Final

import pandas as pd

from schedvisu_lib.config import OTHER, Site
from schedvisu_lib.figures.durations import short_name
from schedvisu_lib.figures.html import Html, element
from schedvisu_lib.language import Language, language
from schedvisu_lib.studies.stands_out import DURATION, EMPTY, LONG_HOLE, OCCUPANCY, OVERTIME

_DAY: Final = "EEE d MMM"
_DAY_OF_YEARS: Final = "EEE d MMM y"
"""Where the days lie in several years."""
_LONGEST_NAME: Final = 30


def stands_out_html(findings: pd.DataFrame, site: Site, links: Mapping[str, str], most: int) -> Html:
    """Show the first findings of :func:`schedvisu_lib.studies.stands_out.stands_out`, and how many there are beyond.

    Parameters
    ----------
    findings
        The most important first.
    site
        Gives the language.
    links
        Address of each scanner's page; scanners without one get no link.
    most
        How many lines.
    """
    t = language(site.report.language)
    heading = element("h3", t("What stands out"))
    if findings.empty:
        return element("div", [heading, element("p", t("Nothing beyond the thresholds."), "nothing")], "part")
    shown = findings.head(most)
    pattern = _DAY if len(shown["date"].dt.year.unique()) == 1 else _DAY_OF_YEARS
    lines = [_line(row, links, _Writer(t, pattern)) for row in shown.itertuples()]
    beyond = len(findings) - len(lines)
    more = element("p", t("and {n} more", n=t.number(beyond)), "more") if beyond > 0 else Html("")
    return element("div", [heading, element("ul", lines, "stands-out"), more], "part")


@dataclass(frozen=True)
class _Writer:
    """Writes a finding as a sentence, with days by a date pattern."""

    t: Language
    pattern: str

    def kind(self, row: Any) -> str:
        t = self.t
        names = {
            EMPTY: t("No exam"),
            OCCUPANCY: t("Occupancy"),
            LONG_HOLE: t("Hole"),
            OVERTIME: t("Overtime"),
            DURATION: t("Long exam"),
        }
        return names[row.kind]

    def sentence(self, row: Any) -> str:
        ways: dict[str, Callable[[Any], str]] = {
            EMPTY: self._empty,
            OCCUPANCY: self._occupancy,
            LONG_HOLE: self._hole,
            OVERTIME: self._overtime,
            DURATION: self._duration,
        }
        return ways[row.kind](row)

    def _empty(self, row: Any) -> str:
        if row.value == 1:
            return self.t("{scanner}, {day}: open, but no exam", scanner=row.scanner, day=self._day(row.date))
        return self.t(
            "{scanner}, {first} to {last}: {n} open days in a row without exam",
            scanner=row.scanner,
            first=self._day(row.date),
            last=self._day(row.until),
            n=self.t.number(row.value),
        )

    def _occupancy(self, row: Any) -> str:
        return self.t(
            "{scanner}: {value} over the period, below {threshold}",
            scanner=row.scanner,
            value=self.t.percent(row.value / 100, 1),
            threshold=self.t.percent(row.threshold / 100, 1 if row.threshold % 1 else 0),
        )

    def _hole(self, row: Any) -> str:
        return self.t(
            "{scanner}, {day}: {length} without exam, from {start} to {end}",
            scanner=row.scanner,
            day=self._day(row.date),
            length=self._hours(row.value),
            start=f"{row.start:%H:%M}",
            end=f"{row.end:%H:%M}",
        )

    def _overtime(self, row: Any) -> str:
        return self.t(
            "{scanner}, {day}: {length} after closing time, last image at {end}",
            scanner=row.scanner,
            day=self._day(row.date),
            length=self._hours(row.value),
            end=f"{row.end:%H:%M}",
        )

    def _duration(self, row: Any) -> str:
        t = self.t
        return t(
            "{scanner}, {day} {start}: {exam_type} took {value} min, usually {usual} min (median of the {n} before)",
            scanner=row.scanner,
            day=self._day(row.date),
            start=f"{row.start:%H:%M}",
            exam_type=t(OTHER) if row.exam_type == OTHER else short_name(row.exam_type, row.take, t, _LONGEST_NAME),
            value=t.number(row.value, 1),
            usual=t.number(row.usual, 1),
            n=t.number(row.n),
        )

    def _day(self, day: pd.Timestamp) -> str:
        return self.t.day(day, self.pattern)

    def _hours(self, minutes: float) -> str:
        return self.t("{hours} h", hours=self.t.duration(pd.Timedelta(minutes=minutes)))


def _line(row: Any, links: Mapping[str, str], writer: _Writer) -> Html:
    content = element("b", writer.kind(row)) + element("span", writer.sentence(row))
    address = links.get(row.scanner)
    return element("li", Html(f'<a href="{escape(address)}">{content.text}</a>') if address else content)
