"""Parquet days of series and of appointments, Parquet years of studies; atomic, locked (design, section 4).

Layout below ``store.folder``: ``series/2019/20191223.parquet``, ``planned/2019/20191223.parquet``,
``studies/2019.parquet``, ``lock`` and who holds it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any, Final, Literal

import pandas as pd
import pyarrow as pa

from schedvisu_lib.config import Site
from schedvisu_lib.files import HALF
from schedvisu_lib.lock import locked
from schedvisu_lib.parquet_files import read_rows, stated_in, write_rows
from schedvisu_lib.periods import OVER_FROM, Period, working_days
from schedvisu_lib.studies.clocks import DELAYS
from schedvisu_lib.studies.consolidate import NEEDED
from schedvisu_lib.studies.selection import Day, as_date, as_days
from schedvisu_lib.studies.trends import lacking_days
from schedvisu_lib.tables import FAILED, PLANNED, SCHEMA_VERSION, SERIES, STUDIES

_DELAYS: Final = "study_delays"
"""Where in the metadata of a day stands what it tells of the devices' clocks."""
_LATE: Final = timedelta(days=7)
"""An exam may begin so long after its study's day: late images of a study begun in the old year."""


_REMEDIES: Final = {
    SERIES: "delete it; the next run asks for the day again",
    STUDIES: "delete it; the next run makes it anew",
    PLANNED: "restore it from a backup, or delete it: the next run asks for what the plan still lists of the day",
}
"""What to do about a file that cannot be read."""


@dataclass(frozen=True)
class DayState:
    """What the store knows of a retrieved day."""

    fingerprint: str
    """Of the settings that it was retrieved with."""
    n_failed: int
    """How many of its series failed."""
    attempts: int
    """How often it was asked for."""

    def is_done(self, retries: int) -> bool:
        """Tell whether it need not be asked for again: nothing failed, or it was asked for often enough."""
        return self.n_failed == 0 or self.attempts > retries


