"""The parts of the second page of the overview: the week and the maps of occupancy share one sheet."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

import schedvisu_lib as sv
from schedvisu_lib.figures.layout import HEIGHT, legend_height
from schedvisu_lib.figures.overview_hours import HoursPage
from schedvisu_lib.periods import Period, working_days
from schedvisu_lib.settings.calendar import WEEKDAYS
from schedvisu_lib.tables import STUDIES, empty
from tests.conftest import write_site_file
from tests.figures.reading import size

WEEK = Period("weekly", date(2026, 5, 4), date(2026, 5, 8))
NOW = datetime(2026, 5, 9, 1, 5)


def crowd(tmp_path, n: int) -> sv.Site:
    hours, slots = dict.fromkeys(WEEKDAYS[:5], "08:00-17:00"), dict.fromkeys(WEEKDAYS[:5], 9)
    scanners = [{"name": f"S{k}", "models": [f"M{k}"], "hours": hours, "slots": slots} for k in range(n)]
    return sv.load_site(write_site_file(tmp_path, scanners=scanners, exam_types=[], drop=["planned"]))


def test_map_is_of_the_last_twelve_periods(demo_site):
    assert HoursPage(demo_site, WEEK, NOW).first == WEEK.first - timedelta(weeks=11)


def test_each_scanner_has_a_map_and_the_dates_are_told(demo_site, week, svg_of, words_of):
    stored = working_days(demo_site.calendar, date(2026, 4, 20), WEEK.last)
    shown = HoursPage(demo_site, WEEK, NOW).maps(week, stored)
    [svg] = svg_of(shown)
    words = words_of(svg)
    assert [word for word in words if word in demo_site.scanner_names] == list(demo_site.scanner_names)
    assert "20.04.2026" in shown.text  # the first day that the store has
    assert "08.05.2026" in shown.text
    assert "<image" not in svg


@pytest.mark.parametrize("n", [1, 5, 12, 24])
def test_week_and_maps_share_one_sheet(n, tmp_path, make_studies, exam):
    site = crowd(tmp_path, n)
    studies = make_studies([exam("2026-05-04 08:00", "2026-05-04 08:30", scanner="S0")])
    page = HoursPage(site, WEEK, NOW)
    stored = working_days(site.calendar, WEEK.first, WEEK.last)
    week, maps = page.week(studies), page.maps(studies, stored)
    used = 18.5 + 9.5 + size(maps)[1] + 11
    if week.text:
        used += 9.5 + size(week)[1] + legend_height(["AUTRE"])
    assert used <= HEIGHT
    assert bool(week.text) == (n <= 12)


@pytest.mark.parametrize("period", [WEEK, Period("", date(2026, 5, 9), date(2026, 5, 10))])
def test_weeks_without_exams_or_open_days_are_shown(demo_site, period):
    page = HoursPage(demo_site, period, NOW)
    page.week(empty(STUDIES))
    for stored in ([], [WEEK.first]):
        assert "<img" in page.maps(empty(STUDIES), stored).text


def test_page_is_written_in_both_languages(site_with, week):
    french, english = (HoursPage(site_with(report={"language": code}), WEEK, NOW) for code in ("fr", "en"))
    assert french.header().text != english.header().text
    assert french.maps(week, []).text != english.maps(week, []).text
