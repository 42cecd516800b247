"""What stands beside the days and scanners that were chosen: other days, or another scanner."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from ipywidgets import DatePicker, Dropdown, HBox, VBox

from schedvisu_lib.choice import CHOSEN
from schedvisu_lib.explorer.days import problem_of
from schedvisu_lib.explorer.question import Question
from schedvisu_lib.explorer.quiet import Quiet
from schedvisu_lib.language import Language
from schedvisu_lib.periods import Period, previous_period

NOTHING: Final = "nothing"
BEFORE: Final = "the period before"
YEAR_EARLIER: Final = "the same weeks a year earlier"
OTHER_DAYS: Final = "other days"
OTHER_SCANNER: Final = "another scanner"
KINDS: Final = (NOTHING, BEFORE, YEAR_EARLIER, OTHER_DAYS, OTHER_SCANNER)


class Comparison:
    """A second side beside the first one, if it is wanted.

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
        names = {
            NOTHING: t("nothing"),
            BEFORE: t("the period before"),
            YEAR_EARLIER: t("the same weeks a year earlier"),
            OTHER_DAYS: t("other days"),
            OTHER_SCANNER: t("another scanner"),
        }
        self.kind = Dropdown(
            description=t("Compare with"),
            options=[(words, kind) for kind, words in names.items()],
            tooltip=t("What is shown beside the chosen days"),
        )
        self.first = DatePicker(description=t("From"), tooltip=t("First day to compare with"))
        self.last = DatePicker(description=t("To"), tooltip=t("Last day to compare with"))
        self.scanner = Dropdown(description=t("Scanner"), tooltip=t("Scanner to compare with"))
        self._days = HBox([self.first, self.last])
        self._days.add_class("sv-from-to")
        self.widget = VBox([self.kind, self._days, self.scanner])
        self.widget.add_class("sv-comparison")
        self._fold()
        for control in (self.kind, self.first, self.last, self.scanner):
            control.observe(self._touched, "value")

    @property
    def problem(self) -> str:
        """A sentence for the user, or "" where the other side is complete."""
        t = self._t
        if self.kind.value == OTHER_DAYS:
            first, last = self.first.value, self.last.value
            if first is None or last is None:
                return t("Choose a first and a last day to compare with.")
            return problem_of(first, last, t)
        return ""

    def offer(self, scanners: tuple[str, ...]) -> None:
        """Offer the scanners of a site."""
        if scanners != self.scanner.options:
            before = self.scanner.value
            with self._quiet():
                self.scanner.options = scanners
                self.scanner.value = before if before in scanners else scanners[-1]

    def beside(self, question: Question) -> Question | None:
        """Return the question of the other side; None without one."""
        kind = self.kind.value
        if kind == NOTHING or self.problem:
            return None
        if kind == OTHER_SCANNER:
            return question.of_scanners(self.scanner.value)
        if kind == BEFORE:
            return question.of_days(previous_period(question.period))
        if kind == YEAR_EARLIER:
            return question.moved(_weeks_to_the_year_before(question.first))
        return question.of_days(Period(CHOSEN, self.first.value, self.last.value))

    def suggest(self, question: Question) -> None:
        """Begin with days and a scanner that differ from the chosen ones."""
        with self._quiet():
            if self.kind.value == OTHER_DAYS and (self.first.value is None or self.last.value is None):
                before = previous_period(question.period)
                self.first.value, self.last.value = before.first, before.last
            if self.kind.value == OTHER_SCANNER and question.scanners == (self.scanner.value,):
                others = [name for name in self.scanner.options if name not in question.scanners]
                self.scanner.value = (others or list(self.scanner.options))[0]

    def _touched(self, change: object) -> None:  # noqa: ARG002
        if not self._quiet:
            self._fold()
            self._changed()

    def _fold(self) -> None:
        self._days.layout.display = None if self.kind.value == OTHER_DAYS else "none"
        self.scanner.layout.display = None if self.kind.value == OTHER_SCANNER else "none"


def _weeks_to_the_year_before(day: date) -> int:
    """Return how many weeks to move a day so that it is the same weekday of the ISO week of that number a year earlier.

    The 53rd week, which the year before may not have, becomes its last one.
    """
    year, week, weekday = day.isocalendar()
    last_week = date(year - 1, 12, 28).isocalendar().week
    there = date.fromisocalendar(year - 1, min(week, last_week), weekday)
    return (there - day) // timedelta(weeks=1)
