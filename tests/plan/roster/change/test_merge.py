"""Rosters of several makers: each pool comes from one of them, and the whole is what its parts were."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedvisu_lib.errors import BookError
from schedvisu_lib.plan.roster.change.merge import merge, merge_and_check
from schedvisu_lib.plan.roster.duty import Duty, Empty, from_table, to_table
from tests.plan.conftest import english_site
from tests.plan.roster.small import MONDAY, SUNDAY, build_staff, duty, may, request, table_of

BOOK = build_staff(requests=[request("clinical", "night", last=may(5)), request("guard", "night", last=may(5))])


def guard(day: int, name: str = "Sam", **fields: str) -> Duty:
    return duty(day, "night", name, "guard", "", **fields)


def mistakes(**tables: pd.DataFrame) -> list[str]:
    with pytest.raises(BookError) as caught:
        merge(tables, build_staff())
    return list(caught.value.mistakes)


def test_each_duty_says_by_whom_it_was_made() -> None:
    tables = {"office.xlsx": table_of(duty(4, "night", "Ana"), duty(5, "night", "Ben", made_by="Zoe")),
              "head-nurse.csv": table_of(guard(4))}  # fmt: skip
    merged = merge(tables, build_staff())
    assert [(one.person, one.made_by) for one in from_table(merged)[0]] == [
        ("Ana", "office.xlsx"),
        ("Sam", "head-nurse.csv"),
        ("Ben", "Zoe"),
    ]
    assert [(one.person, one.made_by) for one in from_table(tables["office.xlsx"])[0]] == [("Ana", ""), ("Ben", "Zoe")]


def test_a_pool_that_two_files_plan_is_a_mistake_that_names_both() -> None:
    one, two, three = table_of(duty(4, "night", "Ana")), table_of(duty(5, "night", "Ben"), guard(4)), table_of(guard(6))
    assert mistakes(a=one, b=two, c=three) == [
        "a and b plan the level clinical of imaging; keep it in one of them",
        "b and c plan the level guard; keep it in one of them",
    ]


def test_somebody_on_duty_in_two_files_on_one_day_is_a_mistake() -> None:
    assert mistakes(a=table_of(duty(4, "night", "Ana")), b=table_of(guard(4, "Ana"), guard(5, "Ana"))) == [
        "Ana is on duty on 2026-05-04 in a and b: a (night, clinical); b (night, guard); take one of the duties out"
    ]


def test_empty_seats_come_from_the_one_who_plans_the_pool() -> None:
    def seat(day: int, level: str = "clinical", department: str = "imaging", reason: str = "") -> Empty:
        return Empty(may(day), "night", level, department, reason)

    mine = (seat(5, reason="nobody is free"), seat(4, "guard", ""), seat(4, "nursing"))
    office = table_of(duty(4, "night", "Ana"), empty=mine)
    ward = table_of(guard(5), empty=(seat(4, "guard", "", "ill"), seat(6), seat(4, "nursing")))
    merged = merge({"office": office, "ward": ward}, build_staff())
    assert [(one.date.day, one.level, one.reason) for one in from_table(merged)[1]] == [
        (4, "guard", "ill"),
        (4, "nursing", ""),
        (5, "clinical", "nobody is free"),
    ]


def test_what_the_whole_breaks_and_lacks_is_told() -> None:
    tables = {"office": table_of(duty(4, "night", "Ana"), duty(5, "night", "Ana"), book=BOOK),
              "ward": table_of(guard(5), book=BOOK)}  # fmt: skip
    table, broken = merge_and_check(tables, BOOK, english_site(), MONDAY, SUNDAY)
    assert [(one.rule, one.person, one.date) for one in broken] == [(4, "Ana", may(5)), (5, "Ana", may(5))]
    assert [(one.date.day, one.level, one.reason) for one in from_table(table)[1]] == [(4, "guard", "nobody was named")]


pools = st.tuples(st.sampled_from([("clinical", "imaging"), ("nursing", "imaging"), ("guard", "")]), st.integers(0, 2))
rows = st.lists(st.tuples(st.integers(4, 12), st.sampled_from(["day", "night"]), pools, st.booleans()), max_size=12)


@settings(max_examples=20)
@given(rows, st.permutations(["office", "nurse", "guards"]))
def test_the_parts_of_a_roster_make_the_roster(rows: list[tuple[int, str, tuple[tuple[str, str], int], bool]],
                                               makers: list[str]) -> None:  # fmt: skip
    """A roster is split by pool over three makers, two of whom may have nothing; each person is of one pool."""
    people = {"clinical": ("Ana", "Ben", "Cleo"), "nursing": ("Rose", "Gail", "Beth"), "guard": ("Sam", "Sue", "Ana")}
    maker = dict(zip(people, makers, strict=True))
    whole = [
        Duty(may(day), shift, *pool, people[pool[0]][number] + ("" if pool[0] != "guard" else " G"), locked=is_locked,
             made_by=maker[pool[0]])
        for day, shift, (pool, number), is_locked in rows
    ]  # fmt: skip
    whole = list(dict.fromkeys(whole))
    tables = {
        name: to_table([replace(one, made_by="") for one in whole if one.made_by == name], (), build_staff())
        for name in makers
    }
    merged = merge(tables, build_staff())
    assert sorted(from_table(merged)[0]) == sorted(whole)
    assert merged["date"].is_monotonic_increasing
