"""The tables of the report: their numbers, their headings, and that nothing from outside becomes HTML."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import schedvisu_lib as sv
from schedvisu_lib.figures.html import Html
from schedvisu_lib.figures.tables import duration_table_html
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
    assert shown[1][0] == "SO SCINTIGR…, reprise 1"  # the code of SCINTIGRAPHIE OSSEUSE leads to the legend
