"""Each special case of the demo hospital occurs within four weeks, and is what it claims to be."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest

from schedvisu_lib.config import OTHER, Site, squeeze_institution
from schedvisu_lib.demo.datasets import make_dataset
from schedvisu_lib.demo.headers import image_header
from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.demo.records import Beds, Frames, Numbering, SimExam, SimSeries, SimStudy
from schedvisu_lib.demo.rota import EVERY_WEEKS, due
from schedvisu_lib.settings.calendar import WEEKDAYS
from schedvisu_lib.tables import DERIVED, EXCLUDED, FOREIGN, KEPT, NO_TIMING

Pairs = list[tuple[SimStudy, SimSeries]]


@pytest.fixture(scope="module")
def series(all_studies: list[SimStudy]) -> Pairs:
    return [(study, one) for study in all_studies for one in study.series]


@pytest.fixture(scope="module")
def exams(hospital: Hospital, month: list[date]) -> list[SimExam]:
    return [exam for day in month for exam in hospital.truth(day) if exam.kept]


def test_each_oddity_is_due_once_in_its_weeks(site: Site, month: list[date]) -> None:
    happened = Counter(kind for day in month for kind in due(site.calendar, 2019, day))
    assert happened == {kind: 4 // weeks for kind, weeks in EVERY_WEEKS.items()}


def test_phantom_and_quality_control_are_excluded(site: Site, all_studies: list[SimStudy]) -> None:
    phantom = next(study for study in all_studies if study.why == "phantom")
    assert any(re.match(pattern, phantom.patient.id) for pattern in site.pacs.not_patients)
    control = next(study for study in all_studies if study.why == "quality control")
    assert any(re.match(pattern, control.description) for pattern in site.pacs.excluded_studies)
    assert {one.verdict for study in (phantom, control) for one in study.series} == {EXCLUDED}
    for study in all_studies:
        if study.why not in ("phantom", "quality control"):
            assert not any(re.match(pattern, study.patient.id) for pattern in site.pacs.not_patients)
            assert not any(re.match(pattern, study.description) for pattern in site.pacs.excluded_studies)


def test_foreign_studies_from_our_models_and_from_others(site: Site, all_studies: list[SimStudy]) -> None:
    accepted = {squeeze_institution(name) for name in site.department.institutions}
    foreign = [study for study in all_studies if study.why == "foreign"]
    for study in foreign:
        assert not accepted & {squeeze_institution(one.institution) for one in study.series}
        assert {one.verdict for one in study.series} <= {FOREIGN, EXCLUDED}
    assert {bool(study.scanner) for study in foreign} == {True, False}


def test_every_other_study_names_an_accepted_institution(site: Site, all_studies: list[SimStudy]) -> None:
    accepted = {squeeze_institution(name) for name in site.department.institutions}
    for study in all_studies:
        if study.why != "foreign":
            assert accepted & {squeeze_institution(one.institution) for one in study.series}


def test_series_without_institution(series: Pairs) -> None:
    assert any(not one.institution and one.verdict == KEPT for _, one in series)


def test_excluded_series_are_those_that_match_a_pattern_or_are_no_image_of_the_patient(
    site: Site, series: Pairs
) -> None:
    def excluded(one: SimSeries) -> bool:
        named = any(re.match(pattern, one.description) for pattern in site.pacs.excluded_series)
        return named or one.modality not in ("CT", "PT", "NM")

    for study, one in series:
        if study.why not in ("phantom", "quality control"):
            assert excluded(one) == (one.verdict == EXCLUDED), one.description
    assert {one.modality for _, one in series} == {"CT", "PT", "NM", "SR", "OT"}
    assert {"Patient Protocol", "Screen Save", "Dose Report"} <= {one.description for _, one in series}


def test_derived_series(series: Pairs) -> None:
    def derived(one: SimSeries) -> bool:
        return one.image_type[1:2] == ("SECONDARY",) or one.image_type[2:3] == ("RECON TOMO",)

    of_patients = [one for study, one in series if not study.why and one.verdict != EXCLUDED]
    assert {one.verdict for one in of_patients if derived(one)} == {DERIVED}
    assert {one.modality for one in of_patients if derived(one)} == {"CT", "PT", "NM"}
    primary = [one for one in of_patients if one.image_type[:2] == ("DERIVED", "PRIMARY")]
    assert {one.modality for one in primary} == {"CT", "PT"}
    assert {one.verdict for one in primary} <= {KEPT, NO_TIMING}


def test_reconstructions_carry_the_acquisition_times_of_the_day_before(series: Pairs) -> None:
    later = [(study, one) for study, one in series if one.created is not None]
    assert later
    for study, one in later:
        assert one.made.date() == study.day + timedelta(days=1)
        assert one.timing.start.date() == study.day


def test_scouts_and_long_ct(series: Pairs) -> None:
    assert any(one.image_type[-1] == "LOCALIZER" and one.n_instances == 1 for _, one in series)
    lengths = {one.n_instances for _, one in series if one.image_type == ("ORIGINAL", "PRIMARY", "AXIAL")}
    assert min(lengths) >= 200
    assert max(lengths) <= 400


def test_pet_beds_end_after_the_last_one_began(series: Pairs) -> None:
    for _, one in series:
        if isinstance(one.timing, Beds):
            starts = [one.timing.acquired(one.position(index)) for index in (0, one.n_instances - 1)]
            assert min(starts) == one.timing.start
            assert max(starts) < one.timing.end


def test_nm_of_each_kind(series: Pairs) -> None:
    kinds = Counter(one.timing.kind for _, one in series if isinstance(one.timing, Frames))
    assert set(kinds) == {"STATIC", "WHOLE BODY", "DYNAMIC", "TOMO", "GATED TOMO", "RECON TOMO"}
    dynamic = [one.timing for _, one in series if isinstance(one.timing, Frames) and one.timing.kind == "DYNAMIC"]
    assert any(len(timing.phases) > 1 for timing in dynamic)
    assert any(phase.delay_ms for timing in dynamic for phase in timing.phases)


def test_missing_acquisition_time(series: Pairs) -> None:
    study, one = next((study, one) for study, one in series if one.verdict == NO_TIMING)
    dataset = make_dataset(study, one, 0)
    assert "AcquisitionTime" not in dataset
    assert "AcquisitionDate" not in dataset
    assert one.start is None
    assert one.end is None


def test_numbering_from_0_with_offset_and_with_holes(series: Pairs) -> None:
    odd = [one for _, one in series if one.numbering != Numbering()]
    assert any(one.numbering.number(0) == 0 for one in odd)
    assert any(one.numbering.number(0) > one.n_instances for one in odd)
    holed = next(one for one in odd if one.numbering.holes)
    assert holed.numbering.number(holed.n_instances - 1) == holed.n_instances + 7
    for one in odd:
        numbers = [one.numbering.number(index) for index in range(one.n_instances)]
        assert [one.index_of(number) for number in numbers] == list(range(one.n_instances))
        missing = set(range(numbers[-1] + 3)) - set(numbers)
        assert {one.index_of(number) for number in missing} == {None}


def test_spellings_of_time(series: Pairs) -> None:
    times = {str(image_header(one, 0)["AcquisitionTime"]) for _, one in series if one.timed}
    forms = (r"\d{6}", r"\d{6}\.\d", r"\d{6}\.\d{6}", r"\d{6}\.", r"\d{4}")
    assert {next(form for form in forms if re.fullmatch(form, text)) for text in times} == set(forms)


def test_unmapped_description(all_studies: list[SimStudy]) -> None:
    assert any(study.exam_type == OTHER and not study.why for study in all_studies)


def test_bone_scans_in_two_takes_with_another_patient_between(exams: list[SimExam]) -> None:
    second = [exam for exam in exams if exam.exam_type == "OS" and exam.take == 2]
    assert len(second) > 10
    between = 0
    for late in second:
        early = next(exam for exam in exams if exam.study_uid == late.study_uid and exam.take == 1)
        assert timedelta(minutes=60) < late.start - early.end < timedelta(hours=5)
        between += any(early.end <= e.start < late.start for e in exams if e.scanner == late.scanner)
    assert between > len(second) * 0.7


def test_ventilation_and_perfusion_are_two_studies_of_one_patient(exams: list[SimExam]) -> None:
    lungs: dict[str, list[SimExam]] = {}
    for exam in exams:
        if exam.encounter:
            lungs.setdefault(exam.encounter + exam.start.date().isoformat(), []).append(exam)
    pairs = [pair for pair in lungs.values() if len(pair) == 2]
    pauses = [(pair[1].start - pair[0].end) / timedelta(minutes=1) for pair in pairs]
    assert all(pair[0].study_uid != pair[1].study_uid for pair in pairs)
    assert sum(pause < 60 for pause in pauses) > len(pauses) / 2
    assert max(pauses) > 120


def test_exams_without_ct(all_studies: list[SimStudy]) -> None:
    assert any(study.modalities == ("NM",) and study.scanner == "Millennium" for study in all_studies)
    assert any(study.modalities == ("NM",) and study.scanner == "Discovery 670" for study in all_studies)


def test_mixed_and_ct_only_studies_are_no_exams(all_studies: list[SimStudy]) -> None:
    mixed = [study for study in all_studies if study.why == "mixed"]
    assert any(study.modalities == ("CT",) for study in mixed)
    assert any("SOMATOM Force" in {one.device.model for one in study.series} for study in mixed)
    assert not any(exam.kept for study in mixed for exam in study.exams)


def _neighbours(exams: list[SimExam]) -> list[tuple[SimExam, SimExam]]:
    ordered = sorted(exams, key=lambda exam: (exam.scanner, exam.start))
    return [(one, other) for one, other in pairwise(ordered) if one.scanner == other.scanner]


def test_neighbours_overlap_by_some_minutes(exams: list[SimExam]) -> None:
    overlaps = [
        one.end - other.start for one, other in _neighbours(exams) if one.start <= other.start < one.end < other.end
    ]
    assert len(overlaps) >= 4
    assert max(overlaps) <= timedelta(minutes=5)


def test_exam_within_another(exams: list[SimExam]) -> None:
    assert sum(one.start < other.start and other.end < one.end for one, other in _neighbours(exams)) >= 3


def test_emergency_across_midnight(exams: list[SimExam], hospital: Hospital) -> None:
    night = next(exam for exam in exams if exam.end.date() > exam.start.date())
    assert night.start.time() > time(23, 45)
    assert night.end.time() < time(0, 30)
    study = next(one for one in hospital.studies_on(night.start.date()) if one.uid == night.study_uid)
    dates = {str(make_dataset(study, one, 0).AcquisitionDate) for one in study.series if one.timed}
    assert len(dates) == 2


def test_late_exams_end_after_closing(site: Site, exams: list[SimExam]) -> None:
    def closing(exam: SimExam) -> datetime:
        hours = site.scanner(exam.scanner).hours[WEEKDAYS[exam.start.weekday()]]
        return datetime.combine(exam.start.date(), hours.closes)

    assert sum(closing(exam) < exam.end < closing(exam) + timedelta(hours=2) for exam in exams) >= 8


def test_lunch_gaps_and_late_starts(site: Site, exams: list[SimExam], month: list[date]) -> None:
    noon = sum(exam.start.hour == 12 for exam in exams)
    ten = sum(exam.start.hour == 10 for exam in exams)
    assert noon < ten * 0.6
    firsts = [
        min((exam.start for exam in exams if exam.scanner == name and exam.start.date() == day), default=None)
        for name in site.scanner_names
        for day in month
    ]
    assert len({first.hour for first in firsts if first is not None}) >= 3
