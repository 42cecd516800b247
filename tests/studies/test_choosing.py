"""Some of the exams: of weekdays, hours, types, takes; and a site that works on some of its weekdays alone."""

from __future__ import annotations

from datetime import time

import pytest

import schedvisu_lib as sv

MON, TUE = "2026-05-18", "2026-05-19"
SCANNER = "Discovery 690"


@pytest.fixture
def studies(make_studies):
    return make_studies(
        [
            {"start": f"{MON} 08:00", "end": f"{MON} 08:20"},
            {"start": f"{MON} 09:00", "end": f"{MON} 09:20", "take": 2, "n_takes": 2},
            {"start": f"{MON} 12:00", "end": f"{MON} 12:20", "exam_type": "PSMA"},
            {"start": f"{TUE} 08:00", "end": f"{TUE} 08:20", "exam_type": "PSMA"},
        ]
    )


@pytest.mark.parametrize(
    ("asked", "rows"),
    [
        ({}, [0, 1, 2, 3]),
        ({"weekdays": ["tue"]}, [3]),
        ({"weekdays": []}, []),
        ({"hours": ("08:00", "09:00")}, [0, 3]),
        ({"hours": (time(9), time(12))}, [1]),
        ({"hours": ("09:00", "24:00")}, [1, 2]),
        ({"exam_types": ["PSMA"]}, [2, 3]),
        ({"takes": [2]}, [1]),
        ({"weekdays": ["mon"], "exam_types": ["PSMA"], "hours": ("08:00", "13:00")}, [2]),
    ],
)
def test_exams_meet_all_that_is_asked_and_hours_end_before_their_end(studies, asked, rows):
    assert list(sv.choose_exams(studies, **asked).index) == rows


def test_what_cannot_be_a_weekday_or_an_hour_is_told(studies):
    with pytest.raises(ValueError, match='weekday "lundi" is unknown; allowed: mon, tue, wed'):
        sv.choose_exams(studies, weekdays=["lundi"])
    with pytest.raises(ValueError, match="8h"):
        sv.choose_exams(studies, hours=("8h", "12:00"))


def test_a_site_on_some_weekdays_has_slots_and_columns_there_alone(demo_site, studies):
    site = sv.on_weekdays(demo_site, ["tue", "mon", "sun"])
    assert site.calendar.workdays == ("mon", "tue")
    assert site.file == demo_site.file
    both, monday = (
        sv.count_table(studies, one, SCANNER, "2026-05-18", "2026-05-22")
        for one in (site, sv.on_weekdays(site, ["mon"]))
    )
    slots = demo_site.scanner(SCANNER).slots
    assert list(both["slots"]) == [slots["mon"], slots["tue"]]
    assert list(monday["slots"]) == [slots["mon"]]
    with pytest.raises(ValueError, match=r"sat: no workday of demo\.yaml; allowed: mon, tue, wed, thu, fri"):
        sv.on_weekdays(demo_site, ["sat"])


def test_gaps_are_those_between_all_exams_where_some_are_counted(demo_site, studies):
    chosen = sv.choose_exams(studies, hours=("08:00", "08:30"), weekdays=["mon"])
    counts = sv.count_table(chosen, demo_site, SCANNER, MON, MON, among=studies)
    assert (counts["exams"].sum(), counts["gaps"].sum()) == (1, 2)
    assert sv.count_table(chosen, demo_site, SCANNER, MON, MON)["gaps"].sum() == 0
