"""Some of the exams, as somebody asks for them: of some weekdays, hours, exam types or takes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import time

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.settings.calendar import WEEKDAYS
from schedvisu_lib.tables import require


def choose_exams(
    studies: pd.DataFrame,
    *,
    weekdays: Collection[str] | None = None,
    hours: tuple[time | str, time | str] | None = None,
    exam_types: Collection[str] | None = None,
    takes: Collection[int] | None = None,
) -> pd.DataFrame:
    """Choose exams by weekday, hour of their start, exam type and take; what is not given does not limit.

    Parameters
    ----------
    studies
        The studies table; of gaps (:func:`schedvisu_lib.find_gaps`), weekdays and hours can be chosen as well.
    weekdays
        "mon", "tue", ...
    hours
        From and until, as ``datetime.time`` or "08:00": those that begin at the first one or later and before the
        other; "24:00" is the end of the day.
    exam_types
        Names.
    takes
        Numbers of takes, from 1.

    Returns
    -------
    DataFrame
        The rows that meet all conditions, in their order and with their index.

    Raises
    ------
    ValueError
        A weekday, an hour, or one name instead of a list of names is not written as it must be.
    TableError
        A column that is asked for is missing.

    Examples
    --------
    >>> site = sv.load_site("params/demo.yaml")
    >>> studies = sv.open_store(site).studies("2026-05-18", "2026-05-22")
    >>> mornings = sv.choose_exams(studies, weekdays=["mon", "tue"], hours=("08:00", "12:00"))
    >>> sorted(mornings["date"].dt.day_name().unique())
    ['Monday', 'Tuesday']
    >>> len(mornings), len(studies)
    (45, 203)
    """
    needed = {"date": hours if weekdays is None else weekdays, "start": hours, "exam_type": exam_types, "take": takes}
    studies = require(studies, *(name for name, asked in needed.items() if asked is not None))
    _refuse_single(weekdays=weekdays, exam_types=exam_types, takes=takes)
    chosen = pd.Series(True, index=studies.index)
    if weekdays is not None:
        chosen &= studies["date"].dt.day_of_week.isin([_number(day) for day in weekdays])
    if hours is not None:
        begin, end = _span(hours)
        since = studies["start"] - studies["date"]
        chosen &= (since >= begin) & (since < end)
    if exam_types is not None:
        chosen &= studies["exam_type"].isin(exam_types)
    if takes is not None:
        chosen &= studies["take"].isin(takes)
    return studies.loc[chosen]


def on_weekdays(site: Site, weekdays: Collection[str]) -> Site:
    """Return a site that works on some of its weekdays alone: the others have no slots, no hours and no column.

    Raises
    ------
    ValueError
        None of them is a workday of the site.

    Examples
    --------
    >>> site = sv.on_weekdays(sv.load_site("params/demo.yaml"), ["mon", "fri"])
    >>> site.calendar.workdays
    ('mon', 'fri')
    """
    _refuse_single(weekdays=weekdays)
    numbers = {_number(day) for day in weekdays}
    workdays = tuple(day for day in site.calendar.workdays if WEEKDAYS.index(day) in numbers)
    if not workdays:
        raise ValueError(f"{', '.join(weekdays)}: no workday of {site.file.name}; allowed: {_names(site)}")
    return site.model_copy(update={"calendar": site.calendar.model_copy(update={"workdays": workdays})})


def _refuse_single(**lists: Collection[str] | Collection[int] | None) -> None:
    for name, given in lists.items():
        if isinstance(given, str | int):
            raise ValueError(f"{name}={given!r} is no list; write {name}=[{given!r}]")


def _span(hours: tuple[time | str, time | str]) -> tuple[pd.Timedelta, pd.Timedelta]:
    if isinstance(hours, str) or len(hours) != 2:
        raise ValueError(f'hours={hours!r} is no pair; write hours=("08:00", "12:00")')
    begin, end = (_since_midnight(hour) for hour in hours)
    if begin >= end:
        raise ValueError(f"hours={hours!r}: the first is not before the other; exchange them")
    return begin, end


def _names(site: Site) -> str:
    return ", ".join(site.calendar.workdays)


def _number(weekday: str) -> int:
    try:
        return [str(name) for name in WEEKDAYS].index(weekday)
    except ValueError:
        raise ValueError(f'weekday "{weekday}" is unknown; allowed: {", ".join(WEEKDAYS)}') from None


def _since_midnight(hour: time | str) -> pd.Timedelta:
    if hour == "24:00":
        return pd.Timedelta(days=1)
    try:
        clock = hour if isinstance(hour, time) else time.fromisoformat(hour)
    except (TypeError, ValueError):
        raise ValueError(f'hour {hour!r} cannot be read; write it as "08:00"') from None
    return pd.Timedelta(clock.isoformat())
