"""How many exams a day will have, worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
import pytest

from schedvisu_lib.errors import PlanError, TableError
from schedvisu_lib.plan.appointment import Appointment, Unplaced, to_table
from schedvisu_lib.plan.roster.product.expected import expected_exams
from tests.conftest import build_planned, build_studies
from tests.plan.conftest import english_site

PET, SPECT = "Discovery 690", "Symbia Intevo"
FIRST, LAST = date(2026, 5, 25), date(2026, 5, 31)
"""A week from Whit Monday on."""


def may(number: int) -> date:
    return date(2026, 5, number)


def exams(*days: tuple[int, int, str]) -> pd.DataFrame:
    """Return so many exams on days of May on a scanner."""
    rows = [
        {"start": f"2026-05-{day:02} {8 + n:02}:00", "end": f"2026-05-{day:02} {8 + n:02}:20", "scanner": scanner}
        for day, number, scanner in days
        for n in range(number)
    ]
    return build_studies(rows)


HISTORY = exams(
    (4, 8, PET),  # a Monday before the two weeks
    (11, 1, PET), (18, 2, PET),  # Mondays
    (12, 3, PET), (19, 4, PET), (12, 9, SPECT), (19, 5, SPECT),  # Tuesdays; on the 12th SPECT was out of service
    (14, 2, PET), (21, 6, PET),  # Thursdays; the 14th was Ascension
    (22, 1, PET),  # Fridays; the 15th was a closure
)  # fmt: skip


def expect(scanners: Sequence[str] = (PET, SPECT), **tables: Any) -> dict[date, float]:
    return expected_exams(english_site(), FIRST, LAST, scanners, **tables)


def test_expected_is_the_mean_of_open_days_of_the_weekday() -> None:
    assert expect(studies=HISTORY, weeks=2) == {
        may(26): 3.5 + 5,  # Whit Monday is closed
        may(27): 0,
        may(28): 6,
        may(29): 1,
    }
    assert expect([PET], studies=HISTORY, weeks=2)[may(26)] == 3.5


def test_the_last_weeks_of_the_table_count_and_nothing_after_the_first_day() -> None:
    monday = date(2026, 6, 1)
    later = pd.concat([HISTORY, exams((26, 9, PET))])
    found = [
        expected_exams(english_site(), monday, monday, [PET], studies=HISTORY, weeks=weeks)[monday] for weeks in (2, 3)
    ]
    assert found == [1.5, (8 + 1 + 2) / 3]
    assert expect([PET], studies=later, weeks=2)[may(26)] == 3.5


def test_a_scanner_out_of_service_has_no_exams() -> None:
    wednesday = may(13)  # and Tuesday the 12th
    studies = build_studies([{"start": "2026-05-06 08:00", "end": "2026-05-06 08:20", "scanner": SPECT}])
    assert expected_exams(english_site(), wednesday, wednesday, [SPECT], studies=studies) == {}
    assert expected_exams(english_site(), wednesday, wednesday, [PET, SPECT], studies=studies) == {wednesday: 0}


def planned(*places: tuple[str, str]) -> pd.DataFrame:
    """Return the planner's appointments, and a session without time."""
    rows = [
        Appointment(
            "S1", "P1", 1, "scan", n, resource, pd.Timestamp(start), pd.Timestamp(start) + pd.Timedelta("20min")
        )
        for n, (resource, start) in enumerate(places)
    ]
    return to_table(rows, [Unplaced("S1", "P1", 2, "scan", 1, "no time")])


def test_planned_appointments_on_scanners_are_counted() -> None:
    table = planned((PET, "2026-05-27 08:00"), (SPECT, "2026-05-27 08:00"), ("Room", "2026-05-27 09:00"))
    assert expect(appointments=table) == {may(26): 0, may(27): 2, may(28): 0, may(29): 0}
    assert expect([PET], appointments=table)[may(27)] == 1
    assert expect(appointments=table, scanner_of={"Room": PET})[may(27)] == 1


def test_a_day_without_appointments_takes_the_mean() -> None:
    table = planned((PET, "2026-05-28 08:00"))
    assert expect(studies=HISTORY, appointments=table, weeks=2) == {may(26): 8.5, may(27): 0, may(28): 1, may(29): 1}


def test_the_stores_planned_table_counts_without_what_was_cancelled() -> None:
    start = {"start": "2026-05-27 08:00", "scanner": PET}
    table = build_planned([start, start, start | {"status": "cancelled"}])
    assert expect(appointments=table)[may(27)] == 2


def test_what_tells_no_exams_is_said() -> None:
    with pytest.raises(PlanError, match=r"^exams are expected by studies or by appointments; give one"):
        expect()
    with pytest.raises(PlanError, match=r"^the studies have no exam before 2026-05-25; take earlier days"):
        expect(studies=exams((26, 1, PET)))
    with pytest.raises(PlanError, match=r"^no appointment lies on a scanner of the site; say with scanner_of"):
        expect(appointments=planned(("Room", "2026-05-27 09:00")))
    with pytest.raises(TableError, match="scanner"):
        expect(studies=HISTORY.drop(columns="scanner"))
