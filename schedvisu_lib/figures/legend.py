"""The legend: what the colours and signs of an agenda mean; only those that occur."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from html import escape
from types import MappingProxyType
from typing import Final

import pandas as pd

from schedvisu_lib.config import OTHER, Site
from schedvisu_lib.figures.agenda_content import AgendaContent
from schedvisu_lib.figures.codes import exam_type_codes
from schedvisu_lib.figures.columns import Column
from schedvisu_lib.figures.hour_axis import beyond_axis
from schedvisu_lib.figures.html import Html, element
from schedvisu_lib.figures.idle import lunch_fields, service_fields
from schedvisu_lib.figures.style import NOT_CHOSEN, REST, exam_type_colors, readable_on
from schedvisu_lib.language import language
from schedvisu_lib.periods import closures_between
from schedvisu_lib.studies.durations import type_order
from schedvisu_lib.studies.gaps import HOLE, LUNCH, SERVICE

_NO_CODES: Final[Mapping[str, str]] = MappingProxyType({})


def types_present(exams: pd.DataFrame, site: Site) -> list[str]:
    """Return the exam types that occur, in the order of the site file; those that it does not know at the end."""
    present = set(exams["exam_type"].unique())
    known = type_order(site)
    return [*(name for name in known if name in present), *sorted(present.difference(known))]


def type_legend(exams: pd.DataFrame, site: Site, codes: Mapping[str, str] = _NO_CODES) -> dict[str, Html]:
    """Return the entry of each exam type that occurs, by its words; its colour bears its code, if it has one."""
    t = language(site.report.language)
    colors = exam_type_colors(site)
    entries = {}
    for name in types_present(exams, site):
        words = t(name) if name == OTHER else name
        color = colors.get(name, site.report.other_color)
        look = f'style="background:{escape(color)};color:{readable_on(color)}"'
        entries[words] = legend_entry(look, words, codes.get(name, ""))
    return entries


def agenda_legend(content: AgendaContent, *, profile: bool, ghost: bool = False) -> dict[str, Html]:
    """Return the entries of an agenda, by their words; with ``profile`` also that of the hour profile.

    With ``ghost`` this has the outline of the period before.
    """
    site, exams = content.site, content.chosen_exams
    t = language(site.report.language)
    several = exams.loc[exams["n_takes"] > 1, "take"]
    gaps = set(content.gaps["class"])
    cut = any(edge.any() for edge in beyond_axis(content.exams, *content.hours))
    frame = frame_signs(content.columns, content.hours, site, content.scanner, content.first, content.last)
    signs = {
        "preparation": (t("preparation"), content.shows_preparation),
        "take-1": (t("take 1"), bool((several == 1).any())),
        "take-2": (t("take 2"), bool((several > 1).any())),
        "gap": (t("gap: hole"), HOLE in gaps),
        "gap-lunch": (t("gap: lunch"), LUNCH in gaps),
        "gap-service": (t("gap: out of service"), SERVICE in gaps),
        **frame,
        "cut": (t("goes on beyond the axis"), cut),
        "ghost": (t("period before (profile)"), ghost),
    }
    entries = type_legend(exams, site, exam_type_codes(site))
    if not content.chosen.all():
        entries[t("not chosen")] = legend_entry(f'style="background:{NOT_CHOSEN}"', t("not chosen"))
    if profile:
        entries[t("other types (profile)")] = legend_entry(f'style="background:{REST}"', t("other types (profile)"))
    return entries | {words: legend_entry(f'class="{css}"', words) for css, (words, occurs) in signs.items() if occurs}


def frame_signs(
    columns: list[Column], hours: tuple[float, float], site: Site, scanner: str, first: date, last: date
) -> dict[str, tuple[str, bool]]:
    """Return the words of what an agenda shows behind its boxes, and whether it occurs, by the class of the sign."""
    t = language(site.report.language)
    service = service_fields(columns, site, scanner, *hours)
    return {
        "hours": (t("opening hours"), any(column.offers for column in columns)),
        "lunch": (t("lunch window"), len(lunch_fields(columns, site, scanner)) > 0),
        "closed": (t("closed"), bool(closures_between(site.calendar, first, last))),
        "service": (t("out of service"), any(column.service for column in columns) or len(service) > 0),
    }


def legend_html(entries: dict[str, Html]) -> Html:
    """Return entries as one line that breaks where it must."""
    return element("p", list(entries.values()), "legend")


def legend_entry(look: str, words: str, letters: str = "") -> Html:
    """Return an entry: its sign, drawn as an attribute of the element says, letters on it, and what it means."""
    return Html(f"<span><i {look}>{escape(letters)}</i>{element('b', words).text}</span>")
