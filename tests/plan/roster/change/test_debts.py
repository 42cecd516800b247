"""Debts: who was absent owes the one who stood in, and a later roster pays it back where rules allow."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from schedvisu_lib.plan.roster.book.model import Debt, StaffBook
from schedvisu_lib.plan.roster.change.debts import COLUMNS, PaidBack, kind_of, owed, pay_back, record
from schedvisu_lib.plan.roster.duty import from_table
from schedvisu_lib.plan.roster.rules.check import check
from tests.plan.conftest import english_site
from tests.plan.roster.small import MONDAY, SUNDAY, absent_on, build_staff, duty, may, person, request, table_of

CLINICAL = [request("clinical", "day"), request("clinical", "night")]


def debt(day: str, shift: str, debtor: str = "Ana", creditor: str = "Ben", **fields: Any) -> dict[str, Any]:
    """Return a debt of a day before the roster."""
    return {"debtor": debtor, "creditor": creditor, "date": day, "shift": shift, "level": "clinical", **fields}


def book_with(*debts: dict[str, Any], **changes: Any) -> StaffBook:
    return build_staff(**{"requests": CLINICAL, **changes}, debts=debts)


def paid(table: pd.DataFrame, book: StaffBook) -> PaidBack:
    return pay_back(table, book, english_site(), MONDAY, SUNDAY)


def who(result: PaidBack) -> list[tuple[int, str, str, str]]:
    return [(one.date.day, one.shift, one.person, one.origin) for one in from_table(result.table)[0]]


@pytest.mark.parametrize(
    ("day", "shift", "kind"),
    [
        (4, "night", "night"),
        (8, "night", "night"),
        (9, "night", "night"),
        (8, "day", "other"),
        (9, "day", "weekend"),
        (10, "day", "weekend"),
        (14, "day", "other"),
    ],
)
def test_a_debt_is_a_night_a_weekend_or_another_duty(day: int, shift: str, kind: str) -> None:
    assert kind_of(build_staff(), shift, may(day)) == kind


def test_what_is_owed_is_listed_with_the_oldest_first() -> None:
    book = book_with(
        debt("2026-04-20", "night"), debt("2026-04-11", "day"), debt("2026-04-01", "day", paid="2026-04-05")
    )
    table = owed(book)
    assert {name: str(kind) for name, kind in table.dtypes.items()} == COLUMNS
    assert table[["debtor", "creditor", "shift", "kind"]].to_numpy().tolist() == [
        ["Ana", "Ben", "day", "weekend"],
        ["Ana", "Ben", "night", "night"],
    ]
    assert owed(book_with()).empty


def test_the_first_duty_of_the_creditor_of_the_same_kind_goes_to_the_debtor() -> None:
    table = table_of(duty(4, "day", "Ben"), duty(6, "night", "Ben"), duty(9, "night", "Ben"), duty(5, "night", "Cleo"))
    result = paid(table, book_with(debt("2026-04-20", "night")))
    assert who(result) == [(4, "day", "Ben", "auto"), (5, "night", "Cleo", "auto"), (6, "night", "Ana", "substitute"),
                           (9, "night", "Ben", "auto")]  # fmt: skip
    assert [one.counts_for for one in from_table(result.table)[0]] == [""] * 4
    [one] = result.paid
    assert one == Debt(debtor="Ana", creditor="Ben", date="2026-04-20", shift="night", level="clinical", paid=may(6))
    assert result.book.debts == (one,)
    assert owed(result.book).empty
    assert check(result.table, result.book, english_site(), MONDAY, SUNDAY) == []


def test_a_debt_waits_where_rules_forbid_its_payment() -> None:
    """Ana is away on the 7th, on which the night of the 6th ends, and has a duty on the 9th already."""
    table = table_of(duty(6, "night", "Ben"), duty(9, "night", "Ben"), duty(9, "day", "Ana"))
    book = book_with(debt("2026-04-20", "night"), leave=[absent_on("Ana", 7)])
    result = paid(table, book)
    assert result.paid == []
    assert result.book.debts == book.debts
    pd.testing.assert_frame_equal(result.table, table)


def test_locked_and_swapped_duties_and_other_levels_pay_nothing() -> None:
    table = table_of(
        duty(6, "night", "Ben", locked=True),
        duty(9, "night", "Ben", counts_for="Cleo", origin="swap"),
        duty(11, "night", "Ben", origin="substitute"),
        duty(13, "night", "Dan"),
    )
    assert paid(table, book_with(debt("2026-04-20", "night"))).paid == []
    assert paid(table_of(duty(6, "night", "Ben")), book_with(debt("2026-05-10", "night"))).paid == []


def test_a_debt_is_paid_at_its_own_level() -> None:
    both = [person(name, levels=["clinical", "guard"]) for name in ("Ana", "Ben")]
    asked = [request("clinical", "night"), request("guard", "night")]
    book = book_with(debt("2026-04-20", "night"), staff=both, teams=[], requests=asked)
    table = table_of(duty(5, "night", "Ben", "guard", ""), duty(8, "night", "Ben"), book=book)
    assert [one.paid for one in paid(table, book).paid] == [may(8)]


def test_each_debt_is_paid_by_a_duty_of_its_own() -> None:
    table = table_of(duty(6, "night", "Ben"), duty(9, "night", "Ben"))
    book = book_with(*(debt(f"2026-04-2{n}", "night") for n in range(3)))
    result = paid(table, book)
    assert [one.paid for one in result.book.debts] == [may(6), may(9), None]
    assert [one.date.day for one in result.paid] == [20, 21]
    again = paid(result.table, result.book)
    assert again.paid == []


def test_two_like_debts_are_told_apart() -> None:
    twice = [debt("2026-04-20", "night"), debt("2026-04-20", "night")]
    result = paid(table_of(duty(6, "night", "Ben"), duty(9, "night", "Ben")), book_with(*twice))
    assert [one.paid for one in result.book.debts] == [may(6), may(9)]


def test_a_member_of_a_team_pays_with_the_creditors_team() -> None:
    nursing = [request("nursing", "day", by="team")]
    owing = {**debt("2026-04-21", "day", "Rose", "Gail"), "level": "nursing"}
    green = ("Gail", "Gwen", "Gina", "Glen")
    table = table_of(*(duty(5, "day", name, "nursing", team="green") for name in green))
    result = paid(table, book_with(owing, requests=nursing))
    assert [one.paid for one in result.paid] == [may(5)]
    [one] = [one for one in from_table(result.table)[0] if one.person == "Rose"]
    assert (one.team, one.origin) == ("green", "substitute")
    assert check(result.table, result.book, english_site(), MONDAY, SUNDAY) == []


def test_who_stands_in_for_a_substitute_is_owed_by_the_first_one() -> None:
    book = record(book_with(), duty(4, "night", "Ana"), "Ben")
    [one] = book.debts
    assert (one.debtor, one.creditor, one.date, one.shift, one.level) == ("Ana", "Ben", may(4), "night", "clinical")
    handed = record(book, duty(4, "night", "Ben", origin="substitute"), "Cleo")
    assert [(debt.debtor, debt.creditor) for debt in handed.debts] == [("Ana", "Cleo")]
    assert record(handed, duty(4, "night", "Cleo", origin="substitute"), "Ana").debts == ()
    assert [(debt.debtor, debt.date.day) for debt in record(book, duty(6, "night", "Ben"), "Cleo").debts] == [
        ("Ana", 4),
        ("Ben", 6),
    ]
