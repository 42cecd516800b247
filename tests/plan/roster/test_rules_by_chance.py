"""The checker against the rules written down a second time, as plainly as can be, on books and rosters by chance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import permutations

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from schedvisu_lib.plan.roster.book.model import OFF, StaffBook
from schedvisu_lib.plan.roster.duty import Duty, to_table
from schedvisu_lib.plan.roster.rules.check import check, check_duties
from schedvisu_lib.plan.roster.rules.days import weekend_worked
from schedvisu_lib.plan.roster.rules.seats import demands
from tests.plan.conftest import english_site
from tests.plan.roster.books import FIRST, LAST, NAMES, TEAMS, day_of, rosters, staff_books

SITE = english_site()
STAND_INS = {"substitute", "swap"}
DAYS = [day_of(offset) for offset in range(8)]
Case = tuple[StaffBook, list[Duty]]

cases = staff_books().flatmap(lambda book: st.tuples(st.just(book), rosters(book)))


def around(book: StaffBook) -> list[Duty]:
    return [
        Duty(row.date, row.shift, row.level, row.department or "", row.person, row.team or "", "given", row.locked)
        for row in book.duties
        if row.date not in DAYS
    ]


def inside(duty: Duty) -> bool:
    return FIRST <= duty.date <= LAST


def overlaps(book: StaffBook, duty: Duty, first: date, last: date) -> bool:
    start, end = duty.span(book)
    return start < datetime.combine(last + timedelta(days=1), time()) and datetime.combine(first, time()) < end


def is_night(book: StaffBook, duty: Duty) -> bool:
    return overlaps(book, duty, duty.date + timedelta(days=1), duty.date + timedelta(days=1))


# The rules of one duty


def seat(book: StaffBook, one: Duty) -> bool:
    asked = [
        row for row in demands(book, SITE, FIRST, LAST) if row.cell == (one.date, one.shift, one.level, one.department)
    ]
    forms = {row.by for row in asked}
    if one.team or (one.origin in STAND_INS and "team" in forms):
        return "team" in forms
    return any(row.by == "number" and row.title in ("", book.person[one.person].title) for row in asked)


def level(book: StaffBook, one: Duty) -> bool:
    person, levels = book.person[one.person], book.shift[one.shift].levels
    home = one.level == "guard" or person.department == one.department
    return one.level in person.levels and home and (one.level in levels or not levels)


def day_and_night(book: StaffBook, one: Duty) -> bool:
    kind, person = ("nights" if is_night(book, one) else "days"), book.person[one.person]
    exempt = any(
        row.person == one.person and row.no == kind and row.first <= one.date <= row.last for row in book.exemptions
    )
    return (person.night if kind == "nights" else person.day) and not exempt


def leave(book: StaffBook, one: Duty) -> bool:
    return not any(row.person == one.person and overlaps(book, one, row.first, row.last) for row in book.leave)


# The rules of one person; each yields the duties that break it together


def one_a_day(book: StaffBook, duties: list[Duty]) -> Iterator[list[Duty]]:
    yield from ([a, b] for a, b in pairs(duties) if a.date == b.date)


def after_a_night(book: StaffBook, duties: list[Duty]) -> Iterator[list[Duty]]:
    if book.free_after_night:
        yield from ([a, b] for a, b in pairs(duties) if (b.date - a.date).days == 1 and is_night(book, a))


def rest(book: StaffBook, duties: list[Duty]) -> Iterator[list[Duty]]:
    least = timedelta(hours=book.rest_hours)
    for a, b in pairs(duties):
        if a.span(book)[0] <= b.span(book)[0] < a.span(book)[1] + least:
            yield [a, b]


def sequences(book: StaffBook, duties: list[Duty]) -> Iterator[list[Duty]]:
    for a, b in pairs(duties):
        if (b.date - a.date).days == 1 and b.shift in book.shift[a.shift].not_next:
            yield [a, b]
    known = [*DAYS, *(duty.date for duty in around(book))]
    days = [min(known) + timedelta(days=n) for n in range((max(known) - min(known)).days + 1)]
    for row in book.sequences:
        for n in range(len(days) - len(row.shifts) + 1):
            there = [
                [duty for duty in duties if duty.date == day and (shift == OFF or fits(row.levels, duty, shift))]
                for shift, day in zip(row.shifts, days[n:], strict=False)
            ]
            if all(bool(found) == (shift != OFF) for shift, found in zip(row.shifts, there, strict=True)):
                yield [duty for found in there for duty in found]


def fits(levels: tuple[str, ...], duty: Duty, shift: str) -> bool:
    return duty.shift == shift and (not levels or duty.level in levels)


def in_a_row(book: StaffBook, duties: list[Duty]) -> Iterator[list[Duty]]:
    contract = book.contract_of(duties[0].person)
    nights = [duty for duty in duties if is_night(book, duty)]
    for most, of_kind in ((contract.most_in_row, duties), (contract.most_nights_in_row, nights)):
        for run in stretches([duty.date for duty in of_kind]):
            if most is not None and len(run) > most:
                yield [duty for duty in of_kind if duty.date in run]
    within = stretches([duty.date for duty in duties if inside(duty)])
    for run in within:
        if len(run) < contract.least_in_row and FIRST not in run and LAST not in run:
            yield [duty for duty in duties if duty.date in run]
    for run in stretches([day for day in DAYS if not any(day in stretch for stretch in within)]):
        if len(run) < contract.least_free_in_row and FIRST not in run and LAST not in run:
            yield [duty for duty in duties if duty.date in (run[0] - timedelta(days=1), run[-1] + timedelta(days=1))]


def in_the_period(book: StaffBook, duties: list[Duty]) -> Iterator[list[Duty]]:
    contract, within = book.contract_of(duties[0].person), [duty for duty in duties if inside(duty)]
    nights = [duty for duty in within if is_night(book, duty)]
    on_weekends = [duty for duty in within if weekend_worked(book.shift[duty.shift], duty.date)]
    for most, number, of_kind in (
        (contract.most_shifts, len(within), within),
        (contract.most_nights, len(nights), nights),
        (contract.most_minutes, sum(book.shift[duty.shift].worked for duty in within), within),
        (
            contract.most_weekends,
            len({weekend_worked(book.shift[duty.shift], duty.date) for duty in on_weekends}),
            on_weekends,
        ),
    ):
        if most is not None and number > most:
            yield of_kind


def pairs(duties: list[Duty]) -> Iterator[tuple[Duty, Duty]]:
    return ((duties[i], duties[j]) for i, j in permutations(range(len(duties)), 2))


def stretches(days: list[date]) -> list[list[date]]:
    found: list[list[date]] = []
    for day in sorted(set(days)):
        if found and (day - found[-1][-1]).days == 1:
            found[-1].append(day)
        else:
            found.append([day])
    return found


ALONE: dict[int, Callable[[StaffBook, Duty], bool]] = {1: seat, 2: level, 6: day_and_night, 7: leave}
BESIDE: dict[int, Callable[[StaffBook, list[Duty]], Iterator[list[Duty]]]] = {
    3: one_a_day, 4: after_a_night, 5: rest, 8: sequences, 9: in_a_row, 10: in_the_period,
}  # fmt: skip


# Against the checker


@settings(max_examples=50, deadline=None)
@given(cases)
def test_what_one_duty_breaks_is_told(case: Case) -> None:
    book, duties = case
    told = {(one.rule, one.person, one.date, one.shift) for one in check_duties(duties, book, SITE, FIRST, LAST)}
    for rule, keeps in ALONE.items():
        expected = {(rule, one.person, one.date, one.shift) for one in duties if not keeps(book, one)}
        assert {one for one in told if one[0] == rule} == expected


@settings(max_examples=50, deadline=None)
@given(cases)
def test_what_duties_of_one_person_break_is_told(case: Case) -> None:
    book, duties = case
    told = check_duties(duties, book, SITE, FIRST, LAST)
    for rule, faults in BESIDE.items():
        found = {(one.person, one.stood) for one in told if one.rule == rule and one.person}
        expected = set()
        for name in NAMES:
            own = [duty for duty in [*around(book), *duties] if duty.person == name]
            for parts in faults(book, own) if own else ():
                if any(map(inside, parts)):
                    expected.add((name, all(stands(part) for part in parts)))
        assert found == expected, rule


def stands(duty: Duty) -> bool:
    return duty.locked or duty.origin in {"manual", "given", "swap"}


@settings(max_examples=50, deadline=None)
@given(cases)
def test_what_teams_break_is_told(case: Case) -> None:
    book, duties = case
    told = check_duties(duties, book, SITE, FIRST, LAST)
    expected = set()
    for one in duties:
        if one.origin not in STAND_INS and one.team != (book.person[one.person].team or ""):
            expected.add((one.person, one.date, one.shift))
        its = [other for other in duties if (other.date, other.shift, other.team) == (one.date, one.shift, one.team)]
        beside = [
            other for other in duties
            if (other.date, other.shift, other.level, other.department) == (one.date, one.shift, "care", "imaging")
            and other.origin in STAND_INS and other.team in ("", one.team) and other.person not in TEAMS[one.team]
        ] if one.team else []  # fmt: skip
        for_them = [replace(one, person=name) for name in TEAMS.get(one.team, ())]
        missing = [
            it for it in for_them
            if it.person not in {other.person for other in its}
            and level(book, it) and day_and_night(book, it) and leave(book, it)
        ]  # fmt: skip
        if len(missing) > len({other.person for other in beside}):
            expected.add((one.team, one.date, one.shift))
    assert {(one.person or one.team, one.date, one.shift) for one in told if one.rule == 11} == expected


@settings(max_examples=50, deadline=None)
@given(cases)
def test_what_is_locked_stays(case: Case) -> None:
    book, duties = case
    told = [one for one in check_duties(duties, book, SITE, FIRST, LAST) if one.rule == 12]
    there = {(one.person, one.date, one.shift, one.level, one.department) for one in duties}
    locked = {
        (row.person, row.date, row.shift, row.level, row.department or "")
        for row in book.duties
        if row.locked and row.date in DAYS
    }
    absent = {
        (row.person, day)
        for row in book.leave
        for day in DAYS
        if row.kind == "absence" and row.first <= day <= row.last
    }
    gone = {row for row in locked - there if row[:2] not in absent}
    assert {(one.person, one.date, one.shift, one.level, one.department) for one in told} == gone


# What holds of all rosters


@settings(max_examples=30, deadline=None)
@given(cases, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter_nor_whether_they_come_as_a_table(case: Case, chance: object) -> None:
    book, duties = case
    told = check_duties(duties, book, SITE, FIRST, LAST)
    shuffled = list(duties)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert {one.text for one in check(to_table(shuffled, [], book), book, SITE, FIRST, LAST)} == {
        one.text for one in told
    }


@settings(max_examples=30, deadline=None)
@given(cases, st.sampled_from(["manual", "locked"]))
def test_only_what_is_lost_is_held_against_duties_set_by_hand(case: Case, how: str) -> None:
    book, duties = case
    change = {"origin": "manual"} if how == "manual" else {"locked": True}
    told = check_duties([replace(duty, **change) for duty in duties], book, SITE, FIRST, LAST)  # type: ignore[arg-type]
    assert {one.rule for one in told if not one.stood} <= {12}


@settings(max_examples=30, deadline=None)
@given(cases)
def test_every_text_names_person_or_team_and_the_rule(case: Case) -> None:
    book, duties = case
    for one in check_duties(duties, book, SITE, FIRST, LAST):
        who = one.person or f"team {one.team}"
        assert one.text.startswith(f"{who}, ")
        assert f"(rule {one.rule}, " in one.text
        assert one.date in DAYS


def test_nothing_is_broken_by_an_empty_roster_of_an_empty_book() -> None:
    @settings(max_examples=30, deadline=None)
    @given(staff_books())
    def is_clean(book: StaffBook) -> None:
        bare = book.model_copy(update={"duties": ()})
        assert check_duties([], bare, SITE, FIRST, LAST) == []

    is_clean()


def test_chance_breaks_each_rule() -> None:
    """What these tests compare happens at all."""
    rules: set[int] = set()

    @settings(max_examples=80, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
    @given(cases)
    def collect(case: Case) -> None:
        rules.update(one.rule for one in check_duties(case[1], case[0], SITE, FIRST, LAST))

    collect()
    assert rules == {*ALONE, *BESIDE, 11, 12}
