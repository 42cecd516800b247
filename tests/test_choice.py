"""Which days and scanners a command is about."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

import schedvisu_lib as sv
from schedvisu_lib.choice import CHOSEN, choose, last_day_over

from .conftest import write_site_file

EVENING = datetime(2026, 5, 22, 23)
FRIDAY = date(2026, 5, 22)


@pytest.fixture
def site(tmp_path: Path) -> sv.Site:
    return sv.load_site(write_site_file(tmp_path))


def test_choice_covers_the_week_before_the_shortest_period(site: sv.Site) -> None:
    choice = choose(site, EVENING, periods=["weekly"])
    assert (choice.first, choice.last) == (date(2026, 5, 11), FRIDAY)
    assert choose(site, EVENING).first == date(2025, 1, 1)
    chosen = choose(site, EVENING, first=date(2026, 4, 1), last=date(2026, 4, 10), scanners=["Millennium"])
    assert chosen.name == "schedvisu-2026-04-01_2026-04-10-millennium"
    assert chosen.periods == (sv.Period(CHOSEN, date(2026, 4, 1), date(2026, 4, 10)),)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"periods": ["daily"]}, 'period "daily" is unknown; allowed: weekly'),
        ({"scanners": ["MRI"]}, 'scanner "MRI" is unknown; site.yaml has: Discovery 690'),
        ({"first": date(2026, 5, 2), "last": date(2026, 5, 1)}, "check --from and --to"),
        ({"last": date(2026, 5, 1)}, "--to needs --from"),
    ],
)
def test_wrong_choice_says_what_is_allowed(site: sv.Site, arguments: dict, words: str) -> None:
    with pytest.raises(ValueError, match=r"unknown|check|needs") as error:
        choose(site, EVENING, **arguments)
    assert words in str(error.value)


def test_today_is_not_asked_for_before_the_evening() -> None:
    assert last_day_over(datetime(2026, 5, 22, 21, 59)) == date(2026, 5, 21)
    assert last_day_over(datetime(2026, 5, 22, 22)) == FRIDAY
