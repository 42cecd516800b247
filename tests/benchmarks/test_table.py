"""How the benchmarks say what they measured, and when something grows too fast."""

from __future__ import annotations

import pytest

from benchmarks.linear import worse_than_linear
from benchmarks.table import Figure, Row, digits, markdown


def test_a_line_says_target_figure_floor_and_whether_it_is_met() -> None:
    figures = (Figure(1.996, "s CPU", 2), Figure(371.4, "MB", 500))
    row = Row("consolidate", figures, (Figure(0.8, "s CPU"), "pandas alone"), Figure(2.4951, "", 3))
    target, took = "<= 2 s CPU, <= 500 MB, ratio <= 3", "2.00 s CPU, 371 MB"
    assert row.cells == ("consolidate", target, took, "0.80 s CPU: pandas alone", "2.50", "met")


@pytest.mark.parametrize(("seconds", "ratio"), [(2.1, 1.0), (1.0, 3.1)])
def test_one_figure_too_much_is_missed(seconds: float, ratio: float) -> None:
    assert Row("consolidate", (Figure(seconds, "s", 2),), None, Figure(ratio, "", 3)).cells[-1] == "**missed**"


def test_a_line_without_target_has_no_verdict() -> None:
    assert Row("retrieve", (Figure(443, "s"),)).cells == ("retrieve", "", "443 s", "", "", "")


def test_tables_are_markdown() -> None:
    assert markdown(["a", "b"], [["1", "2"]]) == "| a | b |\n| --- | --- |\n| 1 | 2 |\n"
    assert [digits(value) for value in (0.034, 9.994, 9.996, 99.94, 99.96, 1234.5)] == [
        "0.03", "9.99", "10.0", "99.9", "100", "1234",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "worse"),
    [
        ({1: 1.0, 2: 2.0, 4: 4.0}, False),
        ({1: 5.0, 2: 6.0, 4: 8.0}, False),  # what is always there becomes less of a unit
        ({1: 1.0, 2: 4.0, 4: 16.0}, True),
        ({1: 10.0, 2: 11.0, 4: 20.0, 8: 80.0}, True),  # ... and does not hide that the rest grows faster
        ({1: 1.0, 2: 2.4, 4: 4.9}, False),  # within the tolerance
        ({4: 1.0}, False),
    ],
)
def test_what_costs_more_per_unit_when_there_is_more_is_worse_than_linear(
    values: dict[int, float], worse: bool
) -> None:
    assert worse_than_linear(values) is worse
