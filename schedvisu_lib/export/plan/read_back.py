"""Read back a plan that was exported and corrected in a spreadsheet, and tell by row which rules are broken."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.errors import PlanError
from schedvisu_lib.export.plan.tables import SNAPSHOT
from schedvisu_lib.export.plan.xlsx_file import APPOINTMENTS, PLANNED
from schedvisu_lib.export.texts import looks_like_formula
from schedvisu_lib.language import Language, language
from schedvisu_lib.plan.appointment import COLUMNS, Appointment, Unplaced, appointments_in, to_table
from schedvisu_lib.plan.book.model import Book
from schedvisu_lib.plan.by_hand import booking_of
from schedvisu_lib.plan.check import check
from schedvisu_lib.plan.rules.broken import rule_name
from schedvisu_lib.plan.rules.rows import read_row
from schedvisu_lib.plan.rules.slots import length_of
from schedvisu_lib.plan.terms import Terms

_FIRST_ROW: Final = 2
"""Number of the first row below the headings, as a spreadsheet counts."""
_WORKBOOKS: Final = {".xlsx", ".xlsm"}
Row = dict[str, Any]


@dataclass(frozen=True, repr=False)  # its rows would show patients
class ReadBack:
    """A plan that was read from a file.

    Parameters
    ----------
    appointments
        Columns of :data:`schedvisu_lib.plan.appointment.COLUMNS`; what was moved in the spreadsheet has the origin
        ``manual``.
    faults
        One line for each row that cannot be what it is, with its number.
    rows
        Number of the row of each ``appointment_id``.
    """

    appointments: pd.DataFrame
    faults: tuple[str, ...]
    rows: Mapping[str, int]


def read_plan(file: Path, book: Book, site: Site) -> ReadBack:
    """Read a plan from its workbook, or from CSV.

    An appointment whose start was changed keeps its length, unless its end was changed too.

    Raises
    ------
    PlanError
        The file cannot be read, or columns are missing.
    """
    t = language(site.report.language)
    table, before = _tables(file)
    missing = [name for name in COLUMNS if name not in table.columns and name != "appointment_id"]
    if missing:
        raise PlanError(f"{file}: lacks the column(s) {', '.join(missing)}; take a file that this command wrote")
    read: list[Appointment | Unplaced] = []
    rows: dict[str, int] = {}
    faults, seen = [], set()
    for number, row in _rows(table):
        was = before.get(str(row["appointment_id"]))
        try:
            one = _moved(read_row(_with_end(row, was, book), book, t), was, t)
        except ValueError as error:
            faults.append(t("row {n}: {what} ({rule})", n=number, what=error, rule=rule_name(t, 0)))
            seen.add(str(row["appointment_id"]))
            continue
        read.append(one)
        rows.setdefault(one.appointment_id, number)
        seen |= {one.appointment_id, str(row["appointment_id"])}
    faults += [
        t("the locked appointment on {resource} ({when}) is missing", resource=was["resource"], when=was["start"])
        for name, was in before.items()
        if was["locked"] and name not in seen
    ]
    placed = [one for one in read if isinstance(one, Appointment)]
    unplaced = [one for one in read if isinstance(one, Unplaced)]
    return ReadBack(to_table(placed, unplaced), tuple(faults), rows)


def read_places(file: Path) -> pd.DataFrame:
    """Read where and when the appointments of a plan are, without its book: columns ``resource`` and ``start``.

    Raises
    ------
    PlanError
        The file cannot be read, a column is missing, or a start is no time.
    """
    table, _ = _tables(file)
    missing = [name for name in ("resource", "start") if name not in table.columns]
    if missing:
        raise PlanError(f"{file}: lacks the column(s) {', '.join(missing)}; take a file that this command wrote")
    rows = [(number, row["resource"], row["start"]) for number, row in _rows(table)]
    places = pd.DataFrame(rows, columns=["row", "resource", "start"], dtype=object).replace("", None).dropna()
    moments = pd.to_datetime(places["start"], errors="coerce")
    for wrong in places.loc[moments.isna()].itertuples():
        raise PlanError(f'{file}: row {wrong.row}: start "{wrong.start}" is no time; write it as 2026-05-25 08:00')
    return places[["resource"]].assign(start=moments).reset_index(drop=True)


def rules_broken(plan: ReadBack, book: Book, site: Site, terms: Terms) -> list[str]:
    """Return a line for each rule that the rows of a plan break, with their numbers."""
    t = language(site.report.language)
    lines = []
    for broken in check(plan.appointments, book, site, terms):
        numbers = sorted({plan.rows[name] for name in (broken.appointment_id, broken.other_id) if name in plan.rows})
        where = t("row {n}", n=", ".join(map(str, numbers)))
        lines.append(f"{where}: {broken.text}" if numbers else broken.text)
    return lines


def standing(plan: ReadBack, book: Book) -> Book:
    """Return a book in which all appointments of a plan stand as bookings, beside those of the book itself.

    A booking whose session the plan holds elsewhere stands where the plan has it.
    """
    placed = appointments_in(plan.appointments)
    rows = plan.appointments.loc[plan.appointments["sheet"] != ""]
    sessions = set(rows[["patient", "sheet", "position", "session"]].itertuples(index=False, name=None))
    places = {(one.resource, one.start, one.end, one.patient) for one in placed}
    others = (
        booking
        for booking in book.bookings
        if (booking.resource, booking.start, booking.end, booking.patient or "") not in places
        and (booking.patient or "", booking.sheet or "", booking.position or 0, booking.session or 0) not in sessions
    )
    return book.model_copy(update={"bookings": (*map(booking_of, placed), *others)})


def with_earlier(book: Book, plan: ReadBack, site: Site, terms: Terms) -> tuple[Book, list[str]]:
    """Return a book in which an earlier plan stands, and a line for each rule that this plan breaks.

    Raises
    ------
    PlanError
        A row of the plan cannot be what it is.
    """
    if plan.faults:
        raise PlanError("the earlier plan cannot be used: " + "; ".join(plan.faults))
    return standing(plan, book), rules_broken(plan, book, site, terms)


def first_day(plan: ReadBack) -> pd.Timestamp | None:
    """Return the first day on which a plan has an appointment that it made; None if it made none."""
    made = plan.appointments.loc[plan.appointments["origin"] != "given", "start"].min()
    return None if pd.isna(made) else made


def _tables(file: Path) -> tuple[pd.DataFrame, dict[str, Row]]:
    """Return the rows of a file, and where each appointment was when it was written, if the file tells."""
    try:
        if file.suffix.lower() not in _WORKBOOKS:
            return _read_csv(file), {}
        with pd.ExcelFile(file) as book:
            table = pd.read_excel(book, sheet_name=APPOINTMENTS, dtype=object)
            if PLANNED not in book.sheet_names:
                return table, {}
            before = pd.read_excel(book, sheet_name=PLANNED, dtype=object)[SNAPSHOT]
    except FileNotFoundError:
        raise PlanError(f"{file}: no such file; name a plan that this command wrote") from None
    except OSError as error:
        raise PlanError(f"{file}: cannot be read ({error.strerror}); close it where it is open") from None
    except Exception as error:  # whatever a spreadsheet's library stumbles over; its text may hold a cell
        raise PlanError(
            f"{file}: no plan of appointments ({type(error).__name__}); take a file that this command wrote"
        ) from None
    return table, {str(row["appointment_id"]): row for row in before.to_dict("records")}


def _read_csv(file: Path) -> pd.DataFrame:
    text = file.read_text(encoding="utf-8-sig")
    head = text.partition("\n")[0]
    delimiter = max(";,\t", key=head.count)
    rows = [[_as_written(cell) for cell in row] for row in csv.reader(text.splitlines(), delimiter=delimiter)]
    if not rows:
        raise ValueError("empty")
    names, width = rows[0], len(rows[0])
    return pd.DataFrame([(row + [""] * width)[:width] for row in rows[1:]], columns=names, dtype=object)


def _as_written(cell: str) -> str:
    """Return a text without the apostrophe that kept a spreadsheet from reading a formula."""
    return cell[1:] if cell.startswith("'") and looks_like_formula(cell[1:]) else cell


def _rows(table: pd.DataFrame) -> Iterator[tuple[int, Row]]:
    """Yield number and cells of each row that holds something."""
    if "appointment_id" not in table.columns:
        table = table.assign(appointment_id="")
    for number, row in enumerate(table.to_dict("records"), start=_FIRST_ROW):
        if not all(pd.isna(cell) or cell == "" for cell in row.values()):
            yield number, {str(name): cell for name, cell in row.items()}


def _with_end(row: Row, was: Row | None, book: Book) -> Row:
    """Return a row with the end that its start asks for, if only that was changed, or nobody gave an end."""
    try:
        start, end = (pd.Timestamp(row[name]) for name in ("start", "end"))
        then, until = (pd.Timestamp(was[name]) if was else pd.NaT for name in ("start", "end"))
    except (ValueError, TypeError):
        return row  # whoever reads the row says so
    if pd.isna(start):
        return {**row, "end": pd.NaT, "start": pd.NaT, "resource": ""}
    second = timedelta(seconds=1)  # spreadsheets keep times as fractions of a day
    if pd.notna(until) and pd.notna(end) and abs(end - until) < second <= abs(start - then):
        return {**row, "end": start + (until - then)}
    length = length_of(book, str(row["procedure"]))
    return {**row, "end": start + length} if pd.isna(end) and length is not None else row


def _moved(one: Appointment | Unplaced, was: Row | None, t: Language) -> Appointment | Unplaced:
    """Return an appointment, as set by hand if it is elsewhere than when the file was written."""
    if was is None:
        return one
    if isinstance(one, Unplaced):
        if was["locked"]:
            raise ValueError(t("it is locked; unlock it before you take it out"))
        return one
    there = pd.Timestamp(was["start"])
    if one.resource == was["resource"] and pd.notna(there) and one.start == there.round("s"):
        return one
    if was["locked"] and one.locked:
        raise ValueError(t("it is locked; unlock it before you move it"))
    return one._replace(origin="manual")
