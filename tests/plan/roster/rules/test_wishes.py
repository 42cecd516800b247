"""What is wished for each day, and what is met."""

from __future__ import annotations

from typing import Any

import pytest

from schedvisu_lib.plan.roster.duty import Duty
from schedvisu_lib.plan.roster.rules.wishes import Wanted, unmet, wanted
from tests.plan.roster.small import MONDAY, SUNDAY, build_staff, duty, may


def book_with(wants: str, first: int, last: int, **fields: Any) -> Any:
    row = {"person": "Ana", "first": may(first), "last": may(last), "wants": wants, **fields}
    return build_staff(wishes=[row])


def test_a_wish_is_one_for_each_day_of_the_period() -> None:
    book = book_with("off", 2, 5, weight=3)
    assert list(wanted(book, MONDAY, SUNDAY)) == [Wanted("Ana", may(day), "", "off", 3) for day in (4, 5)]
    assert [one.date for one in wanted(book_with("off", 17, 19, shift="night"), MONDAY, SUNDAY)] == [may(17)]


@pytest.mark.parametrize(
    ("wants", "shift", "duties", "n_unmet"),
    [
        ("on", None, [duty(5, "day", "Ana")], 0),
        ("on", None, [duty(6, "day", "Ana"), duty(5, "day", "Ben")], 1),
        ("on", "night", [duty(5, "day", "Ana")], 1),
        ("on", "night", [duty(5, "night", "Ana")], 0),
        ("off", None, [duty(5, "day", "Ana")], 1),
        ("off", None, [duty(4, "night", "Ana"), duty(5, "day", "Ben")], 0),
        ("off", "night", [duty(5, "day", "Ana")], 0),
        ("off", "night", [duty(5, "night", "Ana", counts_for="Ben")], 1),
    ],
)
def test_a_wish_is_met_by_who_is_there(wants: str, shift: str | None, duties: list[Duty], n_unmet: int) -> None:
    assert len(unmet(duties, book_with(wants, 5, 5, shift=shift), MONDAY, SUNDAY)) == n_unmet
