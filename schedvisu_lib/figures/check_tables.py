"""The tables of the page "exams to check"."""

from __future__ import annotations

import math
from collections.abc import Collection
from datetime import date
from typing import Any, Final

import pandas as pd

from schedvisu_lib.config import OTHER, Site
from schedvisu_lib.figures.html import Cell, Content, Html, element
from schedvisu_lib.figures.listing import Room, and_more, listing
from schedvisu_lib.figures.names import shortened
from schedvisu_lib.language import NOTHING, Language, language
from schedvisu_lib.studies.clocks import APPOINTMENTS, LEAST_STUDIES, OTHER_DEVICE, STUDY_TIME
from schedvisu_lib.studies.overlaps import overlap_counts
from schedvisu_lib.studies.suggestions import LEAST_SIMILAR, lines_to_paste

_NAME: Final = 22
"""Letters of a name, at most: a scanner's, a type's, a device's."""
_DESCRIPTION: Final = 64
"""Letters of a study description, as DICOM allows."""
_UNMAPPED: Final = Room("unmapped", lines=6, letters=(46, 22, 30, 8), numbers=1)
_PASTED: Final = 6, 140
"""Lines of YAML that are shown, and letters of each."""
_MIXED: Final = Room("mixed", lines=5, letters=(26, 9, 16, 7), numbers=1)
_UNUSUAL: Final = Room("unusual", lines=5, letters=(16, 18, 7, 7, 7), numbers=3)
_IMPLAUSIBLE: Final = Room("implausible", lines=4, letters=(16, 21, 30, 15, 15, 10), numbers=1)
_OVERLAPS: Final = Room("overlaps", lines=5, letters=(16, 21, 20, 14, 20, 14, 8), numbers=1)
_CLOCKS: Final = Room("clocks", lines=11, letters=(19, 30, 19, 15, 9, 9, 11, 9, 9), numbers=5)
_PER_SCANNER: Final = 5
"""Scanners whose overlaps are counted in words."""


def unmapped_html(suggestions: pd.DataFrame, site: Site) -> Html:
    """Show the descriptions that no pattern fits, the most similar type of each, and the lines to write for them.

    ``suggestions`` is as :func:`schedvisu_lib.studies.suggestions.suggest_types` gives it. A line is never cut: one
    that is too long for the page is left out, and counted.
    """
    t = language(site.report.language)
    rows = [
        [
            shortened(row.study_description, _DESCRIPTION) or NOTHING,
            shortened(row.scanner, _NAME),
            _similar(row, t),
            t.number(row.n),
        ]
        for row in suggestions.itertuples()
    ]
    headings = [t("Study description"), t("Scanner"), t("Most similar type"), t("Exams")]
    shown = listing(headings, rows, _UNMAPPED, t)
    lines = lines_to_paste(suggestions, site)
    fitting = _fitting(lines)
    if not lines:
        return shown
    where = t("To paste into exam_types: in place of the entry of the same name; at its end, where there is none.")
    block = element("pre", "\n".join(fitting), "paste") if fitting else Html("")
    return shown + element("p", where, "how") + block + and_more(len(lines) - len(fitting), t)


def _similar(row: Any, t: Language) -> str:
    if not row.nearest:
        return NOTHING
    words = f"{shortened(row.nearest, _NAME)} ({t.percent(row.similarity / 100)})"
    return words if row.similarity >= LEAST_SIMILAR else t("none; nearest: {type}", type=words)


def _fitting(lines: list[str]) -> list[str]:
    """Return the lines that fit; one that is too long does not keep out those after it."""
    room, width = _PASTED
    chosen = []
    for line in lines:
        needed = math.ceil(len(line) / width)
        if needed <= room:
            chosen.append(line)
            room -= needed
    return chosen


def mixed_html(mixed: pd.DataFrame, site: Site) -> Html:
    """Show the studies that belong to no scanner, by their devices."""
    t = language(site.report.language)
    rows = [
        [
            shortened(row.models, 3 * _NAME) or NOTHING,
            row.modalities,
            Cell(t.moment(row.last), row.last.isoformat()),
            t.number(row.n_studies),
        ]
        for row in mixed.itertuples()
    ]
    return listing([t("Models"), t("Modalities"), t("Last one"), t("Studies")], rows, _MIXED, t)


def unusual_days_html(unusual: pd.DataFrame, site: Site) -> Html:
    """Show the days with far fewer exams than usual."""
    t = language(site.report.language)
    rows: list[list[Content]] = [
        [
            _day(row.date, t),
            shortened(row.scanner, _NAME),
            t.number(row.exams),
            t.number(row.usual, 1 if row.usual % 1 else 0),
            t.number(row.n_days),
        ]
        for row in unusual.itertuples()
    ]
    return listing([t("Day"), t("Scanner"), t("Exams"), t("Usual"), t("Days")], rows, _UNUSUAL, t)


