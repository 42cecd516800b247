"""Duties and empty seats as a table, and back."""

from __future__ import annotations

import pandas as pd
import pytest

from schedvisu_lib.errors import TableError
from schedvisu_lib.plan.roster.duty import COLUMNS, Empty, from_table
from tests.plan.roster.small import STAFF, build_staff, duty, may, table_of

NIGHT = duty(4, "night", "Ana", locked=True, made_by="office", counts_for="Ben", origin="swap")
TEAM = duty(4, "day", "Rose", "nursing", team="red")
NOBODY = Empty(may(5), "day", "clinical", "imaging", "nobody is free")


def test_rows_stand_by_start_and_a_night_ends_on_the_next_day() -> None:
    table = table_of(NIGHT, TEAM, empty=(NOBODY,))
    assert list(zip(table["start"], table["end"], table["person"], strict=True)) == [
        (pd.Timestamp("2026-05-04 07:00"), pd.Timestamp("2026-05-04 17:00"), "Rose"),
        (pd.Timestamp("2026-05-04 17:00"), pd.Timestamp("2026-05-05 07:00"), "Ana"),
        (pd.Timestamp("2026-05-05 07:00"), pd.Timestamp("2026-05-05 17:00"), ""),
    ]


def test_a_table_gives_back_its_duties_and_empty_seats() -> None:
    assert from_table(table_of(NIGHT, TEAM, empty=(NOBODY,))) == ([TEAM, NIGHT], [NOBODY])
    assert dict(table_of().dtypes.astype(str)) == COLUMNS


def test_a_table_without_a_column_is_no_roster() -> None:
    with pytest.raises(TableError, match=r"^the roster lacks the column\(s\) shift, team; take one that the planner"):
        from_table(table_of(NIGHT).drop(columns=["shift", "team"]))


def test_a_shift_that_the_book_has_no_more_is_named_with_its_day() -> None:
    book = build_staff(shifts=[row for row in STAFF["shifts"] if row["name"] != "late"])
    with pytest.raises(TableError, match=r'^2026-05-04: the book has no shift "late"; add it to the sheet shifts, or'):
        table_of(duty(4, "late", "Ana"), book=book)
