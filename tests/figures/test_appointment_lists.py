"""The lists of a plan: what their lines say, and how long ones are laid out."""

from __future__ import annotations

import pandas as pd
from bs4 import BeautifulSoup

from schedvisu_lib.figures.appointment_lists import free_halves_html, unplaced_lines
from schedvisu_lib.language import language
from tests.plan.conftest import asked, build_book, build_table

T = language("en")
BOOK = build_book(prescriptions=[asked("mud", 1, sessions=5)])


def test_sessions_with_one_reason_are_one_line():
    reasons = {1: "full", 2: "full", 3: "closed", 5: "full"}
    rows = [{"procedure": "mud", "session": k, "reason": reasons[k]} for k in reasons]
    lines = list(unplaced_lines(build_table(BOOK, [], rows), T))
    assert lines == [("S1", "1", "1, 2, 5", "mud", "full"), ("S1", "1", "3", "mud", "closed")]


def free(n: int) -> pd.DataFrame:
    start = pd.Timestamp("2026-05-04 08:00")
    names = [f"p{k}" for k in range(n)]
    return pd.DataFrame({"procedure": names, "resource": "mud", "minutes": 30, "start": start, "end": start})


def halves(n: int) -> list[list[list[str]]]:
    page = BeautifulSoup(free_halves_html(free(n), T).text, "html.parser")
    lists = [[half.select("tbody tr") for half in pair.find_all("table")] for pair in page.select(".halves")]
    return [[[row.find(["th", "td"]).get_text() for row in half] for half in pair] for pair in lists]


def test_next_free_times_stand_in_two_lists_beside_each_other():
    assert halves(3) == [[["p0", "p1"], ["p2"]]]
    assert halves(1) == [[["p0"]]]
    assert halves(0) == []


def test_what_does_not_go_on_a_page_goes_on_the_next_one():
    first, second = halves(112)
    assert [len(half) for half in first] == [55, 55]
    assert second == [["p110"], ["p111"]]
