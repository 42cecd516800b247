"""Where the days of an agenda stand (design, section 6)."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import schedvisu_lib as sv
from schedvisu_lib.figures.columns import (
    CLOSED_WIDTH,
    WEEK_SPACE,
    agenda_columns,
    day_ticks,
    draw_day_axis,
    strip_names,
)
from schedvisu_lib.figures.style import house_style
from schedvisu_lib.figures.svg import new_figure
from schedvisu_lib.language import language
from schedvisu_lib.periods import working_days
from schedvisu_lib.settings.calendar import Hours
from schedvisu_lib.settings.scanners import Service
from schedvisu_lib.tables import STUDIES, empty

MONDAY, FRIDAY = date(2026, 5, 4), date(2026, 5, 8)
NO_EXAM = empty(STUDIES)
FR = language("fr")
SITE = sv.load_site(Path(__file__).parents[2] / "params" / "demo.yaml")


def columns_of(site, first, last, exams=NO_EXAM):
    return agenda_columns(exams, site, first, last)


def test_each_working_day_has_a_column(demo_site):
    columns = columns_of(demo_site, MONDAY, FRIDAY)
    assert [column.day.day for column in columns] == [4, 5, 6, 7, 8]
    assert [column.left for column in columns] == [0, 1, 2, 3, 4]
    assert {(column.width, column.closed, column.open) for column in columns} == {(1, None, True)}
    assert [column.middle for column in columns] == [0.5, 1.5, 2.5, 3.5, 4.5]


def test_between_weeks_is_a_space(demo_site):
    columns = columns_of(demo_site, date(2026, 4, 20), date(2026, 5, 8))
    places = {column.day: column.left for column in columns}
    assert len(places) == 15
    assert places[date(2026, 4, 27)] == pytest.approx(5 + WEEK_SPACE)
    assert places[date(2026, 5, 4)] == pytest.approx(10 + 2 * WEEK_SPACE)
    assert 0 < WEEK_SPACE < 1


def test_closed_workday_is_a_narrow_strip(demo_site):
    columns = columns_of(demo_site, date(2026, 5, 11), date(2026, 5, 18))
    ascension, bridge, monday = columns[3:]
    assert (ascension.day.day, ascension.left, ascension.width) == (14, 3, CLOSED_WIDTH)
    assert ascension.closed == "Ascension"
    assert (bridge.day.day, bridge.closed) == (15, "")  # the site's own closure has no name
    assert (monday.day.day, monday.closed) == (18, None)
    assert monday.left == pytest.approx(3 + 2 * CLOSED_WIDTH + WEEK_SPACE)


def test_saturday_has_a_column_only_if_an_exam_ran(demo_site, make_studies, exam):
    sunday = date(2026, 5, 10)
    assert len(columns_of(demo_site, MONDAY, sunday)) == 5
    columns = columns_of(demo_site, MONDAY, sunday, make_studies([exam("2026-05-09 10:00", "2026-05-09 10:30")]))
    saturday = columns[-1]
    assert (saturday.day.day, saturday.left, saturday.width) == (9, 5, 1)  # the same week: no space before it
    assert (saturday.closed, saturday.open) == (None, False)


def test_holiday_with_an_exam_has_a_column_of_its_own(demo_site, make_studies, exam):
    exams = make_studies([exam("2026-05-14 10:00", "2026-05-14 10:30")])
    columns = columns_of(demo_site, date(2026, 5, 11), date(2026, 5, 15), exams)
    assert [column.width for column in columns] == [1, 1, 1, 1, CLOSED_WIDTH]
    assert (columns[3].closed, columns[3].open) == (None, False)


def test_turn_of_the_year_parts_weeks_not_years(demo_site):
    columns = columns_of(demo_site, date(2026, 12, 28), date(2027, 1, 8))
    places = {column.day: column.left for column in columns}
    assert places[date(2027, 1, 4)] == pytest.approx(4 + CLOSED_WIDTH + WEEK_SPACE)  # 1 January is a strip


def test_period_without_any_day_has_no_column(demo_site):
    columns = columns_of(demo_site, date(2026, 5, 9), date(2026, 5, 10))
    assert columns == []
    assert day_ticks(columns, FR) == ([], [])


def labels_of(site, days):
    columns = columns_of(site, days[0], days[-1])
    places, labels = day_ticks(columns, FR)
    assert len(places) == len(labels)
    assert places == sorted(places)
    assert all(0 <= place <= columns[-1].left + columns[-1].width for place in places)
    return columns, places, labels


def test_one_day_is_named(demo_site, open_days):
    assert labels_of(demo_site, open_days(1))[1:] == ([0.5], ["lun. 04.05"])


@pytest.mark.parametrize("n", [5, 11])
def test_few_days_are_named_in_the_middle_of_their_column(demo_site, open_days, n):
    days = open_days(n)
    columns, places, labels = labels_of(demo_site, days)
    assert [label[-5:] for label in labels] == [f"{day:%d.%m}" for day in days]
    assert places == [column.middle for column in columns if column.closed is None]


def test_some_weeks_have_numbered_days_and_the_week_over_its_first(demo_site, open_days):
    days = open_days(24)
    _, places, labels = labels_of(demo_site, days)
    assert len(places) == 24
    assert [label.rpartition("\n")[2] for label in labels] == [str(day.day) for day in days]
    weeks = [label.partition("\n")[0] for label in labels if "\n" in label]
    assert [week[:3] for week in weeks] == ["S19", "S20", "S21", "S22", "S23", "S24"]
    assert weeks[0].endswith("mai")
    assert weeks[-1].endswith("juin")


def test_half_a_year_names_weeks_and_the_month_over_its_first(demo_site, open_days):
    columns, places, labels = labels_of(demo_site, open_days(120))
    firsts = {column.left: column.day for column in columns}
    weeks = {label.rpartition("\n")[2] for label in labels}
    assert [label.rpartition("\n")[2] for label in labels] == [f"S{firsts[place]:%V}" for place in places]
    assert len(weeks) == len(labels) >= 20  # of 26; short ones have no room
    months = [label.partition("\n")[0] for label in labels if "\n" in label]
    assert months == ["mai", "juin", "juil.", "août", "sept.", "oct."]


def test_years_name_every_nth_month_and_the_year_over_its_first(demo_site, open_days):
    columns, places, labels = labels_of(demo_site, open_days(1000))
    firsts = {column.left: column.day for column in columns}
    assert 6 <= len(labels) <= 14
    assert [int(label.partition("\n")[0]) for label in labels if "\n" in label] == [2026, 2027, 2028, 2029, 2030]
    assert {firsts[place].month for place in places} == {1, 4, 7, 10} or {firsts[p].month for p in places} == {1, 7}
    assert [label.rpartition("\n")[2][:3] for label in labels[:2]] in (["jui", "oct"], ["jui", "jan"])
    assert min(b - a for a, b in pairwise(places)) > 50


@pytest.mark.parametrize("n", [1, 5, 11, 12, 13, 24, 30, 31, 45, 60, 96, 111, 120, 135, 136, 250, 345, 1000])
def test_labels_do_not_overlap_on_a_page(demo_site, open_days, n):
    days = open_days(n)
    with house_style():
        figure = new_figure(190, 120)
        beside = 0 if (days[-1] - days[0]).days < 84 else 40
        axes = figure.add_axes((9 / 190, 0.01, (190 - 9.5 - beside) / 190, 0.93))
        columns = columns_of(demo_site, days[0], days[-1])
        width = columns[-1].left + columns[-1].width
        axes.set(xlim=(-0.006 * width, width * 1.006), ylim=(18, 7))
        draw_day_axis(axes, columns, FR)
        figure.canvas.draw()
        labels = axes.get_xticklabels()
        drawn = [label.get_window_extent() for label in labels]
    for high in (True, False):  # a second line stands above the neighbours that have none
        row = [extent for label, extent in zip(labels, drawn, strict=True) if ("\n" in label.get_text()) is high]
        assert all(one.x1 <= other.x0 for one, other in pairwise(row))
    assert drawn[0].x0 >= 0
    assert max(extent.x1 for extent in drawn) <= figure.bbox.x1 + 0.5 - beside / 25.4 * figure.dpi * 0.9
    assert max(extent.y1 for extent in drawn) <= figure.bbox.y1


@given(
    first=st.dates(date(2019, 1, 1), date(2027, 12, 31)), length=st.one_of(st.integers(0, 60), st.integers(60, 4500))
)
def test_labels_never_crowd(first: date, length: int):
    columns = columns_of(SITE, first, first + timedelta(days=length))
    places, labels = day_ticks(columns, FR)
    assert len(places) == len(labels) == len(set(places))
    assert len(labels) <= 30
    if working_days(SITE.calendar, first, first + timedelta(days=length)):
        assert labels


@pytest.fixture
def out(one_scanner):
    """The Discovery 690 out of service on a Wednesday, and in the morning of the Thursday."""
    wednesday, thursday = date(2026, 5, 6), date(2026, 5, 7)
    morning = Service(first=thursday, last=thursday, hours=Hours(opens="07:00", closes="12:00"))
    return one_scanner(service=(Service(first=wednesday, last=wednesday), morning))


def test_whole_day_out_of_service_is_a_strip_of_its_scanner(out):
    columns = agenda_columns(NO_EXAM, out, MONDAY, FRIDAY, "Discovery 690")
    assert [(column.width, column.service, column.offers) for column in columns] == [
        (1, False, True),
        (1, False, True),
        (CLOSED_WIDTH, True, False),
        (1, False, True),
        (1, False, True),
    ]
    assert columns[2].closed == FR("out of service")
    for others in (agenda_columns(NO_EXAM, out, MONDAY, FRIDAY, "Vision 600"), columns_of(out, MONDAY, FRIDAY)):
        assert {(column.width, column.service) for column in others} == {(1, False)}


def test_day_out_of_service_with_an_exam_keeps_its_column(out, make_studies):
    exams = make_studies([{"start": "2026-05-06 09:00", "end": "2026-05-06 10:00"}])
    column = agenda_columns(exams, out, MONDAY, FRIDAY, "Discovery 690")[2]
    assert (column.width, column.closed, column.open, column.service, column.offers) == (1, None, True, True, False)


def test_strips_beside_each_other_bear_the_same_name_once(one_scanner):
    site = one_scanner(service=(Service(first=date(2026, 5, 6), last=date(2026, 5, 13)),))
    columns = agenda_columns(NO_EXAM, site, MONDAY, date(2026, 5, 15), "Discovery 690")
    second = 2 + 3 * CLOSED_WIDTH + WEEK_SPACE  # Monday to Wednesday, Ascension, a closed day
    assert strip_names(columns, FR) == [
        (pytest.approx(2 + 1.5 * CLOSED_WIDTH), FR("out of service")),
        (pytest.approx(second + 1.5 * CLOSED_WIDTH), FR("out of service")),
        (pytest.approx(second + 3.5 * CLOSED_WIDTH), "Ascension"),
        (pytest.approx(second + 4.5 * CLOSED_WIDTH), FR("closed")),
    ]


def test_week_without_a_column_names_its_strips(one_scanner):
    site = one_scanner(service=(Service(first=MONDAY, last=FRIDAY),))
    places, labels = day_ticks(agenda_columns(NO_EXAM, site, MONDAY, FRIDAY, "Discovery 690"), FR)
    assert places == pytest.approx([(day + 0.5) * CLOSED_WIDTH for day in range(5)])
    assert [label[-5:] for label in labels] == ["04.05", "05.05", "06.05", "07.05", "08.05"]
