"""The tables of the report as HTML; the numbers come from ``studies``."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.figures.codes import exam_type_codes
from schedvisu_lib.figures.durations import short_name
from schedvisu_lib.figures.html import Html, table
from schedvisu_lib.language import Language, language
from schedvisu_lib.periods import make_bins
from schedvisu_lib.studies.counts import counts_of_days, summary_of_days
from schedvisu_lib.studies.days import day_table
from schedvisu_lib.studies.durations import COLUMNS, TURNOVER, describe_exams, exam_durations, gap_durations
from schedvisu_lib.studies.gaps import HOLE, LUNCH, SERVICE

_LONGEST_NAME: Final = (25, 12)
"""Letters of an exam type in the duration table, without and with a take; the legend has the whole name by its code."""
_SECOND: Final = np.timedelta64(1, "s")
_COUNTS: Final = ("days", "slots", "exams", "gaps")
_RATIOS: Final = ("utilisation", "occupancy")


def count_table_html(
    studies: pd.DataFrame, site: Site, scanner: str, first: date, last: date, *, among: pd.DataFrame | None = None
) -> Html:
    """Show the count table: a column per bin, then total, mean per open day and mean per bin."""
    return days_html(day_table(studies, site, scanner, first, last, among=among), site)


def days_html(days: pd.DataFrame, site: Site) -> Html:
    """Show the count table of days as :func:`schedvisu_lib.studies.days.day_table` describes them."""
    t = language(site.report.language)
    names = {
        "days": t("Open days"),
        "slots": t("Slots"),
        "exams": t("Exams"),
        "gaps": t("Gaps"),
        "utilisation": t("Utilisation"),
        "occupancy": t("Occupancy"),
    }
    bins = make_bins(site.calendar, days.index[0].date(), days.index[-1].date())
    counts, summary = counts_of_days(days, site), summary_of_days(days, site)
    means = {"mean per open day": t("Mean per open day"), "mean per bin": t("Mean per column")}
    if bins[0].kind == "day":
        del means["mean per bin"]  # the same: each column is one open day
    headings = ["", *(t.bin(column) for column in bins), t("Total"), *means.values()]
    rows = [
        [
            names[name],
            *(_count(value, name, t) for value in counts[name]),
            _count(summary.loc["total", name], name, t),
            *(_mean(summary.loc[mean, name], name, t) for mean in means),
        ]
        for name in (*_COUNTS, *_RATIOS)
    ]
    return table(headings, rows, "counts", last=1 + len(means))


def _count(value: float, name: str, t: Language) -> str:
    return t.percent(value) if name in _RATIOS else t.number(value)


def _mean(value: float, name: str, t: Language) -> str:
    return t.percent(value) if name in _RATIOS else t.number(value, 1)


def duration_table_html(
    studies: pd.DataFrame, site: Site, scanner: str, first: date, last: date, *, among: pd.DataFrame | None = None
) -> Html:
    """Show the durations by exam type, then those of turnovers and of each class of gap; minutes with one decimal.

    Where ``studies`` are some of the exams ``among`` all, turnovers and gaps are those between all.
    """
    exams = describe_exams(exam_durations(studies, site, scanner, first, last))
    return durations_html(exams, gap_durations(studies if among is None else among, site, scanner, first, last), site)


def durations_html(exams: pd.DataFrame, idle: pd.DataFrame, site: Site) -> Html:
    """Show durations by exam type and take, and those of turnovers and gaps, as ``studies.durations`` gives them."""
    t, codes = language(site.report.language), exam_type_codes(site)
    heads = (t("Exam type"), "n", t("Mean"), t("Median"), "Q1", "Q3", t("Min"), t("Max"))
    names = {
        TURNOVER: t("Turnover"),
        LUNCH: t("Gap: lunch"),
        SERVICE: t("Gap: out of service"),
        HOLE: t("Gap: hole"),
    }
    types = [short_name(name, take, t, _LONGEST_NAME[take > 0], codes.get(name, "")) for name, take in exams.index]
    apart = [[names[str(kind)], *row] for kind, row in zip(idle.index, _minutes(idle, t), strict=True)]
    rows = [[name, *row] for name, row in zip(types, _minutes(exams, t), strict=True)]
    return table(heads, rows, "durations", caption=t("Durations in minutes"), apart=apart)


def _minutes(lengths: pd.DataFrame, t: Language) -> list[list[str]]:
    """Write each row of a table of durations."""
    minutes = lengths[COLUMNS[1:]].to_numpy() / _SECOND / 60
    return [
        [t.number(n), *(t.number(value, 1) for value in row)]
        for n, row in zip(lengths["n"].tolist(), minutes.tolist(), strict=True)
    ]
