"""What all changes share: what they break is what a check of the whole roster finds, and seats are counted anew."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schedvisu_lib.errors import PlanError
from schedvisu_lib.plan.roster.book.model import Leave, StaffBook
from schedvisu_lib.plan.roster.change import by_hand
from schedvisu_lib.plan.roster.change.changes import exchanged, newly_broken, with_rows, without
from schedvisu_lib.plan.roster.duty import Duty, Empty, from_table, to_table
from schedvisu_lib.plan.roster.rules.check import check_duties, lacking
from tests.plan.conftest import english_site
from tests.plan.roster.books import FIRST, LAST, NAMES, SHIFTS, day_of, staff_books
from tests.plan.roster.small import build_staff, duty, may, request, table_of

PERIOD = (english_site(), FIRST, LAST)
_LIMITS = (9, 10)

origins = st.sampled_from(["auto", "auto", "manual", "swap", "substitute"])
cells = st.tuples(st.sampled_from(NAMES), st.integers(0, 7), st.sampled_from(SHIFTS), origins)


def duties_in(book: StaffBook, drawn: list[Any]) -> list[Duty]:
    """Return duties at the first level of their persons, one each a day; those in a team are there with it."""
    found = {}
    for name, offset, shift, origin in drawn:
        one = book.person[name]
        department = "" if one.levels[0] == "guard" else one.department
        place = (day_of(offset), shift, one.levels[0], department)
        found[name, offset] = Duty(*place, name, one.team or "", origin)
    return list(found.values())


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(staff_books(), st.lists(cells, max_size=14), st.lists(cells, max_size=2), st.data())
def test_what_a_change_breaks_is_what_a_check_of_the_whole_finds(
    book: StaffBook, some: list[Any], more: list[Any], data: st.DataObject
) -> None:
    duties, put = duties_in(book, some), duties_in(book, more)
    taken = data.draw(st.lists(st.sampled_from(duties), max_size=2, unique=True)) if duties else []
    known = {(one.rule, one.text) for one in check_duties(duties, book, *PERIOD)}
    after = check_duties([*without(duties, taken), *put], book, *PERIOD)
    losers = {one.person for one in taken} - {one.person for one in put}
    whole = [one for one in after if (one.rule, one.text) not in known]
    found = newly_broken(duties, taken, put, book, *PERIOD)
    assert [one for one in whole if one in found] == found
    assert all(one.person in losers and one.rule in _LIMITS for one in whole if one not in found)


def test_what_others_of_a_team_do_is_looked_at() -> None:
    """Rose had the night with red; Ruby, who was not there, may not be on duty with red on the day after it."""
    book = build_staff(requests=[request("nursing", shift, by="team") for shift in ("day", "night")])
    night = [duty(4, "night", name, "nursing", team="red") for name in ("Rose", "Rita", "Rolf")]
    day = duty(5, "day", "Ruby", "nursing", team="red")
    found = newly_broken(night, [], [day], book, english_site(), may(4), may(17))
    assert [(one.rule, one.team) for one in found if one.rule == 4] == [(4, "red")]


def test_who_stands_in_singly_in_the_same_seat_is_looked_at() -> None:
    """Gail stands in for Ruby, so that Rose may join the others of red."""
    book = build_staff(requests=[request("nursing", "day", by="team")])
    there = [duty(4, "day", name, "nursing", team="red") for name in ("Rita", "Rolf")]
    gail = duty(4, "day", "Gail", "nursing", origin="substitute")
    rose = duty(4, "day", "Rose", "nursing", team="red")
    assert newly_broken([*there, gail], [], [rose], book, english_site(), may(4), may(17)) == []
    alone = newly_broken(there, [], [rose], book, english_site(), may(4), may(17))
    assert [(one.rule, one.team) for one in alone] == [(11, "red")]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(staff_books(), st.lists(cells, max_size=10), st.lists(cells, max_size=2), st.data())
def test_after_a_change_the_empty_seats_are_those_that_lack(
    book: StaffBook, some: list[Any], more: list[Any], data: st.DataObject
) -> None:
    def seats(table: pd.DataFrame) -> list[Empty]:
        lacks = [one for one in lacking(table, book, *PERIOD) if one.kind == "seat" and one.date is not None]
        places = [(one.date, one.shift, one.level, one.department) for one in lacks for _ in range(one.number)]
        return sorted(Empty(*place) for place in places)  # type: ignore[arg-type]

    duties, put = duties_in(book, some), duties_in(book, more)
    taken = data.draw(st.lists(st.sampled_from(duties), max_size=2, unique=True)) if duties else []
    table = to_table(duties, seats(to_table(duties, (), book)), book)
    after = exchanged(table, taken, put, book, PERIOD[0], "gone")
    assert sorted(replace(seat, reason="") for seat in from_table(after)[1]) == seats(after)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(["Ana", "Ben", "Cleo"]), st.integers(4, 7),
                          st.sampled_from(["day", "night", None, "lock"])), max_size=8))  # fmt: skip
def test_what_is_locked_never_moves_by_hand(steps: list[tuple[str, int, str | None]]) -> None:
    """Cells are set in spite of all rules, and locked now and then: a lock once set is there in the end."""
    book = build_staff(requests=[request("clinical", "day"), request("clinical", "night")])
    table, held = table_of(book=book), set()
    for name, day, shift in steps:
        try:
            if shift == "lock":
                table = by_hand.lock(table, name, may(day)).table
                held |= {one for one in from_table(table)[0] if one.locked}
            else:
                what = (book, english_site(), may(4), may(17), name, may(day), shift)
                table = by_hand.set_duty(table, *what, in_spite=True).table
        except PlanError as error:
            assert "is locked" in str(error) or "has no duty" in str(error)  # noqa: PT017
    assert held <= set(from_table(table)[0])


def test_the_reason_of_a_seat_that_was_empty_is_kept() -> None:
    book = build_staff(requests=[request("clinical", "night", required=3)])
    seat = Empty(may(4), "night", "clinical", "imaging", "nobody is free")
    table = table_of(duty(4, "night", "Ana"), duty(4, "night", "Ben"), empty=(seat,), book=book)
    gone = exchanged(table, [duty(4, "night", "Ana")], [], book, english_site(), "ill")
    assert [one.reason for one in from_table(gone)[1]] == ["nobody is free", "ill"]
    filled = exchanged(gone, [], [duty(4, "night", "Ana"), duty(4, "night", "Cleo")], book, english_site(), "")
    assert from_table(filled)[1] == []


def test_a_book_with_other_rows_forgets_what_the_old_one_had_worked_out() -> None:
    book = build_staff()
    assert book.leave_of == {}
    away = Leave(person="Ana", first=may(4), last=may(4))
    assert with_rows(book, leave=(away,)).leave_of == {"Ana": [away]}
    assert book.leave == ()
    assert with_rows(book) == book
