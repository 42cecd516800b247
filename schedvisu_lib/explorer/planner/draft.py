"""The plan that lies on the desk: each change gives a new table, and the ones before are kept to go back to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.errors import PlanError
from schedvisu_lib.language import Language, language
from schedvisu_lib.plan import by_hand
from schedvisu_lib.plan.appointment import Appointment, Unplaced, appointments_in, to_table
from schedvisu_lib.plan.book.model import Book, Prescription
from schedvisu_lib.plan.free_times import free_times
from schedvisu_lib.plan.rules.broken import Broken
from schedvisu_lib.plan.search.sessions import seats_of
from schedvisu_lib.plan.terms import Terms

_ORDER: Final = ["start", "resource", "sheet", "position", "session"]


@dataclass(frozen=True)
class Wanted:
    """What the controls ask for.

    Parameters
    ----------
    sheet
        Of whom.
    positions
        To be planned.
    terms
        First day, time of day, depths.
    seconds
        For which times are looked for.
    resources
        Those that may be used, of each position for which not all of its prescription may.
    """

    sheet: str
    positions: tuple[int, ...]
    terms: Terms
    seconds: float = 3.0
    resources: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    def limit(self, book: Book) -> Book:
        """Return the book with the chosen resources in the prescriptions of the sheet."""

        def limited(row: Prescription) -> Prescription:
            chosen = self.resources.get(row.position) if row.sheet == self.sheet else None
            return row if chosen is None else row.model_copy(update={"resources": chosen})

        return book.model_copy(update={"prescriptions": tuple(map(limited, book.prescriptions))})


class Draft:
    """A plan of all sheets of a book.

    Parameters
    ----------
    book
        With the duration of each procedure that is asked for.
    site
        Gives calendar and language.
    appointments
        The plan to begin with; if None, the book's bookings, and no time for anything else.

    Attributes
    ----------
    table : DataFrame
        The appointments as they are now.
    """

    def __init__(self, book: Book, site: Site, appointments: pd.DataFrame | None = None) -> None:
        self.book, self.site = book, site
        self.table = _whole(book, site) if appointments is None else appointments
        self._before: list[pd.DataFrame] = []

    @property
    def can_undo(self) -> bool:
        """Whether there was a change."""
        return bool(self._before)

    def undo(self) -> None:
        """Go back to the table before the last change; without one, stay."""
        if self._before:
            self.table = self._before.pop()

    def of_sheet(self, sheet: str) -> pd.DataFrame:
        """Return the rows of a sheet, in the order of its positions."""
        rows = self.table.loc[self.table["sheet"] == sheet]
        return rows.sort_values(["position", "session"], ignore_index=True)

    def row(self, appointment_id: str) -> pd.Series[Any]:
        """Return a row of the table.

        Raises
        ------
        PlanError
            There is none: another change took it away.
        """
        found = self.table.loc[self.table["appointment_id"] == appointment_id]
        if found.empty:
            raise PlanError(self._t("This appointment is no longer in the plan."))
        return found.iloc[0]

    def plan(self, wanted: Wanted, stopped: Callable[[], bool] | None = None) -> pd.DataFrame:
        """Return the table with new times for the chosen positions of a sheet.

        What is locked, was set by hand or given by the book stays, and so does everything else.
        """
        chosen = self._chosen(wanted)
        again = chosen & (self.table["origin"] == "auto") & ~self.table["locked"]
        return self._searched(wanted, chosen, self.table["start"].notna() & ~again, stopped)

    def refill(self, wanted: Wanted, stopped: Callable[[], bool] | None = None) -> pd.DataFrame:
        """Return the table with times for those sessions of the chosen positions that have none; all others stay."""
        return self._searched(wanted, self._chosen(wanted), self.table["start"].notna(), stopped)

    def take(self, table: pd.DataFrame) -> None:
        """Let a table be the plan from now on."""
        self._before.append(self.table)
        self.table = table

    def delete(self, appointment_id: str, wanted: Wanted) -> list[Broken]:
        """Take an appointment out, and return what that breaks."""
        book = wanted.limit(self.book)
        return self._take(by_hand.delete(self.table, appointment_id, book, self.site, wanted.terms))

    def move(
        self, appointment_id: str, start: datetime, resource: str, wanted: Wanted, *, in_spite: bool = False
    ) -> list[Broken]:
        """Give a session another time, and return what that breaks.

        Raises
        ------
        Refused
            It breaks rules, and shall not be done in spite of them.
        """
        book, site, terms = wanted.limit(self.book), self.site, wanted.terms
        where = (self.table, appointment_id, start, resource)
        return self._take(by_hand.move(*where, book=book, site=site, terms=terms, in_spite=in_spite))

    def lock(self, appointment_id: str) -> None:
        """Lock an appointment."""
        self._take(by_hand.lock(self.table, appointment_id))

    def unlock(self, appointment_id: str) -> None:
        """Unlock an appointment."""
        self._take(by_hand.unlock(self.table, appointment_id))

    def free_times(self, appointment_id: str, wanted: Wanted) -> pd.DataFrame:
        """Return the times at which a session could begin, as :func:`schedvisu_lib.plan.free_times.free_times` does."""
        row = self.row(appointment_id)
        book = wanted.limit(self.book)
        asked = self.asked(row, book)
        if asked is None:
            raise PlanError(self._t("The book does not ask for this appointment; take it out, or leave it."))
        return free_times(asked, int(row["session"]), self.table, book, self.site, wanted.terms)

    def asked(self, row: pd.Series[Any], book: Book) -> Prescription | None:
        """Return what asks for the appointment of a row."""
        key = row["patient"], row["sheet"], row["position"]
        return next((one for one in book.prescriptions if (one.patient, one.sheet, one.position) == key), None)

    @property
    def _t(self) -> Language:
        return language(self.site.report.language)

    def _take(self, change: by_hand.Change) -> list[Broken]:
        self.take(change.appointments)
        return change.broken

    def _chosen(self, wanted: Wanted) -> pd.Series[bool]:
        """Return which rows are those of the chosen positions."""
        if not wanted.positions:
            raise PlanError(self._t("Tick at least one position."))
        return (self.table["sheet"] == wanted.sheet) & self.table["position"].isin(wanted.positions)

    def _searched(
        self, wanted: Wanted, chosen: pd.Series[bool], stands: pd.Series[bool], stopped: Callable[[], bool] | None
    ) -> pd.DataFrame:
        """Return the table with times for what is chosen and does not stand."""
        from schedvisu_lib.plan.appointments import (
            plan,  # compiled code: a second that looking at a plan can do without
        )

        standing = map(by_hand.booking_of, appointments_in(self.table.loc[stands]))
        held = wanted.limit(self.book).model_copy(update={"bookings": tuple(standing)})
        terms = wanted.terms
        found = plan(
            held,
            self.site,
            terms.wish.mode,
            terms.wish.at,
            first=terms.first,
            sheets=[wanted.sheet],
            positions=wanted.positions,
            depth_course=terms.depth_course,
            depth_once=terms.depth_once,
            seconds=wanted.seconds,
            stopped=stopped,
        )
        others = self.table.loc[self.table["start"].isna() & ~chosen]
        table = pd.concat([found.table, others]) if len(others) else found.table
        return table.sort_values(_ORDER, ignore_index=True)


def _whole(book: Book, site: Site) -> pd.DataFrame:
    """Return the book's bookings, and each session that it asks for beside them, without a time."""
    t, seats = language(site.report.language), seats_of(book.bookings)
    numbers = {id(booking): number for taken in seats.values() for number, booking in taken.items()}
    booked = [
        Appointment(
            one.sheet or "",
            one.patient or "",
            one.position or 0,
            one.procedure or "",
            numbers.get(id(one), one.session or 0),
            one.resource,
            one.start,
            one.end,
            one.origin,
            one.locked,
        )
        for one in book.bookings
    ]
    asked = [
        Unplaced(row.sheet, row.patient, row.position, row.procedure, session, t("not planned yet"))
        for row in book.prescriptions
        for session in range(1, row.sessions + 1)
        if session not in seats.get((row.patient, row.sheet, row.position), {})
    ]
    return to_table(booked, asked)
