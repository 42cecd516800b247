"""Ask the archive for the days that the store lacks, and keep each one as soon as it is complete."""

from __future__ import annotations

import logging
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Thread

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.errors import PacsUnreachable, SchedVisuError
from schedvisu_lib.pacs.dimse import Archive
from schedvisu_lib.pacs.pseudonym import Pseudonymise, load_pseudonymiser, make_key
from schedvisu_lib.pacs.retrieve import SeriesRow, retrieve_day
from schedvisu_lib.store import Store
from schedvisu_lib.tables import SERIES, empty

_LOG = logging.getLogger(__name__)


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


def collect_days(site: Site, store: Store, days: Sequence[date], on_done: Callable[[str], None]) -> Collected:
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
        Called after each day with its name.

    Raises
    ------
    StoreError
        The key of the pseudonyms cannot be read, or a day cannot be written.
    """
    if not days:
        return Collected((), 0, ())
    pseudonymise = _pseudonymiser(site, store)
    waiting = deque(sorted(days, reverse=True))
    answers: SimpleQueue[_Answer] = SimpleQueue()
    stop = Event()
    workers = [
        Thread(target=_ask_for_days, args=(site, waiting, pseudonymise, answers, stop), daemon=True)
        for _ in range(min(site.pacs.parallel, len(days)))
    ]
    for worker in workers:
        worker.start()
    try:
        return _keep_days(store, site, len(workers), answers, on_done, len(days))
    finally:
        stop.set()
        for worker in workers:
            worker.join(timeout=5)


def _pseudonymiser(site: Site, store: Store) -> Pseudonymise:
    """Return the site's pseudonymiser; its key is made for a store that holds no day yet, and only then."""
    if not site.privacy.key_file.exists() and store.is_empty():
        make_key(site.privacy.key_file)
        _LOG.info("made the key of the pseudonyms: %s", site.privacy.key_file)
    return load_pseudonymiser(site.privacy.key_file)


def _ask_for_days(
    site: Site, waiting: deque[date], pseudonymise: Pseudonymise, answers: SimpleQueue[_Answer], stop: Event
) -> None:
    """Retrieve waiting days over one association until none is left; the work of one thread."""
    try:
        with Archive(site.pacs) as archive:
            while waiting and not stop.is_set():
                try:
                    day = waiting.popleft()
                except IndexError:  # another thread took the last one
                    return
                try:
                    answers.put(_Answer(day, rows=retrieve_day(archive, site, day, pseudonymise)))
                except PacsUnreachable as error:
                    stop.set()
                    answers.put(_Answer(day, error=error))
                except SchedVisuError as error:
                    answers.put(_Answer(day, error=error))
                except Exception as error:  # one odd day must not take the others with it
                    answers.put(_Answer(day, error=_mistake(error)))
    finally:
        answers.put(_Answer(None))


def _mistake(error: Exception) -> SchedVisuError:
    """Word an error that nobody foresaw by its kind and place: its own text might hold a patient's data."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return SchedVisuError(
        f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}: a mistake of SchedVisu; report it"
    )


def _keep_days(
    store: Store,
    site: Site,
    n_workers: int,
    answers: SimpleQueue[_Answer],
    on_done: Callable[[str], None],
    n_days: int,
) -> Collected:
    kept: list[date] = []
    problems: dict[str, None] = {}
    n_series = 0
    while n_workers:
        answer = answers.get()
        if answer.day is None:
            n_workers -= 1
        elif answer.error is not None:
            _LOG.error("%s: %s", answer.day, answer.error)
            # All workers meet an archive that is down: said once, the days are counted below.
            prefix = "" if isinstance(answer.error, PacsUnreachable) else f"{answer.day}: not stored: "
            problems[f"{prefix}{answer.error}"] = None
        else:
            frame = _frame(answer.rows or [])
            state = store.write_day(answer.day, frame)
            kept.append(answer.day)
            n_series += len(frame)
            _LOG.info("%s: %d series stored, %d failed", answer.day, len(frame), state.n_failed)
            if state.n_failed:
                again = "asked for again by the next run" if not state.is_done(site.store.retries) else "given up"
                problems[f"{answer.day}: {state.n_failed} of {len(frame)} series failed; {again}"] = None
            on_done(str(answer.day))
    if len(kept) < n_days:
        problems[f"{n_days - len(kept)} of {n_days} days were not retrieved; the next run asks for them again"] = None
    return Collected(tuple(kept), n_series, tuple(problems))


def _frame(rows: Sequence[SeriesRow]) -> pd.DataFrame:
    return pd.DataFrame([asdict(row) for row in rows], columns=SERIES.names) if rows else empty(SERIES)
