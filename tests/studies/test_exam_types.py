"""Which exam type a description means, and what is one encounter (design 5.3.5, 5.3.6; cases 10 and 12)."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import schedvisu_lib as sv
from schedvisu_lib.studies.exam_types import encounters, exam_types, name_exam_type

FEW = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
MONDAY = "2026-05-11"


@pytest.mark.parametrize(
    ("description", "exam_type"),
    [
        ("PET-CT FDG corps entier", "FDG STAND."),
        ("pet_ct^FDG(corps-entier)+:.'", "FDG STAND."),
        ("PETCTFDG", "FDG STAND."),
        ("TEP/CT FDG", "OTHER"),  # a slash is not stripped
        ("PET-CT FDG cerveau", "FDG CERV."),
        ("PET-CT cerveau (FET)", "FDG CERV."),
        ("PET-CT FET", "OTHER"),  # FET is a type of the Vision only
        ("CT thorax", "OTHER"),
        ("", "OTHER"),
    ],
)
def test_a_description_is_compared_in_lower_case_and_stripped(demo_site, description, exam_type):
    assert name_exam_type(description, "Discovery 690", demo_site) == exam_type


@pytest.mark.parametrize("description", ["old PET-CT FDG", "PET-CT FDG corps entier 2"])
def test_a_pattern_must_match_the_whole_description(demo_site, description):
    assert name_exam_type(description, "Discovery 690", demo_site) == "OTHER"


def test_the_first_type_that_matches_in_the_order_given_wins(demo_site, site_with_exam_type):
    assert name_exam_type("PET CT PSMA", "Discovery 690", demo_site) == "PSMA"
    greedy = site_with_exam_type("FDG CERV.", patterns=("petct.*",))
    assert name_exam_type("PET CT PSMA", "Discovery 690", greedy) == "FDG CERV."
    assert name_exam_type("PET CT FDG", "Discovery 690", greedy) == "FDG STAND."


def test_any_pattern_of_a_type_is_enough(demo_site):
    assert name_exam_type("Scintigraphie osseuse", "Millennium", demo_site) == "OS"
    assert name_exam_type("SPECT-CT os bassin", "Millennium", demo_site) == "OS"


def test_a_scanner_knows_only_its_types(demo_site):
    assert name_exam_type("PET-CT FET", "Vision 600", demo_site) == "FET"
    assert name_exam_type("PET-CT FET", "Discovery 690", demo_site) == "OTHER"


def test_a_type_without_scanners_is_of_all(site_with_exam_type):
    site = site_with_exam_type("FET", scanners=None)
    assert name_exam_type("PET-CT FET", "Discovery 690", site) == "FET"


def test_types_stand_on_the_index_of_the_exams(demo_site):
    exams = pd.DataFrame(
        {"scanner": ["Vision 600", "Millennium"], "study_description": ["PET-CT FET", "PET-CT FET"]}, index=[7, 3]
    )
    assert exam_types(exams, demo_site).to_dict() == {7: "FET", 3: "OTHER"}


@pytest.fixture
def lung(make_series):
    """Builds lung scans on the Discovery 670 from (study, patient, start, end, more); V first, then P."""

    def build(*rows):
        series = []
        for number, (study, patient, start, end, *more) in enumerate(rows):
            series.append(
                {
                    "study_uid": study,
                    "patient": patient,
                    "start": start if "-" in start else f"{MONDAY} {start}",
                    "end": end if "-" in end else f"{MONDAY} {end}",
                    "modality": "NM",
                    "model": "Tandem_Discovery_670",
                    "study_description": f"Scintigraphie pulmonaire {'perfusion' if number else 'ventilation'}",
                }
                | (more[0] if more else {})
            )
        return make_series(series)

    return build


def boxes(exams):
    """Return what an agenda would show: id, begin and end of each exam."""
    return [(row.exam_id, f"{row.start:%H:%M}", f"{row.end:%H:%M}") for row in exams.itertuples()]


def test_ventilation_and_perfusion_become_one_exam(lung, demo_site):
    exams = sv.consolidate(lung(("V", "p", "08:00", "08:20"), ("P", "p", "09:00", "09:20")), demo_site)
    assert boxes(exams) == [("V_1", "08:00", "09:20")]
    exam = exams.iloc[0]
    assert (exam["take"], exam["n_takes"], exam["n_series"]) == (1, 1, 2)
    assert (exam["exam_type"], exam["modalities"]) == ("V/P POUMON", "NM")
    assert exam["study_description"] == "Scintigraphie pulmonaire ventilation"
    assert (exam["prepared_from"], exam["prepared_until"]) == (
        pd.Timestamp(f"{MONDAY} 07:55"),
        pd.Timestamp(f"{MONDAY} 09:25"),
    )


def test_a_pause_of_the_stated_120_minutes_joins_and_a_second_more_does_not(lung, demo_site):
    joined = sv.consolidate(lung(("V", "p", "08:00", "08:20"), ("P", "p", "10:20", "10:40")), demo_site)
    assert boxes(joined) == [("V_1", "08:00", "10:40")]
    apart = sv.consolidate(lung(("V", "p", "08:00", "08:20"), ("P", "p", "10:20:01", "10:40")), demo_site)
    assert boxes(apart) == [("V_1", "08:00", "08:20"), ("P_1", "10:20", "10:40")]


def test_morning_and_afternoon_become_one_exam_only_where_the_site_says_day(lung, demo_site, site_with_exam_type):
    series = lung(("V", "p", "08:00", "08:20"), ("P", "p", "15:00", "15:20"))
    assert len(sv.consolidate(series, demo_site)) == 2
    whole_day = site_with_exam_type("V/P POUMON", one_encounter="day")
    assert boxes(sv.consolidate(series, whole_day)) == [("V_1", "08:00", "15:20")]


def test_a_type_that_names_no_encounter_joins_nothing(lung, site_with_exam_type):
    series = lung(("V", "p", "08:00", "08:20"), ("P", "p", "08:20", "08:40"))
    assert len(sv.consolidate(series, site_with_exam_type("V/P POUMON", one_encounter=None))) == 2


def test_two_days_are_two_encounters(lung, site_with_exam_type):
    site = site_with_exam_type("V/P POUMON", one_encounter="day")
    series = lung(("V", "p", "23:00", "23:20"), ("P", "p", "2026-05-12 00:10", "2026-05-12 00:20"))
    assert boxes(sv.consolidate(series, site)) == [("V_1", "23:00", "23:20"), ("P_1", "00:10", "00:20")]


def test_two_patients_are_never_one_encounter(lung, demo_site):
    exams = sv.consolidate(lung(("V", "p", "08:00", "08:20"), ("P", "q", "08:30", "08:50")), demo_site)
    assert boxes(exams) == [("V_1", "08:00", "08:20"), ("P_1", "08:30", "08:50")]


def test_another_patient_in_between_does_not_part_an_encounter(lung, demo_site):
    exams = sv.consolidate(
        lung(("V", "p", "08:00", "08:20"), ("W", "q", "08:25", "08:40"), ("P", "p", "09:00", "09:20")), demo_site
    )
    assert boxes(exams) == [("V_1", "08:00", "09:20"), ("W_1", "08:25", "08:40")]


def test_encounters_of_two_patients_may_interleave(lung, demo_site):
    exams = sv.consolidate(
        lung(
            ("V", "p", "08:00", "08:20"),
            ("W", "q", "08:25", "08:40"),
            ("P", "p", "09:00", "09:20"),
            ("R", "q", "09:30", "09:50"),
        ),
        demo_site,
    )
    assert boxes(exams) == [("V_1", "08:00", "09:20"), ("W_1", "08:25", "09:50")]


def test_two_scanners_are_two_encounters(lung, demo_site):
    on_symbia = {"model": "Encore2"}
    exams = sv.consolidate(lung(("V", "p", "08:00", "08:20"), ("P", "p", "08:30", "08:50", on_symbia)), demo_site)
    assert boxes(exams) == [("V_1", "08:00", "08:20"), ("P_1", "08:30", "08:50")]


def test_an_exam_of_another_type_stays_outside_the_encounter(lung, demo_site):
    bones = {"study_description": "Scintigraphie osseuse"}
    exams = sv.consolidate(
        lung(("V", "p", "08:00", "08:20"), ("B", "p", "08:20", "08:30", bones), ("P", "p", "08:40", "08:50")), demo_site
    )
    assert boxes(exams) == [("V_1", "08:00", "08:50"), ("B_1", "08:20", "08:30")]


def test_a_pause_in_an_encounter_counts_from_the_latest_end_so_far(lung, demo_site):
    exams = sv.consolidate(
        lung(("V", "p", "08:00", "10:00"), ("W", "p", "08:10", "08:20"), ("P", "p", "11:30", "11:40")), demo_site
    )
    assert boxes(exams) == [("V_1", "08:00", "11:40")]


def test_takes_are_numbered_anew_after_encounters_are_joined(lung, demo_site):
    # Perfusion comes in three goes; the first one belongs to the ventilation, the other two are late.
    exams = sv.consolidate(
        lung(
            ("V", "p", "08:00", "08:20"),
            ("P", "p", "08:30", "08:50"),
            ("P", "p", "12:00", "12:20"),
            ("P", "p", "15:00", "15:20"),
        ),
        demo_site,
    )
    assert boxes(exams) == [("V_1", "08:00", "08:50"), ("P_1", "12:00", "12:20"), ("P_2", "15:00", "15:20")]
    assert list(zip(exams["take"], exams["n_takes"], strict=True)) == [(1, 1), (1, 2), (2, 2)]


def test_two_takes_of_one_study_within_the_stated_time_are_one_encounter(lung, demo_site):
    exams = sv.consolidate(lung(("V", "p", "08:00", "08:20"), ("V", "p", "10:00", "10:20")), demo_site)
    assert boxes(exams) == [("V_1", "08:00", "10:20")]
    assert (exams.loc[0, "take"], exams.loc[0, "n_takes"]) == (1, 1)


minutes = st.integers(0, 100).map(lambda n: 10 * n)


@FEW
@given(
    rows=st.lists(
        st.tuples(st.sampled_from("pqr"), st.sampled_from(["V/P POUMON", "OS"]), minutes, st.sampled_from([0, 10, 60])),
        max_size=12,
    ),
    limit=st.sampled_from([10, 60, 120, "day"]),
)
def test_encounters_are_those_found_by_hand(site_with_exam_type, rows, limit):
    rows = sorted(rows, key=lambda row: row[2])
    day = pd.Timestamp(MONDAY)
    exams = pd.DataFrame(
        {
            "patient": [row[0] for row in rows],
            "scanner": "Discovery 670",
            "date": day,
            "exam_type": [row[1] for row in rows],
            "start": pd.to_datetime([day + pd.Timedelta(minutes=row[2]) for row in rows]),
            "end": pd.to_datetime([day + pd.Timedelta(minutes=row[2] + row[3]) for row in rows]),
        }
    )
    found = encounters(exams, site_with_exam_type("V/P POUMON", one_encounter=limit)).tolist()

    open_until: dict[str, int] = {}
    number_of: dict[str, int] = {}
    by_hand = []
    for position, (patient, exam_type, start, length) in enumerate(rows):
        number = position
        if exam_type == "V/P POUMON":
            if patient in open_until and (limit == "day" or start - open_until[patient] <= limit):
                number = number_of[patient]
                open_until[patient] = max(open_until[patient], start + length)
            else:
                # The latest end so far counts, also that of an encounter before.
                open_until[patient] = max(open_until.get(patient, 0), start + length)
            number_of[patient] = number
        by_hand.append(number)
    same = [[a == b for b in found] for a in found]
    assert same == [[a == b for b in by_hand] for a in by_hand]
