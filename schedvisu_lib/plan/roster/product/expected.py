"""How many exams a day will have on the scanners: by the exams of the last weeks, or by what is planned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Final

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.errors import PlanError
from schedvisu_lib.studies.service import offers_between
from schedvisu_lib.tables import require

WEEKS: Final = 12
"""Weeks whose exams tell what is to be expected."""
_CANCELLED: Final = "cancelled"


def expected_exams(
    site: Site,
    first: date,
    last: date,
    scanners: Collection[str],
    *,
    studies: pd.DataFrame | None = None,
    appointments: pd.DataFrame | None = None,
    weeks: int = WEEKS,
    scanner_of: Mapping[str, str] | None = None,
) -> dict[date, float]:
    """Return the exams to be expected on each day on which one of the scanners is open.

    Parameters
    ----------
    site
        Gives the scanners' open days: no holidays, closures, days out of service.
    first, last
        Days, both included.
    scanners
        Those that count.
    studies
        The studies table. Expected is, for each scanner that is open, the mean of the exams on its open days of the
        same weekday, over the last weeks that the table holds before ``first``.
    appointments
        Planned appointments: the planner's (:data:`schedvisu_lib.plan.appointment.COLUMNS`), or the store's planned
        table, without those cancelled. Expected is their number; a day without any takes the mean of the studies, where
        both are given.
    weeks
        How many weeks of studies count.
    scanner_of
        The scanner of each resource of the planner's book; by default resources are called as their scanners.

    Raises
    ------
    PlanError
        Neither studies nor appointments are given; no exam lies in the weeks before; no appointment lies on a scanner.
    TableError
        A column is missing.
    """
    if studies is None and appointments is None:
        raise PlanError("exams are expected by studies or by appointments; give one of the two tables")
    means = {} if studies is None else _means(studies, site, first, scanners, weeks)
    planned = Counter[date]() if appointments is None else _planned(appointments, site, scanners, scanner_of)
    expected: dict[date, float] = {}
    for scanner in scanners:
        for day, offer in offers_between(site, scanner, first, last).items():
            if offer is not None and offer.opens is not None:
                expected[day] = expected.get(day, 0.0) + means.get((scanner, day.weekday()), 0.0)
    return {day: float(planned[day] or mean) for day, mean in sorted(expected.items())}


def _means(
    studies: pd.DataFrame, site: Site, first: date, scanners: Collection[str], weeks: int
) -> dict[tuple[str, int], float]:
    """Return the mean number of exams by scanner and weekday on open days."""
    days = require(studies, "date", "scanner")
    earlier = days[days["date"] < pd.Timestamp(first)]
    if earlier.empty:
        raise PlanError(f"the studies have no exam before {first}; take earlier days of the store too")
    end = earlier["date"].max().date()
    begin = end - timedelta(weeks=weeks) + timedelta(days=1)
    exams = Counter(zip(earlier["scanner"], earlier["date"].dt.date, strict=True))
    means = {}
    for scanner in scanners:
        open_days = [day for day, offer in offers_between(site, scanner, begin, end).items() if offer is not None]
        for weekday in range(7):
            own = [exams[scanner, day] for day in open_days if day.weekday() == weekday]
            if own:
                means[scanner, weekday] = sum(own) / len(own)
    return means


def _planned(
    appointments: pd.DataFrame, site: Site, scanners: Collection[str], scanner_of: Mapping[str, str] | None
) -> Counter[date]:
    """Return the number of appointments on the scanners by day."""
    if "scanner" in appointments.columns:
        rows = require(appointments, "scanner", "start", "status")
        rows = rows[rows["status"] != _CANCELLED]
        places = rows["scanner"]
    else:
        rows = require(appointments, "resource", "start")
        rows = rows[rows["start"].notna()]
        places = rows["resource"].map(scanner_of or {name: name for name in site.scanner_names})
    if len(rows) and not places.isin(site.scanner_names).any():
        raise PlanError(
            "no appointment lies on a scanner of the site; say with scanner_of which resources are scanners"
        )
    return Counter(rows.loc[places.isin(list(scanners)), "start"].dt.date)
