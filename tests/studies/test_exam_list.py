"""The exams as a list that may be handed on."""

from __future__ import annotations

import pytest

import schedvisu_lib as sv

DAYS = "Discovery 690", "2026-05-04", "2026-05-05"


def test_a_list_of_exams_tells_no_patient_and_no_study(make_studies):
    row = {"start": "2026-05-04 08:00", "end": "2026-05-04 08:20", "patient": "a1b2c3", "exam_id": "1.2.840.99_1"}
    exams = sv.exam_list(make_studies([row]), *DAYS)
    assert len(exams) == 1
    text = exams.to_csv()
    assert "a1b2c3" not in text
    assert "1.2.840" not in text


def test_exams_of_the_scanner_and_days_are_listed_in_order_of_start(make_studies):
    spans = [("05", "09:00", "09:45"), ("04", "10:00", "10:20"), ("04", "08:00", "08:30"), ("06", "08:00", "08:30")]
    rows = [{"start": f"2026-05-{day} {begin}", "end": f"2026-05-{day} {end}"} for day, begin, end in spans]
    exams = sv.exam_list(make_studies([*rows, rows[0] | {"scanner": "Vision 600"}]), *DAYS)
    assert exams["minutes"].tolist() == [30.0, 20.0, 45.0]
    assert exams["start"].dt.hour.tolist() == [8, 10, 9]


def test_days_in_the_wrong_order_are_told(make_studies):
    with pytest.raises(ValueError, match="lies after last day"):
        sv.exam_list(make_studies([]), DAYS[0], DAYS[2], DAYS[1])
