"""What each day of a scanner offered and how it was used: the base of all numbers (design, section 5.4)."""

from __future__ import annotations

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.studies.gaps import find_gaps, parts
from schedvisu_lib.studies.selection import Day, as_date, of_scanner
from schedvisu_lib.studies.service import Offer, offers_between
from schedvisu_lib.tables import require

_ZERO = pd.Timedelta(0)
_NEEDED = ["exam_id", "date", "scanner", "start", "end", "prepared_from", "prepared_until"]
"""Columns of the studies; the others are texts, which are slow to take along."""
_TIMES = ["opens", "closes", "opening", "closing"]


def as_timedelta(times: pd.Series) -> pd.Series:
    """Return a column of timedeltas as such also where all are missing, which pandas would take for dates."""
    return pd.to_timedelta(times.astype(object)).astype("timedelta64[us]")


def busy_times(exams: pd.DataFrame) -> pd.Series:
    """Return what each exam adds to the union of the prepared times on its scanner; overlapping exams count once.

    Parameters
    ----------
    exams
        Rows of the studies table of one scanner, in order of start.

    Returns
    -------
    Series
        Timedelta per exam on the index of ``exams``; their sum is the length of the union.
    """
    # An exam with bare times can begin before the prepared time of its elder neighbour does: order by what counts here.
    rows = exams.sort_values(["prepared_from", "prepared_until"], kind="stable")
    begin = pd.concat([rows["prepared_from"], rows["prepared_until"].cummax().shift()], axis="columns").max(
        axis="columns"
    )
    return (rows["prepared_until"] - begin).clip(lower=_ZERO).loc[exams.index]


def turnovers(exams: pd.DataFrame, site: Site) -> pd.Series:
    """Return the time from the latest end so far to the next start of a scanner's day, unless that is a gap.

    An overlap counts as zero.

    Parameters
    ----------
    exams
        Rows of the studies table of one scanner, in order of start.
    site
        Gives the scanner's gap threshold.

    Returns
    -------
    Series
        Timedelta per exam on the index of ``exams``; the first exam of a day has none (missing), nor has one that a gap
        parts from those before it.
    """
    so_far = exams.groupby("date")["end"].cummax().groupby(exams["date"]).shift()
    return (exams["start"] - so_far).clip(lower=_ZERO).mask(parts(exams, site))


def day_table(
    studies: pd.DataFrame, site: Site, scanner: str, first: Day, last: Day, *, among: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Describe every calendar day of a scanner.

    Parameters
    ----------
    studies
        The studies table.
    site
        Gives calendar, opening hours, slots and gap threshold.
    scanner
        Its name.
    first, last
        Days, both included.
    among
        All exams, where ``studies`` are some of them: gaps are those between all.

    Returns
    -------
    DataFrame
        Index ``date``; ``open`` (bool: the department works, the scanner is not out of service all day), ``slots``
        and ``opening`` (timedelta) of what is offered, else 0; ``exams``, ``gaps`` (counts); ``busy`` (timedelta, union
        of prepared times); ``first_start``, ``last_end`` (timedelta since midnight), ``idle_before``, ``idle_after``,
        ``overtime`` (timedelta; missing without exam or opening hours).
    """
    exams = of_scanner(require(studies, *_NEEDED)[_NEEDED], scanner, first, last)
    gaps = find_gaps(exams if among is None else of_scanner(among, scanner, first, last), site)
    return describe_days(exams, gaps, site, scanner, first, last)


def describe_days(
    exams: pd.DataFrame, gaps: pd.DataFrame, site: Site, scanner: str, first: Day, last: Day
) -> pd.DataFrame:
    """Return the day table of a scanner's exams in order of start, and of the gaps that were found between all."""
    table = _offered(site, scanner, first, last)
    by_day = exams.assign(busy=busy_times(exams)).groupby("date")
    firsts, lasts = by_day[["start", "prepared_from"]].min(), by_day[["end", "prepared_until"]].max()
    used = firsts.join(lasts).assign(exams=by_day.size(), busy=by_day["busy"].sum()).reindex(table.index)
    midnight = table.index.to_series()
    return table.drop(columns=["opens", "closes", "closing"]).assign(
        exams=used["exams"].fillna(0).astype("int64"),
        gaps=gaps.groupby("date").size().reindex(table.index, fill_value=0),
        busy=used["busy"].fillna(_ZERO),
        first_start=used["start"] - midnight,
        last_end=used["end"] - midnight,
        idle_before=(used["prepared_from"] - midnight - table["opens"]).clip(lower=_ZERO),
        idle_after=(table["closes"] - (used["prepared_until"] - midnight)).clip(lower=_ZERO),
        overtime=(used["end"] - midnight - table["closing"]).clip(lower=_ZERO),
    )


def _offered(site: Site, scanner: str, first: Day, last: Day) -> pd.DataFrame:
    """Return slots and opening hours of each day; a holiday, a closure or a day out of service has none."""
    offers = offers_between(site, scanner, as_date(first), as_date(last))
    # Days that are alike share a row: there are few, and pandas makes durations of them one by one.
    alike = {offer: place for place, offer in enumerate(dict.fromkeys(offers.values()))}
    rows = [
        {"open": offer is not None, **{name: getattr(offer or Offer(), name) for name in ("slots", *_TIMES)}}
        for offer in alike
    ]
    kinds = pd.DataFrame(rows, columns=["open", "slots", *_TIMES]).astype({"open": bool, "slots": "int64"})
    kinds = kinds.assign(**{name: as_timedelta(kinds[name]) for name in _TIMES})
    days = pd.DatetimeIndex(list(offers), dtype="datetime64[us]", name="date")
    return kinds.iloc[[alike[offer] for offer in offers.values()]].set_axis(days)
