"""Rows of a roster that cannot be right, and those that a spreadsheet writes."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from schedvisu_lib.errors import TableError
from schedvisu_lib.plan.roster.rules.check import check
from tests.plan.roster.rules.conftest import SITE
from tests.plan.roster.small import MONDAY, SUNDAY, build_staff, duty, may, table_of


@pytest.mark.parametrize(
    ("column", "value", "what"),
    [
        ("date", "soon", 'row 1: date cannot be read: "soon" (row)'),
        ("date", None, "row 1: date cannot be read"),
        ("date", pd.Timestamp("2026-05-05 12:00"), "row 1: date cannot be read"),
        ("date", 46147, "row 1: date cannot be read"),
        ("person", "Zoe", 'Zoe, Tue 5 May, night: person "Zoe" is not in the book (row)'),
        ("shift", "noon", 'Ana, Tue 5 May, noon: shift "noon" is not in the book (row)'),
        ("level", "", 'level "" is not in the book'),
        ("department", "attic", 'department "attic" is not in the book'),
        ("department", "", "clinical needs a department"),
        ("team", "pink", 'team "pink" is not in the book'),
        ("counts_for", "Zoe", 'counts_for "Zoe" is not in the book'),
        ("origin", "magic", 'origin "magic" is none of auto, manual, given, substitute, swap'),
        ("locked", "perhaps", 'locked cannot be read: "perhaps"'),
        ("start", pd.Timestamp("2026-05-05 16:00"), "but night has 2026-05-05 17:00"),
        ("end", pd.Timestamp("2026-05-06 08:00"), "but night has 2026-05-06 07:00"),
    ],
)
def test_a_row_that_cannot_be_right_is_told_and_left_out(column: str, value: object, what: str) -> None:
    table = table_of(duty(5, "night", "Ana"), duty(8, "night", "Ben")).astype({column: "object"})
    table.loc[0, column] = value
    (one,) = check(table, build_staff(), SITE, MONDAY, SUNDAY)
    assert (one.rule, what in one.text) == (0, True), one.text


def test_rows_may_come_from_a_spreadsheet() -> None:
    table = table_of(duty(5, "night", "Ana", locked=True), duty(6, "night", "Ana")).astype("object")
    for column in ("team", "made_by", "counts_for", "reason", "start", "end", "origin"):
        table[column] = None
    table["date"], table["locked"] = ["2026-05-05", date(2026, 5, 6)], ["yes", float("nan")]
    told = check(table.sample(frac=1, random_state=1), build_staff(rest_hours=0), SITE, MONDAY, SUNDAY)
    assert [(one.rule, one.date, one.stood) for one in told] == [(4, may(6), False)]


def test_a_table_without_a_column_is_refused() -> None:
    with pytest.raises(TableError, match=r"lacks the column\(s\) counts_for; take one that the planner made"):
        check(table_of().drop(columns="counts_for"), build_staff(), SITE, MONDAY, SUNDAY)
