"""What colours and signs mean: only those that occur."""

from __future__ import annotations

from datetime import date

import pytest

from schedvisu_lib.figures.agenda_content import agenda_content
from schedvisu_lib.figures.legend import agenda_legend, legend_html, type_legend, types_present
from schedvisu_lib.figures.style import exam_type_colors
from schedvisu_lib.language import language
from schedvisu_lib.tables import STUDIES, empty

WEEK = (date(2026, 5, 4), date(2026, 5, 8))
D690 = "Discovery 690"


@pytest.fixture
def words(demo_site):
    """Gives the legend's words of the Discovery 690, the exam types apart."""
    en = demo_site.model_copy(update={"report": demo_site.report.model_copy(update={"language": "en"})})

    def read(studies, first=WEEK[0], last=WEEK[1], *, profile=False, among=None):
        return list(agenda_legend(agenda_content(studies, en, D690, first, last, among), profile=profile))

    return read


def test_types_stand_in_the_order_of_the_site_and_unknown_ones_at_the_end(demo_site, make_studies, exam):
    names = ["OTHER", "GONE", "PSMA", "FDG STAND.", "ALIEN", "PSMA"]
    studies = make_studies([exam("2026-05-04 08:00", "2026-05-04 08:30", exam_type=name) for name in names])
    assert types_present(studies, demo_site) == ["FDG STAND.", "PSMA", "OTHER", "ALIEN", "GONE"]
    assert list(type_legend(studies, demo_site)) == ["FDG STAND.", "PSMA", language("fr")("OTHER"), "ALIEN", "GONE"]


def test_types_have_the_colours_of_their_boxes(demo_site, week):
    entries = type_legend(week, demo_site)
    for name in ("FDG STAND.", "PSMA", "DOTATATE"):
        assert exam_type_colors(demo_site)[name] in entries[name].text


def test_signs_that_occur_are_explained(words, week):
    assert words(week) == [
        *("FDG STAND.", "PSMA", "DOTATATE"),
        *("preparation", "take 1", "take 2", "gap: hole", "opening hours", "lunch window"),
    ]


def test_gaps_are_those_between_all_exams_where_some_are_chosen(words, make_studies, exam):
    early, late = exam("2026-05-04 09:00", "2026-05-04 09:30"), exam("2026-05-04 10:40", "2026-05-04 11:10")
    between = exam("2026-05-04 09:45", "2026-05-04 10:20", exam_type="PSMA")
    full, holed = make_studies([early, between, late]), make_studies([early, late])
    assert "gap: hole" in words(holed)
    assert "gap: hole" not in words(full.loc[full["exam_type"] != "PSMA"], among=full)
    assert "gap: hole" in words(holed.iloc[:1], among=holed)
    assert "not chosen" not in words(full, among=full)
    assert "not chosen" in words(full.iloc[:1], among=full)


def test_signs_that_do_not_occur_are_left_out(words, week, make_studies, exam):
    assert words(week.iloc[:2]) == ["FDG STAND.", "PSMA", "preparation", "opening hours", "lunch window"]
    assert words(empty(STUDIES)) == ["opening hours", "lunch window"]
    assert words(week, date(2026, 5, 6), date(2026, 5, 8)) == ["opening hours", "lunch window"]


def test_closed_days_and_cut_exams_are_explained(words, make_studies, exam):
    assert "closed" in words(empty(STUDIES), date(2026, 5, 11), date(2026, 5, 15))
    late = make_studies([exam("2026-05-04 22:00", "2026-05-04 23:00")])
    assert words(late)[-1] == "goes on beyond the axis"


def test_other_types_of_the_profile_are_explained(words, week):
    assert "other types (profile)" in words(week, profile=True)
    assert "other types (profile)" not in words(week)


def test_only_the_scanners_own_exams_count(words, week):
    assert words(week.assign(scanner="Millennium")) == ["opening hours", "lunch window"]


def test_names_are_escaped(demo_site, make_studies, exam):
    studies = make_studies([exam("2026-05-04 08:00", "2026-05-04 08:30", exam_type='<b>&"')])
    shown = legend_html(type_legend(studies, demo_site)).text
    assert "<b>&lt;b&gt;&amp;&quot;</b>" in shown
