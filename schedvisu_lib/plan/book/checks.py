"""What must be right between the rows of a book; each check yields sheet, row and column of a mistake, and its wording.

No wording names a patient: the row does.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Final

from schedvisu_lib.config import OTHER
from schedvisu_lib.plan.book import rule_checks as rules
from schedvisu_lib.plan.book.facts import Check, Facts
from schedvisu_lib.plan.book.form import FORM
from schedvisu_lib.plan.book.model import Book, Booking, Prescription
from schedvisu_lib.plan.sheets.facts import repeated
from schedvisu_lib.plan.sheets.names import names_given_twice, unknown_names
from schedvisu_lib.plan.sheets.source import Mistake


def mistakes_in(facts: Facts) -> Iterator[Mistake]:
    """Yield everything that is wrong between the rows of a book."""
    yield from names_given_twice(FORM, facts)
    yield from unknown_names(FORM, facts)
    for check in CHECKS:
        yield from check(facts)


# --- names ------------------------------------------------------------------------------------------------------------


def unknown_to_site(facts: Facts) -> Iterator[Mistake]:
    """Find scanners and exam types that the site does not have."""
    file = facts.site.file.name
    for number, resource in enumerate(facts.book.resources):
        if resource.scanner is not None and resource.scanner not in facts.site.scanner_names:
            known = ", ".join(facts.site.scanner_names)
            yield ("resources", number, "scanner"), f'scanner "{resource.scanner}" is unknown; {file} has: {known}'
    types = [*(kind.name for kind in facts.site.exam_types), OTHER]
    for number, procedure in enumerate(facts.book.procedures):
        if procedure.exam_type is not None and procedure.exam_type not in types:
            text = f'exam type "{procedure.exam_type}" is unknown; {file} has: {", ".join(types)}'
            yield ("procedures", number, "exam_type"), text


# --- prescriptions ----------------------------------------------------------------------------------------------------


def positions_given_twice(facts: Facts) -> Iterator[Mistake]:
    """Find positions that another row of their sheet has."""
    rows = facts.book.prescriptions
    for number in repeated((row.sheet, row.position) for row in rows):
        row = rows[number]
        text = f'position {row.position} of "{row.sheet}" stands in a row above already; number them apart'
        yield ("prescriptions", number, "position"), text


def sheets_of_two_patients(facts: Facts) -> Iterator[Mistake]:
    """Find sheets that belong to two patients; bookings of a sheet count."""
    owner: dict[str, str] = {}
    rows: Iterator[tuple[str, int, Prescription | Booking]] = chain(
        (("prescriptions", number, row) for number, row in enumerate(facts.book.prescriptions)),
        (("bookings", number, row) for number, row in enumerate(facts.book.bookings)),
    )
    for sheet, number, row in rows:
        if (
            row.sheet is not None
            and row.patient is not None
            and owner.setdefault(row.sheet, row.patient) != row.patient
        ):
            text = f"\"{row.sheet}\" is another patient's sheet by the rows above; a sheet is one patient's"
            yield (sheet, number, "patient"), text


def courses(facts: Facts) -> Iterator[Mistake]:
    """Find prescriptions whose sessions cannot lie as they are asked for."""
    for number, row in enumerate(facts.book.prescriptions):
        place = ("prescriptions", number)
        if row.kind == "once" and row.sessions > 1:
            yield (*place, "sessions"), f'{row.sessions} given, but what is done "once" has 1; write "course" as kind'
        if row.most_days is not None and row.most_days < row.least_days:
            text = f"{row.most_days} days at most, but at least {row.least_days}; raise one or lower the other"
            yield (*place, "most_days"), text
        days, depth = (row.sessions - 1) * row.least_days, _depth(row, facts.book)
        if row.kind == "course" and days >= depth:
            yield (
                (*place, "sessions"),
                f"{row.sessions} sessions with least_days {row.least_days} take {days + 1} days, more than the depth "
                f"of {depth}; raise the depth, or ask for fewer sessions",
            )


def _depth(row: Prescription, book: Book) -> int:
    return row.depth or (book.depth_course if row.kind == "course" else book.depth_once)


def times_of_modes(facts: Facts) -> Iterator[Mistake]:
    """Find the mode ``near`` without its time, and times without that mode."""
    for number, row in enumerate(facts.book.prescriptions):
        if row.mode == "near" and row.at is None:
            yield ("prescriptions", number, "at"), 'missing; the mode "near" needs a time, such as 14:00'
        elif row.mode != "near" and row.at is not None:
            yield ("prescriptions", number, "at"), f'{row.at:%H:%M} given, but only the mode "near" has a time'


def resources_that_cannot(facts: Facts) -> Iterator[Mistake]:
    """Find prescriptions and bookings on resources that cannot do their procedure."""
    able = {row.name: row.resources for row in facts.book.procedures}
    for number, row in enumerate(facts.book.prescriptions):
        for name in row.resources:
            if name in facts.names["resources"] and name not in able.get(row.procedure, (name,)):
                text = f'"{name}" cannot do "{row.procedure}"; allowed: {", ".join(able[row.procedure])}'
                yield ("prescriptions", number, "resources"), text


# --- times that stand -------------------------------------------------------------------------------------------------


def ends_before_start(facts: Facts) -> Iterator[Mistake]:
    """Find bookings and busy times that do not end after their start."""
    for sheet in ("busy", "bookings"):
        for number, row in enumerate(getattr(facts.book, sheet)):
            if row.end <= row.start:
                text = f"{row.end:%Y-%m-%d %H:%M} is not after its start, {row.start:%Y-%m-%d %H:%M}"
                yield (sheet, number, "end"), text


def parts_of_bookings(facts: Facts) -> Iterator[Mistake]:
    """Find bookings that tell only a part of the session that they are."""
    for number, row in enumerate(facts.book.bookings):
        place = ("bookings", number)
        if row.sheet is not None and row.patient is None:
            yield (*place, "patient"), "missing; a booking with a sheet is its patient's"
        if row.sheet is not None and row.position is None:
            yield (*place, "position"), "missing; a booking with a sheet is one of its positions"
        if row.sheet is None and (row.position is not None or row.session is not None):
            yield (*place, "sheet"), "missing; position and session are those of a sheet"


def sessions_booked_twice(facts: Facts) -> Iterator[Mistake]:
    """Find sessions that have two bookings."""
    rows = facts.book.bookings
    keys = [(row.sheet, row.position, row.session or -number) for number, row in enumerate(rows, start=1)]
    for number in repeated(keys):
        row = rows[number]
        if row.sheet is not None:
            text = f'session {row.session} of "{row.sheet}" position {row.position} is booked in a row above already'
            yield ("bookings", number, "session"), text


def bookings_of_another_procedure(facts: Facts) -> Iterator[Mistake]:
    """Find bookings of a position that asks for something else."""
    asked = {(row.sheet, row.position): row.procedure for row in facts.book.prescriptions}
    for number, row in enumerate(facts.book.bookings):
        prescribed = asked.get((row.sheet or "", row.position or 0))
        if prescribed is not None and row.procedure != prescribed:
            text = f'position {row.position} of "{row.sheet}" asks for "{prescribed}"; write this'
            yield ("bookings", number, "procedure"), text


CHECKS: Final[tuple[Check, ...]] = (
    unknown_to_site,
    rules.no_duration,
    rules.too_long,
    rules.pairs_given_twice,
    rules.circles,
    rules.orders_that_leave_no_time,
    rules.minutes_of_incompatibilities,
    rules.allowed_and_forbidden,
    positions_given_twice,
    sheets_of_two_patients,
    courses,
    times_of_modes,
    resources_that_cannot,
    ends_before_start,
    parts_of_bookings,
    sessions_booked_twice,
    bookings_of_another_procedure,
)
"""In the order in which they are told, for rows of one place."""