class Store:
    """The tables of one site on disk; reading needs no lock, since files are replaced whole.

    Examples
    --------
    >>> site = sv.load_site("params/demo.yaml")
    >>> sv.open_store(site)
    Store(...store: ... days, ... to 2026-05-22)
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._folder = site.store.folder

    def __repr__(self) -> str:
        if self.is_empty():
            return f'Store({self._folder}: empty; run "schedvisu retrieve --site {self._site.file}")'
        days = self.stored_days()
        words = f"{len(days)} days, {days[0]} to {days[-1]}" if days else "appointments alone"
        if self.years_to_consolidate():
            words += f'; exams are not up to date: run "schedvisu consolidate --site {self._site.file}"'
        return f"Store({self._folder}: {words})"

    def series(self, first: Day, last: Day, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the series table from first to last day, both included.

        Parameters
        ----------
        first, last
            Days of the studies: dates, or text as "2026-05-18".
        columns
            Those to read, in this order, which is quicker than all of them.

        Returns
        -------
        DataFrame
            One row per series that the archive listed, kept or not; columns as in ``docs/data.md``. ``start`` and
            ``end`` are the local wall clock of the site, without a time zone.

        Raises
        ------
        StoreError
            A day's file is damaged or of another version; the message names it.
        ValueError
            A day cannot be read, or the first one lies after the last one.
        TableError
            There is no such column.

        Examples
        --------
        >>> store = sv.open_store(sv.load_site("params/demo.yaml"))
        >>> series = store.series("2026-05-18", "2026-05-22")
        >>> series["verdict"].value_counts().to_dict()
        {'kept': 762, 'excluded': 146, 'derived': 113, 'foreign': 5, 'no timing': 1}
        """
        return self._read([file for _, file in self._days("series", *as_days(first, last))], SERIES, columns)

    def studies(self, first: Day, last: Day, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the studies table from first to last day (on which the exams began), both included.

        Parameters
        ----------
        first, last
            Days: dates, or text as "2026-05-18".
        columns
            Those to read, in this order, which is quicker than all of them.

        Returns
        -------
        DataFrame
            One row per exam; columns as in ``docs/data.md``. Times are the local wall clock of the site, without a
            time zone. Without exams it has its columns alone.

        Raises
        ------
        StoreError
            A year's file is damaged or of another version; the message names it.
        ValueError
            A day cannot be read, or the first one lies after the last one.
        TableError
            There is no such column.

        Examples
        --------
        >>> store = sv.open_store(sv.load_site("params/demo.yaml"))
        >>> studies = store.studies("2026-05-18", "2026-05-22")
        >>> studies["scanner"].value_counts().to_dict()
        {'Vision 600': 71, 'Discovery 690': 51, 'Discovery 670': 32, 'Symbia Intevo': 31, 'Millennium': 18}
        """
        begin, end = as_days(first, last)
        years = range((begin - _LATE).year, end.year + 1)
        files = [file for year in years if (file := self._studies_file(year)).exists()]
        names = STUDIES.names if columns is None else list(columns)
        return self._read(files, STUDIES, dict.fromkeys([*names, "date"]), (begin, end))[names]

    def whole_studies(self, first: Day, last: Day) -> pd.DataFrame | None:
        """Return the studies from first to last day, or None where not all of their open days were retrieved.

        Raises
        ------
        StoreError
            A year's file is damaged or of another version; the message names it.
        """
        period = Period("", as_date(first), as_date(last))
        stored = frozenset(self.stored_days(first, last))
        return None if lacking_days(self._site, period, stored) else self.studies(first, last)

    def planned(self, first: Day, last: Day) -> pd.DataFrame:
        """Return the appointments from first to last day, both included, in order of start.

        Parameters
        ----------
        first, last
            Days of the appointments: dates, or text as "2026-05-18".

        Returns
        -------
        DataFrame
            One row per appointment and day; columns as in ``docs/data.md``. ``start`` is the local wall clock of the
            site, ``minutes`` how long it is booked for. Empty where the site file has no section ``planned``.

        Raises
        ------
        StoreError
            A day's file is damaged or of another version; the message names it.
        ValueError
            A day cannot be read, or the first one lies after the last one.

        Examples
        --------
        >>> store = sv.open_store(sv.load_site("params/demo.yaml"))
        >>> planned = store.planned("2026-05-18", "2026-05-22")
        >>> planned["status"].value_counts().to_dict()
        {'completed': 190, 'scheduled': 8, 'cancelled': 3}
        """
        rows = self._read([file for _, file in self._days("planned", *as_days(first, last))], PLANNED)
        return rows.sort_values(["start", "scanner", "appointment_id"], ignore_index=True)

    def is_empty(self) -> bool:
        """Tell whether no day of series and none of appointments was ever stored."""
        return next(self._days("series"), None) is None and next(self._days("planned"), None) is None

    def day_state(self, day: date) -> DayState | None:
        """Return what is known of a day; None if it was never retrieved, or its file cannot be read."""
        stated = self._stated(day)
        try:
            return DayState(**{field.name: stated[field.name] for field in fields(DayState)})
        except KeyError:
            return None

    def last_evening(self) -> datetime:
        """Return the evening of the last day that is stored; now, if none is."""
        for year in reversed(self._years("series")):
            if days := list(self._days("series", date(year, 1, 1), date(year, 12, 31))):
                return datetime.combine(days[-1][0], OVER_FROM)
        return datetime.now()

    def stored_days(self, first: Day = date.min, last: Day = date.max) -> list[date]:
        """Return the days from first to last whose series were retrieved."""
        return [day for day, _ in self._days("series", first, last)]

    def days(self, first: Day, last: Day) -> pd.DataFrame:
        """Describe the working days from first to last: whether they were retrieved, and how completely.

        Parameters
        ----------
        first, last
            Days, both included: dates, or text as "2026-05-18".

        Returns
        -------
        DataFrame
            Index ``date``; ``stored`` (bool), ``n_failed`` (series), ``attempts`` (runs that asked for it), ``open``
            (bool: whether the next run asks for the day).

        Raises
        ------
        ValueError
            A day cannot be read, or the first one lies after the last one.

        Examples
        --------
        >>> store = sv.open_store(sv.load_site("params/demo.yaml"))
        >>> store.days("2026-05-18", "2026-05-22")[["stored", "n_failed"]].sum().to_dict()
        {'stored': 5, 'n_failed': 0}
        """
        days = working_days(self._site.calendar, *as_days(first, last))
        states = [self.day_state(day) for day in days]
        columns = {
            "stored": [state is not None for state in states],
            "n_failed": [state.n_failed if state else 0 for state in states],
            "attempts": [state.attempts if state else 0 for state in states],
            "open": [state is None or not state.is_done(self._site.store.retries) for state in states],
        }
        return pd.DataFrame(columns, index=pd.DatetimeIndex(days, name="date"))

    def study_delays(self, first: Day, last: Day) -> pd.DataFrame:
        """Return what the days from first to last tell of the devices' clocks.

        Days that were stored before SchedVisu looked at Study Times have no rows: nothing is known of them.

        Returns
        -------
        DataFrame
            One row per day and device that kept series: ``date``, ``model``, ``n_studies``, ``median`` and ``spread``
            of the time from Study Time to the device's first image of the study; see
            :func:`schedvisu_lib.studies.clocks.study_delays`.
        """
        days = self.stored_days(first, last)
        rows = [{"date": pd.Timestamp(day), **row} for day in days for row in self._stated(day).get(_DELAYS, ())]
        types = {"date": "datetime64[us]", "n_studies": "int64", "median": "float64", "spread": "float64"}
        return pd.DataFrame(rows, columns=["date", *DELAYS]).astype(types)

    def days_to_retrieve(self, days: Sequence[date]) -> list[date]:
        """Return those of the days that are not there, or have failed series and retries left."""
        retries = self._site.store.retries
        states = {day: self.day_state(day) for day in days}
        return [day for day, state in states.items() if state is None or not state.is_done(retries)]

    def days_of_other_rules(self, days: Sequence[date]) -> list[date]:
        """Return the retrieved days that were judged by other settings of what to leave out than today's."""
        fingerprint = self._site.retrieval_fingerprint()
        return [day for day in days if (state := self.day_state(day)) is not None and state.fingerprint != fingerprint]

    def write_day(self, day: date, rows: pd.DataFrame, delays: pd.DataFrame | None = None) -> DayState:
        """Replace a day's series, whole and atomically, and count the attempt.

        ``delays`` is what they tell of the devices' clocks (:func:`schedvisu_lib.studies.clocks.study_delays`); without
        it nothing is known of these.

        Raises
        ------
        StoreError
            The file cannot be written; a former one is unharmed.
        """
        before = self.day_state(day)
        state = DayState(
            fingerprint=self._site.retrieval_fingerprint(),
            n_failed=int((rows["verdict"] == FAILED).sum()),
            attempts=before.attempts + 1 if before else 1,
        )
        clocks = {} if delays is None else {_DELAYS: delays[list(DELAYS)].to_dict("records")}
        write_rows(self._day_file("series", day), rows, SERIES, asdict(state) | clocks)
        return state

    def write_planned(self, day: date, rows: pd.DataFrame) -> None:
        """Replace a day's appointments, whole and atomically.

        Raises
        ------
        StoreError
            The file cannot be written; a former one is unharmed.
        """
        write_rows(self._day_file("planned", day), rows, PLANNED, {})

    def years_to_consolidate(self) -> list[int]:
        """Return the years whose studies are missing, or older than a day of series or a rule of the site."""
        files = {year: list(days) for year, days in groupby(self._days("series"), lambda one: one[0].year)}
        years = sorted(files.keys() | self._studied_years())
        return [year for year in years if self._studies_fingerprint(year) != self._fingerprint(files.get(year, []))]

    def write_studies(self, year: int, studies: pd.DataFrame, fingerprint: str) -> None:
        """Replace a year's studies, whole and atomically; ``fingerprint`` is what they were made from.

        Raises
        ------
        StoreError
            The file cannot be written; a former one is unharmed.
        """
        write_rows(self._studies_file(year), studies, STUDIES, {"fingerprint": fingerprint})

    def source_of_year(self, year: int) -> tuple[str, pd.DataFrame]:
        """Return the fingerprint of a year and what :func:`schedvisu_lib.consolidate` needs of its series.

        The fingerprint is taken first, so a late change is seen.
        """
        days = list(self._days("series", date(year, 1, 1), date(year, 12, 31)))
        fingerprint = self._fingerprint(days)
        return fingerprint, self._read([file for _, file in days], SERIES, NEEDED)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs from writing meanwhile.

        Raises
        ------
        StoreLocked
            Another run is writing.
        StoreError
            The folder cannot be written.
        """
        with locked(self._folder):
            self._sweep()
            yield

    def _stated(self, day: date) -> dict[str, Any]:
        """Return what the file of a day states beside its series; nothing, if it is not there or cannot be read."""
        return stated_in(self._day_file("series", day))

    def _days(
        self, table: Literal["series", "planned"], first: Day = date.min, last: Day = date.max
    ) -> Iterator[tuple[date, Path]]:
        """Return the days of a table from first to last, in order, with their files."""
        begin, end = as_date(first), as_date(last)
        for year in self._years(table):
            if not begin.year <= year <= end.year:
                continue
            files = (self._folder / table / f"{year:04}").glob("*.parquet")
            for file in sorted(files, key=attrgetter("name")):  # as texts: paths compare slowly
                with suppress(ValueError):
                    day = date.fromisoformat(file.stem)
                    if begin <= day <= end:
                        yield day, file

    def _years(self, table: Literal["series", "planned"]) -> list[int]:
        """Return the years of a table's folders, in order."""
        return sorted(int(folder.name) for folder in (self._folder / table).glob("[0-9][0-9][0-9][0-9]"))

    def _studied_years(self) -> set[int]:
        return {int(file.stem) for file in (self._folder / "studies").glob("*.parquet") if file.stem.isdecimal()}

    def _day_file(self, table: Literal["series", "planned"], day: date) -> Path:
        return self._folder / table / f"{day:%Y}" / f"{day:%Y%m%d}.parquet"

    def _studies_file(self, year: int) -> Path:
        return self._folder / "studies" / f"{year}.parquet"

    def _studies_fingerprint(self, year: int) -> str:
        return str(stated_in(self._studies_file(year)).get("fingerprint", ""))

    def _fingerprint(self, days: Iterable[tuple[date, Path]]) -> str:
        """Return a hash of all that the studies of some days are made from: their files of series, and the rules."""
        stats = [(file.name, file.stat()) for _, file in days]
        parts = [SCHEMA_VERSION, self._site.rules_fingerprint(), [(n, s.st_size, s.st_mtime_ns) for n, s in stats]]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]

    def _read(
        self,
        files: list[Path],
        schema: pa.Schema,
        columns: Iterable[str] | None = None,
        days: tuple[date, date] | None = None,
    ) -> pd.DataFrame:
        return read_rows(files, schema, _REMEDIES[schema], columns, days)

    def _sweep(self) -> None:
        """Remove what a killed run left half written."""
        for half in self._folder.rglob(HALF):
            half.unlink()


def open_store(site: Site) -> Store:
    """Return the store of a site; an empty one, if nothing was retrieved yet, says so where it is shown.

    Raises
    ------
    TypeError
        What was given is no site, but perhaps the name of its file.

    Examples
    --------
    >>> store = sv.open_store(sv.load_site("params/demo.yaml"))
    >>> len(store.studies("2026-05-18", "2026-05-22"))
    203
    """
    if not isinstance(site, Site):
        raise TypeError(f"{site!r} is no site; give what sv.load_site(...) returns")
    return Store(site)
