"""The tables of the data-quality page: what became of every series, and which days lack some."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.figures.html import Cell, Content, Html, element, table
from schedvisu_lib.figures.listing import Room, listing, n_fitting
from schedvisu_lib.figures.names import shortened
from schedvisu_lib.figures.reasons import fate_words
from schedvisu_lib.language import NOTHING, Language, language

_MOST_COLUMNS: Final = 8
"""Scanners that have a column of their own."""
_REASON: Final = 96
"""Letters of a reason, at most."""
_SCANNER: Final = 24
"""Letters of a scanner's name in a heading."""
_VERDICTS: Final = Room("verdicts", lines=32, letters=(14, 36), numbers=0)
_WAYS: Final = Room("ways", lines=6, letters=(110, 8))
_DAYS: Final = Room("days-listed", lines=15, letters=(16, 17, 20, 24, 9, 40), numbers=0)


def verdicts_html(counts: pd.DataFrame, site: Site) -> Html:
    """Show how many series of each scanner got which verdict, and why; the cells add up to all series.

    ``counts`` is as :func:`schedvisu_lib.studies.quality.verdict_counts` gives it. Where there are more scanners or
    reasons than fit, the last scanners share a column, and the rarest reasons of each verdict a row.
    """
    t = language(site.report.language)
    if counts.empty:
        return element("p", t("None."), "nothing")
    columns = _columns(counts, t)
    words, numbers = _fitting(columns.assign(total=columns.sum(axis="columns")), t)
    rows = [[*text, *_numbers(row, t)] for text, row in zip(words, numbers, strict=True)]
    apart = [[t("All series"), "", *_numbers(np.sum(numbers, axis=0), t)]]
    headings = [t("Verdict"), t("Reason"), *map(str, columns.columns), t("Total")]
    return table(headings, rows, f"listing {_VERDICTS.css}", apart=apart)


def _fitting(counts: pd.DataFrame, t: Language) -> tuple[list[list[str]], list[np.ndarray]]:
    """Return verdict and reason, and the counts, of as many rows as fit; the rarer reasons of a verdict share one."""
    place = counts.groupby(level="verdict", sort=False).cumcount()
    for most in range(int(place.max()) + 1, -1, -1):
        words, numbers = [], []
        for verdict, rows in counts.groupby(level="verdict", sort=False):
            named, rest = rows.iloc[:most], rows.iloc[most:]
            words += [[t(verdict), shortened(fate_words(reason, t), _REASON)] for _, reason in named.index]
            numbers += list(named.to_numpy())
            if len(rest):
                words.append([t(verdict), t("other reasons ({n})", n=len(rest))])
                numbers.append(rest.to_numpy().sum(axis=0))
        if n_fitting(words, _VERDICTS) == len(words):
            break
    return words, numbers


def _columns(counts: pd.DataFrame, t: Language) -> pd.DataFrame:
    """Return the counts with a heading for each column; those of the last of many scanners are added up."""
    *names, nowhere = counts.columns
    named, others = names[:_MOST_COLUMNS], names[_MOST_COLUMNS:]
    table = counts[named].set_axis([shortened(name, _SCANNER) for name in named], axis="columns")
    parts = [table]
    if others:
        parts.append(counts[others].sum(axis="columns").rename(t("other scanners ({n})", n=len(others))).to_frame())
    parts.append(counts[[nowhere]].set_axis([t("No scanner of the site")], axis="columns"))
    return pd.concat(parts, axis="columns")


def _numbers(row: np.ndarray, t: Language) -> list[str]:
    """Write numbers, and a dash for none: the others are what one looks for."""
    return [t.number(value) if value else NOTHING for value in row]


def ways_html(ways: pd.DataFrame, site: Site) -> Html:
    """Show by which way the headers of how many series came."""
    t = language(site.report.language)
    rows = [[", ".join(map(t, row.way.split(", "))), t.number(row.n_series)] for row in ways.itertuples()]
    return listing([t("Way"), t("Series")], rows, _WAYS, t)


def days_html(days: pd.DataFrame, failed: pd.DataFrame, outdated: Collection[date], site: Site) -> Html:
    """Show the open days that are missing, have failed series or were judged by other settings, and what is next.

    Parameters
    ----------
    days
        As :meth:`schedvisu_lib.store.Store.days` gives them.
    failed
        As :func:`schedvisu_lib.studies.quality.failed_series` gives them.
    outdated
        The days that were judged by other settings of what to leave out than today's.
    site
        Gives the number of attempts and the language.
    """
    t = language(site.report.language)
    faults = days.loc[~days["stored"] | (days["n_failed"] > 0) | days.index.isin(pd.DatetimeIndex(sorted(outdated)))]
    rows: list[list[Content]] = []
    for row in faults.join(failed).itertuples():
        day = pd.Timestamp(row.Index).date()
        failing = row.stored and row.n_failed > 0
        rows.append(
            [
                Cell(t.day(day, "EEE d MMM y"), day.isoformat()),
                _state(row, t),
                shortened(row.scanners, 40) or NOTHING if failing else NOTHING,
                shortened(fate_words(row.reason, t), _REASON) if failing else NOTHING,
                t("{n} of {most}", n=row.attempts, most=site.store.retries + 1),
                _what_next(row, day, t),
            ]
        )
    headings = [t("Day"), t("State"), t("Scanner"), t("Reason"), t("Attempts"), t("What next")]
    return listing(headings, rows, _DAYS, t)


def _state(row: pd.Series, t: Language) -> str:
    if not row.stored:
        return t("not retrieved")
    return t("{n} series failed", n=t.number(row.n_failed)) if row.n_failed else t("judged by other settings")


def _what_next(row: pd.Series, day: date, t: Language) -> Html:
    """Say what the next run does about a day, and the command that asks for it again where that does nothing."""
    if row.open:
        return element("span", t("asked for again by the next run") if row.stored else t("asked for by the next run"))
    words = t("given up; ask again:") if row.n_failed else t("stays as it is; ask again:")
    command = f"schedvisu retrieve --again --from {day} --to {day}"
    return element("span", f"{words} ") + element("code", command)
