"""Opening hours, busy times and ways as plain tables."""

from __future__ import annotations

import pandas as pd

from schedvisu_lib.plan.around import around
from tests.plan.conftest import build_book, build_table, english_site

MONDAY, WEDNESDAY = "2026-05-04", "2026-05-06"


def spans(table: pd.DataFrame) -> list[str]:
    return [f"{row[0]} {row.start:%d %H:%M}-{row.end:%H:%M}" for row in table.itertuples(index=False)]


def test_opening_hours_are_those_of_each_resource_without_its_closures():
    closures = [{"resource": "mud", "first": "2026-05-05", "last": "2026-05-05", "hours": "10:00-12:00"}]
    book = build_book(closures=closures)
    opening = around(build_table(book, []), book, english_site(), MONDAY, WEDNESDAY).opening
    assert spans(opening.loc[opening["resource"] == "mud"]) == [
        "mud 04 08:00-18:20",
        "mud 05 08:00-10:00",
        "mud 05 12:00-18:20",
        "mud 06 08:00-18:20",
    ]


def test_a_way_ends_when_the_next_appointment_elsewhere_begins():
    book = build_book(busy=[{"patient": "P2", "start": "2026-05-04 08:00", "end": "2026-05-04 09:00"}])
    table = build_table(
        book,
        [
            {"procedure": "bath", "start": "2026-05-04 08:00"},
            {"procedure": "ecg", "start": "2026-05-04 08:30"},  # in the same group
            {"procedure": "mud", "start": "2026-05-04 10:00"},
            {"procedure": "bath", "start": "2026-05-05 08:00", "session": 2},  # on another day
            {"procedure": "pool", "start": "2026-05-05 11:00", "patient": "P2", "sheet": "S2"},
            {"procedure": "ther", "start": "2026-05-04 12:00", "patient": "", "sheet": ""},
        ],
    )
    ground = around(table, book, english_site(), MONDAY, WEDNESDAY)
    assert spans(ground.ways) == ["P1 04 09:50-10:00"]
    assert spans(ground.busy) == ["P2 04 08:00-09:00"]
