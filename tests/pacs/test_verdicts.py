"""What is left out before anything is fetched, and why (design 5.1)."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset

from schedvisu_lib.pacs.source import ListedSeries
from schedvisu_lib.pacs.verdicts import (
    is_accepted_institution,
    is_known_device,
    why_excluded,
    why_excluded_by_name,
)


def listed(modality="PT", **facts):
    study, answer = Dataset(), Dataset()
    study.PatientID = facts.get("patient", "D1234567")
    study.StudyDescription = facts.get("study", "PET-CT FDG")
    answer.SeriesDescription = facts.get("series", "PET WB AC")
    answer.ProtocolName = facts.get("protocol", "PET WB")
    return ListedSeries(study, answer, "1.2", "1.2.3", modality, 6)


@pytest.mark.parametrize("modality", ["PT", "NM", "CT"])
def test_a_patients_series_with_times_is_not_excluded(base_site, modality):
    assert why_excluded(listed(modality), base_site) == ""


@pytest.mark.parametrize(
    ("series", "reason"),
    [
        (listed(patient="PHANTOM-NEMA"), "not a patient (pacs.not_patients)"),
        (listed(patient="qc_daily"), "not a patient (pacs.not_patients)"),
        (listed(study="Quality Control PET"), "study description (pacs.excluded_studies)"),
        (listed(study="contrôle qualité du matin"), "study description (pacs.excluded_studies)"),
        (listed(series="Screen Save"), "series description or protocol (pacs.excluded_series)"),
        (listed(protocol="FUSED PET"), "series description or protocol (pacs.excluded_series)"),
        (listed("SR"), "modality SR"),
        (listed("OT", series="Screen Save"), "modality OT"),
        (listed(""), "modality unknown"),
        (listed("SR", patient="TEST1"), "not a patient (pacs.not_patients)"),
    ],
)
def test_an_excluded_series_says_by_what(base_site, series, reason):
    assert why_excluded(series, base_site) == reason


def test_patterns_match_the_whole_text(base_site):
    pacs = base_site.pacs.model_copy(update={"not_patients": ("QC",), "excluded_series": ("PET",)})
    site = base_site.model_copy(update={"pacs": pacs})
    assert why_excluded(listed(patient="QC1", series="PET WB"), site) == ""
    assert why_excluded(listed(patient="QC"), site) != ""
    assert why_excluded(listed(series="PET"), site) != ""


def test_the_reason_never_holds_the_patients_id(base_site):
    assert "PHANTOM" not in why_excluded(listed(patient="PHANTOM-NEMA"), base_site)
    assert "PHANTOM" not in repr(listed(patient="PHANTOM-NEMA"))


@pytest.mark.parametrize(
    ("names", "accepted"),
    [
        (["Hopital de demonstration"], True),
        (["HOPITAL DE  DEMONSTRATION "], True),
        (["hopitaldedemonstration"], True),
        (["Elsewhere", "HDD Medecine Nucleaire"], True),
        (["Elsewhere"], False),
        (["Hopital de demonstration 2"], False),
        ([], False),
    ],
)
def test_a_study_is_accepted_if_any_of_its_institutions_is(base_site, names, accepted):
    assert is_accepted_institution(names, base_site) is accepted


@pytest.mark.parametrize(
    ("models", "known"),
    [
        (["Discovery 690"], True),
        (["DISCOVERY_690"], True),
        (["tandem discovery 670"], True),
        (["Somatom", "Encore2"], True),
        (["Somatom"], False),
        (["Discovery"], False),
        ([], False),
    ],
)
def test_a_study_is_ours_if_any_of_its_models_is_of_a_scanner(base_site, models, known):
    assert is_known_device(models, base_site) is known


def test_names_that_only_a_header_tells_exclude_as_those_listed(base_site):
    study, series = "study description (pacs.excluded_studies)", "series description or protocol (pacs.excluded_series)"
    assert why_excluded_by_name("Quality Control PET", "PET WB", "PET WB", base_site) == study
    assert why_excluded_by_name("PET-CT FDG", "Screen Save", "", base_site) == series
    assert why_excluded_by_name("PET-CT FDG", "", "FUSED PET", base_site) == series
    assert why_excluded_by_name("PET-CT FDG", "PET WB", "PET WB", base_site) == ""
