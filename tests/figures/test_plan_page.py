"""The parts of a page of plan and effect."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest

import schedvisu_lib as sv
from schedvisu_lib.figures.layout import HEIGHT, legend_height, table_height
from schedvisu_lib.figures.plan_page import PlanPage
from schedvisu_lib.periods import Period
from schedvisu_lib.settings.planned import Planned
from schedvisu_lib.tables import PLANNED, STUDIES, empty

from .test_plan_agenda import D690, DAYS, booked

WEEK = Period("weekly", *DAYS)
NOW = datetime(2026, 5, 9, 1, 5)


def page(site, period=WEEK, scanner=D690):
    return PlanPage(site, scanner, period, NOW)


def words(html):
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", html.text))


@pytest.fixture
def studies(make_studies):
    return make_studies(
        [
            {"start": "2026-05-04 08:12", "end": "2026-05-04 08:36"},
            {"start": "2026-05-04 09:02", "end": "2026-05-04 09:24"},
            {"start": "2026-05-04 11:00", "end": "2026-05-04 11:30", "exam_id": "77_1"},
        ]
    )


@pytest.fixture
def comparison(studies, demo_site):
    planned = booked(
        {"start": "2026-05-04 08:00"},
        {"start": "2026-05-04 09:00"},
        {"start": "2026-05-04 10:00", "study_uid": "8"},
        {"start": "2026-05-04 13:00", "study_uid": "9", "status": "cancelled"},
        {"start": "2026-05-05 08:00", "study_uid": "10"},
    )
    return sv.compare_plan(planned, studies, demo_site, days=[date(2026, 5, 4)])


def test_header_names_scanner_and_days(demo_site):
    shown = words(page(demo_site).header())
    for text in (D690, "prévu et réalisé", "04.05.2026", "08.05.2026", "S19", "09.05.2026 01:05"):
        assert text in shown
    assert "<h3>" in page(demo_site).header().text


def test_table_counts_each_day_and_the_week(comparison, demo_site, rows):
    headings, *days, total = rows(page(demo_site).table(comparison))
    assert headings == [
        "Jour", "Rendez-vous", "Réalisés", "Ailleurs", "Non réalisés", "Annulés", "Imprévus", "Retard médian (min)",
        "Q1", "Q3",
    ]  # fmt: skip
    assert [row[0] for row in days] == ["lun. 04.05", "mar. 05.05", "mer. 06.05", "jeu. 07.05", "ven. 08.05"]
    assert days[0][1:] == ["3", "2", "0", "1", "1", "1", "7,0", "4,5", "9,5"]
    assert total[1:] == ["4", "2", "0", "1", "1", "1", "7,0", "4,5", "9,5"]


def test_table_says_nothing_of_what_nobody_knows(comparison, demo_site, rows):
    """A day whose images are missing, and a day without a plan."""
    _, _, tuesday, wednesday, *_ = rows(page(demo_site).table(comparison))
    assert tuesday[1:] == ["1", "–", "–", "–", "0", "0", "–", "–", "–"]
    assert wednesday[1:] == ["–"] * 9


def test_legend_names_the_signs_that_occur(comparison, studies, demo_site):
    shown = words(page(demo_site).legend(comparison, studies))
    for text in ("FDG STAND.", "rendez-vous", "non réalisé", "annulé", "examen imprévu", "retard au début"):
        assert text in shown
    assert "autre scanner" not in shown
    assert "durée inconnue" not in shown


def test_notes_state_the_rule_and_the_sites_tolerance(demo_site):
    assert "45 min" in words(page(demo_site).notes())
    other = demo_site.model_copy(update={"planned": Planned(worklist={}, tolerance=20)})
    assert "20 min" in words(page(other).notes())


def test_agenda_is_one_vector_picture(comparison, studies, demo_site, svg_of, words_of):
    [svg] = svg_of(page(demo_site).agenda(comparison, studies))
    assert "<image" not in svg
    assert {"prévu", "réalisé", "lun. 04.05"} <= set(words_of(svg))


@pytest.mark.parametrize("days", [1, 5, 12])
def test_the_parts_share_one_sheet(comparison, studies, demo_site, days):
    period = Period("own", date(2026, 5, 4), date(2026, 5, 3 + days))
    one = page(demo_site, period)
    [height] = re.findall(r"height:([\d.]+)mm", one.agenda(comparison, studies).text)
    n_rows = one.table(comparison).text.count("<tr>") - 1
    legend = legend_height(re.findall("<b>(.*?)</b>", one.legend(comparison, studies).text))
    # Header, notes and margins as measured on paper.
    assert 36 + float(height) + legend + table_height(n_rows) <= HEIGHT
    assert float(height) >= 90


@pytest.mark.parametrize("code", ["fr", "en"])
def test_page_without_anything_is_no_error(site_with, code):
    site = site_with(report={"language": code})
    comparison = sv.compare_plan(empty(PLANNED), empty(STUDIES), site)
    one = page(site)
    for html in (one.header(), one.agenda(comparison, empty(STUDIES)), one.table(comparison), one.notes()):
        assert html.text
    assert one.legend(comparison, empty(STUDIES)).text


def test_page_links_to_nothing_outside(comparison, studies, demo_site):
    one = page(demo_site)
    parts = (one.header(), one.agenda(comparison, studies), one.legend(comparison, studies), one.table(comparison))
    for html in parts:
        assert not re.search(r"""(?:src|href)=["'](?!data:)""", html.text)
