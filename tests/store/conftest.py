"""A store in a folder of the test, and builders of what lies in it."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd
import pytest

import schedvisu_lib as sv
from schedvisu_lib.tables import PLANNED, conform

MONDAY, TUESDAY = date(2026, 5, 11), date(2026, 5, 12)


@pytest.fixture
def store(demo_site):
    return sv.open_store(demo_site)


@pytest.fixture
def series_of(make_series):
    """Makes the series of a day: `series_of(MONDAY, n=3, verdict="failed")`."""

    def make(day, n=3, **facts):
        at = [datetime(day.year, day.month, day.day, 8, number) for number in range(n)]
        uids = [f"1.{day:%Y%m%d}.{number}" for number in range(n)]
        return make_series(
            [{"start": s, "end": s, "study_uid": u, "series_uid": u} | facts for s, u in zip(at, uids, strict=True)]
        )

    return make


def file_of(site, day):
    return site.store.folder / "series" / f"{day:%Y}" / f"{day:%Y%m%d}.parquet"


def with_store(site, **settings):
    return site.model_copy(update={"store": site.store.model_copy(update=settings)})


@pytest.fixture
def planned_of():
    """Makes the appointments of a day: `planned_of(MONDAY, n=3)`."""

    def make(day, n=3):
        start = pd.to_datetime([datetime(day.year, day.month, day.day, 8 + number) for number in range(n)])
        rows = pd.DataFrame(
            {"start": start, "date": start.normalize(), "seen": start, "minutes": [None, *[30.0] * (n - 1)]}
        )
        words = dict.fromkeys(("patient", "study_uid", "description"), "")
        words |= {"scanner": "Millennium", "status": "scheduled", "source": "csv"}
        return conform(rows.assign(appointment_id=[f"{day}.{number}" for number in range(n)], **words), PLANNED)

    return make


def rebuild(store, site):
    years = store.years_to_consolidate()
    for year in years:
        fingerprint, series = store.source_of_year(year)
        store.write_studies(year, sv.consolidate(series, site), fingerprint)
    return years
