"""The roster as a grid to type into: a row for each person, a column for each day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, Final

import pandas as pd
from ipydatagrid import DataGrid, TextRenderer, VegaExpr

from schedvisu_lib.explorer.quiet import Quiet
from schedvisu_lib.explorer.roster.cells import AWAY, BREAKS, VACANT, variants, words_of
from schedvisu_lib.figures.roster_lines import PALE_RED, RED, Line, RosterFrame, shift_colors, shift_letters
from schedvisu_lib.figures.style import CLOSED, SHADE, readable_on
from schedvisu_lib.language import Language

_ROW: Final = 22
_HEAD: Final = 20
_COLUMN: Final = 46
"""Sizes in pixels."""
_LETTER: Final = 6
_NAMES: Final = (110, 200)
"""Least and most width of the columns with names."""
_HIGHEST: Final = 640

Typed = Callable[[Line, date, str], None]
"""Told what the user typed into a cell."""
Chosen = Callable[[Line, date], None]
"""Told which cell the user clicked."""


class RosterGrid:
    """An editable grid; the cells of seats that nobody fills can be looked at only.

    Parameters
    ----------
    frame
        Days and shifts.
    lines
        The rows, which stay the same.
    texts
        Of the cells.
    t
        The language.
    typed, chosen
        What happens.
    """

    def __init__(
        self,
        frame: RosterFrame,
        lines: Sequence[Line],
        texts: list[list[str]],
        t: Language,
        typed: Typed,
        chosen: Chosen,
    ) -> None:
        self._lines, self._typed, self._chosen = list(lines), typed, chosen
        self._quiet = Quiet()
        self._days = [moment.date() for moment in frame.days["date"]]
        self._columns = _column_names(self._days, t)
        self.texts = [list(row) for row in texts]
        rows = pd.MultiIndex.from_tuples([words_of(line, t) for line in lines], names=[t("Level"), t("Person")])
        table = pd.DataFrame(self.texts, index=rows, columns=pd.MultiIndex.from_tuples(self._columns))
        off = dict(zip(self._columns, frame.days["off"], strict=True))
        self.widget = DataGrid(
            table,
            editable=True,
            selection_mode="cell",
            renderers={name: _renderer(frame, off=bool(is_off)) for name, is_off in off.items()},
            base_row_size=_ROW,
            base_column_header_size=_HEAD,
            base_column_size=_COLUMN,
            base_row_header_size=_names_width(words for row in rows for words in row),
            layout={"height": f"{min(_HIGHEST, _ROW * len(lines) + 3 * _HEAD + 20)}px"},
        )
        self.widget.add_class("sv-roster-grid")
        self.widget.on_cell_change(self._changed)
        self.widget.on_cell_click(self._clicked)

    def show(self, texts: list[list[str]]) -> None:
        """Show other texts; only cells that differ are sent."""
        with self._quiet():
            for number, (old, new) in enumerate(zip(self.texts, texts, strict=True)):
                for name, before, after in zip(self._columns, old, new, strict=True):
                    if before != after:
                        self.widget.set_cell_value_by_index(name, number, after)
        self.texts = [list(row) for row in texts]

    def type(self, row: int, column: int, text: str) -> None:
        """Do as if the user had typed into a cell."""
        self.widget.set_cell_value_by_index(self._columns[column], row, text)

    def restore(self, line: Line, day: date) -> None:
        """Show again what stood in a cell before the user typed."""
        row, column = self._lines.index(line), self._days.index(day)
        with self._quiet():
            self.widget.set_cell_value_by_index(self._columns[column], row, self.texts[row][column])

    def _changed(self, change: dict[str, Any]) -> None:
        if self._quiet:
            return
        row, column, text = int(change["row"]), self._columns.index(tuple(change["column"])), str(change["value"] or "")
        if text != self.texts[row][column]:  # the browser tells what it was told, too
            self._typed(self._lines[row], self._days[column], text)

    def _clicked(self, click: dict[str, Any]) -> None:
        if click["region"] != "body":
            return
        name = click["column"]
        column = self._columns.index(tuple(name)) if isinstance(name, list | tuple) else int(click["column_index"])
        self._chosen(self._lines[int(click["primary_key_row"])], self._days[column])


def _names_width(words: Iterable[str]) -> int:
    """Return the width of a column that holds the longest of some words, within limits."""
    least, most = _NAMES
    return min(max(_LETTER * max(map(len, words), default=0) + 12, least), most)


def _column_names(days: Sequence[date], t: Language) -> list[tuple[str, str, str]]:
    """Return month, weekday and day of each column; no two are the same."""
    return [(t.day(day, "MMM y"), t.day(day, "EEE"), t.day(day, "d")) for day in days]


def _renderer(frame: RosterFrame, *, off: bool) -> TextRenderer:
    """Return how the cells of a day look: by the letter in them, red where a rule is broken or nobody is there."""
    colors, letters = shift_colors(frame.shifts), shift_letters(list(frame.shifts["shift"]))
    ground, ink = f"'{SHADE if off else '#ffffff'}'", "'#222222'"
    for shift, letter in letters.items():
        # One behind the other: the last one that fits counts.
        is_it = f"indexof({variants(letter)}, cell.value) >= 0"
        ground = f"{is_it} ? '{colors[shift]}' : {ground}"
        ink = f"{is_it} ? '{'#ffffff' if readable_on(colors[shift]) == 'white' else '#222222'}' : {ink}"
    ground = f"cell.value == '{AWAY}' ? '{CLOSED}' : {ground}"
    breaks, vacant = (f"indexof(cell.value, '{sign}') >= 0" for sign in (BREAKS, VACANT))
    return TextRenderer(
        background_color=VegaExpr(f"{vacant} ? '{RED}' : {breaks} ? '{PALE_RED}' : {ground}"),
        text_color=VegaExpr(f"{vacant} ? '#ffffff' : {breaks} ? '{RED}' : {ink}"),
        horizontal_alignment="center",
        font="12px sans-serif",
    )
