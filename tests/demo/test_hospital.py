from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from schedvisu_lib.config import OTHER, Site, load_site, squeeze_description, squeeze_model
from schedvisu_lib.demo.demand import out_of_service
from schedvisu_lib.demo.hospital import Hospital, merge_encounters
from schedvisu_lib.demo.machines import MACHINES
from schedvisu_lib.demo.records import Frames, SimExam, SimStudy
from schedvisu_lib.errors import ConfigError
from schedvisu_lib.periods import is_open

MONDAY = date(2025, 3, 3)
PROGRAM = """
import hashlib
from datetime import date
from schedvisu_lib.config import load_site
from schedvisu_lib.demo.hospital import Hospital
studies = Hospital(load_site({path!r})).studies_on(date(2025, 3, 3))
print(hashlib.sha256(repr(studies).encode()).hexdigest())
"""


def test_day_is_the_same_whatever_was_asked_before(site: Site) -> None:
    alone, after_others = Hospital(site), Hospital(site)
    for n in range(1, 4):
        after_others.studies_on(MONDAY - timedelta(days=n))
    assert alone.studies_on(MONDAY) == after_others.studies_on(MONDAY)


def test_day_is_the_same_in_another_process(site: Site, hospital: Hospital) -> None:
    program = PROGRAM.format(path=str(site.file))
    other = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == hashlib.sha256(repr(hospital.studies_on(MONDAY)).encode()).hexdigest()


def test_another_seed_is_another_hospital(site: Site, hospital: Hospital) -> None:
    other = Hospital(site, seed=7).studies_on(MONDAY)
    assert {study.uid for study in other}.isdisjoint(study.uid for study in hospital.studies_on(MONDAY))


@pytest.mark.parametrize("year", [2019, 2025, 2026])
def test_open_days_have_25_to_50_exams_and_closed_days_none(site: Site, year: int) -> None:
    hospital = Hospital(site)
    days = [date(year, month, 1) + timedelta(days=n) for month in (1, 5, 7, 8, 12) for n in range(0, 28, 3)]
    for day in days:
        if is_open(site.calendar, day):
            assert 25 <= len(hospital.exams(day)) <= 50, day
        else:
            assert hospital.studies_on(day) == ()


def test_holiday_has_no_exams(hospital: Hospital) -> None:
    assert hospital.studies_on(date(2025, 5, 29)) == ()  # Ascension, a Thursday


def test_days_after_the_last_day_hold_nothing(site: Site, hospital: Hospital) -> None:
    ending = Hospital(site, last_day=MONDAY)
    assert ending.studies_on(MONDAY) == hospital.studies_on(MONDAY)
    assert ending.studies_on(MONDAY + timedelta(days=1)) == ()


def test_each_scanner_is_out_of_service_some_days_a_year_and_one_at_a_time(site: Site) -> None:
    hospital = Hospital(site)
    days = [date(2025, 1, 1) + timedelta(days=n) for n in range(365)]
    out = {day: room for day in days if (room := out_of_service(hospital.rooms, hospital.seed, day)) is not None}
    assert {room.scanner.name for room in out.values()} == set(site.scanner_names)
    day, room = next((day, room) for day, room in out.items() if is_open(site.calendar, day))
    assert room.scanner.name not in {exam.scanner for exam in hospital.exams(day)}


def test_utilisation_differs_between_scanners(site: Site, hospital: Hospital, month: list[date]) -> None:
    exams = [exam for day in month for exam in hospital.exams(day)]
    counts = {name: sum(exam.scanner == name for exam in exams) for name in site.scanner_names}
    assert counts["Vision 600"] > counts["Discovery 670"] > counts["Millennium"] > 20


def test_descriptions_match_the_patterns_of_the_type_that_was_meant(site: Site, all_studies: list[SimStudy]) -> None:
    spellings: dict[str, set[str]] = {}
    for study in all_studies:
        if study.why:
            continue
        text = squeeze_description(study.description)
        types = [
            kind.name
            for kind in site.exam_types_of(study.scanner)
            if any(re.fullmatch(pattern, text) for pattern in kind.patterns)
        ]
        assert (types or [OTHER])[0] == study.exam_type, study.description
        spellings.setdefault(study.exam_type, set()).add(study.description)
    assert set(spellings) == {kind.name for kind in site.exam_types} | {OTHER}
    assert len(spellings["FDG STAND."]) >= 4
    assert any("^" in word for words in spellings.values() for word in words)


def test_real_model_names(site: Site, all_studies: list[SimStudy]) -> None:
    models = {series.device.model for study in all_studies if not study.why for series in study.series}
    known = {squeeze_model(model) for scanner in site.scanners for model in scanner.models}
    assert {squeeze_model(model) for model in models} - {"readingstation"} == known


def test_programme_of_each_machine_is_complete() -> None:
    assert len(MACHINES) == 5
    assert all(abs(sum(share for _, share in machine.programme) - 1) < 1e-9 for machine in MACHINES)


def test_site_without_a_machine_of_the_demo_is_refused(tmp_path: Path, site: Site) -> None:
    text = site.file.read_text()
    for machine in MACHINES:
        text = text.replace(machine.emission.model, f"Unknown {MACHINES.index(machine)}")
    (tmp_path / "other.yaml").write_text(text)
    with pytest.raises(ConfigError, match="none is a machine of the simulated hospital"):
        Hospital(load_site(tmp_path / "other.yaml"))


def test_finds_a_study_by_any_of_its_uids(hospital: Hospital) -> None:
    study = hospital.studies_on(MONDAY)[5]
    series = study.series[1]
    for uid in (study.uid, series.uid, series.instance_uid(series.n_instances - 1)):
        found = hospital.find_study(uid)
        assert found is not None
        assert found[0] is study
    assert hospital.find_study(series.instance_uid(series.n_instances)) is None
    assert hospital.find_study("1.2.840.1") is None


def _exam(start: str, end: str, encounter: str, kind: str = "V/P POUMON") -> SimExam:
    day = "2025-03-03 "
    return SimExam(
        "Discovery 670",
        kind,
        1,
        datetime.fromisoformat(day + start),
        datetime.fromisoformat(day + end),
        f"{start}",
        True,
        encounter=encounter,
    )


def test_ventilation_and_perfusion_within_two_hours_are_one_exam(site: Site) -> None:
    merged = merge_encounters(site, [_exam("09:00", "09:15", "a"), _exam("11:15", "11:30", "a")])
    assert [(exam.start.hour, exam.end.hour) for exam in merged] == [(9, 11)]


def test_ventilation_in_the_morning_and_perfusion_in_the_afternoon_are_two_exams(site: Site) -> None:
    exams = [_exam("09:00", "09:15", "a"), _exam("14:00", "14:15", "a"), _exam("09:20", "09:30", "b")]
    assert len(merge_encounters(site, exams)) == 3


def test_frames_of_detectors_and_windows_count_once(all_studies: list[SimStudy]) -> None:
    frames = [series.timing for study in all_studies for series in study.series if isinstance(series.timing, Frames)]
    dual = next(one for one in frames if one.windows == 2)
    assert dual.kind == "STATIC"
    assert dual.n_frames == 4
    assert (dual.end - dual.start).total_seconds() * 1000 == dual.phases[0].frame_ms
