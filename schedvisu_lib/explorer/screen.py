"""The whole screen: controls beside views and panels, and below the views what can be taken away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from typing import Final, Protocol

from ipywidgets import HTML, Box, Button, HBox, ToggleButtons, VBox, Widget

from schedvisu_lib.explorer.busy import Busy
from schedvisu_lib.explorer.controls import Controls
from schedvisu_lib.explorer.desk import Desk
from schedvisu_lib.explorer.newest import Newest
from schedvisu_lib.explorer.question import Question, question_from
from schedvisu_lib.explorer.sight import View
from schedvisu_lib.explorer.stage import Stage
from schedvisu_lib.explorer.takeaway import TakeawayBar
from schedvisu_lib.explorer.trouble import in_words
from schedvisu_lib.explorer.views import VIEWS

VIEWED: Final = "views"
MAPPING: Final = "mapping"
WHAT_IF: Final = "what if"


class Panel(Protocol):
    """Something beside the views that looks at the same question."""

    widget: Widget

    def ask(self, question: Question) -> None:
        """Show what concerns a question."""


class Screen:
    """Joins controls, views and panels.

    Parameters
    ----------
    desk
        Gives site and exams.
    asked
        The first question, as :func:`schedvisu_lib.explorer.question.as_text` writes it.
    """

    def __init__(self, desk: Desk, asked: str = "") -> None:
        t = desk.t
        self.desk = desk
        self.busy = Busy()
        self.newest = Newest()
        self.controls = Controls(desk, self._changed)
        self.stage = Stage(desk)
        self.takeaway = TakeawayBar(desk, self.busy)
        self._panels: dict[str, Panel] = {}
        self._trouble = ""
        self._asked = asked
        self._waits = desk.is_empty
        self.banner = HTML()
        self.banner.add_class("sv-banner")
        self.reload = Button(description=t("Reload"), tooltip=t("Read the site file and the store again"))
        self.reload.on_click(lambda _: self._reload())
        self.rooms = _choice({VIEWED: t("Views"), MAPPING: t("Map descriptions"), WHAT_IF: t("What if")}, "sv-rooms")
        self.rooms.observe(lambda _: self._enter(), "value")
        self.views = _choice({view.name: t(view.title) for view in VIEWS}, "sv-views")
        self.views.observe(lambda _: self._changed(), "value")
        self._looks = VBox([self.views, self.stage.widget, self.takeaway.widget])
        self._room = Box([self._looks])
        self._room.add_class("sv-room")
        self.widget = self._frame()
        desk.watch(self._renew)
        self._ask_first()
        self._tell()
        self.newest.begin(self._answer)
        self.newest.finish()

    @property
    def view(self) -> View:
        """The chosen view."""
        return next(view for view in VIEWS if view.name == self.views.value)

    def _frame(self) -> VBox:
        """Put everything in its place."""
        site = self.desk.site
        title = HTML(f"<h1>{escape(site.report.title)}</h1><p>{escape(site.department.name)}</p>")
        title.add_class("sv-title")
        top = HBox([title, self.rooms, self.busy, self.reload])
        top.add_class("sv-top")
        body = HBox([self.controls.widget, self._room])
        body.add_class("sv-body")
        frame = VBox([top, self.banner, body])
        frame.add_class("sv-screen")
        return frame

    def _ask_first(self) -> None:
        """Ask what shall be asked first; once more when the first exams come into a store that was empty."""
        desk = self.desk
        self._waits = desk.is_empty
        self.controls.show(question_from(self._asked, desk.site, desk.last_evening, self.controls.default))

    def _changed(self) -> None:
        """Answer what is asked now, from what other programs may have written meanwhile."""
        self._trouble = ""
        with self._guarded(), self.busy(self.desk.t("Reading…")):
            if not self.desk.read_if_changed():
                self._begin()

    def _reload(self) -> None:
        self._trouble = ""
        with self._guarded(), self.busy(self.desk.t("Reading…")):
            self.desk.read()

    def _renew(self) -> None:
        """Offer and show what was read anew."""
        self.controls.renew()
        if self._waits and not self.desk.is_empty:
            self._ask_first()
        self._begin()

    def _begin(self) -> None:
        self._tell()
        self.newest.begin(self._answer)

    def _answer(self) -> Iterator[None]:
        """Show what is asked in the room that is open, a step at a time."""
        sides = self.controls.sides
        if not sides:
            return
        with self._guarded(), self.busy(self.desk.t("Drawing…")):
            if self.rooms.value == VIEWED:
                self.takeaway.ask(sides[0], self.view, *sides[1:])  # first: whoever sees an answer may take it away
                yield from self.stage.show(sides, self.view)
            else:
                yield
                self._panel(self.rooms.value).ask(sides[0])

    def _enter(self) -> None:
        """Open the chosen room."""
        room = self.rooms.value
        self._trouble = ""
        with self._guarded(), self.busy(self.desk.t("Opening…")):
            self._room.children = [self._looks if room == VIEWED else self._panel(room).widget]
            self.controls.offer_comparison(room == VIEWED)
            self.controls.offer_filters(room != MAPPING)
            self._begin()

    def _panel(self, room: str) -> Panel:
        """Return a panel, which is built when it is first entered."""
        if room not in self._panels:
            self._panels[room] = _PANELS[room](self.desk, self.busy)
        return self._panels[room]

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Tell what goes wrong in a sentence, and go on: nobody at the screen sees a traceback."""
        try:
            yield
        except Exception as error:
            self._trouble = in_words(error)
        self._tell()

    def _tell(self) -> None:
        """Say what the user has to know of the store, or of what went wrong just now."""
        sentences = filter(None, (self.desk.notice, self._trouble))
        self.banner.value = "".join(f"<p>{escape(words)}</p>" for words in sentences)


def _choice(words: dict[str, str], css: str) -> ToggleButtons:
    """Return a row of buttons of which one is on."""
    buttons = ToggleButtons(options=[(text, value) for value, text in words.items()], tooltips=list(words.values()))
    buttons.add_class(css)
    return buttons


def _mapping(desk: Desk, busy: Busy) -> Panel:
    from schedvisu_lib.explorer.mapping import MappingPanel

    return MappingPanel(desk, busy)


def _what_if(desk: Desk, busy: Busy) -> Panel:
    from schedvisu_lib.explorer.what_if import WhatIfPanel

    return WhatIfPanel(desk, busy)


_PANELS: Final[dict[str, Callable[[Desk, Busy], Panel]]] = {MAPPING: _mapping, WHAT_IF: _what_if}
