"""The positions of a sheet: which shall be planned, and on which resources."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ipywidgets import Checkbox, VBox

from schedvisu_lib.explorer.quiet import Quiet
from schedvisu_lib.explorer.toggles import Toggles
from schedvisu_lib.language import Language
from schedvisu_lib.plan.book.model import Book, Prescription
from schedvisu_lib.plan.rules.slots import resources_of


class PositionList:
    """A box to tick for each position, and below it its resources where there is a choice.

    Parameters
    ----------
    book
        Gives the prescriptions.
    t
        The language.
    changed
        Called whenever the user changed the choice.
    """

    def __init__(self, book: Book, t: Language, changed: Callable[[], None]) -> None:
        self._book, self._t, self._changed = book, t, changed
        self._quiet = Quiet()
        self._boxes: dict[int, Checkbox] = {}
        self._toggles: dict[int, Toggles[str]] = {}
        self._kept: dict[str, tuple[dict[int, Checkbox], dict[int, Toggles[str]], list[VBox]]] = {}
        self.every = Checkbox(description=t("All positions"), value=True, indent=False)
        self.every.observe(lambda _: self._tick_all(), "value")
        self._rows = VBox()
        self.widget = VBox([self.every, self._rows])
        self.widget.add_class("sv-positions")

    @property
    def ticked(self) -> tuple[int, ...]:
        """The positions to be planned."""
        return tuple(number for number, box in self._boxes.items() if box.value)

    @property
    def resources(self) -> dict[int, tuple[str, ...]]:
        """The resources of those positions for which not all are chosen; none switched on means all."""
        chosen = {number: toggles.value for number, toggles in self._toggles.items()}
        return {
            number: names for number, names in chosen.items() if 0 < len(names) < len(self._toggles[number].offered)
        }

    def box(self, position: int) -> Checkbox:
        """Return the box of a position."""
        return self._boxes[position]

    def toggles(self, position: int) -> Toggles[str]:
        """Return the buttons of a position's resources; only positions with several have any."""
        return self._toggles[position]

    def show(self, sheet: str) -> None:
        """Show the positions of a sheet, as the user left them."""
        if sheet not in self._kept:
            self._kept[sheet] = self._made(row for row in self._book.prescriptions if row.sheet == sheet)
        self._boxes, self._toggles, rows = self._kept[sheet]
        self._rows.children = rows
        self._show_every()

    def _made(self, rows: Iterable[Prescription]) -> tuple[dict[int, Checkbox], dict[int, Toggles[str]], list[VBox]]:
        boxes: dict[int, Checkbox] = {}
        toggles: dict[int, Toggles[str]] = {}
        lines = []
        for row in sorted(rows, key=lambda one: one.position):
            box = boxes[row.position] = Checkbox(description=self._words(row), value=True, indent=False)
            box.observe(lambda _: self._ticked(), "value")
            names = resources_of(row, self._book)
            parts = [box]
            if len(names) > 1:
                choice = toggles[row.position] = Toggles[str](box.description, self._changed)
                choice.offer({name: name for name in names})
                choice.value = tuple(names)
                parts.append(choice.widget)
            line = VBox(parts)
            line.add_class("sv-position")
            lines.append(line)
        return boxes, toggles, lines

    def _words(self, row: Prescription) -> str:
        """Name a position: its number, procedure, and how often it is asked for."""
        words = f"{row.position} · {row.procedure}"
        return words if row.sessions == 1 else f"{words} × {self._t.number(row.sessions)}"

    def _ticked(self) -> None:
        if not self._quiet:
            self._show_every()
            self._changed()

    def _show_every(self) -> None:
        with self._quiet():
            self.every.value = all(box.value for box in self._boxes.values())

    def _tick_all(self) -> None:
        if self._quiet:
            return
        with self._quiet():
            for box in self._boxes.values():
                box.value = self.every.value
        self._changed()
