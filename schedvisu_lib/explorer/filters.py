"""Which exams of the chosen days: weekdays, hours, exam types, takes; nothing chosen is all."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import time
from html import escape
from typing import Final

from ipywidgets import HTML, Accordion, Box, Button, SelectionRangeSlider, VBox, Widget

from schedvisu_lib.config import OTHER, Site
from schedvisu_lib.explorer.question import Question
from schedvisu_lib.explorer.quiet import Quiet
from schedvisu_lib.explorer.toggles import Toggles
from schedvisu_lib.language import Language
from schedvisu_lib.settings.calendar import WEEKDAYS
from schedvisu_lib.studies.durations import type_order

_CLOCK: Final = [(f"{half // 2:02d}:{30 * (half % 2):02d}", time(half // 2, 30 * (half % 2))) for half in range(48)]
_WHOLE_DAY: Final = (time.min, time.max)
"""``time.max`` is midnight at the end of the day."""


class Filters:
    """What limits the exams, folded away until it is needed; its heading says how much of it is in use.

    Parameters
    ----------
    t
        The language.
    changed
        Called when the choice changed.
    """

    def __init__(self, t: Language, changed: Callable[[], None]) -> None:
        self._t, self._changed = t, changed
        self._quiet = Quiet()
        self.weekdays: Toggles[str] = Toggles(t("Weekday"), self._touched)
        self.exam_types: Toggles[str] = Toggles(t("Exam type"), self._touched)
        self.takes: Toggles[int] = Toggles(t("Take"), self._touched)
        self.hours = SelectionRangeSlider(
            options=[*_CLOCK, ("24:00", time.max)],
            value=_WHOLE_DAY,
            continuous_update=False,
            tooltip=t("Hours in which an exam begins"),
        )
        self.hours.observe(lambda _: self._slid(), "value")
        self.reset = Button(description=t("Reset filters"), tooltip=t("Show all exams of the chosen days"))
        self.reset.on_click(lambda _: self._clear())
        self._takes_row = _row(t("Takes"), self.takes.widget)
        inside = VBox(
            [
                HTML(f'<p class="sv-hint">{escape(t("Where nothing is chosen, all is shown."))}</p>'),
                _row(t("Weekdays"), self.weekdays.widget),
                _row(t("Start between"), self.hours),
                _row(t("Exam types"), self.exam_types.widget),
                self._takes_row,
                self.reset,
            ]
        )
        self.widget = Accordion([inside], titles=[""], selected_index=None)
        self.widget.add_class("sv-filters")
        self._tell()

    @property
    def n_active(self) -> int:
        """How many of the four limit anything."""
        chosen = (self.weekdays.value, self._hours, self.exam_types.value, self.takes.value)
        return sum(map(bool, chosen))

    def offer(self, site: Site, exam_types: Collection[str], takes: Collection[int]) -> None:
        """Offer the site's workdays, and these exam types and takes; what is no longer offered limits no more."""
        t = self._t
        workdays = [day for day in WEEKDAYS if day in site.calendar.workdays]
        names = {str(day): t.weekday(day).rstrip(".") for day in workdays}
        known = type_order(site)
        types = [*(name for name in known if name in exam_types), *sorted(set(exam_types).difference(known))]
        self.weekdays.offer(names)
        self.exam_types.offer({name: t(name) if name == OTHER else name for name in types})
        self.takes.offer({number: str(number) for number in sorted(takes)})
        self._takes_row.layout.display = None if len(takes) > 1 else "none"
        self._tell()

    def limit(self, question: Question) -> Question:
        """Return a question with these limits."""
        return replace(
            question,
            weekdays=self.weekdays.value,
            hours=self._hours,
            exam_types=self.exam_types.value,
            takes=self.takes.value,
        )

    def show(self, question: Question) -> None:
        """Set the filters as a question has them."""
        with self._quiet():
            self.weekdays.value = question.weekdays
            self.exam_types.value = question.exam_types
            self.takes.value = question.takes
            self.hours.value = _on_the_slider(question.hours or _WHOLE_DAY)
        self._tell()

    @property
    def _hours(self) -> tuple[time, time] | None:
        hours: tuple[time, time] = self.hours.value
        return None if hours == _WHOLE_DAY else hours

    def _slid(self) -> None:
        """Leave half an hour at least between both ends."""
        begin, end = self.hours.index
        if begin == end:
            begin = min(begin, len(_CLOCK) - 1)
            with self._quiet():
                self.hours.index = (begin, begin + 1)
        self._touched()

    def _touched(self) -> None:
        if not self._quiet:
            self._tell()
            self._changed()

    def _clear(self) -> None:
        if self.n_active:
            with self._quiet():
                self.weekdays.value = self.exam_types.value = ()
                self.takes.value = ()
                self.hours.value = _WHOLE_DAY
            self._touched()

    def _tell(self) -> None:
        n, t = self.n_active, self._t
        title = t("Filters") if not n else t("Active filters: {n}", n=n)
        if self.widget.titles != (title,):
            self.widget.titles = (title,)
        self.reset.disabled = not n


def _on_the_slider(hours: tuple[time, time]) -> tuple[time, time]:
    """Return hours that the slider has: the half hours around those asked for."""
    begin, end = hours
    known = [clock for _, clock in _CLOCK]
    return max(clock for clock in known if clock <= begin), min(clock for clock in [*known, time.max] if clock >= end)


def _row(words: str, control: Widget) -> Box:
    row = VBox([HTML(f'<span class="sv-name">{escape(words)}</span>'), control])
    row.add_class("sv-row")
    return row
