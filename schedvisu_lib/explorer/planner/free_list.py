"""The times at which a session could be: the best first, the forbidden ones pale with what forbids them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from html import escape
from typing import Any, Final

import pandas as pd
from ipywidgets import HTML, Button, ButtonStyle, DatePicker, Dropdown, HBox, Layout, Text, VBox

from schedvisu_lib.explorer.paragraph import paragraph
from schedvisu_lib.explorer.planner.session_rows import place_of
from schedvisu_lib.explorer.planner.times import time_in
from schedvisu_lib.explorer.quiet import Quiet
from schedvisu_lib.language import Language
from schedvisu_lib.plan.book.model import Book
from schedvisu_lib.plan.rules.broken import moment

_STEP: Final = 12
"""How many times are shown at first, and how many more each time."""
_ALL: Final = "all"
_COLON: Final = ": \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"
Choose = Callable[[datetime, str, bool], None]
"""Told start, resource, and whether it shall be in spite of rules."""


class FreeList:
    """Times to choose from, and fields for any other time.

    Parameters
    ----------
    book
        Gives the resources.
    t
        The language.
    choose
        Called with the time that the user chose.
    close
        Called when the user gives up.
    """

    def __init__(self, book: Book, t: Language, choose: Choose, close: Callable[[], None]) -> None:
        self._book, self._t, self._choose = book, t, choose
        self._quiet = Quiet()
        self._times = pd.DataFrame()
        self._asked = ("", "")
        self._n_shown = _STEP
        self._shared: dict[str, Any] = {"layout": Layout(), "style": ButtonStyle()}
        self.rows: list[TimeRow] = []
        self._title = paragraph("sv-free-title")
        self.day = Dropdown(description=t("Day"))
        self.resource = Dropdown(description=t("Where"))
        for field in (self.day, self.resource):
            field.observe(lambda _: self._filtered(), "value")
        self.close = Button(description=t("Close"), tooltip=t("Leave the appointment where it is"))
        self.close.on_click(lambda _: close())
        self._lines = VBox()
        self.more = Button(description=t("Show more"))
        self.more.on_click(lambda _: self._show_more())
        self.own = _OwnTime(book, t, choose)
        head = HBox([self._title, self.day, self.resource, self.close])
        head.add_class("sv-free-head")
        self.widget = VBox([head, self._lines, self.more, self.own.widget])
        self.widget.add_class("sv-free")

    def show(
        self,
        title: str,
        asked: tuple[str, str],
        times: pd.DataFrame,
        resources: list[str],
        now: tuple[datetime, str] | None,
    ) -> None:
        """Show the times of a session.

        Parameters
        ----------
        title
            Names the session.
        asked
            Names it as the rules do, and its procedure.
        times
            As :func:`schedvisu_lib.plan.free_times.free_times` gives them.
        resources
            Those that may be used.
        now
            Where the session is.
        """
        t = self._t
        self._title.value = f"<h3>{escape(title)}</h3>"
        self._times, self._asked, self._n_shown = times, asked, _STEP
        days = times["start"].dt.date
        free = days[times["free"]].value_counts()
        with self._quiet():
            words = [(self._day_words(day, int(free.get(day, 0))), day) for day in sorted(days.unique())]
            self.day.options = [(t("the best of all days"), _ALL), *words]
            self.day.value = _ALL
            names = list(dict.fromkeys(times["resource"]))
            self.resource.options = [(t("everywhere"), _ALL), *((place_of(name, self._book), name) for name in names)]
            self.resource.value = _ALL
            self.resource.layout.display = None if len(names) > 1 else "none"
        self.own.show(resources, now)
        self._fill()

    @property
    def shown(self) -> pd.DataFrame:
        """The times of the chosen day and resource."""
        times = self._times
        if self.day.value != _ALL:
            times = times.loc[times["start"].dt.date == self.day.value]
        if self.resource.value != _ALL:
            times = times.loc[times["resource"] == self.resource.value]
        return times

    def _day_words(self, day: date, n: int) -> str:
        return self._t("{day}: {n} free", day=self._t.day(day, "EEE d MMM"), n=self._t.number(n))

    def _filtered(self) -> None:
        if not self._quiet:
            self._n_shown = _STEP
            self._fill()

    def _show_more(self) -> None:
        self._n_shown += _STEP
        self._fill()

    def _fill(self) -> None:
        """Give each time that is shown its line; lines are made once and used again."""
        times = self.shown
        shown = times.head(self._n_shown)
        while len(self.rows) < len(shown):
            self.rows.append(TimeRow(self._t, self._shared, self._choose))
        for row, (_, values) in zip(self.rows, shown.iterrows(), strict=False):
            row.show(values, self._asked, self._book)
        if len(self._lines.children) != len(shown):
            self._lines.children = [row.widget for row in self.rows[: len(shown)]]
        self.more.layout.display = "" if len(times) > len(shown) else "none"


class TimeRow:
    """A line with a time, and a button that takes it."""

    def __init__(self, t: Language, shared: dict[str, Any], choose: Choose) -> None:
        self._t = t
        self._where: tuple[datetime, str] | None = None
        self.take = Button(description=t("Choose"), **shared)
        self.take.on_click(lambda _: self._where and choose(*self._where, False))
        self.words = HTML()
        self.widget = HBox([self.take, self.words])
        self.widget.add_class("sv-time")

    def show(self, row: pd.Series[Any], asked: tuple[str, str], book: Book) -> None:
        """Show a time; one that rules forbid cannot be taken, and says why."""
        t, is_free = self._t, bool(row["free"])
        self._where = row["start"].to_pydatetime(), row["resource"]
        when = f"{moment(row['start'], t)}–{row['end']:%H:%M}"
        waiting = t("{n} min more waiting", n=t.number(int(row["waiting"]))) if is_free and row["waiting"] > 0 else ""
        texts = [when, place_of(row["resource"], book), waiting if is_free else _plain(row, asked, t)]
        self.words.value = "".join(f'<span title="{escape(text)}">{escape(text)}</span>' for text in texts)
        self.take.disabled = not is_free
        (self.widget.remove_class if is_free else self.widget.add_class)("sv-forbidden")


def _plain(row: pd.Series[Any], asked: tuple[str, str], t: Language) -> str:
    """Return why a time is forbidden, without naming the session whose times are shown again and again."""
    name, procedure = asked
    itself = f"{name} ({moment(row['start'], t)}, {procedure})"
    reasons = "; ".join(part.removeprefix(itself).lstrip(_COLON) for part in row["reason"].split("; "))
    return t("rule {n}: {reasons}", n=row["rules"], reasons=reasons)


class _OwnTime:
    """Fields for any other day, time and resource: checked like all others, and taken in spite of rules if wanted."""

    def __init__(self, book: Book, t: Language, choose: Choose) -> None:
        self._book, self._t, self._choose = book, t, choose
        self.day = DatePicker(description=t("Other time"), tooltip=t("Day"))
        self.time = Text(placeholder="14:00", tooltip=t("Time"))
        self.resource = Dropdown(tooltip=t("Where"))
        self.set = Button(description=t("Set"), tooltip=t("Set it there, unless that breaks a rule"))
        self.anyway = Button(description=t("Set all the same"), tooltip=t("Set it there in spite of the rules"))
        self.problem = paragraph("sv-problem")
        self.set.on_click(lambda _: self._take(in_spite=False))
        self.anyway.on_click(lambda _: self._take(in_spite=True))
        row = HBox([self.day, self.time, self.resource, self.set, self.anyway])
        row.add_class("sv-own-time")
        self.widget = VBox([row, self.problem])

    def show(self, resources: list[str], now: tuple[datetime, str] | None) -> None:
        """Offer resources, and where the session is now."""
        self.problem.value = ""
        self.offer_anyway(is_of_use=False)
        self.resource.options = [(place_of(name, self._book), name) for name in resources]
        if now is not None:
            self.day.value, self.time.value = now[0].date(), f"{now[0]:%H:%M}"
            self.resource.value = now[1]

    def offer_anyway(self, *, is_of_use: bool) -> None:
        """Show the button that breaks rules, or hide it."""
        self.anyway.layout.display = "" if is_of_use else "none"

    def refuse(self, words: str) -> None:
        """Say which rules a time breaks, and offer to take it all the same."""
        self.problem.value = f"<p>{escape(words)}</p>"
        self.offer_anyway(is_of_use=True)

    def _take(self, *, in_spite: bool) -> None:
        clock = time_in(self.time.value)
        if self.day.value is None or clock is None or self.resource.value is None:
            self.problem.value = f"<p>{escape(self._t('Choose a day, and write the time as 14:00.'))}</p>"
            self.offer_anyway(is_of_use=False)
            return
        self._choose(datetime.combine(self.day.value, clock), self.resource.value, in_spite)
