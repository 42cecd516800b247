"""What if a scanner had other slots, opening hours, gap threshold or preparation: the numbers beside today's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from functools import cached_property
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd
from pydantic import ValidationError

from schedvisu_lib.config import Site
from schedvisu_lib.mistakes import mistakes_of, shown
from schedvisu_lib.settings.calendar import WEEKDAYS, Hours
from schedvisu_lib.settings.scanners import Scanner
from schedvisu_lib.studies.counts import sum_days
from schedvisu_lib.studies.days import describe_days
from schedvisu_lib.studies.gaps import CLASSES, find_gaps
from schedvisu_lib.studies.preparation import prepared_times
from schedvisu_lib.studies.selection import Day, of_scanner
from schedvisu_lib.tables import require

TODAY: Final = "today"
THEN: Final = "then"
DIFFERENCE: Final = "difference"
HoursOfDay: TypeAlias = "str | Hours | tuple[time, time] | None"
"""Opening hours as "08:00-17:00" or two times; None for a day on which the scanner is closed."""


def what_if(
    site: Site,
    scanner: str,
    *,
    slots: int | Mapping[str, int] | None = None,
    hours: HoursOfDay | Mapping[str, HoursOfDay] = None,
    gap: float | None = None,
    preparation: float | None = None,
) -> Site:
    """Return the site as if a scanner had other slots, opening hours, gap threshold or preparation.

    What is not given stays as it is; no file is changed. A mapping changes the weekdays that it names; one value
    changes every workday of the site on which the scanner has opening hours.

    Parameters
    ----------
    site
        The site as it is.
    scanner
        Name of the scanner.
    slots
        How many exams it could take on a day.
    hours
        Opening hours, as "08:00-17:00". In a mapping None closes the scanner on a weekday, which then has no slots.
    gap
        Idle minutes between two exams from which they count as a gap.
    preparation
        Minutes before and after the images. The exams have to be prepared anew (:func:`prepare_anew`), which
        :func:`what_if_table` does.

    Returns
    -------
    Site
        A site of the same file with this scanner changed.

    Raises
    ------
    ValueError
        The scanner is unknown, or a value is not allowed in a site file; one line names scanner and keys.

    Examples
    --------
    >>> site = sv.load_site("params/demo.yaml")
    >>> changed = sv.what_if(site, "Discovery 690", slots={"fri": 10}, hours="08:00-17:00", gap=60)
    >>> changed.scanner("Discovery 690").slots
    {'mon': 14, 'tue': 14, 'wed': 14, 'thu': 14, 'fri': 10}
    """
    machine = site.scanner(scanner)
    content = machine.model_dump()
    days = [day for day in site.calendar.workdays if day in machine.hours]
    if hours is not None:
        wanted = _by_weekday(hours, days)
        closed = {day for day, value in wanted.items() if value is None}
        content["hours"] = {day: value for day, value in (content["hours"] | wanted).items() if day not in closed}
        content["slots"] = {day: n for day, n in content["slots"].items() if day not in closed}
        days = [day for day in days if day not in closed]
    if slots is not None:
        content["slots"] |= _by_weekday(slots, days)
    content |= {key: value for key, value in {"gap": gap, "preparation": preparation}.items() if value is not None}
    return _with_scanner(site, scanner, content)


def prepare_anew(studies: pd.DataFrame, site: Site) -> pd.DataFrame:
    """Return the exams with the preparation of another site: as consolidating their series with it would give.

    Parameters
    ----------
    studies
        The studies table. Neighbours share preparation, so exams that are not in the table take nothing from others.
    site
        Gives the preparation (minutes) of each scanner.

    Returns
    -------
    DataFrame
        The same rows and columns, ``prepared_from`` and ``prepared_until`` made anew.

    Raises
    ------
    ValueError
        A scanner of the table is unknown to the site.
    TableError
        A column is missing: ``scanner``, ``start`` or ``end``.

    Examples
    --------
    >>> site = sv.load_site("params/demo.yaml")
    >>> studies = sv.open_store(site).studies("2026-05-18", "2026-05-22")
    >>> bare = sv.prepare_anew(studies, sv.what_if(site, "Millennium", preparation=0)).query("scanner == 'Millennium'")
    >>> bool((bare["prepared_from"] == bare["start"]).all())
    True
    """
    exams = require(studies, "scanner", "start", "end")
    # The rows of tables that were joined can have the same labels.
    return exams.assign(**prepared_times(exams.reset_index(drop=True), site).set_axis(exams.index))


def what_if_table(
    studies: pd.DataFrame, site: Site, changed: Site, scanner: str, first: Day, last: Day
) -> pd.DataFrame:
    """Sum up the days of a scanner as they are, as they would be with other settings, and what that changes.

    Parameters
    ----------
    studies
        The studies table, made with the site as it is.
    site, changed
        The site as it is and as it would be (:func:`what_if`).
    scanner
        Its name.
    first, last
        Days, both included.

    Returns
    -------
    DataFrame
        Index ``case``: "today", "then", "difference" (then - today). Columns: ``exams``, ``slots`` (counts);
        ``utilisation`` (exams / slots); ``opening`` (opening hours, timedelta), ``busy`` (union of the prepared exam
        times, timedelta), ``occupancy`` (busy / opening); ``gaps`` (count) and ``gap_time`` (timedelta), and of each
        class ``gaps_lunch``, ``gap_time_lunch``, ``gaps_service``, ...; ``idle_before`` the first exam of the days,
        ``idle_after`` the last one, ``overtime`` (sums, timedelta). Ratios are missing where nothing is offered. Days
        on which the scanner is closed offer neither slots nor opening hours in either case.

    Raises
    ------
    ValueError
        The scanner is unknown.

    Examples
    --------
    >>> site = sv.load_site("params/demo.yaml")
    >>> studies = sv.open_store(site).studies("2026-05-18", "2026-05-22")
    >>> changed = sv.what_if(site, "Discovery 690", slots=7)
    >>> sv.what_if_table(studies, site, changed, "Discovery 690", "2026-05-18", "2026-05-22")["slots"].to_dict()
    {'today': 68, 'then': 35, 'difference': -33}
    """
    today = usage_of(studies, site, scanner, first, last)
    return compare_usage(today, usage_then(today, studies, site, changed, scanner, first, last))


@dataclass(frozen=True, eq=False)
class Usage:
    """What a scanner offered and how it was used, with the settings of one site."""

    days: pd.DataFrame
    """The day table."""
    gaps: pd.DataFrame

    @cached_property
    def sums(self) -> pd.DataFrame:
        """One row with the measures of the what-if table."""
        return _sums(self.days, self.gaps)

    @cached_property
    def ratios(self) -> pd.DataFrame:
        """Utilisation and occupancy by weekday (0 to 6)."""
        weekdays, numbers = pd.factorize(self.days.index.day_of_week, sort=True)
        return sum_days(self.days, weekdays, len(numbers)).set_axis(numbers)[["utilisation", "occupancy"]]


def usage_of(studies: pd.DataFrame, site: Site, scanner: str, first: Day, last: Day) -> Usage:
    """Return how a scanner is used with the settings of a site; its exams are prepared as the table says."""
    exams = of_scanner(studies, scanner, first, last)
    gaps = find_gaps(exams, site)
    return Usage(describe_days(exams, gaps, site, scanner, first, last), gaps)


def usage_then(
    today: Usage, studies: pd.DataFrame, site: Site, changed: Site, scanner: str, first: Day, last: Day
) -> Usage:
    """Return how a scanner would be used with other settings; what these do not touch is taken from today's usage."""
    is_now, would_be = site.scanner(scanner), changed.scanner(scanner)
    prepared_anew = would_be.preparation != is_now.preparation
    exams = of_scanner(studies, scanner, first, last)
    if prepared_anew:
        exams = prepare_anew(exams, changed)
    gaps = find_gaps(exams, changed) if prepared_anew or would_be.gap != is_now.gap else today.gaps
    if prepared_anew or (would_be.slots, would_be.hours) != (is_now.slots, is_now.hours):
        return Usage(describe_days(exams, gaps, changed, scanner, first, last), gaps)
    n_gaps = gaps.groupby("date").size().reindex(today.days.index, fill_value=0)
    return Usage(today.days.assign(gaps=n_gaps), gaps)


