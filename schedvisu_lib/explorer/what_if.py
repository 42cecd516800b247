"""What if: other slots, opening hours, gap threshold or preparation, with the effect beside today's numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from html import escape
from typing import Any, Final

from ipywidgets import Button, HBox, ToggleButton, VBox, Widget

from schedvisu_lib.config import Site
from schedvisu_lib.explorer.busy import Busy
from schedvisu_lib.explorer.code import python_code
from schedvisu_lib.explorer.desk import Desk
from schedvisu_lib.explorer.paragraph import paragraph
from schedvisu_lib.explorer.question import Question
from schedvisu_lib.explorer.sight import Sight, sight_of
from schedvisu_lib.explorer.takeaway import code_box
from schedvisu_lib.explorer.trouble import in_words
from schedvisu_lib.explorer.what_if_code import WhatIfLines
from schedvisu_lib.explorer.what_if_fields import ScannerFields
from schedvisu_lib.figures.html import element
from schedvisu_lib.figures.what_if import weekdays_picture, what_if_html
from schedvisu_lib.language import Language
from schedvisu_lib.studies.what_if import (
    THEN,
    TODAY,
    Usage,
    compare_usage,
    ratios_by_weekday,
    usage_of,
    usage_then,
    what_if,
)

_WIDTH: Final = 90.0
"""Of the figure, in millimetres."""
_KEPT: Final = 16
"""How many questions' numbers of today are kept."""


class WhatIfPanel:
    """Fields for each chosen scanner, and below them its numbers today and with what the fields say.

    Nothing is written anywhere: what was typed in lasts as long as the page.

    Parameters
    ----------
    desk
        Site and exams.
    busy
        The sign that something is at work.

    Attributes
    ----------
    widget : Widget
    """

    def __init__(self, desk: Desk, busy: Busy) -> None:
        t = desk.t
        self._desk = desk
        self._busy = busy
        self._question: Question | None = None
        self._blocks: dict[str, _Block] = {}
        self._today: dict[tuple[Any, ...], tuple[Sight, Usage]] = {}
        self._ignored = paragraph("sv-what-if-note")
        self._failure = paragraph("sv-what-if-failure")
        self._places = VBox()
        self._button = ToggleButton(description="Python", tooltip=t("The lines of Python that give the same"))
        self._button.observe(lambda _: self._show_code(), "value")
        self._code = paragraph("sv-what-if-code")
        intro = paragraph("sv-what-if-intro")
        intro.value = escape(t("Change a value to see what it would change. Nothing is saved."))
        self.widget: Widget = VBox(
            [intro, self._ignored, self._failure, self._places, HBox([self._button]), self._code]
        )
        self.widget.add_class("sv-what-if")
        desk.watch(self._read_anew)

    def ask(self, question: Question) -> None:
        """Show the scanners of a question, each with its fields and numbers of the question's days."""
        self._question = question
        t = self._desk.t
        limited = t("The chosen exam types, takes and hours are ignored here: all exams of the days count.")
        self._ignored.value = escape(limited) if question.is_limited else ""
        with self._caught():
            self._places.children = [self._block(name).widget for name in question.scanners]
            for name in question.scanners:
                block = self._block(name)
                block.fields.show_weekdays(question.weekdays_of(self._desk.site))
                self._draw(name)
            self._write_code()

    def changes(self) -> dict[str, dict[str, Any]]:
        """Return what is changed of each scanner that is shown, as arguments of :func:`schedvisu_lib.what_if`."""
        names = self._question.scanners if self._question else ()
        found = {name: self._blocks[name].fields.changes() for name in names if name in self._blocks}
        return {name: changes for name, changes in found.items() if changes}

    def fields(self, scanner: str) -> ScannerFields:
        """Return the fields of a scanner."""
        return self._block(scanner).fields

    def _block(self, scanner: str) -> _Block:
        """Return the block of a scanner; it keeps what was typed into it."""
        if scanner not in self._blocks:
            self._blocks[scanner] = _Block(self._desk.site, scanner, self._desk.t, lambda: self._redraw(scanner))
        return self._blocks[scanner]

    def _redraw(self, scanner: str) -> None:
        """Draw the numbers of a scanner of which other values count than before."""
        if self._question is None or scanner not in self._question.scanners or scanner not in self._blocks:
            return
        with self._caught():
            self._draw(scanner)
            self._write_code()

    def _draw(self, scanner: str) -> None:
        block = self._block(scanner)
        changes = block.fields.changes()
        sight, today = self._usage(scanner)
        drawn = (sight, changes)
        if block.drawn == drawn:
            return
        with self._busy(self._desk.t("Computing…")):
            changed = what_if(sight.site, scanner, **changes)
            then = usage_then(today, sight.exams, sight.site, changed, *sight.days)
            html = what_if_html(compare_usage(today, then), sight.site, scanner)
            ratios = ratios_by_weekday(today, then, sight.site)
            if changes and not ratios.xs(TODAY).equals(ratios.xs(THEN)):
                html = element("div", [html, weekdays_picture(ratios, sight.site, _WIDTH)], "beside")
        block.show(html.text, changes, self._desk.t)
        block.drawn = drawn

    def _usage(self, scanner: str) -> tuple[Sight, Usage]:
        """Return a scanner's exams and today's numbers, worked out once per question."""
        assert self._question is not None  # noqa: S101  (for the type checker: whoever calls has asked)
        question = self._question
        key = (scanner, question.first, question.last, question.weekdays_of(self._desk.site))
        if key not in self._today:
            with self._busy(self._desk.t("Computing…")):
                sight = sight_of(self._desk, question, scanner)
                found = sight, usage_of(sight.exams, sight.site, *sight.days)
            while len(self._today) >= _KEPT:
                del self._today[next(iter(self._today))]
            self._today[key] = found
        return self._today[key]

    def _read_anew(self) -> None:
        """Forget what was read before; fields of scanners with other settings now start from these."""
        self._today.clear()
        old, self._blocks = self._blocks, {}
        site = self._desk.site
        known = {machine.name: machine for machine in site.scanners}
        for name, block in old.items():
            if known.get(name) == block.machine and block.workdays == site.calendar.workdays:
                self._blocks[name] = block
        if self._question is not None:
            self.ask(self._question)

    def _show_code(self) -> None:
        with self._caught():
            self._write_code()

    def _write_code(self) -> None:
        """Show the lines of Python where they are wanted."""
        if self._question is None or not self._button.value:
            self._code.value = ""
            return
        question = replace(self._question, hours=None, exam_types=(), takes=())
        lines = python_code(self._desk.site, [question], WhatIfLines(self.changes()))
        self._code.value = code_box(lines, self._desk.t).text

    @contextmanager
    def _caught(self) -> Iterator[None]:
        """Turn errors into a sentence in the panel."""
        sentence = ""
        try:
            yield
        except Exception as error:
            sentence = in_words(error)
        self._failure.value = escape(sentence)


