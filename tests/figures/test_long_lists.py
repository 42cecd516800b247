"""The tables of the report: their numbers, their headings, and that nothing from outside becomes HTML."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pandas as pd

import schedvisu_lib as sv
from schedvisu_lib.figures.html import Html
from schedvisu_lib.figures.tables import (
    duration_table_html,
    mixed_html,
    unmapped_html,
)
from tests.conftest import Builder
from tests.figures.reading import SCANNER, exam


def cells(html: Html) -> list[list[str]]:
    """Return the texts of a table, row by row."""
    rows = re.findall(r"<tr>(.*?)</tr>", html.text, re.DOTALL)
    return [[unescape(text) for text in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)] for row in rows]


def plain(rows: list[list[str]]) -> list[list[str]]:
    """Return the texts with ordinary spaces."""
    return [[re.sub(r"\s", " ", text) for text in row] for row in rows]


def test_a_long_name_is_cut_but_keeps_its_take(demo_site: sv.Site, make_studies: Builder) -> None:
    kind = demo_site.exam_types[0].model_copy(
        update={"name": "SCINTIGRAPHIE OSSEUSE TROIS PHASES", "takes_apart": True}
    )
    site = demo_site.model_copy(update={"exam_types": (kind,)})
    studies = make_studies([exam("2026-04-20 08:00", 10, exam_type=kind.name)])
    shown = cells(duration_table_html(studies, site, SCANNER, date(2026, 4, 20), date(2026, 4, 24)))
    assert shown[1][0] == "SCINTIGRAPH…, reprise 1"


def test_a_long_list_is_cut_and_says_how_many_more(demo_site: sv.Site) -> None:
    rows = [("Symbia Intevo", f"Description {n}", 1) for n in range(60)]
    html = unmapped_html(pd.DataFrame(rows, columns=["scanner", "study_description", "n"]), demo_site)
    assert len(cells(html)) == 1 + 20
    assert "et 40 de plus" in html.text


def test_an_empty_list_says_so(demo_site: sv.Site) -> None:
    html = mixed_html(pd.DataFrame(columns=["models", "modalities", "n_studies"]), demo_site)
    assert "<table" not in html.text
    assert "Aucun." in html.text