def compare_usage(today: Usage, then: Usage) -> pd.DataFrame:
    """Return the sums of both and their difference, as :func:`what_if_table`."""
    sums = pd.concat([today.sums, then.sums], ignore_index=True)
    table = pd.concat([sums, sums.diff().tail(1)], ignore_index=True).astype(sums.dtypes)
    return table.set_axis(pd.Index([TODAY, THEN, DIFFERENCE], name="case"))


def ratios_by_weekday(today: Usage, then: Usage, site: Site) -> pd.DataFrame:
    """Return utilisation and occupancy of each weekday, today and then.

    Parameters
    ----------
    today, then
        The usage of the same days.
    site
        Gives the workdays.

    Returns
    -------
    DataFrame
        Index ``case`` ("today", "then") and ``weekday`` ("mon", ...; the workdays of the site in order); columns
        ``utilisation`` and ``occupancy`` (ratios), missing where nothing is offered.
    """
    workdays = [day for day in WEEKDAYS if day in site.calendar.workdays]
    numbers = [WEEKDAYS.index(day) for day in workdays]
    cases = {
        case: usage.ratios.reindex(numbers).set_axis(pd.Index(workdays, name="weekday"))
        for case, usage in ((TODAY, today), (THEN, then))
    }
    return pd.concat(cases, names=["case"])


