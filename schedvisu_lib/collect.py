"""Ask the archive for the days that the store lacks, and keep each one as soon as it is complete."""

from __future__ import annotations

import logging
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from queue import SimpleQueue
from threading import Event, Thread
from time import monotonic

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.errors import PacsUnreachable, SchedVisuError, unforeseen
from schedvisu_lib.pace import Pace
from schedvisu_lib.pacs.pseudonym import Pseudonymise, open_pseudonymiser
from schedvisu_lib.pacs.retrieve import SeriesRow, retrieve_day
from schedvisu_lib.pacs.source import Source
from schedvisu_lib.pacs.sources import open_sources
from schedvisu_lib.store import Store
from schedvisu_lib.studies.clocks import study_delays
from schedvisu_lib.tables import SERIES, empty

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class StoredDay:
    """A day that was stored just now."""

    day: date
    verdicts: Mapping[str, int]
    """Number of its series by verdict."""
    words: str
    """Its name and the speed so far, for progress."""


@dataclass(frozen=True)
class Collected:
    """What came of asking for days."""

    days: tuple[date, ...]
    """Those that are stored now, in the order of their arrival."""
    n_series: int
    problems: tuple[str, ...]
    """One line for each thing that is missing, and what becomes of it."""


@dataclass(frozen=True)
class _Answer:
    """A day's rows, or what went wrong; ``day`` is None when a worker ends."""

    day: date | None
    rows: list[SeriesRow] | None = None
    error: SchedVisuError | None = None


@dataclass(frozen=True)
class _Task:
    """What the threads share."""

    site: Site
    pseudonymise: Pseudonymise
    pace: Pace
    waiting: deque[date]
    answers: SimpleQueue[_Answer] = field(default_factory=SimpleQueue)
    stop: Event = field(default_factory=Event)


def collect_days(
    site: Site, store: Store, days: Sequence[date], on_done: Callable[[StoredDay], None], pace: Pace | None = None
) -> Collected:
    """Retrieve days over at most ``pacs.parallel`` associations, newest first, and store each one whole.

    A day that cannot be listed completely is not stored and is asked for again by the next run; an archive that cannot
    be reached ends the retrieval, and what was stored before stays.

    Parameters
    ----------
    site
        Gives archive, exclusions and clock offsets.
    store
        Where the days go; the caller holds its lock.
    days
        The days to ask for.
    on_done
        Called after each day that was stored.
    pace
        Holds the retrieval back; by default nothing does.

    Raises
    ------
    StoreError
        The key of the pseudonyms cannot be read, or a day cannot be written.
    PacsUnreachable
        The settings of the archive cannot be used.
    """
    if not days:
        return Collected((), 0, ())
    connect = open_sources(site.pacs)
    task = _Task(
        site,
        open_pseudonymiser(site.privacy.key_file, is_first=store.is_empty()),
        pace or Pace(),
        deque(sorted(days, reverse=True)),
    )
    sources = [connect() for _ in range(min(site.pacs.parallel, len(days)))]
    workers = [Thread(target=_ask_for_days, args=(task, source), daemon=True) for source in sources]
    for worker in workers:
        worker.start()
    keeper = _Keeper(store, site, len(days), on_done)
    working = len(workers)
    try:
        while working:
            answer = task.answers.get()
            if answer.day is None:
                working -= 1
            else:
                keeper.keep(answer, answer.day)
        return keeper.collected(task.pace)
    finally:
        task.stop.set()
        for worker in workers:
            worker.join(timeout=5)


def _ask_for_days(task: _Task, source: Source) -> None:
    """Retrieve waiting days until none is left; the work of one thread. Nothing is kept open while no day may begin."""
    try:
        while task.waiting and task.pace.wait(task.stop):
            with source:
                while not task.stop.is_set() and task.pace.is_open(datetime.now()):
                    try:
                        day = task.waiting.popleft()
                    except IndexError:  # another thread took the last one
                        return
                    task.answers.put(_ask_for_day(task, source, day))
                    if task.waiting:
                        task.stop.wait(task.pace.pause)
    finally:
        task.answers.put(_Answer(None))


