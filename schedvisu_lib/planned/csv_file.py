"""Read the appointments of CSV files, as booking systems and spreadsheets write them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from schedvisu_lib.planned.clock import read_clock, read_day, read_minutes, read_moment
from schedvisu_lib.planned.files import files_of, keep, read_bytes
from schedvisu_lib.planned.listing import Appointment, Clerk, Listing, PlanError, booked_minutes
from schedvisu_lib.settings.planned import CsvColumns, CsvPlan

_DELIMITERS: Final = (";", ",", "\t")


class _UnreadableRow(ValueError):
    """A row that cannot be read; its text names columns and never holds the row's values, which may name patients."""


@dataclass(frozen=True)
class _Row:
    """A line of a file below its headings."""

    file: Path
    line: int
    columns: CsvColumns
    cells: dict[str, str]
    """By squeezed heading."""

    def __getitem__(self, key: str) -> str:
        """Return the cell of a column as the site file calls it, "" where there is no such column."""
        heading = getattr(self.columns, key)
        return self.cells.get(_squeeze(heading), "").strip() if heading is not None else ""

    @property
    def place(self) -> str:
        return f"{self.file} line {self.line}"


def read_csv_plan(settings: CsvPlan, clerk: Clerk, first: date, last: date) -> Listing:
    """Return what the CSV files list from first to last day.

    Raises
    ------
    PlanError
        There is no such file, it cannot be read, or it lacks a column.
    """
    listing = Listing("csv")
    found: list[Appointment] = []
    for file in files_of(settings.path, settings.pattern, "planned.csv"):
        for row in _rows(file, settings.columns):
            try:
                found += _appointment(row, clerk, listing)
            except _UnreadableRow as problem:
                listing.lacks(f"{row.place}: {problem}")
    return keep(listing, found, first, last)


def _rows(file: Path, columns: CsvColumns) -> Iterator[_Row]:
    lines = list(StringIO(_decoded(read_bytes(file)), newline=""))
    # Empty lines and the "sep=;" that spreadsheets write stand above the headings.
    top = next((n for n, line in enumerate(lines) if line.strip() and not line.startswith("sep=")), len(lines))
    delimiter = _delimiter(f"{file} line {top + 1}", lines[top : top + 1], columns)
    [names] = csv.reader(lines[top : top + 1], delimiter=delimiter)
    headings = [_squeeze(name) for name in names]
    reader = csv.reader(lines[top + 1 :], delimiter=delimiter)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                cells_by_heading = dict(zip(headings, cells, strict=False))
                yield _Row(file, top + 1 + reader.line_num, columns, cells_by_heading)
    except csv.Error as error:
        raise PlanError(f"{file} line {top + 1 + reader.line_num}: no CSV ({error}); export it anew") from error


def _delimiter(place: str, heading: Sequence[str], columns: CsvColumns) -> str:
    """Return the delimiter with which the headings hold all columns; where none does, it is an error."""
    wanted = {_squeeze(name): name for name in columns.model_dump(exclude_none=True).values()}
    found = {
        delimiter: {_squeeze(name) for row in csv.reader(heading, delimiter=delimiter) for name in row}
        for delimiter in _DELIMITERS
    }
    best = max(_DELIMITERS, key=lambda delimiter: len(wanted.keys() & found[delimiter]))
    missing = [f'"{name}"' for squeezed, name in wanted.items() if squeezed not in found[best]]
    if missing:
        raise PlanError(f"{place}: lacks the column(s) {', '.join(missing)}; check planned.csv.columns")
    return best


def _decoded(content: bytes) -> str:
    """Return the text of a file, in the encoding that it shows to have: a spreadsheet asks nobody which one."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _appointment(row: _Row, clerk: Clerk, listing: Listing) -> Iterator[Appointment]:
    """Yield the appointment of a row, if it is one of the site's scanners."""
    scanner = clerk.scanner([row["scanner"], row.file.stem])
    if not scanner:
        listing.leave_out(row.file.name)
        return
    if not clerk.is_exam(row["patient"], row["description"]):
        return
    zone = ZoneInfo(clerk.site.department.timezone)
    start = _start(row, zone)
    status = clerk.status(row["status"])
    if status is None:
        listing.lacks(f'{row.place}: the word in "{row.columns.status}" is no known status; add it to planned.statuses')
    # Without an identifier of its own an appointment is known by its place and time: moved, it is another one.
    parts = (row["id"],) if row["id"] else (scanner, start.isoformat(), row["patient"], row["study_uid"])
    yield Appointment(
        appointment_id=clerk.appointment_id("csv", *parts),
        start=start,
        scanner=scanner,
        source="csv",
        patient=clerk.patient(row["patient"]),
        study_uid=row["study_uid"],
        minutes=_minutes(row, start, zone),
        description=row["description"],
        status=status or "scheduled",
    )


def _start(row: _Row, zone: ZoneInfo) -> datetime:
    columns = row.columns
    if columns.date is None:
        start = read_moment(row["start"], zone)
        if start is None:
            raise _UnreadableRow(f'"{columns.start}" holds no day and time; write 2026-05-22 08:30 or 22.05.2026 08:30')
        return start
    day, clock = read_day(row["date"]), read_clock(row["start"])
    if day is None:
        raise _UnreadableRow(f'"{columns.date}" holds no day; write 2026-05-22 or 22.05.2026')
    if clock is None:
        raise _UnreadableRow(f'"{columns.start}" holds no time; write 08:30')
    return datetime.combine(day, clock)


def _minutes(row: _Row, start: datetime, zone: ZoneInfo) -> float:
    """Return how long an appointment is booked for, by its minutes or its end; NaN where neither is told."""
    if row["minutes"]:
        minutes = read_minutes(row["minutes"])
        if minutes is None:
            raise _UnreadableRow(f'"{row.columns.minutes}" holds no minutes; write 30')
        return booked_minutes(start, start + timedelta(minutes=minutes))
    if not row["end"]:
        return float("nan")
    clock = read_clock(row["end"])
    end = datetime.combine(start.date(), clock) if clock is not None else read_moment(row["end"], zone)
    if end is None:
        raise _UnreadableRow(f'"{row.columns.end}" holds no time; write 09:00')
    return booked_minutes(start, end)


def _squeeze(heading: str) -> str:
    return heading.strip().casefold()
