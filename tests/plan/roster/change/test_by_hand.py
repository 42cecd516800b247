"""Changes by hand: each broken rule is named at once, what is locked stays, and nothing else changes."""

from __future__ import annotations

import time
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from schedvisu_lib.errors import PlanError
from schedvisu_lib.plan.roster.book.model import StaffBook
from schedvisu_lib.plan.roster.change import by_hand
from schedvisu_lib.plan.roster.change.changes import Change, Refused
from schedvisu_lib.plan.roster.duty import Duty, Empty, from_table
from schedvisu_lib.plan.roster.rules.check import check
from tests.plan.conftest import english_site
from tests.plan.roster.small import MONDAY, SUNDAY, absent_on, build_staff, duty, may, person, request, table_of

CLINICAL = [request("clinical", "day"), request("clinical", "night")]
BOOK = build_staff(requests=CLINICAL, contracts=[{"name": "short", "most_in_row": 2}])


def roster() -> pd.DataFrame:
    """Return a roster of two days: Ana has a night, Ben the day after it."""
    seat = Empty(may(4), "day", "clinical", "imaging", "nobody is free")
    return table_of(duty(4, "night", "Ana"), duty(5, "day", "Ben"), duty(5, "night", "Dan", locked=True), empty=(seat,))


def set_duty(
    table: pd.DataFrame, name: str, day: int, shift: str | None, book: StaffBook = BOOK, **more: Any
) -> Change:
    return by_hand.set_duty(table, book, english_site(), MONDAY, SUNDAY, name, may(day), shift, **more)


def who(table: pd.DataFrame) -> list[tuple[int, str, str, str]]:
    """Return day, shift, person and origin of the rows."""
    return [(row.date.day, row.shift, row.person, row.origin) for row in table.itertuples()]


def test_no_change_touches_the_table_that_it_is_given() -> None:
    table = roster()
    set_duty(table, "Ana", 4, None)
    set_duty(table, "Cleo", 4, "day")
    by_hand.lock(table, "Ana", may(4))
    by_hand.unlock(table, "Dan", may(5))
    pd.testing.assert_frame_equal(table, roster())


def test_a_free_seat_is_filled_by_hand() -> None:
    table, broken = set_duty(roster(), "Cleo", 4, "day")
    assert broken == []
    assert who(table) == [(4, "day", "Cleo", "manual"), (4, "night", "Ana", "auto"), (5, "day", "Ben", "auto"),
                          (5, "night", "Dan", "auto")]  # fmt: skip
    assert table.dtypes.equals(roster().dtypes)


def test_a_seat_that_is_left_is_empty_and_says_why() -> None:
    table, broken = set_duty(roster(), "Ben", 5, None)
    assert broken == []
    assert [(seat.date.day, seat.shift, seat.reason) for seat in from_table(table)[1]] == [
        (4, "day", "nobody is free"),
        (5, "day", "taken out by hand"),
    ]


def test_a_change_of_shift_leaves_one_seat_and_fills_another() -> None:
    table, _ = set_duty(roster(), "Ana", 4, "day")
    assert who(table) == [(4, "day", "Ana", "manual"), (4, "night", "", "auto"), *who(roster())[2:]]


def test_what_breaks_a_rule_is_refused_and_each_rule_is_named() -> None:
    with pytest.raises(Refused) as refused:
        set_duty(roster(), "Ana", 5, "day")
    assert str(refused.value) == (
        "not set: Ana, Tue 5 May, day: the day after a night (Mon 4 May) is free (rule 4, after a night); "
        "Ana, Tue 5 May, day: 0 h of rest after night of Mon 4 May, at least 11 h (rule 5, rest)"
    )
    assert [one.rule for one in refused.value.broken] == [4, 5]


def test_it_is_set_in_spite_of_the_rule_if_that_is_wanted_and_stands_then() -> None:
    table, broken = set_duty(roster(), "Cleo", 5, "late", in_spite=True)
    assert [one.text for one in broken] == ["Cleo, Tue 5 May, late: no request asks for it (rule 1, seat)"]
    assert (5, "late", "Cleo", "manual") in who(table)
    assert [(one.rule, one.stood) for one in check(table, BOOK, english_site(), MONDAY, SUNDAY)] == [(1, True)]


def test_what_was_broken_before_is_not_told_again() -> None:
    table = set_duty(roster(), "Ana", 5, "late", in_spite=True).table
    assert set_duty(table, "Ana", 7, "day").broken == []


