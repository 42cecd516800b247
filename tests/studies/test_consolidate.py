"""From series to exams (design 5.3; cases 4, 9, 10, 11 and 25)."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import schedvisu_lib as sv
from schedvisu_lib.errors import TableError
from schedvisu_lib.studies.quality import mixed_studies
from schedvisu_lib.tables import KEPT, SERIES, STUDIES, VERDICTS, empty

FEW = settings(max_examples=9, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
DAY = "2026-05-11"


def at(time):
    return f"{DAY} {time}"


def boxes(exams):
    """Return id, begin, end and number of series of each exam."""
    return [(row.exam_id, f"{row.start:%H:%M}", f"{row.end:%H:%M}", row.n_series) for row in exams.itertuples()]


def test_an_exam_is_one_row_with_all_it_needs(make_series, demo_site):
    series = make_series(
        [
            {"start": at("08:03"), "end": at("08:20"), "modality": "PT"},
            {"start": at("08:00"), "end": at("08:01"), "modality": "CT"},
            {"start": at("08:03"), "end": at("08:19"), "modality": "PT"},
        ]
    )
    exams = sv.consolidate(series, demo_site)
    assert list(exams.columns) == STUDIES.names
    assert exams.to_dict("records") == [
        {
            "exam_id": "1.2.1_1",
            "date": pd.Timestamp(DAY),
            "patient": "p1",
            "scanner": "Discovery 690",
            "modalities": "CT/PT",
            "exam_type": "FDG STAND.",
            "study_description": "PET-CT FDG corps entier",
            "take": 1,
            "n_takes": 1,
            "start": pd.Timestamp(at("08:00")),
            "end": pd.Timestamp(at("08:20")),
            "prepared_from": pd.Timestamp(at("07:55")),
            "prepared_until": pd.Timestamp(at("08:25")),
            "n_series": 3,
        }
    ]


def test_modalities_stand_in_order_of_appearance(make_series, demo_site):
    nm = {"modality": "NM", "model": "Encore2"}
    ct = {"modality": "CT", "model": "Symbia Intevo 16"}
    series = make_series(
        [
            {"start": at("08:20"), "end": at("08:21"), **ct},
            {"start": at("08:22"), "end": at("08:40"), **nm},
            {"start": at("08:00"), "end": at("08:19"), **nm},
        ]
    )
    assert sv.consolidate(series, demo_site)["modalities"].tolist() == ["NM/CT"]


def test_the_latest_end_is_not_that_of_the_last_series(make_series, demo_site):
    series = make_series([{"start": at("08:00"), "end": at("09:20")}, {"start": at("08:30"), "end": at("08:40")}])
    assert boxes(sv.consolidate(series, demo_site)) == [("1.2.1_1", "08:00", "09:20", 2)]


def test_each_take_is_an_exam(make_series, demo_site):
    series = make_series(
        [
            {"start": at("08:00"), "end": at("08:10")},
            {"start": at("11:00"), "end": at("11:10")},
            {"start": at("11:12"), "end": at("11:30")},
        ]
    )
    exams = sv.consolidate(series, demo_site)
    assert boxes(exams) == [("1.2.1_1", "08:00", "08:10", 1), ("1.2.1_2", "11:00", "11:30", 2)]
    assert exams[["take", "n_takes"]].to_numpy().tolist() == [[1, 2], [2, 2]]


def test_three_patients_between_the_takes_of_a_bone_scan_split_it_three_times(make_series, demo_site):
    bones = {"modality": "NM", "model": "MILLENNIUM MPR", "study_description": "Scintigraphie osseuse"}
    times = {"a": "08:12", "b": "08:42", "c": "09:12"}
    rows = [
        {"start": at(t), "end": at(t[:3] + str(int(t[3:]) + 8)), "study_uid": s, "patient": s} for s, t in times.items()
    ]
    rows += [{"start": at(t), "end": at(t[:3] + str(int(t[3:]) + 9))} for t in ("08:00", "08:30", "09:00", "09:30")]
    exams = sv.consolidate(make_series([row | bones for row in rows]), demo_site)
    ours = exams.loc[exams["patient"] == "p1"]
    assert ours["take"].tolist() == [1, 2, 3, 4]
    assert ours["n_takes"].tolist() == [4, 4, 4, 4]
    assert ours["n_series"].tolist() == [1, 1, 1, 1]


def test_an_exam_across_midnight_lasts_20_minutes_and_belongs_to_the_day_on_which_it_began(make_series, demo_site):
    series = make_series(
        [
            {"start": "2026-05-11 23:50", "end": "2026-05-12 00:02"},
            {"start": "2026-05-12 00:01", "end": "2026-05-12 00:10"},
        ]
    )
    exam = sv.consolidate(series, demo_site).iloc[0]
    assert exam["end"] - exam["start"] == pd.Timedelta(minutes=20)
    assert exam["date"] == pd.Timestamp("2026-05-11")
    assert exam["prepared_until"] == pd.Timestamp("2026-05-12 00:15")


def test_series_of_one_patient_scanner_start_and_end_count_once(make_series, demo_site):
    same = {"start": at("08:00"), "end": at("08:20")}
    assert boxes(sv.consolidate(make_series([same, same, same]), demo_site)) == [("1.2.1_1", "08:00", "08:20", 1)]


def test_a_study_sent_again_under_another_uid_counts_once(make_series, demo_site):
    same = {"start": at("08:00"), "end": at("08:20")}
    series = make_series([same | {"study_uid": "2"}, same | {"study_uid": "1"}])
    assert boxes(sv.consolidate(series, demo_site)) == [("1_1", "08:00", "08:20", 1)]


@pytest.mark.parametrize(
    "other",
    [
        {"start": "2026-05-12 08:00", "end": "2026-05-12 08:20"},
        {"patient": "p2"},
        {"model": "Biograph64"},
        {"start": at("08:00:01")},
        {"end": at("08:20:01")},
    ],
    ids=["day", "patient", "scanner", "start", "end"],
)
def test_series_that_differ_in_one_thing_are_no_duplicates(make_series, demo_site, other):
    first = {"start": at("08:00"), "end": at("08:20")}
    exams = sv.consolidate(make_series([first, first | {"study_uid": "2"} | other]), demo_site)
    assert exams["n_series"].sum() == 2


def test_a_duplicate_in_another_study_does_not_split(make_series, demo_site):
    series = make_series(
        [
            {"start": at("08:00"), "end": at("08:10"), "study_uid": "1"},
            {"start": at("08:10"), "end": at("08:20"), "study_uid": "1"},
            {"start": at("08:10"), "end": at("08:20"), "study_uid": "2"},
            {"start": at("08:25"), "end": at("08:40"), "study_uid": "1"},
        ]
    )
    assert boxes(sv.consolidate(series, demo_site)) == [("1_1", "08:00", "08:40", 3)]


@pytest.mark.parametrize("verdict", [verdict for verdict in VERDICTS if verdict != KEPT])
def test_only_kept_series_make_exams(make_series, demo_site, verdict):
    # As a reconstruction made on the next day, or another patient's series that was left out.
    series = make_series(
        [
            {"start": at("08:00"), "end": at("08:10")},
            {"start": at("08:12"), "end": at("08:14"), "study_uid": "2", "verdict": verdict},
            {"start": at("08:15"), "end": at("08:20")},
            {"start": "2026-05-12 09:00", "end": "2026-05-12 09:10", "verdict": verdict},
        ]
    )
    assert boxes(sv.consolidate(series, demo_site)) == [("1.2.1_1", "08:00", "08:20", 2)]


def test_of_several_study_descriptions_the_first_one_counts(make_series, demo_site):
    series = make_series(
        [
            {"start": at("08:05"), "end": at("08:20"), "study_description": "PET-CT cerveau"},
            {"start": at("08:00"), "end": at("08:01"), "study_description": "PET-CT FDG"},
        ]
    )
    exam = sv.consolidate(series, demo_site).iloc[0]
    assert (exam["study_description"], exam["exam_type"]) == ("PET-CT FDG", "FDG STAND.")


def test_a_series_without_study_description_follows_the_others(make_series, demo_site):
    series = make_series(
        [
            {"start": at("08:00"), "end": at("08:01"), "study_description": ""},
            {"start": at("08:05"), "end": at("08:20"), "study_description": "PET-CT FDG"},
        ]
    )
    exam = sv.consolidate(series, demo_site).iloc[0]
    assert (exam["study_description"], exam["exam_type"]) == ("PET-CT FDG", "FDG STAND.")


def test_a_study_without_any_description_is_of_another_type(make_series, demo_site):
    series = make_series([{"start": at("08:00"), "end": at("08:01"), "study_description": ""}])
    exam = sv.consolidate(series, demo_site).iloc[0]
    assert (exam["study_description"], exam["exam_type"]) == ("", "OTHER")


def test_a_series_without_model_follows_its_study(make_series, demo_site):
    series = make_series(
        [
            {"start": at("08:00"), "end": at("08:01"), "modality": "CT", "model": ""},
            {"start": at("08:03"), "end": at("08:20")},
        ]
    )
    assert boxes(sv.consolidate(series, demo_site)) == [("1.2.1_1", "08:00", "08:20", 2)]


def test_a_mixed_study_is_no_exam_but_is_counted(make_series, demo_site):
    series = make_series(
        [
            {"start": at("08:00"), "end": at("08:01"), "modality": "CT", "study_uid": "ct only"},
            {"start": at("09:00"), "end": at("09:01"), "modality": "CT", "study_uid": "foreign", "model": "Aquilion"},
            {"start": at("09:05"), "end": at("09:20"), "study_uid": "foreign"},
        ]
    )
    assert sv.consolidate(series, demo_site).empty
    assert mixed_studies(series, demo_site)["n_studies"].sum() == 2


def test_an_exam_of_no_length_is_an_exam(make_series, demo_site):
    exams = sv.consolidate(make_series([{"start": at("08:00"), "end": at("08:00")}]), demo_site)
    assert boxes(exams) == [("1.2.1_1", "08:00", "08:00", 1)]
    assert exams.loc[0, "prepared_from"] < exams.loc[0, "prepared_until"]


def test_exams_stand_in_order_of_start(make_series, demo_site):
    series = make_series(
        [
            {"start": at("10:00"), "end": at("10:20"), "study_uid": "a", "patient": "a"},
            {"start": at("09:00"), "end": at("09:20"), "study_uid": "b", "patient": "b", "model": "Biograph64"},
            {"start": at("08:00"), "end": at("08:20"), "study_uid": "c", "patient": "c"},
        ]
    )
    exams = sv.consolidate(series, demo_site)
    assert exams["exam_id"].tolist() == ["c_1", "b_1", "a_1"]
    assert exams.index.tolist() == [0, 1, 2]


def test_no_series_give_the_empty_studies_table(make_series, demo_site):
    for series in (empty(SERIES), make_series([{"start": at("08:00"), "end": at("08:20"), "verdict": "derived"}])):
        exams = sv.consolidate(series, demo_site)
        pd.testing.assert_frame_equal(exams, empty(STUDIES), check_index_type=False)


def test_the_table_given_is_not_changed(make_series, demo_site):
    series = make_series([{"start": at("08:00"), "end": at("08:20")}, {"start": at("07:00"), "end": at("07:20")}])
    before = series.copy(deep=True)
    sv.consolidate(series, demo_site)
    pd.testing.assert_frame_equal(series, before)


def test_a_missing_column_is_named(make_series, demo_site):
    with pytest.raises(TableError, match="model"):
        sv.consolidate(make_series().drop(columns="model"), demo_site)


@pytest.mark.parametrize("unit", ["s", "ms", "ns"])
def test_every_unit_of_time_gives_the_same_exams(make_series, demo_site, unit):
    series = make_series([{"start": at("08:00"), "end": at("08:20")}, {"start": at("11:00"), "end": at("11:20")}])
    other = series.astype(dict.fromkeys(["date", "start", "end"], f"datetime64[{unit}]"))
    pd.testing.assert_frame_equal(sv.consolidate(other, demo_site), sv.consolidate(series, demo_site))


def test_an_index_that_repeats_changes_nothing(make_series, demo_site):
    rows = [{"start": at("08:00"), "end": at("08:20")}, {"start": at("11:00"), "end": at("11:20"), "study_uid": "2"}]
    series = make_series(rows)
    pd.testing.assert_frame_equal(sv.consolidate(series.set_axis([5, 5]), demo_site), sv.consolidate(series, demo_site))


DEVICES = [
    ("PT", "Discovery 690"),
    ("CT", "Discovery 690"),
    ("NM", "Tandem_Discovery_670"),
    ("CT", "BrightSpeed"),
    ("CT", ""),
    ("CT", "Aquilion"),
]
DESCRIPTIONS = ["PET-CT FDG", "Scintigraphie osseuse", "Scintigraphie pulmonaire ventilation", "", "?"]


@st.composite
def hospital_days(draw):
    """Rows of series: few patients and studies, crowded times, each study mostly on the devices of one scanner."""
    studies = [
        (
            draw(st.sampled_from(["p", "q"])),
            draw(st.sampled_from(DESCRIPTIONS)),
            draw(st.sampled_from([DEVICES[:2], DEVICES[:2], DEVICES[2:5], DEVICES[2:5], DEVICES])),
        )
        for _ in range(draw(st.integers(1, 5)))
    ]
    rows = []
    for number in range(draw(st.integers(0, 14))):
        study = draw(st.integers(0, len(studies) - 1))
        patient, description, devices = studies[study]
        modality, model = draw(st.sampled_from(devices))
        start = pd.Timestamp(at("08:00")) + pd.Timedelta(minutes=10 * draw(st.integers(0, 100)))
        end = start + pd.Timedelta(minutes=10 * draw(st.integers(0, 6)))
        rows.append(
            {
                "study_uid": str(study),
                "series_uid": f"{study}.{number}",
                "patient": patient,
                "study_description": description,
                "modality": modality,
                "model": model,
                "start": start,
                "end": end,
                "verdict": draw(st.sampled_from([KEPT, KEPT, KEPT, KEPT, "derived", "foreign"])),
            }
        )
    return rows


@FEW
@given(rows=hospital_days(), data=st.data())
def test_the_order_of_the_series_changes_nothing(make_series, demo_site, rows, data):
    series = make_series(rows)
    shuffled = series.loc[data.draw(st.permutations(list(series.index)))]
    pd.testing.assert_frame_equal(sv.consolidate(shuffled, demo_site), sv.consolidate(series, demo_site))


@FEW
@given(rows=hospital_days())
def test_series_that_are_not_kept_change_nothing(make_series, demo_site, rows):
    series = make_series(rows)
    kept = series.loc[series["verdict"] == KEPT]
    pd.testing.assert_frame_equal(sv.consolidate(kept, demo_site), sv.consolidate(series, demo_site))


@FEW
@given(rows=hospital_days())
def test_every_kept_series_of_a_belonging_study_is_in_exactly_one_exam(make_series, demo_site, rows):
    exams = sv.consolidate(make_series(rows), demo_site)
    home = {"discovery690": "Discovery 690", "tandemdiscovery670": "Discovery 670", "brightspeed": "Discovery 670"}
    kept = [row for row in rows if row["verdict"] == KEPT]
    counted = set()
    for study in {row["study_uid"] for row in kept}:
        own = [row for row in kept if row["study_uid"] == study]
        models = {row["model"].lower().replace("_", "").replace(" ", "") for row in own} - {""}
        scanners = {home.get(model) for model in models}
        if len(scanners) == 1 and None not in scanners and any(row["modality"] in ("PT", "NM") for row in own):
            counted |= {(row["patient"], *scanners, row["start"], row["end"]) for row in own}
    assert exams["n_series"].sum() == len(counted)
    for patient, scanner, start, end in counted:
        holds = (exams["patient"] == patient) & (exams["scanner"] == scanner)
        assert (holds & (exams["start"] <= start) & (end <= exams["end"])).any()


@FEW
@given(rows=hospital_days())
def test_exams_are_numbered_without_holes_and_named_once(make_series, demo_site, rows):
    exams = sv.consolidate(make_series(rows), demo_site)
    assert exams["exam_id"].is_unique
    study = exams["exam_id"].str.rsplit("_", n=1).str[0]
    for _, takes in exams.groupby(study):
        assert takes["take"].tolist() == list(range(1, len(takes) + 1))
        assert (takes["n_takes"] == len(takes)).all()
    assert (exams["exam_id"] == study + "_" + exams["take"].astype(str)).all()
    assert (exams["date"] == exams["start"].dt.normalize()).all()
    assert (exams["prepared_from"] <= exams["start"]).all()
    assert (exams["start"] <= exams["end"]).all()
    assert (exams["end"] <= exams["prepared_until"]).all()


@FEW
@given(rows=hospital_days())
def test_two_scanners_are_independent(make_series, demo_site, rows):
    series = make_series(rows)
    exams = sv.consolidate(series, demo_site)
    pet = series["study_uid"].isin(series.loc[series["model"].isin(["Discovery 690"]), "study_uid"])
    elsewhere = (series["verdict"] == "kept") & ~series["model"].isin(["Discovery 690", ""])
    mixed = series["study_uid"].isin(series.loc[elsewhere, "study_uid"])
    alone = sv.consolidate(series.loc[pet & ~mixed], demo_site)
    both = exams.loc[exams["exam_id"].isin(alone["exam_id"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(both, alone)
