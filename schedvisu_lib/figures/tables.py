"""The tables of the report as HTML; the numbers come from ``studies``."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.figures.durations import short_name
from schedvisu_lib.figures.html import Html, element, table
from schedvisu_lib.figures.reasons import reason_words
from schedvisu_lib.language import NOTHING, Language, language
from schedvisu_lib.periods import make_bins
from schedvisu_lib.studies.counts import count_summary, count_table
from schedvisu_lib.studies.durations import COLUMNS, duration_table, gap_durations

_MINUS: Final = "\N{MINUS SIGN}"
_ZERO: Final = re.compile(r"[^1-9]*")
_MOST_ROWS: Final = {"verdicts": 24, "ways": 6, "unmapped": 20, "mixed": 8, "days": 8}
"""Of each table of the data-quality page, so that it stays one page."""
_LONGEST_NAME: Final = (25, 12)
"""Letters of an exam type in the duration table, without and with a take; the legend has the whole name."""
_COUNTS: Final = ("days", "slots", "exams", "gaps")
_RATIOS: Final = ("utilisation", "occupancy")


def count_table_html(studies: pd.DataFrame, site: Site, scanner: str, first: date, last: date) -> Html:
    """Show the count table: a column per bin, then total, mean per open day and mean per bin."""
    t = language(site.report.language)
    names = {
        "days": t("Open days"),
        "slots": t("Slots"),
        "exams": t("Exams"),
        "gaps": t("Gaps"),
        "utilisation": t("Utilisation"),
        "occupancy": t("Occupancy"),
    }
    bins = make_bins(site.calendar, first, last)
    counts = count_table(studies, site, scanner, first, last)
    summary = count_summary(studies, site, scanner, first, last)
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


def duration_table_html(studies: pd.DataFrame, site: Site, scanner: str, first: date, last: date) -> Html:
    """Show the durations by exam type, then those of the gaps; minutes with one decimal."""
    t = language(site.report.language)
    heads = (t("Exam type"), "n", t("Mean"), t("Median"), "Q1", "Q3", t("Min"), t("Max"))
    exams = duration_table(studies, site, scanner, first, last)
    rows = [
        [short_name(name, take, t, _LONGEST_NAME[take > 0]), *_minutes(row, t)]
        for (name, take), row in exams.iterrows()
    ]
    gaps = gap_durations(studies, site, scanner, first, last)
    rows += [[t("Gaps"), *_minutes(row, t)] for _, row in gaps.iterrows()]
    return table(heads, rows, "durations", caption=t("Durations in minutes"))


def _minutes(row: pd.Series, t: Language) -> list[str]:
    return [t.number(row["n"]), *(t.number(row[name].total_seconds() / 60, 1) for name in COLUMNS[1:])]


def overview_table_html(overview: pd.DataFrame, site: Site) -> Html:
    """Show a row per scanner of :func:`schedvisu_lib.studies.overview.with_change`, each number with its change."""
    t = language(site.report.language)
    shown = {
        "exams": (t("Exams"), "count"),
        "slots": (t("Slots"), "count"),
        "utilisation": (t("Utilisation"), "ratio"),
        "occupancy": (t("Occupancy"), "ratio"),
        "gaps": (t("Gaps"), "count"),
        "first_start": (t("First start"), "duration"),
        "last_end": (t("Last end"), "duration"),
        "turnover": (t("Turnover"), "duration"),
        "overtime": (t("Overtime"), "duration"),
        "idle_before": (t("Idle before first"), "duration"),
        "idle_after": (t("Idle after last"), "duration"),
    }
    rows = [
        [str(scanner), *(_with_change(row[name], row[f"{name}_before"], kind, t) for name, (_, kind) in shown.items())]
        for scanner, row in overview.iterrows()
    ]
    return table([t("Scanner"), *(heading for heading, _ in shown.values())], rows, "overview")


def _with_change(now: Any, before: Any, kind: str, t: Language) -> str:
    """Write a value, and in a second line by how much it changed."""
    if pd.isna(now):
        return NOTHING
    writers: dict[str, Callable[[Any], str]] = {"count": t.number, "ratio": t.percent, "duration": t.duration}
    write = writers[kind]
    if pd.isna(before):
        return write(now)
    change = now - before
    words = t("{points} pts", points=t.number(change * 100)) if kind == "ratio" else write(change)
    grew = change > type(change)(0) and not _ZERO.fullmatch(words)
    return f"{write(now)}\n{'+' if grew else ''}{words.replace('-', _MINUS)}"


def verdicts_html(verdicts: pd.DataFrame, site: Site) -> Html:
    """Show how many series got which verdict, and why."""
    t = language(site.report.language)
    rows = [
        [t(row.verdict), reason_words(row.reason, t) or NOTHING, t.number(row.n_series), t.number(row.n_studies)]
        for row in verdicts.itertuples()
    ]
    return _listing([t("Verdict"), t("Reason"), t("Series"), t("Studies")], rows, _MOST_ROWS["verdicts"], t)


def ways_html(ways: pd.DataFrame, site: Site) -> Html:
    """Show by which way the headers of how many series came."""
    t = language(site.report.language)
    rows = [[", ".join(map(t, row.way.split(", "))), t.number(row.n_series)] for row in ways.itertuples()]
    return _listing([t("Way"), t("Series")], rows, _MOST_ROWS["ways"], t)


def unmapped_html(unmapped: pd.DataFrame, site: Site) -> Html:
    """Show the study descriptions that no pattern fits, with their counts."""
    t = language(site.report.language)
    rows = [[row.study_description or NOTHING, row.scanner, t.number(row.n)] for row in unmapped.itertuples()]
    return _listing([t("Study description"), t("Scanner"), t("Exams")], rows, _MOST_ROWS["unmapped"], t)


def mixed_html(mixed: pd.DataFrame, site: Site) -> Html:
    """Show the studies that belong to no scanner, by their devices."""
    t = language(site.report.language)
    rows = [[row.models, row.modalities, t.number(row.n_studies)] for row in mixed.itertuples()]
    return _listing([t("Models"), t("Modalities"), t("Studies")], rows, _MOST_ROWS["mixed"], t)


def days_html(days: pd.DataFrame, site: Site) -> Html:
    """Show the open days that are missing or have failed series (:meth:`schedvisu_lib.store.Store.days`)."""
    t = language(site.report.language)
    open_points = days.loc[~days["stored"] | (days["n_failed"] > 0)]
    rows = [
        [
            t.day(pd.Timestamp(row.Index).date(), "EEE dd.MM.y"),
            t("not retrieved") if not row.stored else t("{n} series failed", n=row.n_failed),
            t.number(row.attempts),
            t("asked for again by the next run") if row.open else t("given up"),
        ]
        for row in open_points.itertuples()
    ]
    return _listing([t("Day"), t("State"), t("Attempts"), t("What next")], rows, _MOST_ROWS["days"], t)


def _listing(headings: Sequence[str], rows: Sequence[Sequence[str]], most: int, t: Language) -> Html:
    """Return a table of the first rows, and how many there are beyond them; a word where there is none."""
    if not rows:
        return element("p", t("None."), "nothing")
    beyond = len(rows) - most
    more = element("p", t("and {n} more", n=t.number(beyond)), "more") if beyond > 0 else Html("")
    return table(headings, rows[:most], "listing") + more
