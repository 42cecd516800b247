"""A store filled from the simulated hospital itself, without an archive: what ``make demo`` retrieves of a few days."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

import schedvisu_lib as sv
from schedvisu_lib.demo.appointments import Bookings
from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.demo.truth import plain_pseudonym, true_series
from schedvisu_lib.periods import working_days
from schedvisu_lib.store import Store
from schedvisu_lib.tables import PLANNED, conform
from tests.conftest import ROOT

MONDAY, FRIDAY = date(2026, 5, 18), date(2026, 5, 22)
"""The last week of the demo, which the examples are about."""
_STATUS = {"DEPARTED": "completed", "SCHEDULED": "scheduled", "CANCELED": "cancelled"}
"""What the demo's worklist says, as the planned table says it."""


def fill_demo(folder: Path, first: date = MONDAY, last: date = FRIDAY) -> sv.Site:
    """Make ``folder/params/demo.yaml`` as it is, and the store that belongs to it, with some days."""
    file = folder / "params" / "demo.yaml"
    file.parent.mkdir(parents=True)
    shutil.copy(ROOT / "params" / "demo.yaml", file)
    shutil.copy(ROOT / "params" / "book.demo.yaml", file.parent)
    shutil.copy(ROOT / "params" / "staff.demo.yaml", file.parent)
    site = sv.load_site(file)
    store, hospital = sv.open_store(site), Hospital(site)
    bookings = Bookings(hospital)
    with store.locked():
        for day in working_days(site.calendar, first, last):
            store.write_day(day, true_series(hospital, day))
            store.write_planned(day, conform(pd.DataFrame(_planned(bookings, day)), PLANNED))
        consolidate_store(site, store)
    return site


def consolidate_store(site: sv.Site, store: Store) -> None:
    for year in store.years_to_consolidate():
        fingerprint, series = store.source_of_year(year)
        store.write_studies(year, sv.consolidate(series, site), fingerprint)


def _planned(bookings: Bookings, day: date) -> Iterator[dict[str, Any]]:
    for one in bookings.appointments_on(day):
        yield {
            "appointment_id": f"{day} {one.number}",
            "date": pd.Timestamp(day),
            "patient": plain_pseudonym(one.patient),
            "study_uid": one.study_uid,
            "scanner": one.scanner,
            "start": one.slot.start,
            "minutes": float(one.slot.minutes),
            "description": one.description,
            "status": _STATUS[one.status],
            "source": "worklist",
            "seen": one.slot.start,
        }
