"""A few exams of one day, worked out by hand, and the week around them."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd
import pytest

from schedvisu_lib.export.tables import Extent
from tests.conftest import Builder

MONDAY, FRIDAY = date(2026, 5, 18), date(2026, 5, 22)
EVENING = datetime(2026, 5, 22, 23)


@pytest.fixture
def exams(make_studies: Builder) -> pd.DataFrame:
    """Three exams of Monday on one scanner, a bone scan in two takes on another, and an exam of the week before."""
    early = {"scanner": "Millennium", "exam_type": "OS", "study_description": "Scintigraphie osseuse", "n_takes": 2}
    return make_studies(
        [
            {"start": "2026-05-15 10:00", "end": "2026-05-15 10:30"},
            {"start": "2026-05-18 08:00", "end": "2026-05-18 08:20"},
            {"start": "2026-05-18 08:30", "end": "2026-05-18 09:00"},
            {"start": "2026-05-18 11:00", "end": "2026-05-18 11:45:30", "exam_type": "PSMA"},
            early | {"exam_id": "1.2.9_1", "start": "2026-05-18 09:00", "end": "2026-05-18 09:06", "take": 1},
            early | {"exam_id": "1.2.9_2", "start": "2026-05-18 12:00", "end": "2026-05-18 12:30", "take": 2},
        ]
    )


@pytest.fixture
def week() -> Extent:
    """Monday to Friday, the two scanners."""
    return Extent(MONDAY, FRIDAY, ("Discovery 690", "Millennium"))
