"""Which pages answer a question, and where they go."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import replace
from datetime import date, datetime, time

import pytest
from matplotlib import pyplot as plt

from schedvisu_lib.explorer.page_maker import (
    FOLDER,
    FORMATS,
    MadePage,
    data_uri,
    limits_of,
    pages_of,
    preview,
    target_of,
)
from schedvisu_lib.explorer.question import Question
from schedvisu_lib.export.target import Format
from schedvisu_lib.studies.limits import ALL, Limits

NOW = datetime(2026, 5, 23, 9, 30)
D690, V600 = "Discovery 690", "Vision 600"
WEEK = Question((D690,), date(2026, 5, 18), date(2026, 5, 22), "weekly")
SOME = replace(WEEK, weekdays=("mon",), hours=(time(8), time(12)), exam_types=("FDG STAND.",), takes=(1, 2))


def names(site, *questions, kind="scanner-page", form=Format.PDF):
    return target_of(site, pages_of(site, questions, kind, NOW), form).file.name


def test_the_limits_of_a_question_are_those_of_its_page():
    assert limits_of(SOME) == Limits(("mon",), ("08:00", "12:00"), ("FDG STAND.",), (1, 2))
    assert limits_of(WEEK) == ALL
    assert limits_of(replace(WEEK, hours=(time(12, 30), time.max))).hours == ("12:30", "24:00")


def test_a_page_of_each_scanner_has_the_days_and_the_limits(demo_site):
    pages = pages_of(demo_site, [SOME.of_scanners(D690, V600)], "scanner-page", NOW)
    assert [(page.notebook, page.scanner) for page in pages] == [("scanner_page", D690), ("scanner_page", V600)]
    given = {"title": "weekly", "first": "2026-05-18", "last": "2026-05-22", "generated_at": "2026-05-23T09:30"}
    given |= {"weekdays": "mon", "hours": "08:00-12:00", "exam_types": "FDG STAND.", "takes": "1, 2"}
    assert pages[1].parameters == {"site_file": str(demo_site.file), "scanner": V600, **given}


def test_a_page_of_all_scanners_stands_once_and_is_not_limited(demo_site):
    [page] = pages_of(demo_site, [SOME.of_scanners(D690, V600)], "overview-hours", NOW)
    assert (page.scanner, page.can_be_limited) == ("", False)
    assert "weekdays" not in page.parameters


def test_two_sides_have_their_pages_one_after_the_other_and_the_same_page_stands_once(demo_site):
    days = [page.parameters["first"] for page in pages_of(demo_site, [WEEK, WEEK.moved(-1)], "scanner-page", NOW)]
    assert days == ["2026-05-18", "2026-05-11"]
    assert len(pages_of(demo_site, [WEEK, WEEK], "scanner-page", NOW)) == 1


def test_the_file_tells_kind_days_scanners_and_limits(demo_site):
    target = target_of(demo_site, pages_of(demo_site, [WEEK], "scanner-page", NOW), Format.PNG)
    assert target.format is Format.PNG
    assert target.file.parent == demo_site.report.folder / FOLDER
    assert target.file.name == "scanner-page-2026-05-18_2026-05-22-discovery-690.png"
    tail = "mon-08-00-12-00-fdg-stand-takes-1-2"
    assert names(demo_site, SOME) == f"scanner-page-2026-05-18_2026-05-22-discovery-690-{tail}.pdf"
    assert names(demo_site, SOME, kind="overview", form=Format.HTML) == "overview-2026-05-18_2026-05-22.html"
    both = "scanner-page-2026-05-18_2026-05-22-2026-05-11_2026-05-15-discovery-690.pdf"
    assert names(demo_site, WEEK, WEEK.moved(-1)) == both


def test_a_long_name_is_cut_and_stays_apart_from_others(demo_site):
    every = WEEK.of_scanners(*demo_site.scanner_names)
    types = tuple(kind.name for kind in demo_site.exam_types)
    long = [names(demo_site, replace(every, exam_types=types[:n])) for n in (len(types), len(types) - 1)]
    assert long[0] != long[1]
    assert {len(name) for name in long} == {120 + len(".pdf")}


def test_days_without_such_a_page_are_told(demo_site):
    with pytest.raises(ValueError, match='page "plan" is unknown'):
        pages_of(demo_site, [WEEK], "plan", NOW)


@pytest.fixture
def figure():
    return plt.figure(figsize=(3, 2))


def test_the_preview_is_the_picture_or_the_first_sheet(figure, tmp_path):
    files = {form: tmp_path / f"page.{form}" for form in FORMATS}
    figure.savefig(files[Format.PNG])
    figure.savefig(files[Format.PDF])
    files[Format.HTML].write_text("<p></p>", encoding="utf-8")
    shown = {form: preview(MadePage(form, (file,))) for form, file in files.items()}
    assert shown[Format.PNG] == files[Format.PNG].read_bytes()
    assert shown[Format.PDF][:6] == b"\x89PNG\r\n"
    assert shown[Format.HTML] is None


def test_an_address_holds_the_file_itself():
    kind, content = data_uri(b"%PDF", Format.PDF).split(",")
    assert (kind, b64decode(content)) == ("data:application/pdf;base64", b"%PDF")
