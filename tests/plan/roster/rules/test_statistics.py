"""What each person has by a roster, and how evenly it is spread."""

from __future__ import annotations

from typing import Any

import pandas as pd

from schedvisu_lib.plan.roster.duty import Duty
from schedvisu_lib.plan.roster.rules.statistics import COLUMNS, SPREAD_COLUMNS, spread_table, statistics
from tests.plan.conftest import english_site
from tests.plan.roster.small import MONDAY, SUNDAY, build_staff, duty, may, person, request, table_of

SITE = english_site()
STAFF = [person("Ana", title="MD", levels=["clinical", "guard"]), person("Ben")]


def table(*duties: Duty, **changes: Any) -> pd.DataFrame:
    book = build_staff(**{"staff": STAFF, "requests": [request("clinical", "night")], **changes})
    return statistics(table_of(*duties, book=book), book, SITE, MONDAY, SUNDAY).set_index("person")


def test_columns_and_persons_are_those_of_the_book() -> None:
    found = table().reset_index()
    assert found.dtypes.astype(str).to_dict() == COLUMNS
    assert found["person"].to_list() == ["Ana", "Ben"]
    assert found.loc[0, ["department", "title"]].to_list() == ["imaging", "MD"]
    assert not found[["total", "nights", "weekends", "holidays", "hours"]].any(axis=None)


def test_what_somebody_works_is_counted_whomever_it_counts_for() -> None:
    duties = [
        duty(8, "night", "Ana", counts_for="Ben"), duty(10, "day", "Ana", "guard", ""), duty(14, "late", "Ana"),
        duty(3, "night", "Ana"), duty(18, "night", "Ana"),
    ]  # fmt: skip
    row = table(*duties).loc["Ana"]
    assert row[["total", "nights", "weekends", "holidays", "hours"]].to_list() == [3, 1, 1, 1, 33.0]


def test_what_counts_and_what_is_fair_is_over_all_levels() -> None:
    counts = [{"person": "Ana", "level": "guard", "nights": 2, "total": 4}]
    found = table(duty(8, "night", "Ana", counts_for="Ben"), duty(5, "day", "Ana", "guard", ""), counts=counts)
    assert found[["has_nights", "has_weekends", "has_holidays", "has_total"]].to_numpy().tolist() == [
        [2, 0, 0, 5], [1, 1, 0, 1],
    ]  # fmt: skip
    # the guard is asked for on no day: there everybody keeps what they have
    assert found[["fair_nights", "fair_weekends", "fair_holidays", "fair_total"]].to_numpy().tolist() == [
        [9, 1, 0.5, 11], [7, 1, 0.5, 7],
    ]  # fmt: skip


def test_wishes_and_debts_are_counted() -> None:
    wishes = [{"person": "Ana", "first": may(5), "last": may(7), "wants": "off"}]
    debt = {"debtor": "Ana", "creditor": "Ben", "date": may(1), "shift": "night", "level": "clinical"}
    found = table(duty(6, "night", "Ana"), wishes=wishes, debts=[debt, {**debt, "paid": may(2)}])
    assert found[["wishes", "wishes_met", "owes", "is_owed"]].to_numpy().tolist() == [[3, 2, 1, 0], [0, 0, 0, 1]]


def test_the_spread_has_a_row_for_each_group() -> None:
    book = build_staff()
    nights = [duty(day, "night", "Ana") for day in (5, 9)] + [duty(14, "night", "Ben")]
    found = spread_table(table_of(*nights, book=book), book, SITE, MONDAY, SUNDAY)
    assert found.dtypes.astype(str).to_dict() == SPREAD_COLUMNS
    assert found.to_numpy().tolist() == [
        ["clinical", "imaging", "number", "", 4, 2, 1, 1, 2],
        ["nursing", "imaging", "team", "", 12, 0, 0, 0, 0],
        ["guard", "", "number", "", 2, 0, 0, 0, 0],
    ]
