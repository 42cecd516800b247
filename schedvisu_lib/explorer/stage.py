"""The stage: the chosen view of each chosen scanner; two sides when something is compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ipywidgets import HTML, Box, VBox, Widget

from schedvisu_lib.explorer.desk import Desk
from schedvisu_lib.explorer.drawings import Drawing, Drawings, drawing_key
from schedvisu_lib.explorer.question import Question
from schedvisu_lib.explorer.sight import View
from schedvisu_lib.figures.html import Html

WIDE: Final = 280.0
"""Width in millimetres of a place for one side: the screen shows what is drawn as wide as its place is."""
HALF: Final = 150.0
"""Of a place for one of two sides."""


class Place:
    """Where one scanner's answer is shown: its heading, and below it what the view drew."""

    def __init__(self) -> None:
        self._heading = HTML()
        self._heading.add_class("sv-head")
        self._html = HTML()
        self._inside = Box([self._html])
        self._inside.add_class("sv-drawing")
        self.widget = VBox([self._heading, self._inside])
        self.widget.add_class("sv-place")
        self.key: object = None

    def show(self, key: object, drawing: Drawing) -> None:
        """Show a drawing; only what differs from the last one is sent to the screen."""
        self.key = key
        self._heading.value = drawing.heading.text
        content: Widget = self._html
        if isinstance(drawing.content, Html):
            self._html.value = drawing.content.text
        else:
            content = drawing.content
        if self._inside.children != (content,):
            self._inside.children = (content,)

    def say(self, sentence: Html) -> None:
        """Show a sentence instead of a drawing."""
        self.show(None, Drawing(Html(""), sentence))


class Stage:
    """Shows the answers, one below the other; two sides side by side.

    Parameters
    ----------
    desk
        Gives the exams.
    """

    def __init__(self, desk: Desk) -> None:
        self._drawings = Drawings(desk)
        self.widget = Box()
        self.widget.add_class("sv-stage")
        self._columns = [VBox() for _ in range(2)]
        for column in self._columns:
            column.add_class("sv-side")
        self._places: list[list[Place]] = [[], []]

    def show(self, sides: Sequence[Question], view: View) -> Iterator[None]:
        """Draw what is not shown yet, a place at a time; rest before each one that has to be drawn."""
        width = WIDE if len(sides) == 1 else HALF
        self._make_room([len(side.scanners) for side in sides])
        for places, side in zip(self._places, sides, strict=False):
            for place, scanner in zip(places, side.scanners, strict=False):
                key = drawing_key(view, side, scanner, width)
                if key not in self._drawings:
                    yield
                elif place.key == key:
                    continue
                place.show(key, self._drawings.get(view, side, scanner, width))
        yield

    def say(self, sentence: Html) -> None:
        """Show one sentence alone."""
        self._make_room([1])
        self._places[0][0].say(sentence)

    def _make_room(self, numbers: Sequence[int]) -> None:
        """Have as many places on each side as there are scanners; those that stay keep what they show."""
        for column, places, number in zip(self._columns, self._places, numbers, strict=False):
            places.extend(Place() for _ in range(number - len(places)))
            shown = tuple(place.widget for place in places[:number])
            if column.children != shown:
                column.children = shown
        columns = tuple(self._columns[: len(numbers)])
        if self.widget.children != columns:
            self.widget.children = columns
            (self.widget.add_class if len(columns) == 2 else self.widget.remove_class)("sv-compared")
