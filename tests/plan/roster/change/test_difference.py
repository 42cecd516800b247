"""The difference of two rosters tells each duty that changed, once, and leads from one to the other."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TypeAlias

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from schedvisu_lib.language import language
from schedvisu_lib.plan.roster.change.difference import COLUMNS, diff, worded
from schedvisu_lib.plan.roster.duty import Duty, Empty, from_table
from tests.plan.roster.small import duty, may, table_of

Who: TypeAlias = tuple[date, str, str, str, str]


def test_a_duty_is_added_taken_away_or_goes_to_somebody_else() -> None:
    old = table_of(duty(4, "day", "Ana"), duty(4, "night", "Ben"), duty(5, "night", "Cleo"))
    new = table_of(duty(4, "day", "Ana"), duty(4, "night", "Dan"), duty(6, "night", "Cleo"))
    found = diff(old, new)
    assert {name: str(kind) for name, kind in found.dtypes.items()} == COLUMNS
    assert found[["before", "after", "change"]].to_numpy().tolist() == [
        ["Ben", "Dan", "went to somebody else"],
        ["Cleo", "", "taken away"],
        ["", "Cleo", "added"],
    ]
    assert worded(found, language("en")) == [
        "Mon 4 May, night, clinical, imaging: Dan instead of Ben",
        "Tue 5 May, night, clinical, imaging: Cleo was taken away",
        "Wed 6 May, night, clinical, imaging: Cleo was added",
    ]


def test_a_level_of_the_hospital_is_told_without_a_department() -> None:
    found = diff(table_of(), table_of(duty(4, "night", "Sam", "guard", "")))
    assert worded(found, language("fr")) == ["lun. 04.05, night, guard\xa0: Sam en plus"]


def test_who_stays_is_not_told_and_empty_seats_and_locks_make_no_difference() -> None:
    old = table_of(duty(4, "day", "Ana"), duty(4, "day", "Ben"), duty(4, "day", "Cleo"))
    seat = Empty(may(4), "night", "clinical", "imaging")
    new = table_of(duty(4, "day", "Ben", locked=True), duty(4, "day", "Dan"), duty(4, "day", "Cleo"), empty=(seat,))
    assert diff(old, new)[["before", "after"]].to_numpy().tolist() == [["Ana", "Dan"]]
    assert diff(old, old).empty


duties = st.lists(
    st.builds(
        duty, st.integers(4, 6), st.sampled_from(["day", "night"]), st.sampled_from(["Ana", "Ben", "Cleo", "Dan"])
    ),
    max_size=8,
)


def who(duties: list[Duty]) -> Counter[Who]:
    return Counter((one.date, one.shift, one.level, one.department, one.person) for one in duties)


def applied(old: pd.DataFrame, found: pd.DataFrame) -> Counter[Who]:
    """Return who has which duty after a difference."""
    people = who(from_table(old)[0])
    for row in found.itertuples(index=False):
        place = (row.date.date(), row.shift, row.level, row.department)
        if row.before:
            assert people[*place, row.before] > 0
            people[*place, row.before] -= 1
        if row.after:
            people[*place, row.after] += 1
    return +people


@settings(max_examples=20)
@given(duties, duties)
def test_a_difference_leads_from_the_old_roster_to_the_new(old: list[Duty], new: list[Duty]) -> None:
    found = diff(table_of(*old), table_of(*new))
    assert applied(table_of(*old), found) == who(new)
    left, came = who(old) - who(new), who(new) - who(old)
    assert len(found) <= left.total() + came.total()
    assert (found["before"] != found["after"]).all()
