"""A desk with a few exams, made without a store."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import schedvisu_lib as sv
from schedvisu_lib.explorer.desk import Desk
from schedvisu_lib.periods import working_days
from tests.conftest import build_studies, write_site_file

D690, VISION, D670 = "Discovery 690", "Vision 600", "Discovery 670"
FIRST, LAST = date(2026, 5, 4), date(2026, 5, 22)
"""The stored days: three weeks; Ascension on the 14th, closed on the 15th."""
EXAMS: list[dict[str, Any]] = [
    {"start": "2026-05-18 08:12", "end": "2026-05-18 08:43"},
    {"start": "2026-05-18 09:00", "end": "2026-05-18 09:20", "exam_type": "PSMA"},
    {"start": "2026-05-19 13:00", "end": "2026-05-19 13:45", "exam_type": "PSMA"},
    {"start": "2026-05-20 10:00", "end": "2026-05-20 10:20", "scanner": VISION, "exam_type": "FET"},
    {"start": "2026-05-12 10:00", "end": "2026-05-12 10:20", "scanner": VISION},
    {"start": "2026-05-21 08:00", "end": "2026-05-21 08:30", "scanner": D670, "exam_type": "OS", "n_takes": 2},
    {"start": "2026-05-21 11:00", "end": "2026-05-21 11:30", "scanner": D670, "exam_type": "OS", "take": 2},
]


def small_desk(folder: Path, language: str = "en", **changes: Any) -> Desk:
    """Return a desk with :data:`EXAMS`; ``changes`` are those of the site file."""
    desk = Desk(sv.load_site(write_site_file(folder, report={"language": language}, **changes)))
    desk.studies = build_studies(EXAMS).sort_values(["start", "end"], ignore_index=True)
    desk.stored = tuple(working_days(desk.site.calendar, FIRST, LAST))
    desk.notice = ""
    return desk
