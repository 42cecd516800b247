"""What is to be planned, and how: sheet, positions, first day, time of day, depths and seconds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from html import escape
from typing import Final

from ipywidgets import BoundedIntText, Combobox, DatePicker, Dropdown, HBox, Text, ToggleButtons, VBox

from schedvisu_lib.explorer.paragraph import paragraph
from schedvisu_lib.explorer.planner.draft import Wanted
from schedvisu_lib.explorer.planner.positions import PositionList
from schedvisu_lib.explorer.planner.times import time_in
from schedvisu_lib.explorer.quiet import Quiet
from schedvisu_lib.language import Language
from schedvisu_lib.plan.book.model import Book, Mode
from schedvisu_lib.plan.terms import Terms, Wish

_MOST_DAYS: Final = 366
_MOST_SECONDS: Final = 600
_FEW: Final = 30
"""Sheets that a list shows at a glance; among more of them the user types."""


class PlanControls:
    """The controls of the planner's desk.

    Parameters
    ----------
    book
        Gives sheets, positions, resources and depths.
    terms
        Those to begin with.
    seconds
        For which times are looked for, to begin with.
    t
        The language.
    changed
        Called after the user chose another sheet.
    """

    def __init__(self, book: Book, terms: Terms, seconds: float, t: Language, changed: Callable[[], None]) -> None:
        self._book, self._t, self._changed = book, t, changed
        self._quiet = Quiet()
        self._sheets = list(dict.fromkeys(row.sheet for row in book.prescriptions))
        self.sheet = _sheet_field(self._sheets, t)
        self.first = DatePicker(description=t("First day"), value=terms.first, tooltip=t("The first day to look at"))
        self.mode = ToggleButtons(options=[(words, mode) for mode, (words, _) in _modes(t).items()])
        self.mode.tooltips = [tooltip for _, tooltip in _modes(t).values()]
        self.mode.value = terms.wish.mode
        at = f"{terms.wish.at:%H:%M}" if terms.wish.at else "10:00"
        self.at = Text(description=t("Time"), value=at, tooltip=t("At most 2 hours before or after"))
        self.depth_once = _number(t("Days for one visit"), terms.depth_once or book.depth_once, _MOST_DAYS)
        self.depth_course = _number(t("Days for courses"), terms.depth_course or book.depth_course, _MOST_DAYS)
        self.seconds = _number(t("Seconds of search"), round(seconds), _MOST_SECONDS, least=0)
        self.positions = PositionList(book, t, lambda: None)
        self.note = paragraph("sv-hint")
        self.note.value = escape(t("A position with a time of day or depth of its own in the book keeps it."))
        numbers = HBox([self.depth_once, self.depth_course, self.seconds])
        numbers.add_class("sv-plan-numbers")
        self.widget = VBox([self.sheet, self.positions.widget, self.first, self.mode, self.at, numbers, self.note])
        self.widget.add_class("sv-plan-controls")
        self.sheet.observe(lambda _: self._chose(), "value")
        self.mode.observe(lambda _: self._offer_time(), "value")
        self._offer_time()
        self.positions.show(self.chosen_sheet)

    @property
    def chosen_sheet(self) -> str:
        """The sheet that is shown; "" if the book has none."""
        return self.sheet.value if self.sheet.value in self._sheets else ""

    @property
    def wanted(self) -> Wanted:
        """What is asked for.

        Raises
        ------
        ValueError
            A field makes no sense; the text says which, for the user.
        """
        t = self._t
        if not self.chosen_sheet:
            raise ValueError(t("Choose a sheet of the book."))
        if self.first.value is None:
            raise ValueError(t("Choose the first day."))
        terms = Terms(self.first.value, self._wish(), self.depth_course.value, self.depth_once.value)
        seconds = float(self.seconds.value)
        return Wanted(self.chosen_sheet, self.positions.ticked, terms, seconds, self.positions.resources)

    def _wish(self) -> Wish:
        at: time | None = None
        if self.mode.value == "near":
            at = time_in(self.at.value)
            if at is None:
                raise ValueError(self._t("Write the time as 14:00."))
        return Wish(self.mode.value, at)

    def _chose(self) -> None:
        if self.chosen_sheet:
            self.positions.show(self.chosen_sheet)
            self._changed()

    def _offer_time(self) -> None:
        self.at.layout.display = None if self.mode.value == "near" else "none"


def _sheet_field(sheets: list[str], t: Language) -> Dropdown | Combobox:
    """Return a field for one of the sheets: a list, or one in which the user types where there are many."""
    if len(sheets) <= _FEW:
        return Dropdown(description=t("Sheet"), options=sheets)
    return Combobox(description=t("Sheet"), options=sheets, value=sheets[0], ensure_option=True)


def _number(words: str, value: int, most: int, least: int = 1) -> BoundedIntText:
    return BoundedIntText(description=words, tooltip=words, value=value, min=least, max=most)


def _modes(t: Language) -> dict[Mode, tuple[str, str]]:
    """Return name and explanation of each time of day."""
    return {
        "early": (t("Early"), t("The earliest day, then the earliest time; ends by 12:00")),
        "late": (t("Late"), t("The earliest day, then the latest time; starts from 12:00")),
        "near": (t("Near a time"), t("The earliest day, then as near as can be, within 2 hours")),
        "any": (t("Any"), t("The earliest day, then the earliest time")),
    }
