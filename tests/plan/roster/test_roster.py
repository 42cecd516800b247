"""Rosters of the planner: the best of all rosters of tiny books, no broken rule, what stands and what is kept."""

from __future__ import annotations

from datetime import date
from math import isnan

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

from schedvisu_lib.errors import PlanError
from schedvisu_lib.plan.roster.book.model import StaffBook
from schedvisu_lib.plan.roster.change.difference import diff
from schedvisu_lib.plan.roster.change.dues import settled
from schedvisu_lib.plan.roster.duty import from_table, to_table
from schedvisu_lib.plan.roster.roster import Roster, plan_roster
from schedvisu_lib.plan.roster.rules.check import check_duties
from schedvisu_lib.plan.roster.score import Score, score_of
from tests.plan.conftest import english_site
from tests.plan.roster import books, small
from tests.plan.roster.every_roster import FIRST, LAST, absent_book, every_roster, tiny_book


def planned(book: StaffBook, **options: object) -> Roster:
    return plan_roster(book, english_site(), FIRST, LAST, **options)  # type: ignore[arg-type]


def same(one: Score, other: Score) -> bool:
    return one[:3] == other[:3] and one.cost == pytest.approx(other.cost, abs=0.02)


@pytest.mark.parametrize("seed", [0, 1, 2, 4, 6, 10, 12, 16, 18, 21, 31, 33, 42, 43, 45])
def test_no_roster_of_a_tiny_book_is_better(seed: int) -> None:
    book = tiny_book(seed)
    best = min(score_of(duties, book, english_site(), FIRST, LAST) for duties in every_roster(book))
    made = planned(book)
    assert made.proved
    assert same(made.score, best)
    assert same(made.bound, best)


@pytest.mark.parametrize("seed", [0, 2, 4, 6, 7, 10, 13])
def test_an_absence_changes_as_few_duties_as_can_be(seed: int) -> None:
    before = tiny_book(seed)
    was = planned(before).table
    book = absent_book(before, "Ada")

    def worth(table: pd.DataFrame) -> tuple[float, int]:
        return score_of(from_table(table)[0], book, english_site(), FIRST, LAST).unfilled, len(diff(was, table))

    best = min(worth(to_table(duties, [], book)) for duties in every_roster(book))
    made = planned(book, keep=was)
    assert made.proved
    assert worth(made.table) == best
    assert made.changes == best[1]


@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(books.staff_books())
def test_what_stands_stays_and_nothing_else_breaks_a_rule(book: StaffBook) -> None:
    made = plan_roster(book, english_site(), books.FIRST, books.LAST)
    duties = from_table(made.table)[0]
    found = check_duties(duties, book, english_site(), books.FIRST, books.LAST)
    assert [one.text for one in found if not one.stood] == []
    has = {(one.date, one.shift, one.level, one.person) for one in duties}
    absent = {(row.person, row.first, row.last) for row in book.leave if row.kind == "absence"}
    for row in book.duties:
        away = any(name == row.person and first <= row.date <= last for name, first, last in absent)
        if row.locked and books.FIRST <= row.date <= books.LAST and not away:
            assert (row.date, row.shift, row.level, row.person) in has
    assert made.proved


def test_a_roster_that_is_kept_stays_as_it_is() -> None:
    book = small.build_staff()
    made = plan_roster(book, english_site(), small.MONDAY, small.SUNDAY)
    again = plan_roster(book, english_site(), small.MONDAY, small.SUNDAY, keep=made.table)
    assert again.changes == 0
    pd.testing.assert_frame_equal(made.table, again.table)


def test_a_roster_that_is_kept_gets_no_duty_that_is_only_preferred() -> None:
    was = plan_roster(small.build_staff(), english_site(), small.MONDAY, small.SUNDAY).table
    more = [{**small.STAFF["requests"][0], "preferred": 2}, *small.STAFF["requests"][1:]]
    again = plan_roster(small.build_staff(requests=more), english_site(), small.MONDAY, small.SUNDAY, keep=was)
    assert again.changes == 0


def test_what_is_not_proved_has_a_bound_below_it() -> None:
    made = plan_roster(small.build_staff(), english_site(), small.MONDAY, small.SUNDAY, seconds=0.0)
    assert not made.proved
    assert made.bound < made.score
    assert made.bound.cost >= 0
    assert isnan(made.gap)


def test_the_same_book_gives_the_same_roster() -> None:
    book = small.build_staff()
    one, other = (plan_roster(book, english_site(), small.MONDAY, small.SUNDAY) for _ in range(2))
    assert one.proved
    assert one.repeatable
    pd.testing.assert_frame_equal(one.table, other.table)


