"""Read back a roster that was exported and corrected in a spreadsheet, and tell by cell which rules are broken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import pandas as pd
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from schedvisu_lib.config import Site
from schedvisu_lib.errors import PlanError
from schedvisu_lib.export.roster.tables import SNAPSHOT
from schedvisu_lib.export.roster.xlsx_file import PLANNED, ROSTER
from schedvisu_lib.figures.roster_lines import shift_letters
from schedvisu_lib.language import Language, language
from schedvisu_lib.plan.roster.book.model import StaffBook
from schedvisu_lib.plan.roster.change.by_hand import set_duty
from schedvisu_lib.plan.roster.duty import COLUMNS
from schedvisu_lib.plan.roster.rules.check import check

Cell = tuple[str, date]
"""Person and day."""

_HEAD: Final = 10
"""Rows among which the dates stand."""
_FREE: Final = {"", "-", "–", "—"}
"""Of a cell without duty."""
_WORKBOOKS: Final = {".xlsx", ".xlsm"}


@dataclass(frozen=True)
class ReadRoster:
    """A roster that was read from a workbook.

    Parameters
    ----------
    table
        Columns of :data:`schedvisu_lib.plan.roster.duty.COLUMNS`; what was changed in the spreadsheet has the origin
        ``manual``.
    first, last
        Its days.
    faults
        One line for each cell that cannot be what it is, with its name.
    cells
        The name of the cell of each person and day, as a spreadsheet counts.
    changed
        The cells that were changed by hand.
    """

    table: pd.DataFrame
    first: date
    last: date
    faults: tuple[str, ...]
    cells: Mapping[Cell, str]
    changed: tuple[Cell, ...]


def read_roster(file: Path, book: StaffBook, site: Site) -> ReadRoster:
    """Read a roster from the workbook of :func:`schedvisu_lib.export.roster.xlsx_file.roster_xlsx`.

    A cell holds the letter or the name of a shift, or nothing. One that was changed becomes a duty set by hand, of the
    level in which the shift has an empty seat; locked ones stay, and the change is a fault.

    Raises
    ------
    PlanError
        The file cannot be read, or is no roster.
    """
    t = language(site.report.language)
    grid, before = _sheets(file)
    days, top = _days(grid, file)
    first, last = min(days.values()), max(days.values())
    was = {(row["person"], row["date"].date()): row for row in before.to_dict("records") if row["person"]}
    read, names, faults = _read(grid, days, top, book, t)
    table = _as_roster(before, book)
    changed = [cell for cell, shift in read.items() if shift != (was[cell]["shift"] if cell in was else None)]
    gone = [cell for cell in was if cell not in names]
    faults += [
        t("{person} is missing; put the row back, or empty its cells", person=name)
        for name in sorted({p for p, _ in gone})
    ]
    # Cells that were emptied come first: their seats are free for those that were filled.
    for person, day in sorted(changed, key=lambda cell: (read[cell] is not None, cell[1], cell[0])):
        if (person, day) in was and was[person, day]["locked"]:
            faults.append(f"{names[person, day]}: {t('it is locked; unlock it before you change it')}")
            continue
        table = set_duty(table, book, site, first, last, person, day, read[person, day], in_spite=True).table
    return ReadRoster(table, first, last, tuple(faults), names, tuple(sorted(changed, key=lambda cell: cell[::-1])))


def rules_broken(read: ReadRoster, book: StaffBook, site: Site) -> list[str]:
    """Return a line for each rule that a roster breaks, with the name of its cell where it has one."""
    lines = []
    for broken in check(read.table, book, site, read.first, read.last):
        where = read.cells.get((broken.person, broken.date)) if broken.date else None
        lines.append(f"{where}: {broken.text}" if where else broken.text)
    return lines


def _sheets(file: Path) -> tuple[list[tuple[Any, ...]], pd.DataFrame]:
    """Return the rows of the grid, and what stood in it when it was written."""
    if file.suffix.lower() not in _WORKBOOKS:
        raise PlanError(f"{file}: no workbook; take a roster (XLSX) that this command wrote")
    try:
        with file.open("rb") as content:
            workbook = load_workbook(content, read_only=True, data_only=True)
            names = workbook.sheetnames
            rows = list(workbook[ROSTER].iter_rows(values_only=True)) if ROSTER in names else []
        before = pd.read_excel(file, sheet_name=PLANNED, dtype=object) if PLANNED in names else None
    except FileNotFoundError:
        raise PlanError(f"{file}: no such file; name a roster that this command wrote") from None
    except OSError as error:
        raise PlanError(f"{file}: cannot be read ({error.strerror}); close it where it is open") from None
    except Exception as error:  # whatever a spreadsheet's library stumbles over
        raise PlanError(
            f"{file}: no duty roster ({type(error).__name__}); take a file that this command wrote"
        ) from None
    if before is None or not rows or any(name not in before.columns for name in SNAPSHOT):
        raise PlanError(f'{file}: lacks the sheet "{ROSTER}" or "{PLANNED}"; take a roster that this command wrote')
    return rows, before[SNAPSHOT].assign(
        **{name: before[name].fillna("") for name in SNAPSHOT if COLUMNS[name] == "str"}
    )


def _days(grid: list[tuple[Any, ...]], file: Path) -> tuple[dict[int, date], int]:
    """Return the day of each column, by its place, and the number of rows down to the dates."""
    for number, row in enumerate(grid[:_HEAD], start=1):
        days = {place: cell.date() for place, cell in enumerate(row) if isinstance(cell, datetime)}
        if days:
            return days, number
    raise PlanError(f'{file}: the sheet "{ROSTER}" has lost the row with its dates; put it back')


def _read(
    grid: list[tuple[Any, ...]], days: Mapping[int, date], top: int, book: StaffBook, t: Language
) -> tuple[dict[Cell, str | None], dict[Cell, str], list[str]]:
    """Return the shift in the cell of each person and day, the names of the cells, and what cannot be read."""
    letters = shift_letters([one.name for one in book.shifts])
    shifts = {letter.casefold(): name for name, letter in letters.items()} | {name.casefold(): name for name in letters}
    red = {t("nobody"), language("en")("nobody")}
    read: dict[Cell, str | None] = {}
    names: dict[Cell, str] = {}
    faults = []
    for number, row in enumerate(grid[top:], start=top + 1):
        person = _word(row[0]) if row else ""
        cells = {place: _word(row[place]) for place in days if place < len(row)}
        if person not in book.person:
            if person and person not in red and any(cells.values()):
                faults.append(t('row {n}: "{person}" is not in the book', n=number, person=person))
            continue
        if any((person, day) in names for day in days.values()):
            faults.append(t("row {n}: a second row of {person}; keep one", n=number, person=person))
            continue
        for place, day in days.items():
            word, name = cells.get(place, ""), f"{get_column_letter(place + 1)}{number}"
            names[person, day] = name
            if word not in _FREE and word.casefold() not in shifts:
                allowed = ", ".join(letters.values())
                faults.append(
                    t('{cell}: "{word}" is no shift; allowed: {allowed}', cell=name, word=word, allowed=allowed)
                )
                continue
            read[person, day] = None if word in _FREE else shifts[word.casefold()]
    return read, names, faults


def _as_roster(before: pd.DataFrame, book: StaffBook) -> pd.DataFrame:
    """Return the hidden sheet as a roster; a duty of a shift that the book has no more is left out."""
    rows = before.loc[before["shift"].isin(list(book.shift))]
    spans = [book.shift[row.shift].span(row.date.date()) for row in rows.itertuples(index=False)]
    rows = rows.assign(start=[start for start, _ in spans], end=[end for _, end in spans])
    rows = rows.assign(locked=rows["locked"].astype(bool))
    return rows[list(COLUMNS)].astype(COLUMNS).reset_index(drop=True)


def _word(value: Any) -> str:
    return "" if value is None else str(value).strip()
