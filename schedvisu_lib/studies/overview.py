"""One row per scanner: how a period went, and how it changed (design, section 5.4)."""

from __future__ import annotations

from typing import Final

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.periods import Period, previous_period
from schedvisu_lib.studies.counts import count_summary
from schedvisu_lib.studies.days import as_timedelta, day_table, turnovers
from schedvisu_lib.studies.selection import Day, as_date, of_scanner

_TIMES: Final = ("first_start", "last_end", "turnover", "overtime", "idle_before", "idle_after")


def scanner_overview(studies: pd.DataFrame, site: Site, first: Day, last: Day) -> pd.DataFrame:
    """Sum up a period for each scanner.

    Parameters
    ----------
    studies
        The studies table.
    site
        Gives scanners, calendar, opening hours, slots and thresholds.
    first, last
        Days, both included.

    Returns
    -------
    DataFrame
        Index ``scanner`` in the order of the site file; ``exams``, ``slots``, ``gaps`` (counts); ``utilisation``,
        ``occupancy`` (ratios); ``first_start`` and ``last_end`` (median over the days with exams, timedelta since
        midnight); ``turnover`` (median, timedelta); ``overtime``, ``idle_before``, ``idle_after`` (sums, timedelta).
    """
    rows = [_scanner_row(studies, site, name, first, last) for name in site.scanner_names]
    table = pd.DataFrame(rows, index=pd.Index(site.scanner_names, name="scanner"))
    return table.assign(**{name: as_timedelta(table[name]) for name in _TIMES})


def with_change(studies: pd.DataFrame, site: Site, first: Day, last: Day) -> pd.DataFrame:
    """Return :func:`scanner_overview` with each column's value of the previous equal period beside it (``_before``)."""
    before = previous_period(Period("", as_date(first), as_date(last)))
    now = scanner_overview(studies, site, first, last)
    return now.join(scanner_overview(studies, site, before.first, before.last).add_suffix("_before"))


def _scanner_row(studies: pd.DataFrame, site: Site, scanner: str, first: Day, last: Day) -> dict[str, object]:
    total = count_summary(studies, site, scanner, first, last).loc["total"]
    days = day_table(studies, site, scanner, first, last)
    return {
        "exams": int(total["exams"]),
        "slots": int(total["slots"]),
        "utilisation": total["utilisation"],
        "occupancy": total["occupancy"],
        "gaps": int(total["gaps"]),
        "first_start": days["first_start"].median(),
        "last_end": days["last_end"].median(),
        "turnover": turnovers(of_scanner(studies, scanner, first, last)).median(),
        "overtime": days["overtime"].sum(),
        "idle_before": days["idle_before"].sum(),
        "idle_after": days["idle_after"].sum(),
    }
