"""Ask each source for its appointments and keep them day by day."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.errors import SchedVisuError
from schedvisu_lib.pacs.pseudonym import open_pseudonymiser
from schedvisu_lib.planned.csv_file import read_csv_plan
from schedvisu_lib.planned.icalendar_file import read_calendar_plan
from schedvisu_lib.planned.listing import Clerk, Listing, Source
from schedvisu_lib.planned.merge import merge_listing
from schedvisu_lib.planned.worklist import open_worklist, read_worklist
from schedvisu_lib.settings.planned import Planned
from schedvisu_lib.store import Store
from schedvisu_lib.tables import PLANNED, conform, empty

_LOG = logging.getLogger(__name__)

_MOVES: Final = timedelta(days=60)
"""How far from the days asked for the earlier day of a moved appointment is looked for."""

Read = Callable[[date, date], Listing]


@dataclass
class Polled:
    """What came of asking for the plan."""

    n_appointments: int = 0
    problems: list[str] = field(default_factory=list)
    """One line for each thing that is missing, and what becomes of it."""


def days_to_poll(planned: Planned, today: date) -> tuple[date, date]:
    """Return the days whose plan a run asks for: some before today, and some that are still to come."""
    return today - timedelta(days=planned.days_back), today + timedelta(days=planned.days_ahead)


def poll_planned(site: Site, store: Store, first: date, last: date, now: datetime) -> Polled:
    """Ask every source of the site for the appointments from first to last day, and keep them.

    A source that does not answer, or not completely, changes nothing in the store; the next run asks it again.

    Parameters
    ----------
    site
        Gives the sources; without any, nothing is done.
    store
        Where the appointments go; the caller holds its lock.
    first, last
        Days, both included.
    now
        When this is: what is still to come, and no longer listed, was taken back.

    Raises
    ------
    StoreError
        The key of the pseudonyms cannot be read, or a day cannot be read or written.
    """
    polled = Polled()
    if site.planned is None:
        return polled
    clerk = Clerk(site, site.planned, open_pseudonymiser(site.privacy.key_file, is_first=store.is_empty()))
    for source, read in _sources(site, site.planned, clerk):
        try:
            listing = read(first, last)
        except SchedVisuError as error:
            _LOG.error("%s: %s", source, error)
            polled.problems.append(f"{source}: {error}; the plan stays as it was")
            continue
        rows = _frame(listing, first, last, now)
        _keep(store, listing, rows, first, last, now)
        polled.n_appointments += len(rows)
        polled.problems += listing.problems()
        _LOG.info("%s: %d appointments from %s to %s", source, len(rows), first, last)
    return polled


def probe_planned(site: Site, first: date, last: date) -> str:
    """Ask every source, keep nothing, and say how many appointments each scanner has.

    Raises
    ------
    SchedVisuError
        A source does not answer, or something in it cannot be read.
    """
    if site.planned is None:
        return "none (no planned section)"
    clerk = Clerk(site, site.planned, lambda *_: "")
    words = []
    for source, read in _sources(site, site.planned, clerk):
        listing = read(first, last)
        if listing.problems():
            raise SchedVisuError("; ".join(listing.problems()))
        counts = Counter(one.scanner for one in listing.appointments)
        each = ", ".join(f"{name} {counts[name]}" for name in site.scanner_names if counts[name])
        words.append(f"{source} lists {counts.total()} appointments from {first} to {last} ({each or 'of no scanner'})")
    return "; ".join(words)


def _sources(site: Site, planned: Planned, clerk: Clerk) -> Iterator[tuple[Source, Read]]:
    worklist, csv, icalendar = planned.worklist, planned.csv, planned.icalendar
    if worklist is not None:

        def ask(first: date, last: date) -> Listing:
            with open_worklist(worklist, site.pacs) as line:
                return read_worklist(line, clerk, first, last)

        yield "worklist", ask
    if csv is not None:
        yield "csv", lambda first, last: read_csv_plan(csv, clerk, first, last)
    if icalendar is not None:
        yield "icalendar", lambda first, last: read_calendar_plan(icalendar, clerk, first, last)


def _frame(listing: Listing, first: date, last: date, now: datetime) -> pd.DataFrame:
    """Return a listing as rows of the planned table; what lies beyond the days asked for is left out."""
    rows = [asdict(one) for one in listing.appointments if first <= one.start.date() <= last]
    if not rows:
        return empty(PLANNED)
    frame = pd.DataFrame(rows)
    frame = frame.assign(date=pd.to_datetime(frame["start"]).dt.normalize(), seen=pd.Timestamp(now))
    return conform(frame, PLANNED).drop_duplicates(["appointment_id", "date"], keep="last")


def _keep(store: Store, listing: Listing, rows: pd.DataFrame, first: date, last: date, now: datetime) -> None:
    """Merge a listing with what is known, and write the days that changed."""
    known = store.planned(first - _MOVES, last + _MOVES)
    days = listing.days if listing.is_whole else frozenset[date]()
    merged = merge_listing(known, rows, listing.source, days, now)
    before = dict(iter(known.groupby("date")))
    for day, now_planned in merged.groupby("date"):
        old = before.get(day)
        if old is None or not old.reset_index(drop=True).equals(now_planned.reset_index(drop=True)):
            store.write_planned(pd.Timestamp(str(day)).date(), now_planned)