def test_a_locked_duty_of_a_roster_stays_where_it_is() -> None:
    book = small.build_staff()
    first = plan_roster(book, english_site(), small.MONDAY, small.SUNDAY).table
    locked = first.assign(locked=first["person"] == "Ana")
    away = [small.absent_on("Ben", 4, 17)]
    made = plan_roster(small.build_staff(leave=away), english_site(), small.MONDAY, small.SUNDAY, keep=locked)
    mine = made.table.loc[made.table["person"] == "Ana"]
    assert set(locked.loc[locked["locked"], "date"]) <= set(mine.loc[mine["locked"], "date"])
    assert "Ben" not in set(made.table["person"])


def test_an_empty_seat_says_who_is_in_the_way_and_what_it_collides_with() -> None:
    """Only Ana is there on the 5th and 6th: after the night of the 5th she has no duty on the 6th."""
    requests = [small.request("clinical", "night")]
    away = [small.absent_on(name, 4, 7) for name in ("Ben", "Cleo", "Dan")]
    book = small.build_staff(requests=requests, leave=away)
    made = plan_roster(book, english_site(), date(2026, 5, 5), date(2026, 5, 6))
    assert made.empty == 1
    assert made.score.unfilled == 100
    (seat,) = made.table.loc[made.table["person"] == ""].itertuples()
    other = "Tue 5 May" if seat.date.day == 6 else "Wed 6 May"
    assert seat.reason == (
        "4 persons in the pool: 1 next to a night (rule 4, after a night), 3 away (rule 7, leave); "
        f"too few for this and {other} night (rule 4, after a night; rule 7, leave)"
    )


def test_nobody_comes_on_top_of_those_preferred_to_be_even() -> None:
    counts = [{"person": name, "level": "clinical", "nights": 9, "total": 9} for name in ("Ana", "Ben", "Cleo")]
    book = small.build_staff(counts=counts, requests=[small.request("clinical", "night")])
    made = plan_roster(book, english_site(), small.MONDAY, small.SUNDAY)
    assert made.table.groupby("date").size().max() == 1
    assert (made.table["person"] == "Dan").sum() == 7  # every other night


def test_a_debt_is_paid_by_a_duty_beyond_the_share() -> None:
    """Twelve nights for four: three each; Ana owes Ben one."""
    debt = {"debtor": "Ana", "creditor": "Ben", "date": date(2026, 4, 20), "shift": "night", "level": "clinical"}
    book = small.build_staff(requests=[small.request("clinical", "night")], debts=[debt], fair_nights=0, fair_total=0)
    made = plan_roster(book, english_site(), small.MONDAY, date(2026, 5, 15))
    nights = made.table.loc[made.table["person"] == "Ana", "date"].dt.date.tolist()
    assert len(nights) >= 4
    assert [one.paid for one in made.paid] == [nights[3]]
    assert settled(book, made.paid).debts == made.paid


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(PlanError, match=r"ends \(2026-05-08\) before it begins \(2026-05-10\); name its days"):
        plan_roster(tiny_book(1), english_site(), LAST, FIRST)


def test_a_search_that_is_stopped_returns_a_roster_all_the_same() -> None:
    made = plan_roster(
        small.build_staff(), english_site(), small.MONDAY, small.SUNDAY, seconds=0.0, stopped=lambda: True
    )
    assert len(made.table)


def test_more_weekends_than_allowed_that_stand_get_no_further_duty() -> None:
    """Ana stands on Saturday 9 May though she does no weekends: she gets no other duty on that weekend, or another."""
    contract = {"name": "none", "most_weekends": 0}
    staff = [{**small.person("Ana"), "contract": "none"}, small.person("Ben")]
    stands = {"date": small.may(9), "shift": "day", "level": "clinical", "person": "Ana", "locked": True}
    book = small.build_staff(
        staff=staff, teams=[], contracts=[contract], duties=[stands], requests=[small.request("clinical", "day")],
        fair_total=9, wishes=[{"person": "Ana", "first": small.may(10), "last": small.may(10), "wants": "on"}],
    )  # fmt: skip
    table = plan_roster(book, english_site(), small.MONDAY, small.SUNDAY).table
    days = table.loc[table["person"] == "Ana", "date"].dt.day
    assert set(days) & {9, 10, 16, 17} == {9}


def test_somebody_comes_on_top_of_those_preferred_for_a_skill() -> None:
    staff = [{**small.person(name), "skills": ["PET"]} for name in ("Ana", "Ben")]
    asked = small.request("clinical", "day", skill="PET", skilled=2, last=small.MONDAY)
    book = small.build_staff(staff=staff, teams=[], requests=[asked])
    made = plan_roster(book, english_site(), small.MONDAY, small.MONDAY)
    assert set(made.table["person"]) == {"Ana", "Ben"}
    assert made.score.too_many == 1
