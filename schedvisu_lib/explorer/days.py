"""Which days: a period by its name, days by calendars, a week or a period further or back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final

from ipywidgets import Button, DatePicker, Dropdown, HBox, VBox

from schedvisu_lib.choice import CHOSEN
from schedvisu_lib.config import Site
from schedvisu_lib.explorer.question import EARLIEST, LATEST
from schedvisu_lib.explorer.quiet import Quiet
from schedvisu_lib.language import Language
from schedvisu_lib.periods import Period, find_period, previous_period
from schedvisu_lib.settings.report import BUILTIN_PERIODS

_WEEK: Final = timedelta(weeks=1)
_CALENDAR_YEARS: Final = ("yearly", "multi-year")
"""Periods that are no longer what their name says when they are moved by weeks."""


class DayChoice:
    """A period of the site, or days of one's own.

    Parameters
    ----------
    site
        Gives the periods.
    last_evening
        The last one of the store: the periods end before it.
    t
        The language.
    changed
        Called when the choice changed.
    """

    def __init__(self, site: Site, last_evening: datetime, t: Language, changed: Callable[[], None]) -> None:
        self._site, self._last_evening, self._t, self._changed = site, last_evening, t, changed
        self._quiet = Quiet()
        self.title = Dropdown(description=t("Period"), tooltip=t("Period by name, up to the last Friday in the store"))
        self.first = DatePicker(description=t("From"), tooltip=t("First day"))
        self.last = DatePicker(description=t("To"), tooltip=t("Last day"))
        self.steps = {
            "period before": _button("«", t("As many days before"), lambda: self._step(-1)),
            "week before": _button("‹", t("A week earlier"), lambda: self._move(-_WEEK)),
            "latest": _button(t("latest"), t("The last days in the store"), self._latest),
            "week after": _button("›", t("A week later"), lambda: self._move(_WEEK)),
            "period after": _button("»", t("As many days after"), lambda: self._step(1)),
        }
        steps = HBox(list(self.steps.values()))
        steps.add_class("sv-steps")
        self.widget = VBox([self.title, HBox([self.first, self.last]), steps])
        self.widget.children[1].add_class("sv-from-to")
        self.widget.add_class("sv-days")
        self.renew(site, last_evening)
        for picker in (self.first, self.last):
            picker.observe(self._picked, "value")
        self.title.observe(self._named, "value")

    @property
    def period(self) -> Period | None:
        """The chosen days; None while they are not complete or not in order: :attr:`problem` says why."""
        return None if self.problem else Period(self.title.value, self.first.value, self.last.value)

    @period.setter
    def period(self, period: Period) -> None:
        with self._quiet():
            titles = [title for _, title in self.title.options]
            self.title.value = period.title if period.title in titles else CHOSEN
            self.first.value, self.last.value = period.first, period.last

    @property
    def problem(self) -> str:
        """A sentence for the user, or "" where the days are in order."""
        first, last = self.first.value, self.last.value
        if first is None or last is None:
            return self._t("Choose a first and a last day.")
        return problem_of(first, last, self._t)

    def renew(self, site: Site, last_evening: datetime) -> None:
        """Offer the periods of a site that was read anew; the chosen days stay."""
        self._site, self._last_evening = site, last_evening
        names = list(dict.fromkeys([*(site.periods.report or BUILTIN_PERIODS), *site.periods.own, CHOSEN]))
        options = [(_capital(self._t(name)), name) for name in names]
        if options != list(self.title.options):
            before = self.title.value
            with self._quiet():
                self.title.options = options
                self.title.value = before if before in names else CHOSEN

    def shortest(self) -> Period:
        """Return the site's shortest period, up to the last Friday of the store."""
        names = [title for _, title in self.title.options if title != CHOSEN]
        periods = [find_period(self._site, name, self._last_evening) for name in names]
        return min(periods, key=lambda period: period.last - period.first)

    def _named(self, change: object) -> None:  # noqa: ARG002
        if not self._quiet and self.title.value != CHOSEN:
            self.period = find_period(self._site, self.title.value, self._last_evening)
            self._changed()

    def _picked(self, change: object) -> None:  # noqa: ARG002
        if not self._quiet:
            with self._quiet():
                self.title.value = CHOSEN
            self._changed()

    def _move(self, step: timedelta) -> None:
        if (period := self.period) is not None:
            title = CHOSEN if period.title in _CALENDAR_YEARS else period.title
            self._take(Period(title, period.first + step, period.last + step))

    def _step(self, direction: int) -> None:
        if (period := self.period) is not None:
            title = CHOSEN if period.title in _CALENDAR_YEARS else period.title
            step = direction * (period.first - previous_period(period).first)
            self._take(Period(title, period.first + step, period.last + step))

    def _latest(self) -> None:
        if self.title.value != CHOSEN:
            period = find_period(self._site, self.title.value, self._last_evening)
        elif (chosen := self.period) is not None:
            end = self._last_evening.date()
            period = Period(CHOSEN, end - (chosen.last - chosen.first), end)
        else:
            period = self.shortest()
        self.period = period
        self._changed()

    def _take(self, period: Period) -> None:
        if not problem_of(period.first, period.last, self._t):
            self.period = period
            self._changed()


def problem_of(first: date, last: date, t: Language) -> str:
    """Say why two days cannot be the first and the last one; "" where they can."""
    if first < EARLIEST or last > LATEST:
        return t("Choose days between {first} and {last}.", first=t.day(EARLIEST), last=t.day(LATEST))
    if last < first:
        return t(
            "The last day ({last}) lies before the first one ({first}): change one of them.",
            first=t.day(first),
            last=t.day(last),
        )
    return ""


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _button(words: str, tooltip: str, clicked: Callable[[], None]) -> Button:
    button = Button(description=words, tooltip=tooltip)
    button.on_click(lambda _: clicked())
    return button
