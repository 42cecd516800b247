"""The week of all scanners at a glance."""

from __future__ import annotations

from datetime import date, time

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from schedvisu_lib.figures.codes import exam_type_codes
from schedvisu_lib.figures.style import exam_type_colors
from schedvisu_lib.figures.week import SCANNER_SPACE, last_week, plot_week, week_rows
from schedvisu_lib.settings.calendar import Hours
from schedvisu_lib.settings.scanners import Service
from schedvisu_lib.tables import STUDIES, empty

MONDAY, FRIDAY = date(2026, 5, 4), date(2026, 5, 8)


def test_last_week_of_a_period():
    assert last_week("2026-01-01", "2026-05-08") == (MONDAY, FRIDAY)
    assert last_week("2026-05-06", "2026-05-08") == (date(2026, 5, 6), FRIDAY)


def test_each_scanner_has_a_row_for_each_day_with_a_space_between(demo_site):
    rows = week_rows(empty(STUDIES), demo_site, MONDAY, FRIDAY)
    assert [row.scanner for row in rows] == [name for name in demo_site.scanner_names for _ in range(5)]
    assert [row.day.day for row in rows] == [4, 5, 6, 7, 8] * 5
    meant = [scanner * (5 + SCANNER_SPACE) + day for scanner in range(5) for day in range(5)]
    assert [row.top for row in rows] == pytest.approx(meant)


def test_saturday_has_a_row_only_where_an_exam_ran(demo_site, make_studies, exam):
    studies = make_studies([exam("2026-05-09 08:00", "2026-05-09 09:00", scanner="Vision 600")])
    rows = week_rows(studies, demo_site, MONDAY, date(2026, 5, 10))
    [saturday] = [row for row in rows if row.day == date(2026, 5, 9)]
    assert (saturday.scanner, saturday.open) == ("Vision 600", False)


def test_exams_stand_at_their_hours_in_the_row_of_their_day(week, demo_site, ax, drawn):
    assert plot_week(week, demo_site, MONDAY, FRIDAY, ax=ax) is ax
    found = drawn.boxes(ax, "exam Discovery 690 FDG STAND.")
    np.testing.assert_allclose(found[:, :2], [(8, 8.5), (10, 10.75)])
    assert ((found[:, 2] > 0) & (found[:, 3] < 1)).all()
    tuesday = drawn.boxes(ax, "exam Discovery 690 DOTATATE")
    np.testing.assert_allclose(tuesday[:, :2], [(9, 9.5), (13, 13 + 1 / 3)])
    assert ((tuesday[:, 2] > 1) & (tuesday[:, 3] < 2)).all()
    prepared = drawn.boxes(ax, "prepared Discovery 690 PSMA")
    np.testing.assert_allclose(prepared[:, :2], [(8 + 35 / 60, 9 + 5 / 60)])
    [patch] = drawn.patches(ax, "exam Discovery 690 PSMA")
    assert to_hex(patch.get_facecolor()) == exam_type_colors(demo_site)["PSMA"]


def test_hours_are_those_of_all_scanners(week, demo_site, ax):
    plot_week(week, demo_site, MONDAY, FRIDAY, ax=ax)
    assert ax.get_xlim() == (7, 18)
    bottom, top = ax.get_ylim()
    assert (bottom, top) == (pytest.approx(25 + 4 * SCANNER_SPACE), 0)


def test_opening_hours_are_those_of_each_scanner(week, demo_site, ax, drawn):
    plot_week(week, demo_site, MONDAY, FRIDAY, ax=ax)
    fields = drawn.boxes(ax, "opening hours")
    assert len(fields) == 25
    assert sorted({(left, right) for left, right, *_ in fields}) == [
        *((7.5, 16.5), (7.5, 17.5), (8, 12), (8, 16), (8, 16.5), (8, 17)),
    ]


def test_time_out_of_service_is_dark(one_scanner, week, ax, drawn):
    morning = Service(first=MONDAY, last=MONDAY, hours=Hours(opens=time(6), closes=time(12)))
    days = Service(first=date(2026, 5, 6), last=date(2026, 5, 9))
    plot_week(week, one_scanner(service=(morning, days)), MONDAY, date(2026, 5, 10), ax=ax)
    left, right = ax.get_xlim()
    # From the left edge to noon, then three whole days; Saturday has no row.
    meant = [(left, 12, 0, 1), *((left, right, day, day + 1) for day in (2, 3, 4))]
    np.testing.assert_allclose(drawn.boxes(ax, "service"), meant)


@pytest.mark.parametrize("days", [("2026-05-04", "2026-05-08"), ("2026-05-09", "2026-05-10")])
def test_week_without_exams_or_open_days_is_drawn(demo_site, ax, days):
    plot_week(empty(STUDIES), demo_site, *days, ax=ax)
    ax.figure.canvas.draw()


def test_boxes_bear_the_code_of_their_type_where_there_is_room(week, demo_site, ax, drawn):
    plot_week(week, demo_site, MONDAY, FRIDAY, ax=ax)
    codes = exam_type_codes(demo_site)
    assert sorted(set(drawn.texts(ax)) & set(codes.values())) == sorted(
        {codes["FDG STAND."], codes["PSMA"], codes["DOTATATE"]}
    )
    plt.close(ax.figure)
    small = plt.figure(figsize=(0.5, 4)).add_axes((0, 0, 1, 1))
    plot_week(week, demo_site, MONDAY, FRIDAY, ax=small)
    assert not set(drawn.texts(small)) & set(codes.values())


def test_names_of_scanners_stay_beside_their_rows(one_scanner, week, ax):
    site = one_scanner(name="A scanner of a very long name in the main building, room 12")
    plot_week(week, site, MONDAY, FRIDAY, ax=ax)
    ax.figure.canvas.draw()
    for text in (text for text in ax.texts if text.get_gid() == "scanner"):
        _, bottom, _, top = text.get_window_extent().extents
        assert top - bottom <= 5.6 / (25 + 4 * SCANNER_SPACE) * ax.bbox.height, text.get_text()
