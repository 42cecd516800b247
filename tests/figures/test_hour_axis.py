"""Which hours an agenda shows: those of opening, and those of exams near them."""

from __future__ import annotations

from datetime import time

import pytest

from schedvisu_lib.figures.hour_axis import BEYOND, beyond_axis, clock_hours, hour_range, hours_since_midnight
from schedvisu_lib.settings.calendar import Hours
from schedvisu_lib.tables import STUDIES, empty

D690 = "Discovery 690"  # opens at 07:30, closes at 17:30


def test_clock_in_hours():
    assert clock_hours(time(7, 45)) == 7.75


def test_hours_go_on_beyond_midnight(make_studies):
    studies = make_studies([{"start": "2026-05-04 23:30", "end": "2026-05-05 00:45"}])
    assert hours_since_midnight(studies["start"], studies["date"]).tolist() == [23.5]
    assert hours_since_midnight(studies["end"], studies["date"]).tolist() == [24.75]


def test_without_exams_the_axis_is_that_of_the_opening_hours(demo_site):
    assert hour_range(empty(STUDIES), demo_site, D690) == (7, 18)
    assert hour_range(empty(STUDIES), demo_site, "Millennium") == (8, 17)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("08:00", "17:00", (7, 18)),
        ("06:30", "17:00", (6, 18)),  # with its preparation
        ("06:02", "17:00", (5, 18)),
        ("08:00", "18:10", (7, 19)),
        ("08:00", "19:59", (7, 18)),  # its preparation ends 2 hours 34 after closing
        ("03:00", "03:30", (7, 18)),
        ("23:30", "23:50", (7, 18)),
    ],
)
def test_axis_reaches_to_exams_near_the_opening_hours(demo_site, make_studies, exam, start, end, hours):
    studies = make_studies([exam(f"2026-05-04 {start}", f"2026-05-04 {end}")])
    assert BEYOND == 2.5
    assert hour_range(studies, demo_site, D690) == hours


def test_axis_never_leaves_the_day(one_scanner, make_studies, exam):
    site = one_scanner(hours={"mon": Hours(opens=time(1), closes=time(23))})
    studies = make_studies([exam("2026-05-04 00:02", "2026-05-04 00:30"), exam("2026-05-04 22:00", "2026-05-04 23:58")])
    assert hour_range(studies, site, D690) == (1, 23)


def test_exams_beyond_the_axis(make_studies):
    studies = make_studies(
        [
            {"start": "2026-05-04 05:00", "end": "2026-05-04 07:30"},
            {"start": "2026-05-04 07:00", "end": "2026-05-04 18:00"},
            {"start": "2026-05-04 17:00", "end": "2026-05-04 18:01"},
        ]
    )
    early, late = beyond_axis(studies, 7, 18)
    assert early.tolist() == [True, False, False]
    assert late.tolist() == [False, False, True]
