"""Which exams each scanner made."""

from __future__ import annotations

from schedvisu_lib.config import OTHER
from schedvisu_lib.studies.mix import exam_mix

MONDAY, FRIDAY = "2026-05-04", "2026-05-08"


def exam(day, scanner, exam_type):
    return {"start": f"{day} 08:00", "end": f"{day} 08:30", "scanner": scanner, "exam_type": exam_type}


def test_exams_are_counted_by_scanner_and_type_in_the_order_of_the_site(make_studies, demo_site):
    studies = make_studies(
        [
            exam("2026-05-04", "Vision 600", "PSMA"),
            exam("2026-05-05", "Vision 600", "FDG STAND."),
            exam("2026-05-08", "Vision 600", "FDG STAND."),
            exam("2026-05-04", "Discovery 690", OTHER),
            exam("2026-05-04", "Discovery 690", "of another site"),
            exam("2026-05-03", "Discovery 690", "FDG CERV."),
        ]
    )
    mix = exam_mix(studies, demo_site, MONDAY, FRIDAY)
    assert mix.columns.tolist() == ["FDG STAND.", "PSMA", OTHER, "of another site"]
    assert mix.index.tolist() == list(demo_site.scanner_names)
    assert mix.loc["Vision 600"].tolist() == [2, 1, 0, 0]
    assert mix.loc["Discovery 690"].tolist() == [0, 0, 1, 1]
    assert mix.loc["Millennium"].tolist() == [0, 0, 0, 0]


def test_a_week_without_exams_has_no_types(make_studies, demo_site):
    mix = exam_mix(make_studies(), demo_site, MONDAY, FRIDAY)
    assert mix.shape == (5, 0)