def test_who_exceeds_a_limit_by_less_may_leave_a_duty() -> None:
    staff = [person("Ana", contract="short"), person("Ben")]
    book = build_staff(requests=CLINICAL, contracts=[{"name": "short", "most_in_row": 2}], staff=staff, teams=[])
    table = table_of(*(duty(day, "day", "Ana") for day in (4, 5, 6, 7)), book=book)
    assert [one.rule for one in check(table, book, english_site(), MONDAY, SUNDAY)] == [9]
    assert set_duty(table, "Ana", 4, None, book).broken == []
    with pytest.raises(Refused, match="days with a duty in a row: 5, at most 2"):
        set_duty(table, "Ana", 8, "day", book)


def test_a_member_of_a_team_is_not_set_alone() -> None:
    table, book = table_of(), build_staff()
    with pytest.raises(Refused) as refused:
        set_duty(table, "Rose", 4, "day", book)
    assert [(one.rule, one.team) for one in refused.value.broken] == [(11, "red")]
    assert "Ruby, Rita, Rolf" in str(refused.value)
    alone = set_duty(table, "Rose", 4, "day", book, in_spite=True).table
    assert from_table(alone)[0][0].team == "red"


def set_team(table: pd.DataFrame, team: str, day: int, shift: str | None, book: StaffBook, **more: Any) -> Change:
    return by_hand.set_team(table, book, english_site(), MONDAY, SUNDAY, team, may(day), shift, **more)


def test_a_team_is_set_as_a_whole_without_those_who_are_away() -> None:
    book = build_staff(requests=[request("nursing", "day", by="team")], leave=[absent_on("Ruby", 4)])
    table, broken = set_team(table_of(), "red", 4, "day", book)
    assert broken == []
    assert [(one.person, one.team, one.origin) for one in from_table(table)[0]] == [
        (name, "red", "manual") for name in ("Rita", "Rolf", "Rose")
    ]
    assert set_team(table, "red", 4, "day", book).table is table
    gone, broken = set_team(table, "red", 4, None, book)
    assert (from_table(gone)[0], broken) == ([], [])
    assert [seat.reason for seat in from_table(gone)[1]] == ["taken out by hand"]


def test_a_team_is_refused_what_breaks_a_rule_and_what_is_locked() -> None:
    book = build_staff(requests=[request("nursing", shift, by="team") for shift in ("day", "night")])
    table = set_team(table_of(), "red", 4, "night", book).table
    with pytest.raises(Refused, match="the day after a night"):
        set_team(table, "red", 5, "day", book)
    fixed = by_hand.lock(table, "Rita", may(4)).table
    with pytest.raises(PlanError, match="Rita on 2026-05-04, night: is locked; unlock it first"):
        set_team(fixed, "red", 4, "day", book, in_spite=True)
    with pytest.raises(PlanError, match='team "pink" is not in the book; it has: red, green, blue'):
        set_team(table, "pink", 4, "day", book)


def test_a_duty_is_for_the_level_whose_seat_is_empty() -> None:
    staff = [person("Ana", levels=["clinical", "guard"]), person("Sam", "guard")]
    book = build_staff(staff=staff, teams=[], requests=[request("clinical", "night"), request("guard", "night")])
    filled = table_of(duty(4, "night", "Ana"), book=book)
    one = from_table(set_duty(filled, "Ana", 6, "night", book).table)[0][1]
    assert (one.level, one.department) == ("clinical", "imaging")
    taken = table_of(duty(6, "night", "Sam", "clinical"), book=book)
    two = from_table(set_duty(taken, "Ana", 6, "night", book).table)[0]
    assert ("Ana", "guard", "") in [(each.person, each.level, each.department) for each in two]
    three = set_duty(filled, "Ana", 6, "night", book, level="guard").table
    assert from_table(three)[0][1].level == "guard"


def test_what_cannot_be_set_is_said() -> None:
    with pytest.raises(PlanError, match='person "Zoe" is not in the book; add a row to its sheet "staff"'):
        set_duty(roster(), "Zoe", 4, "day")
    with pytest.raises(PlanError, match='shift "evening" is not in the book; it has: day, late, night'):
        set_duty(roster(), "Ana", 4, "evening")
    with pytest.raises(PlanError, match='level "surgery" is not in the book; it has: clinical, nursing, guard'):
        set_duty(roster(), "Ana", 4, "day", level="surgery")
    with pytest.raises(PlanError, match="2026-05-18 lies outside the roster; name a day from 2026-05-04 to 2026-05-17"):
        set_duty(roster(), "Ana", 18, "day")


# Lock


def test_what_is_locked_is_not_set_before_it_is_unlocked() -> None:
    for shift in (None, "day"):
        with pytest.raises(PlanError, match=r"Dan on 2026-05-05, night: is locked; unlock it first"):
            set_duty(roster(), "Dan", 5, shift, in_spite=True)
    free = by_hand.unlock(roster(), "Dan", may(5)).table
    assert who(set_duty(free, "Dan", 5, None).table)[-1] == (5, "night", "", "auto")


