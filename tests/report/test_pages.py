"""Which pages a report has."""

from __future__ import annotations

from datetime import date, datetime

import pytest

import schedvisu_lib as sv
from schedvisu_lib.errors import ReportError
from schedvisu_lib.periods import Period
from schedvisu_lib.report.pages import Page, notebooks_folder, report_pages
from schedvisu_lib.studies.limits import ALL, Limits

MADE = datetime(2026, 5, 23, 1, 0, 7)
WEEK = Period("weekly", date(2026, 5, 18), date(2026, 5, 22))
MONTH = Period("monthly", date(2026, 4, 27), date(2026, 5, 22))


def test_report_is_overviews_then_scanners_by_period_then_data_quality(demo_site: sv.Site) -> None:
    pages = report_pages(demo_site, [MONTH, WEEK], generated_at=MADE)
    assert [page.kind for page in pages] == [
        *("overview", "overview-hours"),
        *["scanner-page"] * 10,
        *("data-quality", "exams-to-check"),
    ]
    assert [(page.scanner, page.title) for page in pages[2:5]] == [
        ("Discovery 690", "mensuel"),
        ("Discovery 690", "hebdomadaire"),
        ("Vision 600", "mensuel"),
    ]


def test_parameters_are_iso_strings_and_name_the_site_file(demo_site: sv.Site) -> None:
    page = report_pages(demo_site, [WEEK], generated_at=MADE)[2]
    assert page.parameters == {
        "site_file": str(demo_site.file),
        "scanner": "Discovery 690",
        "title": "weekly",
        "first": "2026-05-18",
        "last": "2026-05-22",
        "generated_at": "2026-05-23T01:00",
    }


def test_a_page_of_plan_and_effect_follows_the_week_of_scanners_that_had_appointments(demo_site: sv.Site) -> None:
    pages = report_pages(demo_site, [MONTH, WEEK, MONTH], generated_at=MADE, planned={"Vision 600"})
    of_vision = [page for page in pages if page.scanner == "Vision 600"]
    assert [page.kind for page in of_vision] == ["scanner-page", "scanner-page", "plan-and-effect", "scanner-page"]
    assert of_vision[2].title == "prévu et réalisé"
    assert of_vision[2].parameters == {
        "site_file": str(demo_site.file),
        "scanner": "Vision 600",
        "first": "2026-05-18",
        "last": "2026-05-22",
        "generated_at": "2026-05-23T01:00",
    }
    assert sum(page.kind == "plan-and-effect" for page in pages) == 1


def test_a_long_period_has_no_page_of_plan_and_effect(demo_site: sv.Site) -> None:
    pages = report_pages(demo_site, [MONTH], generated_at=MADE, planned=demo_site.scanner_names)
    assert not any(page.kind == "plan-and-effect" for page in pages)


def test_overview_and_data_quality_show_the_shortest_period(demo_site: sv.Site) -> None:
    pages = report_pages(demo_site, [MONTH, WEEK], generated_at=MADE)
    for page in (pages[0], pages[1], pages[-2], pages[-1]):
        assert (page.parameters["first"], page.parameters["last"]) == ("2026-05-18", "2026-05-22")


def test_days_of_the_overview_can_be_chosen(demo_site: sv.Site) -> None:
    chosen = {"first": date(2026, 1, 5), "last": date(2026, 1, 9)}
    pages = report_pages(demo_site, [WEEK], generated_at=MADE, **chosen)
    assert pages[0].parameters["first"] == "2026-01-05"
    assert pages[1].parameters["first"] == "2026-01-05"
    assert pages[2].parameters["first"] == "2026-05-18"


def test_one_scanner_of_the_site_can_be_chosen(demo_site: sv.Site) -> None:
    pages = report_pages(demo_site, [WEEK], generated_at=MADE, scanners=["Millennium"])
    assert [page.scanner for page in pages] == ["", "", "Millennium", "", ""]


def test_overview_is_told_the_pages_that_its_lines_link_to(demo_site: sv.Site) -> None:
    """Those of its own days; its links are the ids that these pages have."""
    overview, *others = report_pages(demo_site, [MONTH, WEEK], generated_at=MADE, scanners=["Millennium", "Vision 600"])
    assert overview.parameters["linked_title"] == "weekly"
    assert str(overview.parameters["linked_scanners"]).splitlines() == ["Millennium", "Vision 600"]
    assert {page.anchor for page in others} >= {"millennium-hebdomadaire", "vision-600-hebdomadaire"}


def test_overview_of_other_days_links_to_no_page(demo_site: sv.Site) -> None:
    days = {"first": date(2026, 1, 5), "last": date(2026, 1, 9)}
    assert report_pages(demo_site, [WEEK], generated_at=MADE, **days)[0].parameters["linked_title"] == ""


def test_a_page_alone_links_to_no_other(demo_site: sv.Site) -> None:
    overview, _, scanner, *_ = report_pages(demo_site, [WEEK], generated_at=MADE)
    assert not [name for name in overview.alone.parameters if name.startswith("linked")]
    assert overview.alone.parameters["first"] == "2026-05-18"
    assert scanner.alone == scanner


def test_unknown_scanner_is_an_error_that_names_the_known_ones(demo_site: sv.Site) -> None:
    with pytest.raises(ReportError, match=r"Millenium.*unknown.*Millennium"):
        report_pages(demo_site, [WEEK], generated_at=MADE, scanners=["Millenium"])


def test_report_without_periods_is_an_error(demo_site: sv.Site) -> None:
    with pytest.raises(ReportError, match="at least one period"):
        report_pages(demo_site, [], generated_at=MADE)


def test_slug_is_fit_for_file_names() -> None:
    assert Page("scanner_page", {}, "Été / long", "Vision 600").slug == "vision-600-ete-long"
    assert Page("data_quality", {}, "★").slug == "data-quality"


def test_notebooks_of_the_checkout_are_found() -> None:
    assert {file.stem for file in notebooks_folder().glob("*.ipynb")} >= {"overview", "scanner_page", "data_quality"}


def test_only_a_scanners_page_can_show_some_exams(demo_site: sv.Site) -> None:
    overview, _, scanner, *_ = report_pages(demo_site, [WEEK], generated_at=MADE)
    limits = Limits(weekdays=("mon",), takes=(2,))
    assert scanner.limited(limits).parameters == {**scanner.parameters, "weekdays": "mon", "takes": "2"}
    assert scanner.limited(ALL) == scanner
    assert (overview.can_be_limited, scanner.can_be_limited) == (False, True)
    assert overview.limited(limits) == overview
