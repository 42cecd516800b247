"""The duration table: exam types, then turnovers and each class of gap."""

from __future__ import annotations

from datetime import date

import pytest

from schedvisu_lib.figures.tables import duration_table_html
from schedvisu_lib.settings.calendar import Hours
from schedvisu_lib.settings.scanners import Service

MONDAY, FRIDAY = date(2026, 5, 4), date(2026, 5, 8)
D690 = "Discovery 690"


@pytest.fixture
def site(one_scanner):
    """The Discovery 690 with lunch from 12:00 to 13:00, out of service on Wednesday afternoon."""
    afternoon = Service(first="2026-05-06", last="2026-05-06", hours=Hours(opens="14:00", closes="17:00"))
    return one_scanner(lunch=Hours(opens="12:00", closes="13:00"), service=(afternoon,))


def test_idle_time_has_a_row_for_each_class_that_occurs(make_studies, exam, site, rows):
    studies = make_studies(
        [
            exam("2026-05-04 08:00", "2026-05-04 08:30"),
            exam("2026-05-04 10:00", "2026-05-04 11:55"),  # a hole of 80 minutes before it
            exam("2026-05-04 13:05", "2026-05-04 13:30"),  # lunch: 60
            exam("2026-05-04 13:50", "2026-05-04 14:30"),  # a turnover of 20
            exam("2026-05-06 13:00", "2026-05-06 13:55"),
            exam("2026-05-06 16:55", "2026-05-06 17:20"),  # out of service: 170
            exam("2026-05-08 08:00", "2026-05-08 08:30"),
            exam("2026-05-08 08:40", "2026-05-08 09:00"),  # a turnover of 10
        ]
    )
    html = duration_table_html(studies, site, D690, MONDAY, FRIDAY)
    _, types, *idle = rows(html)
    assert types[:2] == ["FDG STAND.", "8"]
    assert idle == [
        ["Rotation", "2", "15,0", "15,0", "12,5", "17,5", "10,0", "20,0"],
        ["Trou\N{NO-BREAK SPACE}: pause de midi", "1", *["60,0"] * 6],
        ["Trou\N{NO-BREAK SPACE}: hors service", "1", *["170,0"] * 6],
        ["Trou\N{NO-BREAK SPACE}: inexpliqué", "1", *["80,0"] * 6],
    ]
    types_body, idle_body = html.text.split('<tbody class="apart">')
    assert types_body.count("<tr>") == 2
    assert idle_body.count("<tr>") == 4


def test_day_of_one_exam_has_no_idle_time(make_studies, exam, site, rows):
    studies = make_studies([exam("2026-05-04 08:00", "2026-05-04 08:30")])
    assert [row[0] for row in rows(duration_table_html(studies, site, D690, MONDAY, FRIDAY))[1:]] == ["FDG STAND."]
