"""How full resources are, worked out by hand on the small book."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from schedvisu_lib.errors import PlanError, TableError
from schedvisu_lib.plan.book.model import Book
from schedvisu_lib.plan.load import days_of_plan, free_stretches, load, load_by_hour, next_free, with_measured
from tests.conftest import build_studies
from tests.plan.conftest import build_book, build_table, changed, english_site

MONDAY, TUESDAY, SATURDAY, ASCENSION = "2026-05-04", "2026-05-05", "2026-05-09", "2026-05-14"
SITE = english_site()


def at(procedure: str, start: str, **more: object) -> dict[str, object]:
    return {"procedure": procedure, "start": f"{MONDAY} {start}", **more}


def day(book: Book, *rows: dict[str, object], resource: str, on: str = MONDAY) -> pd.Series:
    table = load(build_table(book, rows), book, SITE, on, on)
    return table.set_index("resource").loc[resource]


def test_occupancy_is_taken_by_open_minutes():
    # mud: 08:00 to 18:20 are 620 minutes, two appointments of 30.
    row = day(build_book(), at("mud", "08:00"), at("mud", "10:00", session=2), resource="mud")
    assert (row["open_minutes"], row["taken_minutes"], row["beyond_minutes"]) == (620, 60, 0)
    assert row["occupancy"] == pytest.approx(60 / 620)
    assert row["longest_free_minutes"] == 620 - 150


def test_open_minutes_count_as_often_as_the_capacity():
    row = day(build_book(), at("pool", "09:00"), at("pool", "09:00", sheet="S2", patient="P2"), resource="pool")
    assert (row["capacity"], row["open_minutes"], row["taken_minutes"]) == (12, 12 * 620, 90)
    assert row["longest_free_minutes"] == 620  # there is a free place beside both


def test_what_lies_outside_opening_hours_is_counted_apart():
    # ecg opens 08:00 to 15:00: of 14:50 to 15:10 ten minutes are within.
    row = day(build_book(), at("ecg", "14:50"), resource="ecg")
    assert (row["open_minutes"], row["taken_minutes"], row["beyond_minutes"]) == (420, 10, 10)


@pytest.mark.parametrize("closed", [SATURDAY, ASCENSION])
def test_a_closed_day_has_no_occupancy(closed: str):
    row = day(build_book(), resource="mud", on=closed)
    assert (row["open_minutes"], row["longest_free_minutes"]) == (0, 0)
    assert np.isnan(row["occupancy"])


def test_hours_share_what_lies_in_two_of_them():
    book = build_book()
    hours = load_by_hour(build_table(book, [at("mud", "08:50")]), book, SITE, MONDAY, MONDAY)
    mud = hours.loc[hours["resource"] == "mud"].set_index("hour")
    assert mud["taken_minutes"].loc[[7, 8, 9, 10]].tolist() == [0, 10, 20, 0]
    assert mud["open_minutes"].loc[[7, 8, 17, 18, 19]].tolist() == [0, 60, 60, 20, 0]
    assert len(hours) == 5 * 24
    days = load(build_table(book, [at("mud", "08:50")]), book, SITE, MONDAY, MONDAY)
    assert days["taken_minutes"].sum() == hours["taken_minutes"].sum() == 30


def test_free_stretches_lie_between_appointments_and_are_long_enough():
    book = build_book()
    table = build_table(book, [at("mud", "08:20"), at("mud", "09:30", session=2)])
    free = free_stretches(table, book, SITE, MONDAY, MONDAY, minutes=40)
    mud = free.loc[free["resource"] == "mud"]
    assert [f"{row.start:%H:%M}-{row.end:%H:%M} {row.minutes}" for row in mud.itertuples()] == [
        "08:50-09:30 40",
        "10:00-18:20 500",
    ]


def test_the_next_free_time_heeds_starts_capacity_and_allowed_hours():
    procedures = changed("procedures", "ecg", hours=["10:00-11:00"])
    resources = changed("resources", "pool", capacity=1)
    book = build_book(procedures=procedures, resources=resources)
    table = build_table(book, [at("pool", "09:00"), at("mud", "08:00"), at("ecg", "10:00")])
    free = next_free(table, book, SITE, MONDAY, TUESDAY).set_index("procedure")["start"]
    assert free["mud"] == pd.Timestamp(f"{MONDAY} 08:30")
    assert free["pool"] == pd.Timestamp(f"{MONDAY} 11:00")
    assert free["ecg"] == pd.Timestamp(f"{MONDAY} 10:20")


def test_nothing_is_free_on_closed_days():
    free = next_free(build_table(build_book(), []), build_book(), SITE, SATURDAY, SATURDAY)
    assert free["start"].isna().all()


def test_measured_occupancy_is_that_of_the_scanner_on_the_same_weekday():
    book = build_book(resources=changed("resources", "ecg", scanner="Discovery 690"))
    # Opening hours of the scanner: 07:30 to 17:30 on Mondays; one exam of an hour on one of two Mondays.
    studies = build_studies([{"start": "2026-04-20 08:00", "end": "2026-04-20 09:00"}])
    days = load(build_table(book, []), book, SITE, MONDAY, TUESDAY)
    both = with_measured(days, book, SITE, studies, "2026-04-20", "2026-05-03").set_index(["resource", "date"])
    measured = both["measured_occupancy"]
    assert measured["ecg", MONDAY] == pytest.approx(60 / 1200)
    assert measured["ecg", TUESDAY] == 0
    assert measured.sort_index().drop("ecg").isna().all()


def test_an_appointment_on_an_unknown_resource_is_named():
    book = build_book()
    table = build_table(book, [at("mud", "08:00", resource="sauna")])
    with pytest.raises(PlanError, match='resource "sauna" is not in the book; it has: mud, bath, pool, ecg, ther'):
        load(table, book, SITE, MONDAY, MONDAY)
    with pytest.raises(TableError, match="lacks the column"):
        load(table.drop(columns="locked"), book, SITE, MONDAY, MONDAY)


def test_a_plan_ends_with_its_last_appointment():
    table = build_table(build_book(), [at("mud", "08:00"), {"procedure": "bath", "start": "2026-05-12 08:00"}])
    assert days_of_plan(table, date(2026, 5, 4)) == (date(2026, 5, 4), date(2026, 5, 12))
    assert days_of_plan(table.iloc[:0], date(2026, 5, 4)) == (date(2026, 5, 4), date(2026, 5, 4))
