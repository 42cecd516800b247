"""The tables of the published test in docs/plan-appointments.md hold what the planner does."""

from __future__ import annotations

import re
from typing import Any

import pytest

from schedvisu_lib.plan.appointments import Plan, plan
from schedvisu_lib.plan.search.exact import prove
from tests.conftest import ROOT
from tests.plan.conftest import build_terms, english_site
from tests.plan.published import EARLY, FIRST, LATE, published_book
from tests.plan.search.test_search import problem_of

TEXT = (ROOT / "docs" / "plan-appointments.md").read_text(encoding="utf-8").partition("## The published test")[2]
ROWS = {cells[0]: cells[1:] for cells in (re.split(r"\s*\|\s*", line.strip("| ")) for line in TEXT.splitlines())}


def wish(title: str) -> tuple[Any, str | None]:
    mode, _, at = title.partition(" ")
    return mode, at or None


def planned(title: str, **options: object) -> Plan:
    return plan(published_book(), english_site(), *wish(title), first=FIRST, **options)  # type: ignore[arg-type]


def placed_and_distance(found: Plan) -> list[str]:
    return [str(len(found.table) - found.unplaced), f"{found.score.distance:,}"]


@pytest.mark.parametrize("title", ["early", "late", "near 14:00", "any"])
def test_what_the_page_says_of_a_mode(title: str) -> None:
    first, best = planned(title, seconds=0), planned(title, seconds=1)
    proof = prove(problem_of(published_book(), build_terms(*wish(title), first=FIRST)), seconds=60)
    assert proof.is_best
    assert ROWS[title] == [*placed_and_distance(first), *placed_and_distance(best), f"{proof.bound.distance:,}"]


def test_the_page_prints_the_published_times() -> None:
    columns = ("mud", "ecg", "ther", "pool")
    assert ROWS["as early as possible"][:4] == [EARLY[name] for name in columns]
    assert ROWS["as late as possible"][:4] == [LATE[name] for name in columns]
