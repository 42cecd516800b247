"""A small plan for the tests of the planner's desk: two sheets, a course, a choice of resources, a locked booking."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from schedvisu_lib.explorer.planner.draft import Draft, Wanted
from schedvisu_lib.explorer.planner.screen import PlanScreen
from schedvisu_lib.plan.book.model import Book
from tests.plan.conftest import asked, build_book, build_terms, changed, english_site

SHEETS = [
    asked("mud", 1),
    asked("ecg", 2),
    asked("ther", 3),
    asked("bath", 1, sheet="S2", patient="P2", sessions=2),
]
"""First fit on Monday 4 May: mud 8:00, ecg 8:40, ther 10:00; bath on Monday and Tuesday 8:00."""
HELD = {"resource": "mud", "start": "2026-05-05 08:00", "end": "2026-05-05 12:00"}
"""Taken by nobody of these sheets."""


def small_book(**changes: Any) -> Book:
    """Return the book of these tests; baths are given in two places."""
    procedures = changed("procedures", "bath", resources=["bath", "ecg"])
    return build_book(**({"procedures": procedures, "prescriptions": SHEETS, "bookings": [HELD]} | changes))


@cache
def planned() -> pd.DataFrame:
    """Return first fit's times for both sheets."""
    draft = Draft(small_book(), english_site())
    for sheet in ("S1", "S2"):
        draft.take(draft.plan(wanted(sheet)))
    return draft.table


@pytest.fixture
def draft() -> Draft:
    """A draft with first fit's times for both sheets."""
    return Draft(small_book(), english_site(), planned().copy())


def wanted(sheet: str = "S1", *positions: int, **changes: Any) -> Wanted:
    """Return what asks for some positions of a sheet, all by default, by first fit."""
    known = [row["position"] for row in SHEETS if row["sheet"] == sheet]
    return Wanted(sheet, positions or tuple(known), build_terms(), **({"seconds": 0.0} | changes))


def times(draft: Draft, sheet: str = "S1") -> list[str]:
    """Return start and resource of each session of a sheet, in the order of its positions."""
    rows = draft.of_sheet(sheet)
    starts = ["" if pd.isna(start) else f"{start:%d %H:%M}" for start in rows["start"]]
    return [f"{start} {name}".strip() for start, name in zip(starts, rows["resource"], strict=True)]


def key(draft: Draft, sheet: str, position: int, session: int = 1) -> str:
    """Return the id of a session's appointment."""
    rows = draft.of_sheet(sheet)
    return rows.loc[(rows["position"] == position) & (rows["session"] == session), "appointment_id"].item()


@pytest.fixture
def screen(draft: Draft, tmp_path: Path) -> PlanScreen:
    """The desk with that draft, in English."""
    return PlanScreen(draft, build_terms(), 0, tmp_path / "out", pd.DataFrame())
