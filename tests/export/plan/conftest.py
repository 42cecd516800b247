"""A small plan, as all its files are made from: two patients, a group, a nameless booking, a session without a time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pandas as pd
import pytest

from schedvisu_lib.export.plan.content import PlanContent
from schedvisu_lib.plan.book.model import Book
from tests.plan.conftest import asked, build_book, build_table, changed, english_site

ANNA, BERT = "Anna Muster", "Bert Modèle"
MADE = datetime(2026, 5, 1, 12)


def at(procedure: str, start: str, **more: Any) -> dict[str, Any]:
    return {"procedure": procedure, "start": f"2026-05-{start}", "patient": ANNA, **more}


@pytest.fixture
def book() -> Book:
    return build_book(
        resources=changed("resources", "ecg", scanner="Discovery 690"),
        patients=[{"name": ANNA}, {"name": BERT}],
        prescriptions=[
            asked("mud", 1, sessions=3, patient=ANNA),
            asked("ecg", 2, patient=ANNA),
            asked("pool", 1, patient=BERT, sheet="S2"),
        ],
        bookings=[
            {"resource": "mud", "start": "2026-05-04 14:00", "end": "2026-05-04 16:00"},
            {
                "resource": "ecg", "start": "2026-05-06 09:00", "end": "2026-05-06 09:20", "patient": ANNA,
                "procedure": "ecg", "sheet": "S1", "position": 2, "session": 1, "locked": True,
            },
        ],
    )  # fmt: skip


@pytest.fixture
def table(book: Book) -> pd.DataFrame:
    nameless = {"patient": "", "sheet": "", "resource": "mud", "origin": "given"}
    return build_table(
        book,
        [
            at("mud", "04 08:00"),
            at("mud", "05 08:30", session=2),
            at("", "04 14:00", end="2026-05-04 16:00", **nameless),
            at("ecg", "06 09:00", origin="given", locked=True),
            at("pool", "04 09:00", patient=BERT, sheet="S2"),
        ],
        [{"procedure": "mud", "session": 3, "patient": ANNA, "reason": "session 3 of 3: no time within 14 days"}],
    )


@pytest.fixture
def content(table: pd.DataFrame, book: Book) -> PlanContent:
    return PlanContent(table, book, english_site(), date(2026, 5, 4), MADE)
