"""The controls: they make the question, and show one that came from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from ipywidgets import HTML, VBox

from schedvisu_lib.explorer.comparison import Comparison
from schedvisu_lib.explorer.days import DayChoice
from schedvisu_lib.explorer.desk import Desk
from schedvisu_lib.explorer.filters import Filters
from schedvisu_lib.explorer.question import Question
from schedvisu_lib.explorer.scanners import ScannerChoice


class Controls:
    """Scanners, days, filters and comparison.

    Parameters
    ----------
    desk
        Gives scanners, periods, exam types and takes.
    changed
        Called after the user changed anything.
    """

    def __init__(self, desk: Desk, changed: Callable[[], None]) -> None:
        self._desk, self._changed = desk, changed
        t = desk.t
        self.scanners = ScannerChoice(desk.site.scanner_names, t, self._touched)
        self.days = DayChoice(desk.site, desk.last_evening, t, self._touched)
        self.filters = Filters(t, self._touched)
        self.comparison = Comparison(t, self._touched)
        self.problem_line = HTML()
        self.problem_line.add_class("sv-problem")
        parts = (self.scanners, self.days, self.comparison, self.filters)
        self.widget = VBox([*(part.widget for part in parts), self.problem_line])
        self.widget.add_class("sv-controls")
        self.renew()
        self.show(self.default)

    @property
    def question(self) -> Question | None:
        """What is asked; None while the days make no sense."""
        period = self.days.period
        if period is None:
            return None
        return self.filters.limit(Question(self.scanners.value, period.first, period.last, period.title))

    @property
    def default(self) -> Question:
        """What is asked first: the first scanner, the site's shortest period up to the last Friday of the store."""
        period = self.days.shortest()
        return Question(self._desk.site.scanner_names[:1], period.first, period.last, period.title)

    @property
    def sides(self) -> tuple[Question, ...]:
        """What is asked, and beside it what it is compared with; empty while :attr:`problem` says why."""
        question = self.question
        if question is None or self.problem:
            return ()
        other = self.comparison.beside(question)
        return (question,) if other is None else (question, other)

    @property
    def problem(self) -> str:
        """A sentence for the user, or ""."""
        return self.days.problem or self.comparison.problem

    def offer_comparison(self, is_of_use: bool) -> None:
        """Show what to compare with only where it is of use."""
        self.comparison.widget.layout.display = None if is_of_use else "none"

    def offer_filters(self, is_of_use: bool) -> None:
        """Show the filters only where they are of use."""
        self.filters.widget.layout.display = None if is_of_use else "none"

    def show(self, question: Question) -> None:
        """Set the controls as a question has them."""
        self.scanners.value = question.scanners
        self.days.period = question.period
        self._offer()
        self.filters.show(question)

    def renew(self) -> None:
        """Offer what the desk has, after it was read anew."""
        desk = self._desk
        found = desk.studies.groupby("scanner")
        self._types = {name: set(values) for name, values in found["exam_type"].unique().items()}
        self._takes = {name: set(map(int, values)) for name, values in found["take"].unique().items()}
        self.scanners.offer(desk.site.scanner_names)
        self.days.renew(desk.site, desk.last_evening)
        self.comparison.offer(desk.site.scanner_names)
        self._offer()

    def _offer(self) -> None:
        """Offer the exam types and takes of the chosen scanners."""
        names = self.scanners.value
        types = set().union(*(self._types.get(name, ()) for name in names))
        takes = set().union(*(self._takes.get(name, ()) for name in names))
        self.filters.offer(self._desk.site, types, takes)

    def _touched(self) -> None:
        self._offer()
        if (question := self.question) is not None:
            self.comparison.suggest(question)
        self.problem_line.value = f"<p>{escape(self.problem)}</p>" if self.problem else ""
        self._changed()
