"""Read a list of duties that somebody else made, such as a head nurse: a workbook (XLSX) or CSV, a duty in each row."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from openpyxl import load_workbook

from schedvisu_lib.errors import BookError
from schedvisu_lib.plan.roster.book.model import StaffBook
from schedvisu_lib.plan.roster.duty import Duty
from schedvisu_lib.plan.roster.rules.seats import pool_department
from schedvisu_lib.plan.sheets.cells import Reader, excel_day, excel_text, flag, is_empty
from schedvisu_lib.plan.sheets.workbook import squeeze

NEEDED: Final = ("date", "shift", "level", "person")
"""Columns that a list has at least."""
OPTIONAL: Final = ("department", "team", "locked", "made_by", "counts_for")
"""Columns that it may have; all others are left alone, and a row without a person where there is a ``reason``."""

_SHEET: Final = "duties"
_REASON: Final = "reason"
_WORKBOOKS: Final = {".xlsx", ".xlsm"}
_READERS: Final[Mapping[str, Reader]] = {
    **dict.fromkeys((*NEEDED, *OPTIONAL), excel_text),
    "date": excel_day,
    "locked": flag,
}


class _List(NamedTuple):
    """The rows of a file, and how to name their places."""

    sheet: str
    """Title in a workbook, else ""."""
    rows: list[tuple[int, tuple[Any, ...]]]
    """Those that hold something, with their numbers."""

    def where(self, number: int, column: str = "") -> str:
        """Name a row, or a cell."""
        parts = [f'sheet "{self.sheet}"' if self.sheet else "", f"row {number}", f'column "{column}"' if column else ""]
        return ", ".join(part for part in parts if part) + ": "


def read_duties(path: str | Path, book: StaffBook) -> list[Duty]:
    """Read a list of duties, in the order of its rows; each has the origin "given".

    Parameters
    ----------
    path
        A workbook, whose sheet "duties" is read or else the first one with the columns needed; or, by any other name,
        CSV in UTF-8 with commas, semicolons or tabs. The first row that holds something has the headings: those of
        :data:`NEEDED`, and any of :data:`OPTIONAL`.
    book
        Gives people, levels, shifts and departments. A duty without a department has that of its person (none, where
        the level is the hospital's); one without a column ``team`` has its person's, where a request is by team.

    Raises
    ------
    BookError
        Lists every mistake, one line each: file, sheet, row and column, what was found and what is allowed.
    """
    file = Path(path).expanduser()
    table = _list_in(file)
    mistakes: list[str] = []
    names = _names(table, mistakes)
    if mistakes:
        raise BookError(file, mistakes)
    duties: list[Duty] = []
    rows: dict[Duty, int] = {}
    for number, row in table.rows[1:]:
        cells = {name: row[place] for place, name in names.items() if place < len(row) and not is_empty(row[place])}
        if "person" not in cells and _REASON in names.values():
            continue
        duty = _duty(cells, names, book, partial(table.where, number), mistakes)
        if duty is not None and duty in rows:
            mistakes.append(f"{table.where(number)}is the same duty as row {rows[duty]}; keep one")
        elif duty is not None:
            rows[duty] = number
            duties.append(duty)
    if mistakes:
        raise BookError(file, mistakes)
    return duties


def _list_in(file: Path) -> _List:
    try:
        return _in_workbook(file) if file.suffix.lower() in _WORKBOOKS else _in_csv(file)
    except FileNotFoundError:
        raise BookError(file, ["no such file; name a list of duties"]) from None
    except OSError as error:
        raise BookError(
            file, [f"cannot be read ({error.strerror}); close it where it is open, or check its permissions"]
        ) from None
    except UnicodeDecodeError:
        raise BookError(file, ["is no text in UTF-8; save it as CSV UTF-8, or as .xlsx"]) from None
    except Exception as error:  # whatever the readers stumble over
        raise BookError(file, [f"no list of duties ({type(error).__name__}); save it as .xlsx or as CSV"]) from None


def _in_workbook(file: Path) -> _List:
    with file.open("rb") as content:
        workbook = load_workbook(content, read_only=True, data_only=True)
        lists = [_List(sheet.title, list(_numbered(_cells_of(sheet)))) for sheet in workbook.worksheets]
    lists.sort(key=lambda one: squeeze(one.sheet) != _SHEET)
    return next((one for one in lists if one.rows and not _lacking(one.rows[0][1])), lists[0])


def _cells_of(sheet: Any) -> Iterator[tuple[Any, ...]]:
    sheet.reset_dimensions()  # some programs write a size that is not that of the sheet
    yield from sheet.iter_rows(values_only=True)


def _in_csv(file: Path) -> _List:
    text = file.read_text(encoding="utf-8-sig")
    head = next((line for line in text.splitlines() if line.strip()), "")
    rows = csv.reader(text.splitlines(), delimiter=max(",;\t", key=head.count))
    return _List("", list(_numbered(tuple(row) for row in rows)))


def _numbered(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[int, tuple[Any, ...]]]:
    return ((number, row) for number, row in enumerate(rows, start=1) if not all(map(is_empty, row)))


def _lacking(head: tuple[Any, ...]) -> list[str]:
    there = {squeeze(title) for title in head if not is_empty(title)}
    return [name for name in NEEDED if squeeze(name) not in there]


def _names(table: _List, mistakes: list[str]) -> dict[int, str]:
    """Return the name of each column that is read, by its place."""
    if not table.rows:
        mistakes.append(f"holds no duties; its first row has the headings {', '.join(NEEDED)}")
        return {}
    top, head = table.rows[0]
    known = {squeeze(name): name for name in (*NEEDED, *OPTIONAL, _REASON)}
    names: dict[int, str] = {}
    for place, title in enumerate(head):
        heading = "" if is_empty(title) else squeeze(title)
        if heading in known and known[heading] in names.values():
            mistakes.append(f'{table.where(top)}"{known[heading]}" is the heading of two columns; keep one')
        elif heading in known:
            names[place] = known[heading]
        elif heading and (near := get_close_matches(heading, known, n=1, cutoff=0.8)):
            mistakes.append(f'{table.where(top)}unknown heading "{title}"; write "{known[near[0]]}"')
    mistakes += [f'{table.where(top)}lacks the column "{name}"; write it' for name in _lacking(head)]
    return names


def _duty(
    cells: Mapping[str, Any],
    names: Mapping[int, str],
    book: StaffBook,
    where: Callable[[str], str],
    mistakes: list[str],
) -> Duty | None:
    """Return the duty of a row; None, if something in it is wrong."""
    read: dict[str, Any] = {}
    before = len(mistakes)
    for name in (*NEEDED, *OPTIONAL):
        if name not in cells:
            if name in NEEDED:
                mistakes.append(f"{where(name)}must not be empty")
            continue
        try:
            read[name] = _READERS[name](cells[name])
        except ValueError as error:
            mistakes.append(f"{where(name)}{error}")
    known = {
        "shift": list(book.shift),
        "level": list(book.level),
        "person": list(book.person),
        "counts_for": list(book.person),
        "department": [row.name for row in book.departments],
        "team": [row.name for row in book.teams],
    }
    for name, allowed in known.items():
        if name in read and read[name] not in allowed:
            mistakes.append(f'{where(name)}"{read[name]}" is not in the book; {_allowed(read[name], allowed)}')
    if len(mistakes) > before:
        return None
    return _as_pool(Duty(**{"department": "", **read}, origin="given"), "team" in names.values(), book)


def _allowed(found: str, names: list[str], most: int = 12) -> str:
    """Say which names are allowed: all, or the nearest ones of many."""
    if len(names) <= most:
        return f"allowed: {', '.join(names) or 'nothing'}"
    near = get_close_matches(found, names, n=3, cutoff=0.5)
    return f"nearest: {', '.join(near)}" if near else f"write one of its {len(names)} names, or add it to the book"


def _as_pool(duty: Duty, has_team: bool, book: StaffBook) -> Duty:
    """Return a duty with the department of its pool, and with its person's team where a request is by team."""
    person = book.person[duty.person]
    department = pool_department(book, duty.level, duty.department or person.department)
    team = duty.team
    if not has_team and person.team is not None and _by_team(duty, department, book):
        team = person.team if book.team[person.team].level == duty.level else ""
    return Duty(**{**vars(duty), "department": department, "team": team})


def _by_team(duty: Duty, department: str, book: StaffBook) -> bool:
    return any(
        row.by == "team"
        and (row.level, row.shift) == (duty.level, duty.shift)
        and pool_department(book, row.level, row.department or "") == department
        and row.first <= duty.date <= row.last
        for row in book.requests
    )
