"""What became of every series that the archive listed (design 4; case 11)."""

from __future__ import annotations

import pytest

from schedvisu_lib.studies.quality import mixed_studies, unmapped_descriptions, verdict_counts
from schedvisu_lib.tables import SERIES, STUDIES, VERDICTS, empty

TIME = {"start": "2026-05-04 08:00", "end": "2026-05-04 08:20"}


def test_verdicts_are_counted_by_reason_kept_first(make_series):
    rows = [
        {"verdict": "failed", "reason": "C-GET 0xA701", "study_uid": "1"},
        {"verdict": "derived", "reason": "SECONDARY", "study_uid": "1"},
        {"verdict": "derived", "reason": "RECON TOMO", "study_uid": "1"},
        {"verdict": "derived", "reason": "RECON TOMO", "study_uid": "1"},
        {"verdict": "kept", "study_uid": "1"},
        {"verdict": "kept", "study_uid": "2"},
        {"verdict": "kept", "study_uid": "2"},
    ]
    table = verdict_counts(make_series([row | TIME for row in rows]))
    assert table.to_dict("split")["data"] == [
        ["kept", "", 3, 2],
        ["derived", "RECON TOMO", 2, 1],
        ["derived", "SECONDARY", 1, 1],
        ["failed", "C-GET 0xA701", 1, 1],
    ]
    assert list(table.columns) == ["verdict", "reason", "n_series", "n_studies"]


def test_every_series_is_counted_under_its_verdict(make_series):
    series = make_series([TIME | {"verdict": verdict} for verdict in reversed(VERDICTS)])
    table = verdict_counts(series)
    assert table["verdict"].tolist() == list(VERDICTS)
    assert table["n_series"].sum() == len(series)


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
    assert table.to_dict("split")["data"] == [
        ["Discovery 690", "CT", 2],
        ["Aquilion + Discovery 690", "CT + PT", 1],
    ]


def test_a_model_without_name_is_not_listed_beside_others(studies_of_devices, demo_site):
    table = mixed_studies(studies_of_devices([("CT", ""), ("CT", "Discovery 690")], [("PT", "")]), demo_site)
    assert sorted(table["models"]) == ["", "Discovery 690"]


def test_series_that_are_not_kept_make_no_study_mixed(make_series, demo_site):
    series = make_series([TIME, TIME | {"model": "Aquilion", "verdict": "foreign"}])
    assert mixed_studies(series, demo_site).empty


def test_empty_tables_are_counted_as_nothing(demo_site):
    assert verdict_counts(empty(SERIES)).empty
    assert unmapped_descriptions(empty(STUDIES)).empty
    assert mixed_studies(empty(SERIES), demo_site).empty
