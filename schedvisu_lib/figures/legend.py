"""The legend: what the colours and signs of an agenda mean; only those that occur."""

from __future__ import annotations

from datetime import date
from html import escape

import numpy as np
import numpy.typing as npt
import pandas as pd

from schedvisu_lib.config import OTHER, Site
from schedvisu_lib.figures.hour_axis import beyond_axis, hour_range
from schedvisu_lib.figures.html import Html, element
from schedvisu_lib.figures.style import REST, exam_type_colors
from schedvisu_lib.language import language
from schedvisu_lib.periods import closures_between, working_days
from schedvisu_lib.studies.durations import type_order
from schedvisu_lib.studies.gaps import find_gaps
from schedvisu_lib.studies.selection import of_scanner


def types_present(exams: pd.DataFrame, site: Site) -> list[str]:
    """Return the exam types that occur, in the order of the site file; those that it does not know at the end."""
    present = set(exams["exam_type"])
    known = type_order(site)
    return [*(name for name in known if name in present), *sorted(present.difference(known))]


def type_legend(exams: pd.DataFrame, site: Site) -> dict[str, Html]:
    """Return the entry of each exam type that occurs, by its words."""
    t = language(site.report.language)
    colors = exam_type_colors(site)
    entries = {}
    for name in types_present(exams, site):
        words = t(name) if name == OTHER else name
        entries[words] = legend_entry(f'style="background:{escape(colors.get(name, site.report.other_color))}"', words)
    return entries


def agenda_legend(
    studies: pd.DataFrame, site: Site, scanner: str, first: date, last: date, *, profile: bool
) -> dict[str, Html]:
    """Return the entries of a scanner's agenda, by their words; with ``profile`` also that of the hour profile."""
    t = language(site.report.language)
    exams = of_scanner(studies, scanner, first, last)
    several = exams.loc[exams["n_takes"] > 1, "take"]
    signs = {
        "preparation": (t("preparation"), not exams.empty),
        "take-1": (t("take 1"), bool((several == 1).any())),
        "take-2": (t("take 2"), bool((several > 1).any())),
        "gap": (t("gap"), not find_gaps(exams, site).empty),
        "hours": (t("opening hours"), bool(working_days(site.calendar, first, last))),
        "closed": (t("closed"), bool(closures_between(site.calendar, first, last))),
        "cut": (t("goes on beyond the axis"), any(cut.any() for cut in _cuts(exams, site, scanner))),
    }
    entries = type_legend(exams, site)
    if profile:
        entries[t("other types (profile)")] = legend_entry(f'style="background:{REST}"', t("other types (profile)"))
    return entries | {words: legend_entry(f'class="{css}"', words) for css, (words, occurs) in signs.items() if occurs}


def legend_html(entries: dict[str, Html]) -> Html:
    """Return entries as one line that breaks where it must."""
    return element("p", list(entries.values()), "legend")


def _cuts(exams: pd.DataFrame, site: Site, scanner: str) -> tuple[npt.NDArray[np.bool_], ...]:
    return beyond_axis(exams, *hour_range(exams, site, scanner))


def legend_entry(look: str, words: str) -> Html:
    """Return an entry: its sign, drawn as an attribute of the element says, and what it means."""
    return Html(f"<span><i {look}></i>{element('b', words).text}</span>")
