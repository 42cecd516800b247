"""The table of the overview: a row per scanner, each number with its change and its trend."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import Any, Final

import numpy as np
import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.figures.html import Html, element, table
from schedvisu_lib.figures.sparkline import sparkline
from schedvisu_lib.language import NOTHING, Language, language

_FEW: Final = 8
_MANY: Final = 14
"""Scanners; beyond, their rows would leave no room if each had its trends."""
_TREND_HEIGHTS: Final = (5.2, 3.4)
_LINES: Final = 8.0
"""Height of a row's lines, in millimetres, as the heights of the trends."""
_MINUS: Final = "\N{MINUS SIGN}"
_ZERO: Final = re.compile(r"[^1-9]*")
_HOUR: Final = pd.Timedelta(hours=1)
_CLOCKS: Final = ("first_start", "last_end")
"""Times of the day: their trends are not drawn from midnight, but span at least an hour."""


def overview_table_html(trend: pd.DataFrame, site: Site) -> Html:
    """Show a row per scanner of :func:`schedvisu_lib.studies.trends.overview_trend`.

    Each cell has the number of the period, in a second line its change against the previous equal period (if both can
    be compared), and below them its trend.
    """
    t = language(site.report.language)
    shown: dict[str, tuple[str, Callable[[Any], str]]] = {
        "exams": (t("Exams"), t.number),
        "slots": (t("Slots"), t.number),
        "utilisation": (t("Utilisation"), t.percent),
        "occupancy": (t("Occupancy"), t.percent),
        "gaps": (t("Gaps"), t.number),
        "gap_time": (t("Time of gaps"), t.duration),
        "first_start": (t("First start"), t.duration),
        "last_end": (t("Last end"), t.duration),
        "turnover": (t("Turnover"), t.duration),
        "overtime": (t("Overtime"), t.duration),
        "idle_before": (t("Idle before first"), t.duration),
        "idle_after": (t("Idle after last"), t.duration),
    }
    height = trend_height(len(site.scanner_names))
    rows: list[list[str | Html]] = []
    for scanner in site.scanner_names:
        values = trend.xs(scanner)
        known = values.where(values["whole"]).sort_index(ascending=False)
        rows.append([element("span", scanner, "name" if height else "name low")])
        for name, (heading, write) in shown.items():
            cell = Html(escape(_number(values[name], values["whole"], write, t)))
            rows[-1].append(cell + _trend(known[name], heading, height, write, t) if height else cell)
    return table([t("Scanner"), *(heading for heading, _ in shown.values())], rows, "overview")


def trend_height(n_scanners: int) -> float:
    """Return the height of a trend in millimetres; 0 where there is no room for any."""
    return 0.0 if n_scanners > _MANY else _TREND_HEIGHTS[n_scanners > _FEW]


def row_height(n_scanners: int) -> float:
    """Return the height of a row of the table, in millimetres."""
    return _LINES + trend_height(n_scanners)


def _number(values: pd.Series, whole: pd.Series, write: Callable[[Any], str], t: Language) -> str:
    """Write the last value, and in a second line by how much it differs from the one before, if there is one.

    Of an earlier period that is not wholly stored there is none; where the last one is not, it cannot be compared.
    """
    now, before = values[0], values.get(1, default=np.nan)
    if pd.isna(now):
        return NOTHING
    if pd.isna(before) or not whole[0]:
        return write(now)
    change = now - before
    words = t("{points} pts", points=t.number(change * 100)) if write == t.percent else write(change)
    grew = change > type(change)(0) and not _ZERO.fullmatch(words)
    return f"{write(now)}\n{'+' if grew else ''}{words.replace('-', _MINUS)}"


def _trend(values: pd.Series, heading: str, height: float, write: Callable[[Any], str], t: Language) -> Html:
    """Draw the values of a number, the eldest first; those of periods that cannot be compared are missing."""
    if values.isna().all():
        return Html("")
    words = t(
        "{what}, last {n} periods: {least} to {most}",
        what=heading,
        n=len(values),
        least=write(values.min()),
        most=write(values.max()),
    )
    numbers = values / _HOUR if values.dtype.kind == "m" else values
    return sparkline(numbers.tolist(), words, height, least_span=1.0 if values.name in _CLOCKS else None)
