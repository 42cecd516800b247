"""What each day of a scanner offered and how it was used: the base of all numbers (design, section 5.4)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.studies.gaps import find_gaps, latest_before, parts
from schedvisu_lib.studies.selection import Day, as_date, of_scanner
from schedvisu_lib.studies.service import Offer, offers_between
from schedvisu_lib.tables import require

_ZERO = pd.Timedelta(0)
_NONE = np.timedelta64(0)
_NEEDED = ["exam_id", "date", "scanner", "start", "end", "prepared_from", "prepared_until"]
"""Columns of the studies; the others are texts, which are slow to take along."""


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
    begin, until = exams["prepared_from"].to_numpy(), exams["prepared_until"].to_numpy()
    # An exam with bare times can begin before the prepared time of its elder neighbour does: order by what counts here.
    before = latest_before(np.zeros(len(exams), int), until, np.lexsort([until, begin]))
    return pd.Series(np.maximum(until - np.fmax(begin, before), _NONE), exams.index)


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
    day = np.unique(exams["date"].to_numpy(), return_inverse=True)[1]
    before = latest_before(day, exams["end"].to_numpy(), np.arange(len(exams)))
    turnover = np.maximum(exams["start"].to_numpy() - before, _NONE)
    return pd.Series(np.where(parts(exams, site), np.timedelta64("NaT"), turnover), exams.index)


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
    offers = offers_between(site, scanner, as_date(first), as_date(last))
    days = np.array(list(offers), "datetime64[us]")
    offered = _offered(list(offers.values()))
    opens, closes, closing = (offered.pop(name) for name in ("opens", "closes", "closing"))
    place, gap_place = days.searchsorted(exams["date"].to_numpy()), days.searchsorted(gaps["date"].to_numpy())
    spans = {name: exams[name].to_numpy() for name in ("start", "end", "prepared_from", "prepared_until")}
    busy, n_days = busy_times(exams).to_numpy(), len(days)
    start, prepared_from = (_per_day(np.fmin, spans[name], place, n_days) - days for name in ("start", "prepared_from"))
    end, prepared_until = (_per_day(np.fmax, spans[name], place, n_days) - days for name in ("end", "prepared_until"))
    return pd.DataFrame(
        offered
        | {
            "exams": np.bincount(place, minlength=n_days),
            "gaps": np.bincount(gap_place, minlength=n_days),
            "busy": np.fmax(_per_day(np.add, busy, place, n_days), _NONE),
            "first_start": start,
            "last_end": end,
            "idle_before": np.maximum(prepared_from - opens, _NONE),
            "idle_after": np.maximum(closes - prepared_until, _NONE),
            "overtime": np.maximum(end - closing, _NONE),
        },
        index=pd.DatetimeIndex(days, name="date"),
    )


def _per_day(how: np.ufunc, values: npt.NDArray[Any], place: npt.NDArray[np.int_], n_days: int) -> npt.NDArray[Any]:
    """Return of each day what a function makes of all its exams' values, given the place of each one's day.

    Of a day without exams it is missing (NaT).
    """
    order = np.argsort(place, kind="stable")
    begins = np.flatnonzero(np.diff(place[order], prepend=-1))
    days = np.full(n_days, "NaT", values.dtype)
    days[place[order][begins]] = how.reduceat(values[order], begins)
    return days


def _offered(offers: list[Offer | None]) -> dict[str, npt.NDArray[Any]]:
    """Return slots and opening hours of each day; a holiday, a closure or a day out of service has none."""
    # Days that are alike share a row: there are few.
    alike = {offer: place for place, offer in enumerate(dict.fromkeys(offers))}
    place = [alike[offer] for offer in offers]
    what = [offer or Offer() for offer in alike]
    times = {
        name: pd.to_timedelta([getattr(offer, name) for offer in what]).to_numpy("timedelta64[us]")
        for name in ("opens", "closes", "opening", "closing")
    }
    is_open = np.array([offer is not None for offer in alike])
    kinds = {"open": is_open, "slots": np.array([offer.slots for offer in what]), **times}
    return {name: kind[place] for name, kind in kinds.items()}
