"""The small line of the last values."""

from __future__ import annotations

import re
from math import nan

import pytest

from schedvisu_lib.figures.sparkline import WIDTH, sparkline

HEIGHT = 4.0


def parts(svg):
    """Return the points of the lines (without that of zero), and the centres of the dots with their radius."""
    lines = [[(kind, float(x), float(y)) for kind, x, y in re.findall(r"([ML])([\d.]+) ([\d.]+)", line)]
             for line in re.findall(r'd="([^"H]*)"', svg)]  # fmt: skip
    dots = re.findall(r'cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)"', svg)
    return [line for line in lines if line], [tuple(map(float, dot)) for dot in dots]


def drawn(values, svg_of, **options):
    [svg] = svg_of(sparkline(values, "trend", HEIGHT, **options))
    return parts(svg)


def test_values_stand_from_left_to_right_above_zero(svg_of):
    [line], [mark] = drawn([0, 5, 10], svg_of)
    assert [x for _, x, _ in line] == [0.6, WIDTH / 2, WIDTH - 0.6]
    assert [y for *_, y in line] == [3.4, 2.0, 0.6]
    assert mark == (WIDTH - 0.6, 0.6, 0.55)


def test_times_of_the_day_have_a_scale_of_their_own_of_an_hour_at_least(svg_of):
    [line], _ = drawn([8.0, 8.5], svg_of, least_span=1.0)
    assert [y for *_, y in line] == [pytest.approx(2.7), pytest.approx(1.3)]
    [line], _ = drawn([8.0, 10.0], svg_of, least_span=1.0)
    assert [y for *_, y in line] == [3.4, 0.6]


def test_a_missing_value_breaks_the_line_and_one_alone_is_a_dot(svg_of):
    [line], dots = drawn([1, nan, 2, 2, 2], svg_of)
    assert [kind for kind, *_ in line] == ["M", "M", "L", "L"]
    assert len(dots) == 2  # the first value, and the mark of the last one


def test_the_last_one_is_not_marked_where_it_is_missing(svg_of):
    _, dots = drawn([1, 2, nan], svg_of)
    assert dots == []


def test_one_value_and_zeros_are_drawn(svg_of):
    assert drawn([nan, nan, 3], svg_of)[1][-1][:2] == (WIDTH - 0.6, 0.6)
    [line], _ = drawn([0, 0], svg_of)
    assert [y for *_, y in line] == [3.4, 3.4]


def test_without_values_there_is_nothing():
    assert sparkline([nan, nan], "trend", HEIGHT).text == ""


def test_words_are_escaped():
    assert 'alt="&lt;b&gt;"' in sparkline([1], "<b>", HEIGHT).text
