"""Appointments as the planner hands them out: one row for each session, placed or not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Final, Literal, NamedTuple

import pandas as pd

from schedvisu_lib.errors import TableError

Origin = Literal["auto", "manual", "given"]

COLUMNS: Final = {
    "appointment_id": "str",
    "sheet": "str",
    "patient": "str",
    "position": "int64",
    "procedure": "str",
    "session": "int64",
    "resource": "str",
    "start": "datetime64[us]",
    "end": "datetime64[us]",
    "origin": "str",
    "locked": "bool",
    "reason": "str",
}
"""Columns of a table of appointments and their types; times are the local wall clock of the site.

A session that found no time has neither resource, start nor end, and its ``reason`` says why. A booking that
came without a patient or sheet has "" there, and position and session 0.
"""


class Appointment(NamedTuple):
    """A session with its resource and time; ``start`` and ``end`` hold preparation and exit too."""

    sheet: str
    patient: str
    position: int
    procedure: str
    session: int
    resource: str
    start: datetime
    end: datetime
    origin: Origin = "auto"
    locked: bool = False

    @property
    def appointment_id(self) -> str:
        """The same whenever the session is planned anew; for a booking without a sheet, that of its place and time."""
        what = f"{self.sheet}\n{self.position}\n{self.session}" if self.sheet else f"{self.resource}\n{self.start}"
        return hashlib.sha256(f"{self.patient}\n{what}".encode()).hexdigest()[:20]


class Unplaced(NamedTuple):
    """A session that found no time, and why."""

    sheet: str
    patient: str
    position: int
    procedure: str
    session: int
    reason: str

    @property
    def appointment_id(self) -> str:
        """The one that its appointment would have."""
        what = f"{self.patient}\n{self.sheet}\n{self.position}\n{self.session}"
        return hashlib.sha256(what.encode()).hexdigest()[:20]


def to_table(appointments: Iterable[Appointment], unplaced: Iterable[Unplaced] = ()) -> pd.DataFrame:
    """Return the table of appointments in order of start; those without a time come last."""
    usual = {"resource": "", "start": pd.NaT, "end": pd.NaT, "origin": "auto", "locked": False, "reason": ""}
    sessions: list[Appointment | Unplaced] = [*appointments, *unplaced]
    rows = [usual | row._asdict() | {"appointment_id": row.appointment_id} for row in sessions]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype(COLUMNS).sort_values(["start", "resource", "sheet", "position", "session"], ignore_index=True)


def appointments_in(table: pd.DataFrame) -> list[Appointment]:
    """Return the appointments of a table, without the sessions that found no time.

    Raises
    ------
    TableError
        A column is missing.
    """
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        raise TableError(f"table lacks the column(s) {', '.join(missing)}; see docs/plan-appointments.md")
    names = [name for name in COLUMNS if name not in {"appointment_id", "reason"}]
    return [
        Appointment(*(value.to_pydatetime() if isinstance(value, pd.Timestamp) else value for value in row))
        for row in table.loc[table["start"].notna(), names].itertuples(index=False, name=None)
    ]
