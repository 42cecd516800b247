"""A list of study descriptions of which the user ticks some."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from ipywidgets import HTML, Button, Checkbox, HBox, VBox

from schedvisu_lib.explorer.quiet import Quiet
from schedvisu_lib.language import Language

_STEP: Final = 20
"""How many descriptions are shown at first, and how many more each time."""


@dataclass(frozen=True)
class Line:
    """A study description of a scanner.

    Parameters
    ----------
    scanner, description
        What it is; no two lines have the same.
    n
        How many exams have it.
    days
        First and last day of these, as they are shown.
    remark
        What is known of it: the exam type that is suggested, or the pattern that gave it its type.
    """

    scanner: str
    description: str
    n: int
    days: str
    remark: str


class DescriptionList:
    """Lines with a box to tick before each, and one before the heading for all that are shown.

    Parameters
    ----------
    t
        The language.
    changed
        Called whenever the user ticked something.
    """

    def __init__(self, t: Language, changed: Callable[[], None]) -> None:
        self._t = t
        self._changed = changed
        self._quiet = Quiet()
        self._lines: list[Line] = []
        self._n_shown = _STEP
        self._boxes: list[Checkbox] = []
        self._cells: list[HTML] = []
        self.every = Checkbox(description=t("Study description"), indent=False)
        self.every.observe(lambda _: self._tick_all(), "value")
        self._heading = HTML()
        head = HBox([self.every, self._heading])
        head.add_class("sv-description-head")
        self._rows = VBox()
        self.more = Button(description=t("Show more"))
        self.more.on_click(lambda _: self._show_more())
        self.widget = VBox([head, self._rows, self.more])
        self.widget.add_class("sv-descriptions")

    @property
    def ticked(self) -> list[Line]:
        """The lines that are ticked, in their order."""
        shown = zip(self._lines, self._boxes[: self._n_shown], strict=False)
        return [line for line, box in shown if box.value]

    def tick(self, *places: int) -> None:
        """Tick lines by their place, from 0, and no others."""
        with self._quiet():
            for place, box in enumerate(self._boxes):
                box.value = place in places
        self._tell()

    def show(self, lines: Sequence[Line], remark: str) -> None:
        """Show lines; what was ticked before stays so if it is still among those shown.

        ``remark`` is the heading of the last column.
        """
        kept = {(line.scanner, line.description) for line in self.ticked}
        if list(lines) != self._lines:
            self._n_shown = _STEP
        self._lines = list(lines)
        t = self._t
        self._heading.value = _cells(t("Scanner"), t("Exams"), t("From – to"), remark)
        with self._quiet():
            for box in self._boxes:
                box.value = False
            self._fill()
            for line, box in zip(self._lines, self._boxes, strict=False):
                box.value = (line.scanner, line.description) in kept
            self.every.value = False

    def _fill(self) -> None:
        """Give each line that is shown its row; rows are made once and used again."""
        shown = self._lines[: self._n_shown]
        while len(self._boxes) < len(shown):
            box = Checkbox(indent=False)
            box.observe(lambda _: self._tell(), "value")
            self._boxes.append(box)
            self._cells.append(HTML())
        for line, box, cells in zip(shown, self._boxes, self._cells, strict=False):
            box.description = line.description.strip() or self._t("(no description)")
            box.tooltip = line.description
            cells.value = _cells(line.scanner, self._t.number(line.n), line.days, line.remark)
        n = len(shown)
        if len(self._rows.children) != n:
            self._rows.children = [HBox(pair) for pair in zip(self._boxes[:n], self._cells[:n], strict=True)]
        self.more.layout.display = "" if len(self._lines) > n else "none"

    def _show_more(self) -> None:
        self._n_shown += _STEP
        with self._quiet():
            self._fill()

    def _tick_all(self) -> None:
        if self._quiet:
            return
        n = len(self._lines[: self._n_shown])
        self.tick(*(range(n) if self.every.value else ()))

    def _tell(self) -> None:
        if not self._quiet:
            self._changed()


def _cells(scanner: str, n: str, days: str, remark: str) -> str:
    texts = ((scanner, "scanner"), (n, "n"), (days, "days"), (remark, "remark"))
    return "".join(f'<span class="{css}" title="{escape(text)}">{escape(text)}</span>' for text, css in texts)
