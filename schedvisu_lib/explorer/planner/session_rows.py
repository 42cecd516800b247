"""The sessions of a sheet, one line each, with buttons that move, lock and delete."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any, NamedTuple

import pandas as pd
from ipywidgets import HTML, Button, ButtonStyle, HBox, Layout, VBox

from schedvisu_lib.explorer.paragraph import paragraph
from schedvisu_lib.figures.appointment_lists import state_words
from schedvisu_lib.language import Language
from schedvisu_lib.plan.book.model import Book
from schedvisu_lib.plan.rules.broken import moment


class Doings(NamedTuple):
    """What a line's buttons do with its appointment, by its id."""

    move: Callable[[str], None]
    lock: Callable[[str], None]
    delete: Callable[[str], None]


class SessionRows:
    """The lines of a sheet; widgets are made once and used again.

    Parameters
    ----------
    book
        Says where a resource lies.
    t
        The language.
    doings
        What the buttons do.
    """

    def __init__(self, book: Book, t: Language, doings: Doings) -> None:
        self._book, self._t, self._doings = book, t, doings
        self._shared = {"layout": Layout(), "style": ButtonStyle()}
        """One for all buttons: a browser makes each for itself otherwise."""
        self.rows: list[Row] = []
        head = paragraph("sv-session-head")
        words = (t("Position"), t("Procedure"), t("When"), t("Where"), t("State"))
        head.value = "".join(f"<span>{escape(text)}</span>" for text in words)
        self._lines = VBox()
        self.widget = VBox([head, self._lines])
        self.widget.add_class("sv-sessions")
        self._is_enabled = True

    def show(self, rows: pd.DataFrame, moving: str = "") -> None:
        """Show the rows of a sheet; that of the appointment that is being moved is marked."""
        while len(self.rows) < len(rows):
            self.rows.append(Row(self._t, self._shared, self._doings))
        for row, (_, values) in zip(self.rows, rows.iterrows(), strict=False):
            row.show(values, self._book, is_moving=values["appointment_id"] == moving)
            row.enable(is_enabled=self._is_enabled)
        if len(self._lines.children) != len(rows):
            self._lines.children = [row.widget for row in self.rows[: len(rows)]]

    def enable(self, *, is_enabled: bool) -> None:
        """Let the buttons be clicked, or not."""
        self._is_enabled = is_enabled
        for row in self.rows:
            row.enable(is_enabled=is_enabled)


class Row:
    """The line of one session."""

    def __init__(self, t: Language, shared: dict[str, Any], doings: Doings) -> None:
        self._t = t
        self.appointment_id = ""
        self.is_locked = self.is_placed = False
        self.words = HTML()
        self.move = Button(description=t("Move"), tooltip=t("Show the times at which it could be"), **shared)
        self.lock = Button(**shared)
        self.delete = Button(description=t("Delete"), tooltip=t("Take the appointment out of the plan"), **shared)
        self.move.on_click(lambda _: doings.move(self.appointment_id))
        self.lock.on_click(lambda _: doings.lock(self.appointment_id))
        self.delete.on_click(lambda _: doings.delete(self.appointment_id))
        buttons = HBox([self.move, self.lock, self.delete])
        buttons.add_class("sv-session-buttons")
        self.widget = HBox([self.words, buttons])
        self.widget.add_class("sv-session")

    def show(self, row: pd.Series[Any], book: Book, *, is_moving: bool) -> None:
        """Show a session, or why it has no time."""
        t = self._t
        self.appointment_id = row["appointment_id"]
        self.is_locked, self.is_placed = bool(row["locked"]), pd.notna(row["start"])
        self.words.value = "".join(cells(row, book, t))
        self.move.description = t("Move") if self.is_placed else t("Place")
        self.lock.description = t("Unlock") if self.is_locked else t("Lock")
        self.lock.tooltip = t("Let it be moved again") if self.is_locked else t("Nothing moves what is locked")
        for css, is_on in (
            ("sv-locked", self.is_locked),
            ("sv-unplaced", not self.is_placed),
            ("sv-moving", is_moving),
        ):
            (self.widget.add_class if is_on else self.widget.remove_class)(css)

    def enable(self, *, is_enabled: bool) -> None:
        """Let the buttons be clicked that make sense."""
        self.move.disabled = not is_enabled or self.is_locked
        self.lock.disabled = not is_enabled or not self.is_placed
        self.delete.disabled = not is_enabled or self.is_locked or not self.is_placed


def cells(row: pd.Series[Any], book: Book, t: Language) -> list[str]:
    """Return the cells of a session as HTML: position, procedure, when, where, and who set it."""
    asked = [one.sessions for one in book.prescriptions if (one.sheet, one.position) == (row["sheet"], row["position"])]
    number = f"{row['session']}/{max(asked)}" if asked and max(asked) > 1 else ""
    name = [f"{row['position']}", f"{row['procedure']} {number}".rstrip()]
    if pd.isna(row["start"]):
        return [*map(_cell, name), _cell(row["reason"] or t("no time"), "reason")]
    when = f"{moment(row['start'], t)}–{row['end']:%H:%M}"
    return [_cell(text) for text in (*name, when, row["resource"], state_words(row, t))]


def place_of(resource: str, book: Book) -> str:
    """Name a resource and where it lies, if that says more."""
    group = book.group_of.get(resource, "")
    return resource if group in {"", resource} else f"{resource} ({group})"


def _cell(text: str, css: str = "") -> str:
    kind = f' class="{css}"' if css else ""
    return f'<span{kind} title="{escape(text)}">{escape(text)}</span>'