def test_only_the_duty_named_is_locked() -> None:
    table, broken = by_hand.lock(roster(), "Ana", may(4))
    assert broken == []
    assert [(one.person, one.locked) for one in from_table(table)[0]] == [("Ana", True), ("Ben", False), ("Dan", True)]
    assert table.dtypes.equals(roster().dtypes)
    pd.testing.assert_frame_equal(by_hand.unlock(table, "Ana", may(4)).table, roster())
    with pytest.raises(PlanError, match="Ana has no duty in day on 2026-05-04; name one of the roster"):
        by_hand.lock(roster(), "Ana", may(4), "day")


def test_of_two_duties_on_a_day_the_shift_is_named() -> None:
    twice = table_of(duty(4, "day", "Ana"), duty(4, "night", "Ana"))
    with pytest.raises(PlanError, match="Ana has 2 duties on 2026-05-04; name the shift of one"):
        by_hand.lock(twice, "Ana", may(4))
    table = by_hand.lock(twice, "Ana", may(4), "night").table
    assert [(one.shift, one.locked) for one in from_table(table)[0]] == [("day", False), ("night", True)]


# Choices


def choices(
    table: pd.DataFrame, name: str, day: int, book: StaffBook = BOOK
) -> list[tuple[str | None, bool, list[int]]]:
    found = by_hand.choices(table, book, english_site(), MONDAY, SUNDAY, name, may(day))
    return [(one.shift, one.is_set, [broken.rule for broken in one.broken]) for one in found]


def test_each_choice_tells_what_forbids_it() -> None:
    assert choices(roster(), "Ana", 5) == [(None, True, []), ("day", False, [4, 5]), ("late", False, [1, 4, 5]),
                                           ("night", False, [4, 5])]  # fmt: skip
    assert choices(roster(), "Ana", 4) == [(None, False, []), ("day", False, []), ("late", False, [1]),
                                           ("night", True, [])]  # fmt: skip
    away = build_staff(requests=CLINICAL, leave=[absent_on("Cleo", 6)])
    assert choices(roster(), "Cleo", 5, away) == [(None, True, []), ("day", False, []), ("late", False, [1]),
                                                  ("night", False, [7])]  # fmt: skip


def test_a_shift_of_other_levels_is_no_choice() -> None:
    names = [shift for shift, _, _ in choices(table_of(), "Sam", 4, build_staff())]
    assert names == [None, "day", "night"]


def test_a_locked_cell_has_no_choice() -> None:
    assert choices(roster(), "Dan", 5) == [("night", True, [])]


def test_a_choice_without_broken_rules_is_what_can_be_set() -> None:
    for name, days in (("Ana", (4, 5)), ("Ben", (5,)), ("Cleo", (6,))):
        for day in days:
            for shift, is_set, rules in choices(roster(), name, day):
                if is_set:
                    continue
                if rules:
                    with pytest.raises(Refused) as refused:
                        set_duty(roster(), name, day, shift)
                    assert [one.rule for one in refused.value.broken] == rules
                else:
                    assert set_duty(roster(), name, day, shift).broken == []


def test_the_menu_of_a_cell_of_40_persons_and_28_days_is_quick() -> None:
    """Forty persons, four levels, each on duty every fourth day: less than 0.2 s of CPU for a cell."""
    levels = [f"level {n}" for n in range(4)]
    last = MONDAY + timedelta(days=27)
    book = build_staff(
        levels=[{"name": name} for name in levels],
        shifts=[{"name": "day", "start": "07:00", "end": "17:00"}, {"name": "night", "start": "17:00", "end": "07:00"}],
        staff=[{"name": f"P{n}", "department": "imaging", "levels": [levels[n % 4]]} for n in range(40)],
        teams=[],
        requests=[request(name, shift, last=last, required=2) for name in levels for shift in ("day", "night")],
    )
    rows = [
        Duty(MONDAY + timedelta(days=day), "night" if n // 4 % 2 else "day", levels[n % 4], "imaging", f"P{n}")
        for n in range(40)
        for day in range(n // 8 % 4, 28, 4)
    ]
    table = table_of(*rows, book=book)
    by_hand.choices(table, book, english_site(), MONDAY, last, "P0", date(2026, 5, 13))
    began = time.process_time()
    found = by_hand.choices(table, book, english_site(), MONDAY, last, "P1", date(2026, 5, 13))
    assert time.process_time() - began < 0.2
    assert len(found) == 3