def _ask_for_day(task: _Task, source: Source, day: date) -> _Answer:
    before = replace(source.traffic)
    try:
        rows = retrieve_day(source, task.site, day, task.pseudonymise)
        _LOG.info("%s: %s", day, source.traffic.since(before))
        return _Answer(day, rows=rows)
    except PacsUnreachable as error:
        task.stop.set()
        return _Answer(day, error=error)
    except SchedVisuError as error:
        return _Answer(day, error=error)
    except Exception as error:  # one odd day must not take the others with it
        return _Answer(day, error=unforeseen(error))


class _Keeper:
    """Stores days as they come, and counts what is missing.

    A day without any study is kept only once the archive listed something: one that does not let us ask answers with
    nothing, too, and a day that is stored is not asked for again.
    """

    def __init__(self, store: Store, site: Site, n_days: int, on_done: Callable[[StoredDay], None]) -> None:
        self._store = store
        self._site = site
        self._n_days = n_days
        self._on_done = on_done
        self._began = monotonic()
        self._kept: list[date] = []
        self._empty: list[date] = []
        self._n_series = 0
        self._problems: dict[str, None] = {}

    def keep(self, answer: _Answer, day: date) -> None:
        """Store a day's rows, or note why there are none."""
        if answer.error is not None:
            _LOG.error("%s: %s", day, answer.error)
            # All workers meet an archive that is down: said once, the days are counted at the end.
            prefix = "" if isinstance(answer.error, PacsUnreachable) else f"{day}: not stored: "
            self._problems[f"{prefix}{answer.error}"] = None
        elif answer.rows or self._n_series:
            self._write(day, answer.rows or [])
            while self._n_series and self._empty:
                self._write(self._empty.pop(), [])
        else:
            self._empty.append(day)

    def _write(self, day: date, rows: Sequence[SeriesRow]) -> None:
        frame = _frame(rows)
        state = self._store.write_day(day, frame, study_delays(frame, _study_began(rows)))
        self._kept.append(day)
        self._n_series += len(rows)
        seconds = max(monotonic() - self._began, 1e-3)
        speed = f"{self._n_series / seconds:.0f} series/s"
        left = _time_left(seconds, len(self._kept), self._n_days)
        _LOG.info("%s: %d series stored, %d failed; %s, %s", day, len(rows), state.n_failed, speed, left)
        if state.n_failed:
            again = "asked for again by the next run" if not state.is_done(self._site.store.retries) else "given up"
            self._problems[f"{day}: {state.n_failed} of {len(rows)} series failed; {again}"] = None
        self._on_done(StoredDay(day, Counter(row.verdict for row in rows), f"{day}, {speed}"))

    def collected(self, pace: Pace) -> Collected:
        """Return what came of all days."""
        n_missing = self._n_days - len(self._kept)
        if self._empty:
            pacs = self._site.pacs
            self._problems[
                f"{pacs.shown} lists no study on {len(self._empty)} days, which were not stored; check that it lets "
                f"{pacs.calling_ae_title} query, or write the days into calendar.closures"
            ] = None
        if n_missing and pace.stop_at is not None and pace.is_over(datetime.now()):
            self._problems[f"stopped at {pace.stop_at:%H:%M}, as asked"] = None
        if n_missing:
            self._problems[
                f"{n_missing} of {self._n_days} days were not retrieved; the next run asks for them again"
            ] = None
        return Collected(tuple(self._kept), self._n_series, tuple(self._problems))


def _time_left(seconds: float, n_done: int, n_days: int) -> str:
    """Say how long the rest will take; idle hours count, as they will again."""
    minutes = round(seconds / n_done * (n_days - n_done) / 60)
    return f"{n_done} of {n_days} days, {minutes // 60} h {minutes % 60:02d} min left"


def _frame(rows: Sequence[SeriesRow]) -> pd.DataFrame:
    return pd.DataFrame([vars(row) for row in rows], columns=SERIES.names) if rows else empty(SERIES)


def _study_began(rows: Sequence[SeriesRow]) -> pd.Series:
    return pd.Series([row.study_began for row in rows], dtype="datetime64[us]")
