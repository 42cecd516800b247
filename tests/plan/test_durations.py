"""Durations of procedures from measured exams: percentiles worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pandas as pd
import pytest

from schedvisu_lib.errors import BookError
from schedvisu_lib.plan.book.model import Book
from schedvisu_lib.plan.durations import COLUMNS, with_durations
from tests.conftest import build_studies

from .conftest import build_book, english_site

DAY = pd.Timestamp("2026-05-04 08:00")


def exams(*minutes: float, **fields: Any) -> list[dict[str, Any]]:
    return [{"start": DAY, "end": DAY + timedelta(minutes=length), **fields} for length in minutes]


def book(grid: int = 5, **procedure: Any) -> Book:
    """Return a book with the procedure "scan", and a consultation of 20 minutes."""
    scanner = {"group": "A"}
    return build_book(
        grid=grid,
        groups=[{"name": "A"}],
        travel=[],
        incompatible=[],
        resources=[
            {"name": "one", "scanner": "Discovery 690", **scanner},
            {"name": "two", "scanner": "Vision 600", **scanner},
            {"name": "room", **scanner},
        ],
        procedures=[
            {"name": "scan", "exam_type": "FDG STAND.", "resources": ["one"], **procedure},
            {"name": "talk", "minutes": 20, "resources": ["room"]},
        ],
    )


def scan(studies: Sequence[dict[str, Any]], **procedure: Any) -> tuple[Any, ...]:
    """Return n, minutes and source of "scan"."""
    filled, table = with_durations(book(**procedure), build_studies(studies), english_site())
    assert filled.procedure["scan"].minutes == table["minutes"].iloc[0]
    return tuple(table[["n", "minutes", "source"]].iloc[0])


def test_the_percentile_is_rounded_up_to_the_grid() -> None:
    # 1, 2, ..., 21 minutes: the p-th percentile is 1 + p / 5.
    lengths = exams(*range(1, 22))
    assert scan(lengths) == (21, 20, "measured")  # 17
    assert scan(lengths, percentile=50) == (21, 15, "measured")  # 11
    assert scan(lengths, percentile=95) == (21, 20, "measured")  # 20, as it is
    assert scan(lengths, percentile=96) == (21, 25, "measured")  # 20.2
    assert scan(lengths, grid=10, percentile=50) == (21, 20, "measured")
    assert scan(lengths, grid=1) == (21, 17, "measured")


def test_it_takes_one_step_of_the_grid_at_least() -> None:
    assert scan(exams(*[0.0] * 20)) == (20, 5, "measured")


def test_below_twenty_exams_its_own_minutes_stand() -> None:
    assert scan(exams(*[33] * 19), minutes=45) == (19, 45, "fallback")
    assert scan(exams(*[33] * 20), minutes=45) == (20, 35, "measured")


def test_without_minutes_too_few_exams_are_a_mistake() -> None:
    with pytest.raises(BookError) as caught:
        with_durations(book(), build_studies(exams(*[33] * 19)), english_site())
    assert str(caught.value) == (
        'sheet "procedures", "scan", column "minutes": missing, and 19 exams of FDG STAND. are too few to measure (20 '
        "are needed); write minutes to fall back on"
    )


def test_exams_on_the_scanners_of_its_resources_count() -> None:
    here, there = exams(*[20] * 20), exams(*[40] * 20, scanner="Vision 600")
    gone = exams(*[60] * 50, scanner="Scrapped")
    assert scan([*here, *there, *gone]) == (20, 20, "measured")
    assert scan([*here, *there, *gone], resources=["two", "room"]) == (20, 40, "measured")
    assert scan([*here, *there, *gone], resources=["one", "two"]) == (40, 40, "measured")
    assert scan([*here, *there, *gone], resources=["room"]) == (40, 40, "measured")  # no scanner: all of the site


def test_other_exam_types_and_prepared_times_do_not_count() -> None:
    other = exams(*[90] * 30, exam_type="PSMA")
    prepared = exams(*[20] * 20, prepared_from=DAY - timedelta(minutes=5), prepared_until=DAY + timedelta(minutes=25))
    assert scan([*prepared, *other], preparation=10, exit=10) == (20, 20, "measured")


def test_the_table_tells_where_each_duration_is_from() -> None:
    filled, table = with_durations(book(minutes=30, percentile=70), build_studies(exams(*[33] * 3)), english_site())
    assert list(table.columns) == list(COLUMNS)
    assert table["procedure"].tolist() == ["scan", "talk"]
    assert table["exam_type"].tolist() == ["FDG STAND.", ""]
    assert table["percentile"].tolist() == [70, pd.NA]
    assert table["n"].tolist() == [3, pd.NA]
    assert table["minutes"].tolist() == [30, 20]
    assert table["source"].tolist() == ["fallback", "given"]
    assert filled.procedure["talk"].minutes == 20


def test_the_book_that_came_in_stays_as_it_is() -> None:
    given = book()
    assert given.procedure["scan"].minutes is None
    filled, _ = with_durations(given, build_studies(exams(*[33] * 20)), english_site())
    assert given.procedure["scan"].minutes is None
    assert filled.procedure["scan"].minutes == 35
    assert filled.procedures[0] is filled.procedure["scan"]