def _sums(days: pd.DataFrame, gaps: pd.DataFrame) -> pd.DataFrame:
    """Return one row with the measures of the what-if table."""
    length = gaps["end"] - gaps["start"]
    counted = sum_days(days, np.zeros(len(days), dtype=int), 1)
    of_class = {name: gaps["class"] == name for name in CLASSES}
    measures: dict[str, Any] = {
        **{name: counted[name].iloc[0] for name in ("exams", "slots", "utilisation")},
        "opening": days["opening"].sum(),
        "busy": days["busy"].sum(),
        "occupancy": counted["occupancy"].iloc[0],
        "gaps": len(gaps),
        "gap_time": length.sum(),
    }
    for name, chosen in of_class.items():
        measures |= {f"gaps_{name}": int(chosen.sum()), f"gap_time_{name}": length.loc[chosen].sum()}
    measures |= {name: days[name].sum() for name in ("idle_before", "idle_after", "overtime")}
    return pd.DataFrame({name: [value] for name, value in measures.items()})


def _by_weekday(value: Any, days: list[Any]) -> dict[Any, Any]:
    """Return a value of each weekday: those of a mapping, or the one value for all of the days."""
    wanted = dict(value) if isinstance(value, Mapping) else dict.fromkeys(days, value)
    return {
        day: dict(zip(("opens", "closes"), each, strict=True)) if isinstance(each, tuple) and len(each) == 2 else each
        for day, each in wanted.items()
    }


def _with_scanner(site: Site, scanner: str, content: dict[str, Any]) -> Site:
    """Return the site with one scanner validated anew, in itself and against the others."""
    try:
        machine = Scanner.model_validate(content)
        scanners = tuple(machine if one.name == scanner else one for one in site.scanners)
        sections = {name: getattr(site, name) for name in Site.model_fields}
        Site.model_validate(sections | {"scanners": scanners})
    except ValidationError as error:
        raise ValueError(f"{scanner}: {_one_line(error, content)}") from None
    return site.model_copy(update={"scanners": scanners})


def _one_line(error: ValidationError, content: dict[str, Any]) -> str:
    """Word what is wrong with a scanner's settings; what holds for several keys is said once."""
    keys: dict[str, dict[str, None]] = {}  # in order
    for key, text in mistakes_of(error, content, Scanner):
        path = key[2:] if key[:1] == ("scanners",) else key
        keys.setdefault(text, {})[shown(path).removesuffix(": ")] = None
    return "; ".join(f"{', '.join(paths)}: {text}" for text, paths in keys.items())