def implausible_html(implausible: pd.DataFrame, site: Site) -> Html:
    """Show the exams without any length and those that are longer than can be."""
    t = language(site.report.language)
    rows: list[list[Content]] = [
        [
            _day(row.date, t),
            shortened(row.scanner, _NAME),
            _type(row.exam_type, t),
            _clock(row.start),
            _clock(row.end, row.start, t),
            t.number(row.minutes, 1),
        ]
        for row in implausible.itertuples()
    ]
    headings = [t("Day"), t("Scanner"), t("Exam type"), t("Start"), t("End"), t("Minutes")]
    return listing(headings, rows, _IMPLAUSIBLE, t)


def overlaps_html(overlaps: pd.DataFrame, site: Site) -> Html:
    """Show how many exams overlap on each scanner, and the longest overlaps."""
    t = language(site.report.language)
    rows: list[list[Content]] = [
        [
            _day(row.date, t),
            shortened(row.scanner, _NAME),
            _type(row.exam_type, t),
            _times(row.start, row.end),
            _type(row.other_type, t),
            _times(row.other_start, row.other_end),
            t.number(row.minutes, 1),
        ]
        for row in overlaps.itertuples()
    ]
    headings = [t("Day"), t("Scanner"), t("Exam"), t("Times"), t("Begins within"), t("Times"), t("Minutes")]
    counts = overlap_counts(overlaps, site)
    counts = counts.loc[counts["n"] > 0]
    words = [
        t(
            "{scanner}: {n} ({minutes} min)",
            scanner=shortened(str(scanner), _NAME),
            n=t.number(row["n"]),
            minutes=t.number(row["minutes"]),
        )
        for scanner, row in counts.head(_PER_SCANNER).iterrows()
    ]
    return element("p", " · ".join([*words, *(["…"] if len(counts) > len(words) else [])]), "how") + listing(
        headings, rows, _OVERLAPS, t
    )


def clocks_html(signs: pd.DataFrame, known: Collection[date], stored: Collection[date], site: Site) -> Html:
    """Show what the clocks of the scanners differ from, those that look wrong first.

    Parameters
    ----------
    signs
        As :func:`schedvisu_lib.studies.clocks.clock_signs` gives them.
    known
        The days whose Study Times are known.
    stored
        The days whose series are known.
    site
        Gives the language.
    """
    t = language(site.report.language)
    against = {
        STUDY_TIME: t("Study Time"),
        OTHER_DEVICE: t("its other device"),
        APPOINTMENTS: t("appointments"),
    }
    rows: list[list[Content]] = [
        [
            shortened(row.scanner, _NAME),
            shortened(row.device, 2 * _NAME) or NOTHING,
            against[row.against],
            _sign(row, t),
            t.number(row.n),
            *(_signed(value, t) for value in (row.median, row.spread, row.usual, row.difference)),
        ]
        for row in signs.sort_values("wrong", ascending=False, kind="stable").itertuples()
    ]
    headings = [t("Scanner"), t("Device"), t("Compared with"), t("Clock"), t("Studies"), t("Median")]
    headings += [t("Spread"), t("Usual"), t("Difference")]
    days = t("Study Times are known of {n} of {most} stored days.", n=len(known), most=len(stored))
    return listing(headings, rows, _CLOCKS, t) + element("p", days, "how")


def _signed(value: float, t: Language) -> str:
    return t.number(value, 1).replace("-", "\N{MINUS SIGN}")


def _sign(row: Any, t: Language) -> Content:
    if row.wrong:
        return element("strong", t("looks wrong"))
    if row.n < LEAST_STUDIES:
        return t("too few")
    return t("not known") if pd.isna(row.difference) else t("as usual")


def _day(day: pd.Timestamp, t: Language) -> Cell:
    return Cell(t.day(day.date(), "EEE d MMM y"), day.date().isoformat())


def _type(name: str, t: Language) -> str:
    return t(OTHER) if name == OTHER else shortened(name, _NAME)


def _clock(moment: pd.Timestamp, since: pd.Timestamp | None = None, t: Language | None = None) -> str:
    """Write a time of day with its seconds, and its date where that is another than the first one's."""
    if since is not None and t is not None and moment.date() != since.date():
        return f"{t.day(moment.date(), 'd MMM')} {moment:%H:%M:%S}"
    return f"{moment:%H:%M:%S}"


def _times(start: pd.Timestamp, end: pd.Timestamp) -> str:
    return f"{start:%H:%M}–{end:%H:%M}"
