"""What became of every series that the archive listed (design 4; case 11)."""

from __future__ import annotations

import pandas as pd
import pytest

from schedvisu_lib.studies.consolidate import consolidate
from schedvisu_lib.studies.quality import (
    COUNTS,
    DOUBLE,
    MIXED,
    failed_series,
    mixed_studies,
    series_fates,
    unmapped_descriptions,
    verdict_counts,
    way_counts,
)
from schedvisu_lib.tables import SERIES, STUDIES, VERDICTS, empty

TIME = {"start": "2026-05-04 08:00", "end": "2026-05-04 08:20"}
LATER = {"start": "2026-05-04 09:00", "end": "2026-05-04 09:20"}
D690, VISION = "Discovery 690", "Biograph64_Vision 600"


# --- whether a series counted -----------------------------------------------------------------------------------------


def test_a_kept_series_makes_an_exam_or_doubles_another_or_is_of_a_mixed_study(make_series, demo_site):
    series = make_series(
        [
            TIME | {"study_uid": "1"},
            TIME | {"study_uid": "1", "series_description": "reconstructed"},
            LATER | {"study_uid": "1"},
            LATER | {"study_uid": "2", "patient": "p2", "modality": "CT"},
            LATER | {"study_uid": "3", "model": VISION},
            LATER | {"study_uid": "3", "model": "Aquilion"},
        ]
    )
    fates = series_fates(series, demo_site)
    assert fates["reason"].tolist() == [COUNTS, DOUBLE, COUNTS, MIXED, MIXED, MIXED]
    assert fates["scanner"].tolist() == [D690] * 4 + ["Vision 600", ""]
    assert consolidate(series, demo_site)["n_series"].sum() == fates["reason"].eq(COUNTS).sum()


def test_what_was_not_kept_says_why_without_the_way(make_series, demo_site):
    series = make_series([TIME | {"verdict": "derived", "reason": "Image Type 2 is SECONDARY [C-GET]"}])
    assert series_fates(series, demo_site)[["verdict", "reason"]].to_numpy().tolist() == [
        ["derived", "Image Type 2 is SECONDARY"]
    ]


def test_a_series_without_model_stands_under_its_study(make_series, demo_site):
    nameless = {"model": " ", "verdict": "excluded", "reason": "modality SR", "modality": "SR"}
    rows = [TIME | {"study_uid": "1"}, TIME | nameless | {"study_uid": "1"}, TIME | nameless | {"study_uid": "2"}]
    assert series_fates(make_series(rows), demo_site)["scanner"].tolist() == [D690, D690, ""]


def test_every_series_stands_in_one_cell(make_series, demo_site):
    rows = [
        TIME | {"verdict": verdict, "model": model, "reason": "" if verdict == "kept" else f"why {n % 2}"}
        for n, verdict in enumerate(VERDICTS)
        for model in (D690, VISION, VISION, "Aquilion")
    ]
    table = verdict_counts(series_fates(make_series(rows), demo_site), demo_site)
    assert table.to_numpy().sum() == len(rows)
    assert list(table.columns) == [*demo_site.scanner_names, ""]
    assert table[D690].sum() == len(VERDICTS)
    assert table["Vision 600"].sum() == 2 * len(VERDICTS)
    assert table[""].sum() == len(VERDICTS)
    assert list(dict.fromkeys(table.index.get_level_values("verdict"))) == list(VERDICTS)


def test_what_counts_comes_first_then_the_most_frequent_reason(make_series, demo_site):
    rows = [
        {"verdict": "failed", "reason": "C-GET 0xA701"},
        {"verdict": "derived", "reason": "SECONDARY [IMAGE answers]"},
        {"verdict": "derived", "reason": "RECON TOMO"},
        {"verdict": "derived", "reason": "RECON TOMO [IMAGE answers]"},
        {"verdict": "kept", "model": "Aquilion", "study_uid": "2"},
        {"verdict": "kept", "model": "Aquilion", "study_uid": "2"},
        {"verdict": "kept"},
    ]
    table = verdict_counts(series_fates(make_series([row | TIME for row in rows]), demo_site), demo_site)
    assert [(*key, n) for key, n in table.sum(axis="columns").items()] == [
        ("kept", COUNTS, 1),
        ("kept", MIXED, 2),
        ("derived", "RECON TOMO", 2),
        ("derived", "SECONDARY", 1),
        ("failed", "C-GET 0xA701", 1),
    ]


