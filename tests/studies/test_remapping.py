"""The exams under changed exam types are those that consolidation gives after saving."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import schedvisu_lib as sv
from schedvisu_lib.config import OTHER
from schedvisu_lib.studies.mapping import Pick, map_descriptions
from schedvisu_lib.studies.remapping import compare, moved_besides, remapped, types_to_part
from tests.conftest import build_series, build_studies, load_demo

SITE = load_demo()
SYMBIA, VISION = "Symbia Intevo", "Vision 600"
VENTILATION, PERFUSION, LUNG = (
    "Scintigraphie pulmonaire ventilation",
    "Scintigraphie pulmonaire perfusion",
    "V/P POUMON",
)


def spect(start: str, end: str, description: str, study: str, patient: str = "p1") -> dict[str, str]:
    return {
        "start": f"2026-05-11 {start}",
        "end": f"2026-05-11 {end}",
        "study_description": description,
        "study_uid": study,
        "series_uid": f"{study}.{start}",
        "patient": patient,
        "model": "Encore2",
        "modality": "NM",
    }


def changed(exam_type: str, **settings: object) -> sv.Site:
    kinds = tuple(kind.model_copy(update=settings) if kind.name == exam_type else kind for kind in SITE.exam_types)
    return SITE.model_copy(update={"exam_types": kinds})


def test_exams_get_their_new_type_and_stay_the_same_in_all_else() -> None:
    studies = build_studies(
        [
            {"start": "2026-05-11 08:00", "end": "2026-05-11 08:20", "scanner": VISION},
            {
                "start": "2026-05-11 09:00",
                "end": "2026-05-11 09:20",
                "scanner": VISION,
                "exam_type": OTHER,
                "study_description": "Divers",
                "prepared_until": "2026-05-11 09:24",
            },
        ]
    )
    found = remapped(studies, map_descriptions(SITE, [Pick(VISION, "Divers", "PSMA")]))
    assert found["exam_type"].tolist() == ["FDG STAND.", "PSMA"]
    pd.testing.assert_frame_equal(found.drop(columns="exam_type"), studies.drop(columns="exam_type"))


def test_exams_that_become_one_encounter_become_one_row() -> None:
    series = build_series(
        [
            spect("08:00", "08:20", PERFUSION, "1.1"),
            spect("09:00", "09:10", "Poumon tardif", "1.2"),
            spect("09:30", "09:40", "Poumon tardif", "1.3", patient="p2"),
            # A second take of a study whose first one joins: it is the first of those that remain.
            spect("14:00", "14:10", "Poumon tardif", "1.2"),
        ]
    )
    after = map_descriptions(SITE, [Pick(SYMBIA, "Poumon tardif", LUNG)])
    found = remapped(sv.consolidate(series, SITE), after)
    pd.testing.assert_frame_equal(found, sv.consolidate(series, after))
    assert found["exam_id"].tolist() == ["1.1_1", "1.3_1", "1.2_1"]
    assert found.loc[0, "end"] == pd.Timestamp("2026-05-11 09:10")


def test_encounters_that_may_fall_apart_are_told() -> None:
    assert types_to_part(SITE, map_descriptions(SITE, [Pick(SYMBIA, PERFUSION, "OS")])) == [LUNG]
    assert types_to_part(SITE, map_descriptions(SITE, [Pick(SYMBIA, PERFUSION, "DATSCAN")])) == [LUNG]
    series = build_series([spect("08:00", "08:20", VENTILATION, "1.1"), spect("09:00", "09:10", PERFUSION, "1.2")])
    after = map_descriptions(SITE, [Pick(SYMBIA, PERFUSION, "OS")])
    # This is why: the row of both studies does not tell that it holds a perfusion.
    assert len(remapped(sv.consolidate(series, SITE), after)) == 1
    assert len(sv.consolidate(series, after)) == 2


@pytest.mark.parametrize(
    "pick",
    [
        Pick(SYMBIA, "Divers", "OS"),  # tried before, but no lung
        Pick(SYMBIA, "Divers", LUNG),
        Pick(VISION, PERFUSION, "FDG STAND."),  # the Vision has no lungs
        Pick(SYMBIA, "Divers", "NEW"),
        Pick("Millennium", "Divers", LUNG),
    ],
)
def test_other_picks_part_nothing(pick: Pick) -> None:
    assert types_to_part(SITE, map_descriptions(SITE, [pick])) == []


@pytest.mark.parametrize(
    "after",
    [
        changed("OS", patterns=("scintigraphie.*",)),
        changed(LUNG, patterns=("scintigraphiepulmonaireventilation",)),
        changed(LUNG, scanners=(SYMBIA,)),
        changed(LUNG, one_encounter=10),
        changed(LUNG, one_encounter=None),
        changed("OS", scanners=None, patterns=("scintigraphieosseuse.*", "s.*")),
        SITE.model_copy(update={"exam_types": SITE.exam_types[::-1]}),
    ],
)
def test_whatever_may_take_exams_from_an_encounter_is_told(after: sv.Site) -> None:
    assert types_to_part(SITE, after) == [LUNG]


def test_without_encounters_nothing_is_to_part() -> None:
    before = changed(LUNG, one_encounter=None)
    assert types_to_part(before, SITE) == []


WORDS = ("Divers", "Poumon tardif", VENTILATION, PERFUSION, "Scintigraphie osseuse")
EXAMS = st.lists(
    st.tuples(
        st.integers(0, 200).map(lambda five: 5 * five),
        st.integers(1, 60),
        st.sampled_from(WORDS),
        st.integers(1, 4),  # study
        st.integers(1, 2),  # patient
    ),
    max_size=10,
    unique_by=lambda row: row[0],
)


@given(EXAMS, st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from([LUNG, "OS", "NEW"])), max_size=2))
@settings(max_examples=15)
def test_the_preview_is_what_consolidation_gives(
    rows: list[tuple[int, int, str, int, int]], picked: list[tuple[str, str]]
) -> None:
    midnight = pd.Timestamp("2026-05-11")
    series = build_series(
        [
            {
                "date": midnight,
                "start": midnight + pd.Timedelta(minutes=start),
                "end": midnight + pd.Timedelta(minutes=start + length),
                "study_description": words,
                "study_uid": f"1.{patient}.{study}",
                "patient": f"p{patient}",
                "model": "Encore2",
                "modality": "NM",
            }
            for start, length, words, study, patient in rows
        ]
    )
    try:
        after = map_descriptions(SITE, [Pick(SYMBIA, *pick) for pick in picked])
    except ValueError:
        return
    if not types_to_part(SITE, after):
        found = remapped(sv.consolidate(series, SITE), after)
        pd.testing.assert_frame_equal(found, sv.consolidate(series, after))


def test_counts_and_durations_stand_side_by_side_where_they_change() -> None:
    rows = [
        ("08:00", "08:10", OTHER, "Divers"),
        ("09:00", "09:20", OTHER, "Rest"),
        ("10:00", "10:30", "PSMA", "PET CT PSMA"),
        ("11:00", "11:30", "FET", "PET CT FET"),
    ]
    studies = build_studies(
        [
            {
                "start": f"2026-05-11 {start}",
                "end": f"2026-05-11 {end}",
                "exam_type": kind,
                "study_description": words,
                "scanner": VISION,
            }
            for start, end, kind, words in rows
        ]
    )
    after = map_descriptions(SITE, [Pick(VISION, "Divers", "PSMA"), Pick(VISION, "Rest", "NEW")])
    table = compare(studies, remapped(studies, after), after)
    assert table.index.tolist() == [(VISION, "PSMA"), (VISION, "NEW"), (VISION, OTHER)]  # FET stays as it is
    minutes = table.filter(regex="^m") / pd.Timedelta(minutes=1)
    assert table["n_before"].tolist() == [1, 0, 2]
    assert table["n_after"].tolist() == [2, 1, 0]
    assert minutes.loc[(VISION, "PSMA")].tolist() == [30, 20, 30, 20]
    assert minutes.loc[(VISION, "NEW")].fillna(-1).tolist() == [-1, 20, -1, 20]
    assert minutes.loc[(VISION, OTHER)].fillna(-1).tolist() == [15, -1, 15, -1]


def test_all_descriptions_that_change_are_named() -> None:
    studies = build_studies(
        [
            {"start": "2026-05-11", "end": "2026-05-11", "scanner": scanner, "study_description": "Scinti^os"}
            for scanner in (SYMBIA, "Millennium", SYMBIA)
        ]
    )
    after = map_descriptions(SITE, [Pick(SYMBIA, "scinti os", "OS")])
    assert sorted(moved_besides(studies, SITE, after)) == [
        ("Millennium", "Scinti^os", OTHER, "OS"),
        (SYMBIA, "Scinti^os", OTHER, "OS"),
    ]
