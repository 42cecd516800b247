"""The pages of a duty roster: person x day, the duties of each day, what each person has, and what nobody fills."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from html import escape
from typing import Final

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.figures.appointments import paler
from schedvisu_lib.figures.html import Cell, Content, Html, element, table
from schedvisu_lib.figures.layout import HEIGHT, WIDTH
from schedvisu_lib.figures.legend import legend_entry, legend_html
from schedvisu_lib.figures.page import PageHead
from schedvisu_lib.figures.roster import plot_roster
from schedvisu_lib.figures.roster_lines import (
    RED,
    Line,
    RosterFrame,
    pool_words,
    roster_lines,
    shift_colors,
    shift_letters,
)
from schedvisu_lib.figures.style import CLOSED, INK, PALE, SHADE, house_style, readable_on
from schedvisu_lib.figures.svg import as_svg, new_figure
from schedvisu_lib.language import Language, language
from schedvisu_lib.periods import Period

_MARGINS: Final = (36.0, 0.5, 13.5, 0.5)
"""Left, right, top and bottom of a picture, in millimetres."""
_ROW: Final = (3.7, 5.6)
"""Least and most height of a row, in millimetres."""
_TAKEN: Final = 36.0
"""Of a page by its head and legend, in millimetres."""
_MOST_DAYS: Final = 31
"""Of one picture; longer rosters are split by weeks."""
_WEEKS: Final = 4


@dataclass(frozen=True)
class RosterPages:
    """What the pages of a roster show; each method is one page or more.

    Parameters
    ----------
    duties
        Columns of :data:`schedvisu_lib.plan.roster.duty.COLUMNS`, of the days of the roster alone.
    frame
        People, shifts, days, leave and counts.
    site
        Gives language and calendar.
    first, last
        The days of the roster.
    generated_at
        Printed on each page.
    statistics, spread
        What each person has, and how evenly it is spread, as
        :class:`schedvisu_lib.export.roster.content.RosterContent` gives them.
    """

    duties: pd.DataFrame
    frame: RosterFrame
    site: Site
    first: date
    last: date
    generated_at: datetime
    statistics: pd.DataFrame
    spread: pd.DataFrame

    def roster(self) -> Iterator[Html]:
        """Yield the pages of the roster itself: of each stretch of days as many as its people need."""
        for first, last in stretches(self.first, self.last):
            frame = self.frame.between(first, last)
            days = self.duties["date"].between(pd.Timestamp(first), pd.Timestamp(last))
            duties = self.duties.loc[days]
            most = int((HEIGHT - _TAKEN - _MARGINS[2]) / _ROW[0])
            for lines in pages_of(roster_lines(duties, frame), most):
                head = self._head(self._t("Duty roster"), first, last)
                yield _together([head, self.picture(duties, frame, lines), self._legend(duties, lines)])

    def picture(self, duties: pd.DataFrame, frame: RosterFrame, lines: Sequence[Line]) -> Html:
        """Draw some lines of a roster as wide as the page."""
        t = self._t
        left, right, upper, lower = _MARGINS
        room = (HEIGHT - _TAKEN - upper) / max(len(lines), 1)
        inner = max(len(lines), 1) * min(max(room, _ROW[0]), _ROW[1])
        height = inner + upper + lower
        with house_style():
            figure = new_figure(WIDTH, height)
            ax = figure.add_axes((left / WIDTH, lower / height, 1 - (left + right) / WIDTH, inner / height))
            plot_roster(duties, frame, self.site, lines=lines, ax=ax)
        return as_svg(figure, t("Duty roster"), "agenda")

    def by_day(self) -> Html:
        """Return the duties of each day, level by level, with the seats that nobody fills."""
        return self._head(self._t("Duties of each day")) + self.day_list_html(self.duties)

    def people(self) -> Html:
        """Return what each person has, and how evenly that is spread."""
        t = self._t
        parts = [self._head(t("Who has what")), self.statistics_html()]
        if len(self.spread):
            note = t(
                "The largest minus the smallest count of those who share the same duties, earlier rosters included."
            )
            parts += [element("p", t("Spread"), "subtitle"), self.spread_html(), element("p", note, "notes")]
        return _together(parts)

    def nobody(self) -> Html:
        """Return the seats that nobody fills, and why."""
        return self._head(self._t("Empty seats")) + self.empty_html()

    def day_list_html(self, duties: pd.DataFrame) -> Html:
        """Show duties by day, shift and pool: who is on duty, in red what nobody fills."""
        t = self._t
        lines: list[list[Content]] = []
        shown = ""
        for day, shift, pool, names, n_empty in day_lines(duties, self.frame.phones):
            words = t.day(day, "EEE d MMM y")
            who: list[Html] = [element("span", ", ".join(names))] if names else []
            if n_empty:
                vacant = t("1 seat empty") if n_empty == 1 else t("{n} seats empty", n=t.number(n_empty))
                who.append(element("b", f"{' · ' if names else ''}{vacant}", "failure"))
            lines.append(
                [
                    Cell("" if words == shown else words, day.isoformat()),
                    shift,
                    self._hours[shift],
                    pool,
                    _together(who),
                ]
            )
            shown = words
        heads = (t("Day"), t("Shift"), t("From – to"), t("Level"), t("On duty"))
        return table(heads, lines, "listing roster-days")

    def statistics_html(self) -> Html:
        """Show nights, weekends, holidays, total, hours and wishes of each person."""
        t = self._t
        lines = [list(row) for row in statistics_lines(self.statistics, self.frame, t)]
        return table(statistics_heads(t), lines, "listing roster-who")

    def spread_html(self) -> Html:
        """Show the spread of each group of people who share the same duties."""
        t = self._t
        lines: list[list[Content]] = [
            [
                group_words(row, t),
                *(t.number(int(getattr(row, kind))) for kind in ("nights", "weekends", "holidays", "total")),
            ]
            for row in self.spread.itertuples(index=False)
        ]
        return table((t("Who"), t("Nights"), t("Weekends"), t("Holidays"), t("Total")), lines, "listing roster-spread")

    def empty_html(self) -> Html:
        """Show the seats that nobody fills, with the reason of each."""
        t = self._t
        rows = self.duties.loc[self.duties["person"] == ""]
        lines: list[list[Content]] = [
            [
                Cell(t.day(row.date.date(), "EEE d MMM y"), row.date.isoformat()),
                row.shift,
                pool_words(row.level, row.department),
                row.reason,
            ]
            for row in rows.itertuples(index=False)
        ]
        return table((t("Day"), t("Shift"), t("Level"), t("Reason")), lines, "listing roster-empty")

    @property
    def _t(self) -> Language:
        return language(self.site.report.language)

    @cached_property
    def _hours(self) -> dict[str, str]:
        return dict(zip(self.frame.shifts["shift"], self.frame.shifts["hours"], strict=True))

    def _head(self, heading: str, first: date | None = None, last: date | None = None) -> Html:
        period = Period("", first or self.first, last or self.last)
        return PageHead(self.site, period, self.generated_at).html(
            Html(""), element("h3", heading, "scanner"), Html("")
        )

    def _legend(self, duties: pd.DataFrame, lines: Sequence[Line]) -> Html:
        """Return what the colours and signs mean that occur in some lines."""
        t = self._t
        shown = {line.person for line in lines if line.kind == "person"}
        own = duties.loc[duties["person"].isin(shown)]
        letters, colors = shift_letters(list(self.frame.shifts["shift"])), shift_colors(self.frame.shifts)
        used = set(duties["shift"])
        entries = {
            name: legend_entry(_look(colors[name]), f"{name} {self._hours[name]}", letters[name])
            for name in letters
            if name in used
        }
        tint = f"rgb({', '.join(f'{channel:.0%}' for channel in paler(PALE))})"
        level_of = {line.person: line.level for line in lines}
        others = own["level"] != own["person"].map(level_of)
        empty = any(line.kind == "empty" for line in lines)
        signs = {
            t("stood before"): (f"background:{tint};border:0.3mm solid {PALE}", (own["origin"] == "given").any()),
            t("locked"): (f"background:white;border:0.45mm solid {INK}", own["locked"].any()),
            t("set by hand"): (_triangle("top right"), (own["origin"] == "manual").any()),
            t("substitute"): (_triangle("bottom right"), (own["origin"] == "substitute").any()),
            t("swapped"): (_triangle("bottom left"), (own["origin"] == "swap").any()),
            t("day off"): (f"background:{SHADE}", self.frame.days["off"].any()),
            t("leave"): (
                f"background:repeating-linear-gradient(-45deg,{CLOSED} 0 0.8mm,white 0.8mm 1mm)",
                self.frame.away["person"].isin(list(shown)).any(),
            ),
            t("nobody"): (f"background:{RED}", empty),
        }
        entries |= {words: legend_entry(f'style="{css}"', words) for words, (css, occurs) in signs.items() if occurs}
        if others.any():
            entries[t("italics: of another level")] = element("span", t("italics: of another level"))
        return legend_html(entries)


def day_lines(duties: pd.DataFrame, phones: Mapping[str, str]) -> Iterator[tuple[date, str, str, list[str], int]]:
    """Yield day, shift, pool, names (teams before their members), and number of empty seats, in order of time.

    Who is in ``phones`` has the number behind the name.
    """
    keys = ["date", "start", "shift", "level", "department"]
    for (day, _, shift, level, department), own in duties.groupby(keys, sort=True):
        names = []
        filled = own.loc[own["person"] != ""]
        for team, members in filled.groupby("team", sort=True):
            people = ", ".join(f"{name} ({phones[name]})" if name in phones else name for name in members["person"])
            names.append(f"{team}: {people}" if team else people)
        yield day.date(), shift, pool_words(level, department), names, int((own["person"] == "").sum())


def statistics_heads(t: Language) -> tuple[str, ...]:
    """Return the headings of the statistics."""
    return (
        t("Person"), t("Level"), t("Nights"), t("Weekends"), t("Holidays"), t("Total"), t("Hours"),
        t("Wishes met"), t("Wishes"),
    )  # fmt: skip


def statistics_lines(statistics: pd.DataFrame, frame: RosterFrame, t: Language) -> Iterator[tuple[str, ...]]:
    """Yield the cells of each person, in the order of the roster."""
    rows = statistics.set_index("person")
    for one in frame.people.itertuples(index=False):
        row = rows.loc[one.person]
        numbers = (row[name] for name in ("nights", "weekends", "holidays", "total"))
        yield (
            one.person,
            pool_words(one.level, one.department),
            *(t.number(int(number)) for number in numbers),
            t.number(row["hours"], 1),
            t.number(int(row["wishes_met"])),
            t.number(int(row["wishes"])),
        )


def group_words(row: object, t: Language) -> str:
    """Name those who share the same duties."""
    pool = pool_words(row.level, row.department)  # type: ignore[attr-defined]
    teams = t("in teams") if row.by == "team" else ""  # type: ignore[attr-defined]
    return ", ".join(filter(None, [pool, row.title, teams]))  # type: ignore[attr-defined]


def stretches(first: date, last: date) -> list[tuple[date, date]]:
    """Return the stretches of days that are drawn by themselves: all, or weeks from their Mondays on."""
    if (last - first).days < _MOST_DAYS:
        return [(first, last)]
    found, begin = [], first
    while begin <= last:
        end = begin - timedelta(days=begin.weekday()) + timedelta(weeks=_WEEKS, days=-1)
        found.append((begin, min(end, last)))
        begin = end + timedelta(days=1)
    return found


def pages_of(lines: Sequence[Line], most: int) -> list[list[Line]]:
    """Return lines in pages of so many: a pool begins a new page where it does not fit, and has its heading on each."""
    pools: list[list[Line]] = []
    for line in lines:
        if line.kind == "pool":
            pools.append([])
        pools[-1].append(line)
    pages: list[list[Line]] = [[]]
    for pool in pools:
        if pages[-1] and len(pages[-1]) + len(pool) > most:
            pages.append([])
        head, *rest = pool
        while len(pages[-1]) + 1 + len(rest) > most:
            room = max(most - len(pages[-1]) - 1, 1)
            pages[-1] += [head, *rest[:room]]
            rest = rest[room:]
            pages.append([])
        pages[-1] += [head, *rest]
    return [page for page in pages if page] or [[]]


def _look(color: str) -> str:
    return f'style="background:{escape(color)};color:{readable_on(color)}"'


def _triangle(corner: str) -> str:
    return f"background:linear-gradient(to {corner},#e4e4e4 62%,{INK} 63%)"


def _together(parts: Sequence[Html]) -> Html:
    return sum(parts, start=Html(""))
