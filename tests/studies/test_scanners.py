"""Which scanner a study belongs to (design 5.3.1; cases 8 and 11)."""

from __future__ import annotations

import pandas as pd
import pytest

from schedvisu_lib.studies.scanners import scanner_of_series
from schedvisu_lib.tables import SERIES, empty

TIME = {"start": "2026-05-11 08:00", "end": "2026-05-11 08:20"}


@pytest.fixture
def scanner_of(make_series, demo_site):
    """Names the scanner of one study from (modality, model) or (modality, model, verdict) of its series."""

    def name(*series):
        rows = [dict(zip(("modality", "model", "verdict"), row, strict=False)) | TIME for row in series]
        (scanner,) = scanner_of_series(make_series(rows), demo_site).unique()
        return scanner

    return name


@pytest.mark.parametrize(
    "model", ["Tandem_Discovery_670", "tandem discovery 670", "TANDEM_DISCOVERY670", " Tandem\tDiscovery__670 "]
)
def test_models_are_compared_in_lower_case_without_spaces_and_underscores(scanner_of, model):
    assert scanner_of(("NM", model)) == "Discovery 670"


def test_hyphens_of_a_model_name_count(scanner_of):
    assert pd.isna(scanner_of(("NM", "Tandem-Discovery-670")))


def test_a_study_of_two_devices_of_one_scanner_belongs_to_it(scanner_of):
    assert scanner_of(("CT", "BrightSpeed"), ("NM", "Tandem_Discovery_670")) == "Discovery 670"


def test_two_spellings_of_one_model_are_one_device(scanner_of):
    assert scanner_of(("CT", "Discovery 690"), ("PT", "DISCOVERY_690")) == "Discovery 690"


def test_an_emission_series_alone_is_enough(scanner_of):
    assert scanner_of(("PT", "Discovery 690")) == "Discovery 690"


def test_a_study_with_ct_only_is_mixed(scanner_of):
    assert pd.isna(scanner_of(("CT", "Discovery 690"), ("CT", "Discovery 690")))


def test_one_series_of_a_foreign_device_makes_a_study_mixed(scanner_of):
    assert pd.isna(scanner_of(("PT", "Discovery 690"), ("CT", "Discovery 690"), ("CT", "Aquilion")))


def test_devices_of_two_scanners_make_a_study_mixed(scanner_of):
    assert pd.isna(scanner_of(("PT", "Discovery 690"), ("CT", "BrightSpeed")))


def test_a_series_without_model_follows_its_study(scanner_of):
    assert scanner_of(("CT", ""), ("PT", "Discovery 690")) == "Discovery 690"
    assert scanner_of(("PT", "Discovery 690"), ("CT", "  ")) == "Discovery 690"


def test_an_emission_series_without_model_counts_as_emission_of_its_study(scanner_of):
    assert scanner_of(("CT", "Discovery 690"), ("PT", "")) == "Discovery 690"


def test_a_series_without_model_does_not_save_a_mixed_study(scanner_of):
    assert pd.isna(scanner_of(("CT", ""), ("PT", "Discovery 690"), ("NM", "Encore2")))


def test_a_study_without_any_model_belongs_to_no_scanner(scanner_of):
    assert pd.isna(scanner_of(("PT", ""), ("CT", "")))


@pytest.mark.parametrize("verdict", ["derived", "excluded", "foreign", "no timing", "failed"])
def test_series_that_are_not_kept_do_not_decide(scanner_of, verdict):
    assert scanner_of(("PT", "Discovery 690"), ("CT", "Aquilion", verdict)) == "Discovery 690"
    assert pd.isna(scanner_of(("CT", "Discovery 690"), ("PT", "Discovery 690", verdict)))


def test_a_study_is_judged_by_itself(make_series, demo_site):
    series = make_series(
        [
            {"study_uid": "1", "modality": "PT", "model": "Discovery 690", **TIME},
            {"study_uid": "2", "modality": "CT", "model": "Discovery 690", **TIME},
            {"study_uid": "3", "modality": "NM", "model": "Encore2", **TIME},
        ]
    )
    scanners = scanner_of_series(series.set_axis([5, 7, 6]), demo_site)
    assert scanners.dropna().to_dict() == {5: "Discovery 690", 6: "Symbia Intevo"}
    assert list(scanners.index) == [5, 7, 6]


def test_a_series_that_is_not_kept_has_the_scanner_of_its_study(make_series, demo_site):
    rows = [("1", "PT", "Discovery 690", "kept"), ("1", "CT", "Aquilion", "foreign"), ("2", "PT", "Encore2", "derived")]
    names = ("study_uid", "modality", "model", "verdict")
    scanners = scanner_of_series(make_series([dict(zip(names, row, strict=True)) | TIME for row in rows]), demo_site)
    assert scanners.fillna("none").tolist() == ["Discovery 690", "Discovery 690", "none"]


def test_no_series_name_no_scanner(demo_site):
    assert scanner_of_series(empty(SERIES), demo_site).empty
