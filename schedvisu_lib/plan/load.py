"""How full resources are: by day and by hour, where something is still free, and how busy their scanners truly were."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.errors import PlanError
from schedvisu_lib.periods import days_between
from schedvisu_lib.plan.appointment import Appointment, appointments_in
from schedvisu_lib.plan.book.model import Book, Prescription
from schedvisu_lib.plan.rules.rules import allowed_hours, capacity
from schedvisu_lib.plan.rules.slots import length_of, slots_of
from schedvisu_lib.plan.rules.timetable import Timetable
from schedvisu_lib.plan.terms import DAY, Terms
from schedvisu_lib.settings.calendar import WEEKDAYS
from schedvisu_lib.studies.counts import sum_days
from schedvisu_lib.studies.days import day_table
from schedvisu_lib.studies.selection import Day, as_days

Counts: TypeAlias = npt.NDArray[np.int64]
"""One number for each minute of a day."""

_HOUR: Final = 60
_NOBODY: Final = "?"
"""Patient and sheet of a session that nobody has asked for yet."""
_MEASURES: Final = {"open_minutes": "int64", "taken_minutes": "int64", "beyond_minutes": "int64"}
HOUR_COLUMNS: Final = {
    "resource": "str",
    "date": "datetime64[us]",
    "hour": "int64",
    **_MEASURES,
    "occupancy": "float64",
}
DAY_COLUMNS: Final = {
    "resource": "str",
    "date": "datetime64[us]",
    "capacity": "int64",
    **_MEASURES,
    "occupancy": "float64",
    "longest_free_minutes": "int64",
}
FREE_COLUMNS: Final = {"resource": "str", "start": "datetime64[us]", "end": "datetime64[us]", "minutes": "int64"}
NEXT_COLUMNS: Final = {
    "procedure": "str",
    "resource": "str",
    "minutes": "int64",
    "start": "datetime64[us]",
    "end": "datetime64[us]",
}


def load(appointments: pd.DataFrame, book: Book, site: Site, first: Day, last: Day) -> pd.DataFrame:
    """Say how full each resource is on each day.

    Parameters
    ----------
    appointments
        Columns of :data:`schedvisu_lib.plan.appointment.COLUMNS`.
    book, site
        Give the resources and their opening hours.
    first, last
        Days, both included.

    Returns
    -------
    DataFrame
        A row per resource and day: ``resource``, ``date``, ``capacity``; ``open_minutes`` (opening hours x capacity),
        ``taken_minutes`` (appointments within opening hours, each counted), ``beyond_minutes`` (outside of them),
        ``occupancy`` (taken / open; missing on a closed day), ``longest_free_minutes`` (the longest time at a stretch
        at which one more appointment fits beside the others).

    Raises
    ------
    TableError
        A column is missing.
    """
    hours = load_by_hour(appointments, book, site, first, last)
    sums = hours.groupby(["resource", "date"], sort=False)[list(_MEASURES)].sum().reset_index()
    longest = free_stretches(appointments, book, site, first, last)
    longest = longest.assign(date=longest["start"].dt.normalize()).groupby(["resource", "date"])["minutes"].max()
    keys = pd.MultiIndex.from_frame(sums[["resource", "date"]])
    days = sums.assign(
        capacity=sums["resource"].map({resource.name: resource.capacity for resource in book.resources}),
        occupancy=_occupancy(sums),
        longest_free_minutes=longest.reindex(keys, fill_value=0).to_numpy(),
    )
    return days[list(DAY_COLUMNS)].astype(DAY_COLUMNS)


def load_by_hour(appointments: pd.DataFrame, book: Book, site: Site, first: Day, last: Day) -> pd.DataFrame:
    """Say how full each resource is in each hour of each day.

    Parameters are those of :func:`load`.

    Returns
    -------
    DataFrame
        A row per resource, day and ``hour`` (0 to 23): ``open_minutes``, ``taken_minutes``, ``beyond_minutes`` and
        ``occupancy``, as :func:`load` says.
    """
    begin, end = as_days(first, last)
    rows = []
    for resource, day, is_open, taken in _minutes(_timetable(appointments, book, site, begin), begin, end):
        parts = (is_open * book.resource[resource].capacity, taken * is_open, taken * ~is_open)
        by_hour = zip(*(part.reshape(-1, _HOUR).sum(axis=1).tolist() for part in parts), strict=True)
        rows += [(resource, day, hour, *values) for hour, values in enumerate(by_hour)]
    hours = pd.DataFrame(rows, columns=["resource", "date", "hour", *_MEASURES])
    return hours.assign(occupancy=_occupancy(hours)).astype(HOUR_COLUMNS)


def free_stretches(
    appointments: pd.DataFrame, book: Book, site: Site, first: Day, last: Day, *, minutes: int = 1
) -> pd.DataFrame:
    """Return the times at which a resource is open and not full, if they are at least so many minutes long.

    Parameters are those of :func:`load`.

    Returns
    -------
    DataFrame
        ``resource``, ``start``, ``end``, ``minutes``; for each resource in order of start.
    """
    begin, end = as_days(first, last)
    rows = []
    for resource, day, is_open, taken in _minutes(_timetable(appointments, book, site, begin), begin, end):
        edges = np.flatnonzero(np.diff(is_open & (taken < book.resource[resource].capacity), prepend=0, append=0))
        for start, stop in edges.reshape(-1, 2).tolist():
            if stop - start >= minutes:
                midnight = datetime.combine(day, time())
                rows.append(
                    (resource, midnight + timedelta(minutes=start), midnight + timedelta(minutes=stop), stop - start)
                )
    return pd.DataFrame(rows, columns=list(FREE_COLUMNS)).astype(FREE_COLUMNS)


def next_free(appointments: pd.DataFrame, book: Book, site: Site, first: Day, last: Day) -> pd.DataFrame:
    """Return the next time at which each procedure could begin on each of its resources, for any patient.

    Opening hours, starts, capacity and allowed hours count (rules 2 to 5); what only concerns a patient does not.

    Parameters are those of :func:`load`.

    Returns
    -------
    DataFrame
        A row per procedure and resource: ``procedure``, ``resource``, ``minutes`` that it takes, ``start`` and ``end``
        (missing where nothing is free). Procedures whose duration is not known are left out.
    """
    begin, end = as_days(first, last)
    table = _timetable(appointments, book, site, begin)
    days = (end - begin).days + 1
    rows = []
    for procedure in book.procedures:
        length = length_of(book, procedure.name)
        if length is None:
            continue
        for resource in procedure.resources:
            asked = Prescription(
                sheet=_NOBODY, patient=_NOBODY, position=1, procedure=procedure.name, resources=(resource,), depth=days
            )
            slot = next(_free(slots_of(asked, 1, table), table), None)
            times = (slot.start, slot.end) if slot else (pd.NaT, pd.NaT)
            rows.append((procedure.name, resource, length // timedelta(minutes=1), *times))
    return pd.DataFrame(rows, columns=list(NEXT_COLUMNS)).astype(NEXT_COLUMNS)


def with_measured(
    days: pd.DataFrame, book: Book, site: Site, studies: pd.DataFrame, first: Day, last: Day
) -> pd.DataFrame:
    """Return the load of days with the occupancy that the images of earlier weeks tell.

    Parameters
    ----------
    days
        As :func:`load` gives them.
    book, site
        Say which resource is which scanner.
    studies
        The studies table.
    first, last
        The days that are measured, both included.

    Returns
    -------
    DataFrame
        With ``measured_occupancy``: that of the resource's scanner on the same weekday (union of prepared exam times /
        opening hours); missing for a resource without a scanner, and where the scanner was not open.
    """
    measured = {
        resource.name: _by_weekday(day_table(studies, site, resource.scanner, first, last))
        for resource in book.resources
        if resource.scanner is not None
    }
    pairs = zip(days["resource"], days["date"].dt.day_of_week, strict=True)
    values = [measured[name][weekday] if name in measured else np.nan for name, weekday in pairs]
    return days.assign(measured_occupancy=pd.Series(values, days.index, "float64"))


def days_of_plan(appointments: pd.DataFrame, first: date) -> tuple[date, date]:
    """Return the first day of a plan, and the day of its last appointment."""
    last = appointments["end"].max()
    return first, max(first, last.date()) if pd.notna(last) else first


def _by_weekday(days: pd.DataFrame) -> list[float]:
    weekdays = pd.DatetimeIndex(days.index).day_of_week.to_numpy()
    return [float(share) for share in sum_days(days, weekdays, len(WEEKDAYS))["occupancy"]]


def _timetable(appointments: pd.DataFrame, book: Book, site: Site, first: date) -> Timetable:
    rows = appointments_in(appointments)
    for name in {one.resource for one in rows} - book.resource.keys():
        raise PlanError(f'resource "{name}" is not in the book; it has: {", ".join(book.resource)}')
    return Timetable(rows, book, site, Terms(first))


def _minutes(table: Timetable, first: date, last: date) -> Iterator[tuple[str, date, npt.NDArray[np.bool_], Counts]]:
    """Yield of each resource and day which minutes are open, and how many appointments take each of them."""
    for resource in table.book.resource:
        for day in days_between(first, last):
            midnight = datetime.combine(day, time())
            is_open, taken = np.zeros(DAY, bool), np.zeros(DAY, np.int64)
            for span in table.open_hours(resource, day):
                is_open[_slice(span.start, span.end, midnight)] = True
            for one in table.taken(resource, day):
                taken[_slice(one.start, one.end, midnight)] += 1
            yield resource, day, is_open, taken


def _slice(start: datetime, end: datetime, midnight: datetime) -> slice:
    """Return the minutes of a day that a time touches."""
    minute = timedelta(minutes=1)
    return slice(max((start - midnight) // minute, 0), max(-((midnight - end) // minute), 0))


def _free(slots: Iterable[Appointment], table: Timetable) -> Iterator[Appointment]:
    for slot in slots:
        if not any(True for rule in (capacity, allowed_hours) for _ in rule(slot, table)):
            yield slot


def _occupancy(sums: pd.DataFrame) -> pd.Series:
    return (sums["taken_minutes"] / sums["open_minutes"].where(sums["open_minutes"] > 0)).astype("float64")
