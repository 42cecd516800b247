"""Which exam came of which appointment: one rule, none twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import schedvisu_lib as sv
from schedvisu_lib.studies.appointments import read_appointments
from schedvisu_lib.studies.matching import NO_EXAM, align, match_exams
from tests.conftest import build_planned, build_studies, load_demo

DAY = "2026-05-18 "
D690, VISION = "Discovery 690", "Vision 600"


def booked(*rows: dict[str, Any]) -> pd.DataFrame:
    """Return a planned table; each row needs ``start`` (time of day); by default it names neither study nor patient."""
    whole = [row | {"start": row["start"] if "-" in row["start"] else DAY + row["start"]} for row in rows]
    return build_planned(whole, patient="", study_uid="")


def done(*rows: dict[str, Any]) -> pd.DataFrame:
    """Return a studies table; each row needs ``start`` (time of day); exams last 20 minutes."""
    full = []
    for row in rows:
        start = pd.Timestamp(row["start"] if "-" in row["start"] else DAY + row["start"])
        full.append(row | {"start": start, "end": start + pd.Timedelta(minutes=20)})
    return build_studies(full)


@pytest.fixture
def match(demo_site: sv.Site) -> Callable[..., list[int]]:
    def found(planned: pd.DataFrame, studies: pd.DataFrame, tolerance: float = 45) -> list[int]:
        return match_exams(read_appointments(planned, demo_site), studies, tolerance).tolist()

    return found


Match = Callable[[pd.DataFrame, pd.DataFrame], list[int]]


def test_the_study_tells_before_the_patient_and_the_time(match: Match) -> None:
    planned = booked({"start": "08:00", "study_uid": "1.2.2", "patient": "p1"}, {"start": "09:00", "patient": "p1"})
    studies = done({"start": "08:05", "patient": "p1"}, {"start": "15:00", "patient": "p9"})
    assert match(planned, studies) == [1, 0]


def test_the_study_may_be_done_on_another_scanner_but_not_on_another_day(match: Match) -> None:
    planned = booked({"start": "08:00", "study_uid": "1.2.1"})
    assert match(planned, done({"start": "12:00", "scanner": VISION})) == [0]
    assert match(planned, done({"start": "2026-05-19 08:00"})) == [NO_EXAM]


def test_the_patient_counts_on_the_scanner_and_day_alone(match: Match) -> None:
    planned = booked({"start": "08:00", "patient": "p1", "study_uid": "9.9"})
    assert match(planned, done({"start": "16:00", "patient": "p1"})) == [0]
    assert match(planned, done({"start": "08:00", "patient": "p1", "scanner": VISION})) == [NO_EXAM]
    assert match(planned, done({"start": "2026-05-19 08:00", "patient": "p1"})) == [NO_EXAM]
    assert match(planned, done({"start": "08:00", "patient": "p2"})) == [NO_EXAM]


def test_of_several_takes_the_one_next_in_time_is_meant(match: Match) -> None:
    takes = done(
        {"start": "09:05", "exam_id": "7_1", "take": 1, "n_takes": 2},
        {"start": "12:00", "exam_id": "7_2", "take": 2, "n_takes": 2},
    )
    assert match(booked({"start": "09:00", "study_uid": "7"}), takes) == [0]
    assert match(booked({"start": "12:10", "study_uid": "7"}), takes) == [1]
    both = booked({"start": "09:00", "study_uid": "7"}, {"start": "11:00", "study_uid": "7"})
    assert match(both, takes) == [0, 1]


def test_of_several_appointments_the_one_next_in_time_was_meant(match: Match) -> None:
    planned = booked({"start": "09:00", "patient": "p1"}, {"start": "14:00", "patient": "p1"})
    assert match(planned, done({"start": "13:20", "patient": "p1"})) == [NO_EXAM, 0]


def test_a_plan_without_names_is_matched_in_order_of_time_within_the_tolerance(match: Match) -> None:
    planned = booked({"start": "09:00"}, {"start": "09:30"}, {"start": "10:00"})
    # All 35 minutes late: nearest in time alone would give the first exam to the second appointment.
    late = done({"start": "09:35"}, {"start": "10:05"}, {"start": "10:35"})
    assert match(planned, late) == [0, 1, 2]
    assert match(planned, done({"start": "12:00"})) == [NO_EXAM] * 3


def test_a_plan_without_names_prefers_the_same_exam_type(match: Match) -> None:
    planned = booked({"start": "09:00", "description": "PET-CT FDG"}, {"start": "09:30", "description": "PET_CT PSMA"})
    studies = done({"start": "09:25", "exam_type": "PSMA"})
    assert match(planned, studies) == [NO_EXAM, 0]
    assert match(planned, done({"start": "09:25", "exam_type": "FDG STAND."})) == [0, NO_EXAM]


def test_who_is_named_is_never_matched_by_time_alone(match: Match) -> None:
    planned = booked({"start": "09:00", "patient": "p7"}, {"start": "09:00", "study_uid": "7.7"})
    assert match(planned, done({"start": "09:00"})) == [NO_EXAM, NO_EXAM]


def test_a_cancelled_appointment_counts_only_where_no_other_does(match: Match) -> None:
    planned = booked({"start": "09:00", "patient": "p1", "status": "cancelled"}, {"start": "14:00", "patient": "p1"})
    assert match(planned, done({"start": "09:05", "patient": "p1"})) == [NO_EXAM, 0]
    alone = booked({"start": "09:00", "patient": "p1", "status": "cancelled"})
    assert match(alone, done({"start": "09:05", "patient": "p1"})) == [0]
    nameless = booked({"start": "09:00", "status": "cancelled"})
    assert match(nameless, done({"start": "09:05"})) == [NO_EXAM]


def test_tables_without_rows(match: Match) -> None:
    assert match(booked(), done()) == []
    assert match(booked({"start": "09:00", "study_uid": "1"}), done()) == [NO_EXAM]
    assert match(booked(), done({"start": "09:00"})) == []


MOMENTS = st.integers(0, 2 * 24 * 60 - 1).map(lambda minutes: str(pd.Timestamp(DAY) + pd.Timedelta(minutes=minutes)))
APPOINTMENTS = st.lists(
    st.fixed_dictionaries(
        {
            "start": MOMENTS,
            "patient": st.sampled_from(["", "p1", "p2"]),
            "study_uid": st.sampled_from(["", "1", "2", "3"]),
            "scanner": st.sampled_from([D690, VISION]),
            "description": st.sampled_from(["PET-CT FDG", "PET_CT PSMA"]),
            "status": st.sampled_from(["scheduled", "cancelled"]),
        }
    ),
    max_size=8,
)
EXAMS = st.lists(
    st.fixed_dictionaries(
        {
            "start": MOMENTS,
            "patient": st.sampled_from(["p1", "p2", "p3"]),
            "study": st.sampled_from("1234"),
            "scanner": st.sampled_from([D690, VISION]),
            "exam_type": st.sampled_from(["FDG STAND.", "PSMA"]),
        }
    ),
    max_size=8,
)


FEW = settings(max_examples=30)


@FEW
@given(APPOINTMENTS, EXAMS)
def test_every_match_is_allowed_and_none_is_left_out(
    appointments: list[dict[str, Any]], exams: list[dict[str, Any]]
) -> None:
    planned = booked(*appointments)
    studies = done(*({"exam_id": f"{one.pop('study')}_{n}"} | one for n, one in enumerate(map(dict, exams))))
    rows = read_appointments(planned, load_demo())
    found = match_exams(rows, studies, 45)
    matched = found[found != NO_EXAM]
    assert matched.is_unique
    for one, position in zip(rows.to_dict("records"), found, strict=True):
        fits = {n for n, exam in enumerate(studies.to_dict("records")) if may_be(one, exam)}
        if position != NO_EXAM:
            assert position in fits
        else:  # each exam that would fit was given to another appointment
            assert fits <= set(matched)


def may_be(one: dict[str, Any], exam: dict[str, Any]) -> bool:
    """Say whether an exam may be that of an appointment."""
    if exam["date"] != one["date"]:
        return False
    if exam["exam_id"][0] == one["study_uid"]:
        return True
    if exam["scanner"] != one["scanner"]:
        return False
    near = abs(exam["start"] - one["start"]) <= pd.Timedelta(minutes=45)
    named = one["study_uid"] or one["patient"]
    return exam["patient"] == one["patient"] or (near and not named and one["status"] != "cancelled")


@FEW
@given(APPOINTMENTS, EXAMS, st.randoms())
def test_the_order_of_the_rows_does_not_matter(
    appointments: list[dict[str, Any]], exams: list[dict[str, Any]], random: Any
) -> None:
    # Moments all different: which of two equals is taken is nobody's business.
    starts = [one["start"] for one in (*appointments, *exams)]
    if len(set(starts)) < len(starts):
        return
    rows = read_appointments(booked(*appointments), load_demo())
    studies = done(*({"exam_id": f"{one.pop('study')}_{n}"} | one for n, one in enumerate(map(dict, exams))))
    order = list(range(len(studies)))
    random.shuffle(order)
    shuffled = studies.iloc[order]
    names = studies["exam_id"].to_numpy()
    one = match_exams(rows, studies, 45)
    other = match_exams(rows.sample(frac=1, random_state=1), shuffled, 45).sort_index()
    same = [
        (names[a] if a >= 0 else "") == (names[order[b]] if b >= 0 else "") for a, b in zip(one, other, strict=True)
    ]
    assert all(same)


@given(
    st.lists(st.integers(0, 600), max_size=5).map(sorted),
    st.lists(st.integers(0, 600), max_size=5).map(sorted),
    st.integers(1, 200),
)
def test_no_other_pairing_in_order_weighs_less(planned: list[int], came: list[int], tolerance: int) -> None:
    delay = np.abs(np.array(came, dtype=float)[None, :] - np.array(planned, dtype=float)[:, None])
    delay = delay.reshape(len(planned), len(came))
    differs = (np.add.outer(np.arange(len(planned)), np.arange(len(came))) % 2).astype(bool)
    pairs = [tuple(pair) for pair in align(delay, differs, tolerance)]
    assert pairs == sorted(pairs)
    assert all(delay[pair] <= tolerance for pair in pairs)

    def weight(chosen: list[tuple[int, int]]) -> float:
        alone = len(planned) + len(came) - 2 * len(chosen)
        return sum(delay[pair] + tolerance * differs[pair] for pair in chosen) + 1.5 * tolerance * alone

    def every(row: int, column: int) -> list[list[tuple[int, int]]]:
        if row == len(planned) or column == len(came):
            return [[]]
        found = every(row + 1, column)
        for other in range(column, len(came)):
            if delay[row, other] <= tolerance:
                found = found + [[(row, other), *rest] for rest in every(row + 1, other + 1)]
        return found

    assert weight(pairs) == pytest.approx(min(map(weight, every(0, 0))))
