"""The truth that the hospital states is what design 5.3 makes of its series, read slowly here, series by series."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import groupby

from schedvisu_lib.config import Site, squeeze_model
from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.demo.records import SimExam, SimSeries, SimStudy
from schedvisu_lib.tables import KEPT


def _scanner_of(site: Site, study: SimStudy) -> str | None:
    kept = [series for series in study.series if series.verdict == KEPT]
    models = {squeeze_model(series.device.model) for series in kept}
    for scanner in site.scanners:
        if models and models <= {squeeze_model(model) for model in scanner.models}:
            emission = any(series.modality in ("PT", "NM") for series in kept)
            return scanner.name if emission else None
    return None


def _takes(own: list[SimSeries], starts_of_others: list[datetime]) -> list[list[SimSeries]]:
    takes: list[list[SimSeries]] = []
    until = datetime.min
    for series in sorted(own, key=lambda one: one.timing.start):
        start = series.timing.start
        pause = (start - until).total_seconds() if takes else 0
        split = pause > 3540 or (pause > 0 and any(until <= other < start for other in starts_of_others))
        if not takes or split:
            takes.append([])
        takes[-1].append(series)
        until = max(until, series.timing.end)
    return takes


def _read(site: Site, studies: tuple[SimStudy, ...]) -> list[tuple[str, str, int, datetime, datetime]]:
    placed = [(scanner, study) for study in studies if (scanner := _scanner_of(site, study)) is not None]
    exams = []
    for scanner, study in placed:
        others = [
            series.timing.start
            for name, other in placed
            if name == scanner and other is not study
            for series in other.series
            if series.verdict == KEPT
        ]
        own = [series for series in study.series if series.verdict == KEPT]
        for take, members in enumerate(_takes(own, others), 1):
            start, end = min(one.timing.start for one in members), max(one.timing.end for one in members)
            exams.append((study.uid, scanner, take, start, end))
    return sorted(exams)


def test_truth_is_what_the_rules_make_of_the_series(site: Site) -> None:
    hospital = Hospital(site)
    for day in [date(2025, 3, 3) + timedelta(days=n) for n in range(60)]:
        kept = [exam for exam in hospital.truth(day) if exam.kept]
        stated = sorted((exam.study_uid, exam.scanner, exam.take, exam.start, exam.end) for exam in kept)
        assert stated == _read(site, hospital.studies_on(day)), day


def test_realistic_durations(hospital: Hospital, month: list[date]) -> None:
    exams = sorted((e for day in month for e in hospital.truth(day) if e.kept), key=_kind)
    minutes = {
        kind: sum((exam.end - exam.start).total_seconds() / 60 for exam in group) / n
        for kind, members in groupby(exams, key=_kind)
        for group in [list(members)]
        for n in [len(group)]
    }
    assert 12 < minutes["FDG STAND.", 1] < 25
    assert 9 < minutes["FDG CERV.", 1] < 15
    assert 19 < minutes["COEUR RB", 1] < 30
    assert 24 < minutes["OS", 2] < 40
    assert 20 < minutes["REIN DYN.", 1] < 35
    assert 5 < minutes["THYROIDE", 1] < 15


def _kind(exam: SimExam) -> tuple[str, int]:
    return exam.exam_type, exam.take


def test_series_end_after_they_start(all_studies: list[SimStudy]) -> None:
    for study in all_studies:
        for series in study.series:
            assert series.timing.end >= series.timing.start