class _Block:
    """One scanner: its fields, a button back to today's values, and its numbers."""

    def __init__(self, site: Site, scanner: str, t: Language, changed: Callable[[], None]) -> None:
        self.machine = site.scanner(scanner)
        self.workdays = site.calendar.workdays
        self.drawn: tuple[Sight, dict[str, Any]] | None = None
        self._name = scanner
        self._result = paragraph("sv-what-if-result")
        self._keys = paragraph("sv-what-if-note")
        self._reset = Button(description=t("Today’s values"), tooltip=t("Write today’s values into all fields"))
        self.fields = ScannerFields(self.machine, self.workdays, t, changed)
        self._reset.on_click(lambda _: self.fields.reset())
        title = paragraph("sv-what-if-title")
        title.value = f"<h3>{escape(scanner)}</h3>"
        head = HBox([title, self._reset])
        head.add_class("sv-what-if-head")
        body = HBox([VBox([self.fields.widget, self._keys]), self._result])
        body.add_class("sv-what-if-body")
        self.widget = VBox([head, body])
        self.widget.add_class("sv-what-if-block")

    def show(self, html: str, changes: dict[str, Any], t: Language) -> None:
        """Show the numbers, and which keys of the site file hold the changed values."""
        self._result.value = html
        keys = t("In the site file these values stand under scanners, “{scanner}”: {keys}.",
                 scanner=self._name, keys=", ".join(changes))  # fmt: skip
        self._keys.value = escape(keys) if changes else ""