def test_failed_series_of_a_day_name_scanners_and_the_most_frequent_reason(make_series, demo_site):
    failed = TIME | {"verdict": "failed", "reason": "not sent [C-GET]"}
    rows = [
        failed | {"model": VISION},
        failed,
        failed | {"reason": "not listed"},
        failed | {"model": "Aquilion"},
        TIME,
    ]
    table = failed_series(series_fates(make_series(rows), demo_site))
    assert table.index.tolist() == [pd.Timestamp("2026-05-04")]
    assert table.to_numpy().tolist() == [[f"{D690}, Vision 600", "not sent"]]


def test_ways_are_counted_most_first(make_series):
    reasons = ["[C-GET]", "why [C-GET]", "[IMAGE answers]", ""]
    ways = way_counts(make_series([TIME | {"reason": reason} for reason in reasons]))
    assert ways.to_numpy().tolist() == [["C-GET", 2], ["IMAGE answers", 1]]


# --- descriptions and mixed studies -----------------------------------------------------------------------------------


def test_descriptions_of_no_type_are_counted_most_frequent_first(make_studies):
    studies = make_studies(
        [
            TIME | {"exam_type": "OTHER", "study_description": "CT thorax"},
            TIME | {"exam_type": "OTHER", "study_description": "PET?"},
            TIME | {"exam_type": "OTHER", "study_description": "PET?"},
            TIME | {"exam_type": "OTHER", "study_description": "PET?", "scanner": "Vision 600"},
            TIME,
        ]
    )
    assert unmapped_descriptions(studies).to_dict("split")["data"] == [
        ["Discovery 690", "PET?", 2],
        ["Discovery 690", "CT thorax", 1],
        ["Vision 600", "PET?", 1],
    ]


@pytest.fixture
def studies_of_devices(make_series):
    """Builds series of studies given as lists of (modality, model)."""

    def build(*studies):
        return make_series(
            [
                TIME | {"study_uid": str(number), "modality": modality, "model": model}
                for number, devices in enumerate(studies)
                for modality, model in devices
            ]
        )

    return build


def test_mixed_studies_are_counted_by_their_models(studies_of_devices, demo_site):
    ct_only = [("CT", "Discovery 690"), ("CT", "Discovery 690")]
    foreign = [("PT", "Discovery 690"), ("CT", "Aquilion")]
    whole = [("PT", "Discovery 690"), ("CT", "Discovery 690")]
    table = mixed_studies(studies_of_devices(foreign, ct_only, whole, ct_only), demo_site)
    assert table[["models", "modalities", "n_studies"]].to_dict("split")["data"] == [
        ["Discovery 690", "CT", 2],
        ["Aquilion + Discovery 690", "CT + PT", 1],
    ]


def test_the_last_mixed_study_of_a_kind_is_told_by_its_first_image(make_series, demo_site):
    ct = {"modality": "CT"}
    rows = [TIME | ct | {"study_uid": "1"}, LATER | ct | {"study_uid": "1"}, TIME | ct | {"study_uid": "2"}]
    [last] = mixed_studies(make_series(rows), demo_site)["last"]
    assert last == pd.Timestamp("2026-05-04 08:00")


def test_a_model_without_name_is_not_listed_beside_others(studies_of_devices, demo_site):
    table = mixed_studies(studies_of_devices([("CT", ""), ("CT", "Discovery 690")], [("PT", "")]), demo_site)
    assert sorted(table["models"]) == ["", "Discovery 690"]


def test_series_that_are_not_kept_make_no_study_mixed(make_series, demo_site):
    series = make_series([TIME, TIME | {"model": "Aquilion", "verdict": "foreign"}])
    assert mixed_studies(series, demo_site).empty


def test_empty_tables_are_counted_as_nothing(demo_site):
    fates = series_fates(empty(SERIES), demo_site)
    assert verdict_counts(fates, demo_site).empty
    assert failed_series(fates).empty
    assert way_counts(empty(SERIES)).empty
    assert unmapped_descriptions(empty(STUDIES)).empty
    assert mixed_studies(empty(SERIES), demo_site).empty
