"""Check a whole table of appointments rule by rule, wherever it was made: by the planner, by hand, in a spreadsheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.language import Language, language
from schedvisu_lib.plan.appointment import Appointment, Unplaced
from schedvisu_lib.plan.book.model import Book, Booking, Prescription
from schedvisu_lib.plan.rules.broken import Broken, broken_by, clocks, minutes, moment, rule_name
from schedvisu_lib.plan.rules.rows import read_rows
from schedvisu_lib.plan.rules.rules import rules_broken
from schedvisu_lib.plan.rules.slots import length_of
from schedvisu_lib.plan.rules.timetable import Timetable
from schedvisu_lib.plan.terms import Terms


def check(appointments: pd.DataFrame, book: Book, site: Site, terms: Terms) -> list[Broken]:
    """Return everything that a table of appointments breaks, each once, in the order of the rows.

    Parameters
    ----------
    appointments
        Columns of :data:`schedvisu_lib.plan.appointment.COLUMNS`; bookings are rows like all others.
    book
        What was asked for, with all resources and rules.
    site
        Gives the calendar, the scanners' hours, and the language of the texts.
    terms
        Those that the appointments were made with.

    Returns
    -------
    list of Broken
        Empty if every rule is kept. Those with ``stood`` concern only what was booked before or set by hand: they are
        told, but stop nothing.

    Raises
    ------
    TableError
        A column is missing.
    """
    placed, unplaced, faults = read_rows(appointments, book, language(site.report.language))
    table = Timetable(placed, book, site, terms)
    found = (broken for one in placed for broken in broken_of(one, table))
    return list(dict.fromkeys([*faults, *_twice([*placed, *unplaced], table), *found]))


def complete(appointments: pd.DataFrame, book: Book, site: Site) -> list[Broken]:
    """Return what a table lacks: each session asked for stands in it once, with a time or a reason, and each booking.

    Raises
    ------
    TableError
        A column is missing.
    """
    t = language(site.report.language)
    placed, unplaced, _ = read_rows(appointments, book, t)
    rows: list[Appointment | Unplaced] = [*unplaced, *placed]
    present = {(one.patient, one.sheet, one.position, one.session): one for one in rows}
    faults = []
    for asked in book.prescriptions:
        for session in range(1, asked.sessions + 1):
            one = present.get((asked.patient, asked.sheet, asked.position, session))
            if one is None:
                faults.append(_lacking(t, _session_name(t, asked, session), t("is not in the table")))
            elif isinstance(one, Unplaced) and not one.reason:
                faults.append(_lacking(t, _session_name(t, asked, session), t("has neither a time nor a reason")))
    held = Counter((one.resource, one.start, one.end, one.patient) for one in placed)
    for booking in book.bookings:
        key = (booking.resource, booking.start, booking.end, booking.patient or "")
        if held[key]:
            held[key] -= 1
        elif not _was_moved(booking, present):
            faults.append(_lacking(t, _booking_name(t, booking), t("is not in the table")))
    return faults


def broken_of(one: Appointment, table: Timetable) -> list[Broken]:
    """Return all that an appointment breaks beside the others of a timetable, of which it may be one."""
    return [*row_broken(one, table), *rules_broken(one, table)]


def row_broken(one: Appointment, table: Timetable) -> Iterator[Broken]:
    """Rule 0: an appointment is that of its prescription, and as long as its procedure; a booking is as it is."""
    t, asked = table.t, table.prescription(one)
    if table.is_booked(one):
        return
    if one.sheet and asked is None:
        yield broken_by(table, 0, (one,), t("the book has no such position of this patient"))
    elif asked is not None and asked.procedure != one.procedure:
        yield broken_by(table, 0, (one,), t("the prescription asks for {procedure}", procedure=asked.procedure))
    elif asked is not None and not 1 <= one.session <= asked.sessions:
        yield broken_by(table, 0, (one,), t("the prescription has {n} sessions", n=asked.sessions))
    length = length_of(table.book, one.procedure)
    if length is not None and one.end - one.start != length:
        what = t(
            "from {start} to {end}, but {procedure} takes {n} min",
            procedure=one.procedure,
            n=minutes(length),
            **clocks(one),
        )
        yield broken_by(table, 0, (one,), what)


def _twice(rows: list[Appointment | Unplaced], table: Timetable) -> Iterator[Broken]:
    """Yield each session that stands in more than one row."""
    t = table.t
    counts = Counter((one.patient, one.sheet, one.position, one.session) for one in rows if one.sheet)
    first = {(one.patient, one.sheet, one.position, one.session): one for one in reversed(rows)}
    for key, count in counts.items():
        if count > 1:
            text = t("{sheet} position {position}, session {session}", sheet=key[1], position=key[2], session=key[3])
            what = t(
                "{appointment}: {what} ({rule})",
                appointment=text,
                what=t("stands {n} times", n=count),
                rule=rule_name(t, 0),
            )
            yield Broken(0, what, first[key].appointment_id)


def _was_moved(booking: Booking, present: dict[tuple[str, str, int, int], Appointment | Unplaced]) -> bool:
    """Tell whether a booking's session stands elsewhere, or has no time now; a locked one moves by hand only."""
    session = present.get((booking.patient or "", booking.sheet or "", booking.position or 0, booking.session or 0))
    if not booking.sheet or session is None:
        return False
    return not booking.locked or (isinstance(session, Appointment) and session.origin == "manual")


def _session_name(t: Language, asked: Prescription, session: int) -> str:
    return t(
        "{sheet} position {position}, session {session}", sheet=asked.sheet, position=asked.position, session=session
    )


def _booking_name(t: Language, booking: Booking) -> str:
    return t("booking on {resource} ({when})", resource=booking.resource, when=moment(booking.start, t))


def _lacking(t: Language, name: str, what: str) -> Broken:
    return Broken(0, t("{appointment}: {what} ({rule})", appointment=name, what=what, rule=rule_name(t, 0)), "")
