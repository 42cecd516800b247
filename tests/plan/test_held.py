"""Past plans against what happened: shares and medians worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from schedvisu_lib.errors import TableError
from schedvisu_lib.plan.book.model import Book
from schedvisu_lib.plan.held import COLUMNS, held
from tests.conftest import build_studies

from .conftest import build_book, build_table, english_site

KNOWN = [
    {"start": "2026-05-04 07:00", "end": "2026-05-04 07:10", "exam_type": "OTHER"},
    {"start": "2026-05-29 17:00", "end": "2026-05-29 17:10", "exam_type": "OTHER"},
]
"""Exams that only say of which days images are known."""


def book() -> Book:
    """Return a book with scans of 20 minutes on two scanners, prepared for 5 minutes, left in 10."""
    scan = {"minutes": 20, "preparation": 5, "exit": 10}
    return build_book(
        resources=[
            {"name": "PET 1", "group": "A", "scanner": "Discovery 690"},
            {"name": "PET 2", "group": "A", "scanner": "Vision 600"},
            {"name": "room", "group": "A"},
        ],
        procedures=[
            {"name": "FDG", "exam_type": "FDG STAND.", "resources": ["PET 1", "PET 2", "room"], **scan},
            {"name": "PSMA", "exam_type": "PSMA", "resources": ["PET 1"], **scan},
            {"name": "QC", "minutes": 20, "resources": ["PET 1"]},
        ],
        incompatible=[],
    )


def plan(*rows: tuple[str, str], **fields: Any) -> list[dict[str, Any]]:
    """Return appointments of 35 minutes: procedure and day with time, "05-04 08:00"."""
    return [
        {"procedure": name, "start": f"2026-{start}", "sheet": f"S{n}", **fields}
        for n, (name, start) in enumerate(rows)
    ]


def exam(start: str, minutes: float, **fields: Any) -> dict[str, Any]:
    begin = datetime.fromisoformat(f"2026-{start}")
    return {"start": begin, "end": begin + timedelta(minutes=minutes), **fields}


def told(rows: Sequence[Mapping[str, Any]], exams: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    """Return the rows of the table, with None where there is no number."""
    table = held(build_table(book(), rows), build_studies([*exams, *KNOWN]), english_site(), book())
    assert list(table.columns) == list(COLUMNS)
    return table.astype(object).where(table.notna(), None).to_numpy().tolist()


def test_it_held_if_the_images_took_no_longer_than_planned() -> None:
    rows = plan(*(("FDG", f"05-04 {hour:02d}:00") for hour in range(8, 13)))
    exams = [
        exam(f"05-04 {hour:02d}:05", minutes)
        for hour, minutes in zip(range(8, 13), (10, 20, 20.5, 23, 26), strict=True)
    ]
    assert told(rows, exams) == [["FDG", "2026-W19", 5, 5, 0.4, 3.0]]  # 0.5, 3 and 6 minutes over


def test_each_procedure_and_week_has_a_row() -> None:
    rows = plan(("PSMA", "05-11 08:00"), ("FDG", "05-11 09:00"), ("FDG", "05-08 09:00"), ("FDG", "05-12 09:00"))
    exams = [
        exam("05-11 08:05", 20, exam_type="PSMA"),
        exam("05-11 09:05", 25),
        exam("05-08 09:05", 18),
    ]
    assert told(rows, exams) == [
        ["FDG", "2026-W19", 1, 1, 1.0, None],
        ["FDG", "2026-W20", 2, 1, 0.0, 5.0],
        ["PSMA", "2026-W20", 1, 1, 1.0, None],
    ]


@pytest.mark.parametrize(
    ("other", "matched"),
    [
        ({}, 1),
        ({"exam_type": "PSMA"}, 0),
        ({"scanner": "Vision 600"}, 0),
        ({"start": "2026-05-05 08:05", "end": "2026-05-05 08:20"}, 0),
        ({"start": "2026-05-04 08:50", "end": "2026-05-04 09:00"}, 1),
        ({"start": "2026-05-04 08:51", "end": "2026-05-04 09:00"}, 0),
    ],
    ids=["same", "type", "scanner", "day", "45 minutes after the preparation", "46 minutes"],
)
def test_an_exam_is_matched_by_scanner_day_type_and_start(other: dict[str, Any], matched: int) -> None:
    [[_, _, planned, found, *_]] = told(plan(("FDG", "05-04 08:00")), [exam("05-04 08:05", 15) | other])
    assert (planned, found) == (1, matched)


def test_an_exam_is_matched_once_and_another_type_between_is_passed_over() -> None:
    rows = plan(("FDG", "05-04 08:00"), ("PSMA", "05-04 08:35"), ("FDG", "05-04 09:10"))
    exams = [exam("05-04 08:30", 15), exam("05-04 08:50", 15, exam_type="PSMA")]
    assert told(rows, exams) == [["FDG", "2026-W19", 2, 1, 1.0, None], ["PSMA", "2026-W19", 1, 1, 1.0, None]]


def test_patients_play_no_part() -> None:
    rows = [row | {"patient": "P2"} for row in plan(("FDG", "05-04 08:00"))]
    assert told(rows, [exam("05-04 08:05", 15, patient="pseudonym")]) == [["FDG", "2026-W19", 1, 1, 1.0, None]]


def test_only_exams_on_scanners_and_days_with_known_images_count() -> None:
    rows = plan(("FDG", "05-04 08:00"), ("QC", "05-04 09:00"), ("FDG", "05-30 08:00"), ("FDG", "05-03 08:00"))
    elsewhere = plan(("FDG", "05-04 10:00"), resource="room")
    assert told([*rows, *elsewhere], [exam("05-04 08:05", 15)]) == [["FDG", "2026-W19", 1, 1, 1.0, None]]


def test_a_plan_without_exams_gives_an_empty_table() -> None:
    assert told(plan(("QC", "05-04 08:00")), []) == []


def test_an_exported_plan_is_read_as_well(tmp_path: Path) -> None:
    rows, exams = plan(("FDG", "05-04 08:00")), build_studies([exam("05-04 08:05", 25), *KNOWN])
    table = build_table(book(), rows, [{"procedure": "PSMA"}])
    expected = held(table, exams, english_site(), book())
    table.to_csv(tmp_path / "plan.csv", index=False)
    table.to_excel(tmp_path / "plan.xlsx", index=False)
    for exported in (pd.read_csv(tmp_path / "plan.csv"), pd.read_excel(tmp_path / "plan.xlsx")):
        pd.testing.assert_frame_equal(held(exported, exams, english_site(), book()), expected)
    assert expected["over"].tolist() == [5.0]


def test_a_table_that_is_no_plan_is_refused() -> None:
    exams = build_studies(KNOWN)
    with pytest.raises(TableError, match=r"^table lacks the column\(s\) procedure, resource; see docs/plan-app"):
        held(pd.DataFrame({"start": [], "end": []}), exams, english_site(), book())
    wrong = pd.DataFrame({"procedure": ["FDG"], "resource": ["PET 1"], "start": ["soon"], "end": ["later"]})
    with pytest.raises(TableError, match=r"^start or end of the plan holds something else than times; export it anew$"):
        held(wrong, exams, english_site(), book())
