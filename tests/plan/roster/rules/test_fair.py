"""What counts for whom, what would be fair, and how far a roster is from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings

from schedvisu_lib.plan.roster.book.model import StaffBook
from schedvisu_lib.plan.roster.duty import Duty
from schedvisu_lib.plan.roster.rules.fair import (
    KINDS,
    Group,
    before,
    counts,
    groups,
    shares,
    spread,
    together,
    unevenness,
    weekends_before,
)
from schedvisu_lib.plan.roster.rules.seats import demands, may_do, pool_of
from tests.plan.conftest import english_site
from tests.plan.roster.books import FIRST, LAST, staff_books
from tests.plan.roster.small import MONDAY, SUNDAY, absent_on, build_staff, duty, may, person, request

SITE = english_site()
CLINICAL = [request("clinical", "night")]


def book_of(
    *names: str, requests: Any = CLINICAL, people: Mapping[str, Any] | None = None, **changes: Any
) -> StaffBook:
    """Return a book with clinicians of these names, all with the same fields."""
    return build_staff(staff=[person(name, **(people or {})) for name in names], requests=requests, **changes)


def given_night(day: int, name: str, **fields: Any) -> dict[str, Any]:
    return {"date": may(day), "shift": "night", "level": "clinical", "department": "imaging", "person": name, **fields}


def numbers(found: Mapping[Any, Mapping[Any, Any]], name: str, level: str = "clinical") -> tuple[Any, ...]:
    department = "" if level == "guard" else "imaging"
    return tuple(found[level, department, name][kind] for kind in KINDS)


def fair(book: StaffBook, name: str, level: str = "clinical") -> tuple[Any, ...]:
    return tuple(round(number, 6) for number in numbers(shares(book, SITE, MONDAY, SUNDAY), name, level))


# What counts


@pytest.mark.parametrize(
    ("duties", "counted"),
    [
        ([], (0, 0, 0, 0)),
        ([duty(5, "night", "Ana")], (1, 0, 0, 1)),
        ([duty(5, "day", "Ana"), duty(6, "late", "Ana")], (0, 0, 0, 2)),
        ([duty(8, "night", "Ana")], (1, 1, 0, 1)),
        ([duty(8, "day", "Ana")], (0, 0, 0, 1)),
        ([duty(8, "night", "Ana"), duty(10, "day", "Ana")], (1, 1, 0, 2)),
        ([duty(9, "day", "Ana"), duty(16, "day", "Ana")], (0, 2, 0, 2)),
        ([duty(14, "day", "Ana")], (0, 0, 1, 1)),
        ([duty(13, "night", "Ana")], (1, 0, 0, 1)),
        ([duty(3, "day", "Ana"), duty(18, "day", "Ana")], (0, 0, 0, 0)),
        ([duty(5, "day", "Ben")], (0, 0, 0, 0)),
    ],
)
def test_each_kind_is_counted(duties: list[Duty], counted: tuple[int, ...]) -> None:
    assert numbers(counts(duties, build_staff(), SITE, MONDAY, SUNDAY), "Ana") == counted


def test_after_a_swap_a_duty_counts_for_the_one_who_had_it() -> None:
    found = counts([duty(9, "night", "Ana", counts_for="Ben")], build_staff(), SITE, MONDAY, SUNDAY)
    assert (numbers(found, "Ana"), numbers(found, "Ben")) == ((0, 0, 0, 0), (1, 1, 0, 1))


def test_levels_of_the_hospital_count_over_departments() -> None:
    found = counts([duty(9, "night", "Sue", "guard", "")], build_staff(), SITE, MONDAY, SUNDAY)
    assert (numbers(found, "Sue", "guard"), numbers(found, "Sam", "guard")) == ((1, 1, 0, 1), (0, 0, 0, 0))


def test_what_counts_before_is_the_sheet_and_earlier_duties() -> None:
    book = build_staff(
        counts=[{"person": "Ana", "level": "clinical", "nights": 3, "holidays": 1, "total": 9}],
        duties=[given_night(1, "Ana"), given_night(3, "Ben", counts_for="Ana"), given_night(4, "Ana")],
    )
    assert numbers(before(book, SITE, MONDAY), "Ana") == (5, 1, 1, 11)  # Friday and Sunday of one weekend
    assert numbers(before(book, SITE, MONDAY), "Ben") == (0, 0, 0, 0)


def test_a_weekend_across_the_first_day_counts_once() -> None:
    book = build_staff(duties=[given_night(8, "Ana")])
    assert weekends_before(book, may(9)) == {("clinical", "imaging", "Ana"): {may(9)}}
    sunday = [duty(10, "day", "Ana"), duty(16, "day", "Ana"), duty(10, "day", "Ben")]
    found = counts(sunday, book, SITE, may(9), SUNDAY)
    assert (numbers(found, "Ana")[1], numbers(found, "Ben")[1]) == (1, 1)
    assert numbers(together(sunday, book, SITE, may(9), SUNDAY), "Ana") == (1, 2, 0, 3)


# What would be fair


def test_seats_are_split_evenly() -> None:
    book = book_of("Ana", "Ben")
    assert fair(book, "Ana") == fair(book, "Ben") == (7, 1, 0.5, 7)


def test_of_a_weekend_only_its_fullest_day_counts() -> None:
    book = book_of("Ana", "Ben", requests=[request("clinical", "day", required=2), request("clinical", "night")])
    assert fair(book, "Ana") == (7, 3, 1.5, 21)  # 3 seats on each Saturday and Sunday, 1 on the Friday night


def test_seats_that_are_preferred_count() -> None:
    assert fair(book_of("Ana", "Ben", requests=[request("clinical", "night", preferred=2)]), "Ana")[0] == 14


def test_who_is_away_has_less_of_the_period_but_not_of_what_was_before() -> None:
    counted = [{"person": name, "level": "clinical", "nights": 50} for name in ("Ana", "Ben")]
    book = book_of("Ana", "Ben", leave=[absent_on("Ana", 11, 17)], counts=counted)
    # Ana can begin a night on the 4th to the 9th, as that of the 10th ends on her leave
    assert fair(book, "Ana")[0] == round(50 + 14 * 6 / 20, 6)
    assert fair(book, "Ben")[0] == round(50 + 14 * 14 / 20, 6)


def test_who_is_exempt_takes_no_part() -> None:
    exempt = [{"person": "Cleo", "no": "nights", "first": MONDAY, "last": SUNDAY}]
    counted = [{"person": "Cleo", "level": "clinical", "nights": 5}]
    book = book_of("Ana", "Ben", "Cleo", exemptions=exempt, counts=counted)
    assert [fair(book, name)[0] for name in ("Ana", "Ben", "Cleo")] == [7, 7, 5]


def test_shares_are_in_proportion_to_contracts_where_all_have_a_limit() -> None:
    contracts = [{"name": "full", "most_shifts": 12}, {"name": "half", "most_shifts": 6}, {"name": "free"}]

    def nights(second: str) -> list[float]:
        staff = [person("Ana", contract="full"), person("Ben", contract=second)]
        counted = [{"person": "Ana", "level": "clinical", "nights": 3}]
        book = build_staff(staff=staff, requests=CLINICAL, contracts=contracts, counts=counted)
        return [fair(book, name)[0] for name in ("Ana", "Ben")]

    assert nights("half") == [round(17 * 2 / 3, 6), round(17 / 3, 6)]
    assert nights("free") == [8.5, 8.5]


def test_titles_that_requests_name_share_by_themselves() -> None:
    rows = [request("clinical", "night", title="MD"), request("clinical", "night", title="RN", required=3)]
    staff = [person(name, title=title) for name, title in (("Ana", "MD"), ("Ben", "RN"), ("Cleo", "RN"))]
    book = build_staff(staff=staff, requests=rows)
    assert [fair(book, name)[0] for name in ("Ana", "Ben", "Cleo")] == [14, 21, 21]
    assert groups(book) == {
        Group("clinical", "imaging", title="MD"): ["Ana"], Group("clinical", "imaging", title="RN"): ["Ben", "Cleo"],
    }  # fmt: skip


def test_seats_without_title_are_split_among_all_who_could_sit_there() -> None:
    rows = [request("clinical", "night", title="MD"), request("clinical", "night", required=3)]
    staff = [person(name, title=title) for name, title in (("Ana", "MD"), ("Ben", "RN"), ("Cleo", "RN"))]
    book = build_staff(staff=staff, requests=rows)
    assert [fair(book, name)[0] for name in ("Ana", "Ben", "Cleo")] == [28, 14, 14]


def test_a_seat_of_a_team_is_one_for_each_of_its_members() -> None:
    book = build_staff()
    assert fair(book, "Rose", "nursing") == fair(book, "Bess", "nursing")
    # 14 days, 4 persons in each of 2 shifts, 12 persons; 2 weekends of 8 seats a day, a holiday
    assert fair(book, "Rose", "nursing") == tuple(round(n / 12, 6) for n in (14 * 4, 2 * 8, 8, 14 * 8))


def test_who_stands_singly_and_teams_share_apart() -> None:
    rows = [request("nursing", "day", by="team"), request("nursing", "night")]
    team = [person(name, "nursing", team="red") for name in ("Rose", "Ruby")]
    book = build_staff(staff=[*team, person("Nan", "nursing")], requests=rows, teams=[
        {"name": "red", "department": "imaging", "level": "nursing"}])  # fmt: skip
    assert [fair(book, name, "nursing")[3] for name in ("Rose", "Ruby", "Nan")] == [14, 14, 14]


# How far a roster is from it


def test_unevenness_is_the_weighted_sum_of_squares() -> None:
    book = book_of("Ana", "Ben", requests=[request("clinical", "night", first=may(5), last=may(8))], fair_total=2)
    assert [fair(book, name) for name in ("Ana", "Ben")] == [(2, 0.5, 0, 2)] * 2
    even = [duty(day, "night", name) for day, name in ((5, "Ana"), (6, "Ben"), (7, "Ana"), (8, "Ben"))]
    assert unevenness(even, book, SITE, MONDAY, SUNDAY) == 3 * (0.25 + 0.25)
    uneven = [duty(day, "night", "Ana") for day in (5, 6, 7, 8)]
    assert unevenness(uneven, book, SITE, MONDAY, SUNDAY) == 3 * (4 + 4) + 3 * (0.25 + 0.25) + 2 * (4 + 4)


def test_spread_is_the_largest_minus_the_smallest_of_those_who_could() -> None:
    exempt = [{"person": "Cleo", "no": "nights", "first": MONDAY, "last": SUNDAY}]
    counted = [{"person": "Ben", "level": "clinical", "nights": 5, "total": 6}]
    book = book_of("Ana", "Ben", "Cleo", exemptions=exempt, counts=counted)
    duties = [duty(5, "night", "Ana"), duty(9, "night", "Ana")]
    assert spread(duties, book, SITE, MONDAY, SUNDAY) == {
        Group("clinical", "imaging"): {"nights": 3, "weekends": 1, "holidays": 0, "total": 4}
    }


# By chance


@settings(max_examples=60, deadline=None)
@given(staff_books())
def test_what_is_shared_is_what_there_is(book: StaffBook) -> None:
    """All shares of a pool together are what its persons have before and the seats that somebody could fill."""
    fair_shares, had = shares(book, SITE, FIRST, LAST), before(book, SITE, FIRST)
    assert fair_shares.keys() == had.keys()
    assert all(fair_shares[member][kind] >= 0 for member in had for kind in KINDS)
    sizes = {"team": 2, "number": 1}
    for level, department in (("clinical", "imaging"), ("clinical", "wards"), ("care", "imaging"), ("guard", "")):
        pool = pool_of(book, level, department)
        whole = sum(
            one.preferred * sizes[one.by]
            for one in demands(book, SITE, FIRST, LAST)
            if (one.level, one.department) == (level, department) and any(may_do(book, name, one) for name in pool)
        )
        past = sum(had[level, department, name]["total"] for name in pool)
        shared = sum(fair_shares[level, department, name]["total"] for name in pool)
        assert shared == pytest.approx(whole + past)
