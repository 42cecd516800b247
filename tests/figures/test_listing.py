"""Lists that never outgrow their place."""

from __future__ import annotations

import pytest

from schedvisu_lib.figures.html import Cell, Html
from schedvisu_lib.figures.listing import Room, and_more, listing, n_fitting
from schedvisu_lib.language import language

FRENCH = language("fr")
ROOM = Room("x", lines=4, letters=(10, 5))


def test_a_list_that_fits_is_whole(rows):
    html = listing(["A", "B"], [["a", "1"], ["b", "2"]], ROOM, FRENCH)
    assert rows(html) == [["A", "B"], ["a", "1"], ["b", "2"]]
    assert "de plus" not in html.text


def test_a_long_list_is_cut_and_says_how_many_more(rows):
    html = listing(["A", "B"], [["a", str(n)] for n in range(60)], ROOM, FRENCH)
    assert len(rows(html)) == 1 + 4
    assert "et 56 de plus" in html.text


@pytest.mark.parametrize(
    ("row", "lines"),
    [(["a", "1"], 1), (["a" * 10, "1"], 1), (["a" * 11, "1"], 2), (["a", "1" * 11], 3), (["A" * 10, "1"], 2)],
)
def test_rows_that_break_take_more_room(row, lines):
    """A capital letter is as wide as 1.35 small ones."""
    assert n_fitting([row] * 10, ROOM) == 4 // lines


def test_what_is_read_counts_not_its_html():
    assert n_fitting([[Html("<code>abc</code> &amp; <b>d</b>"), Cell("a" * 4, "2026")]] * 9, ROOM) == 4


def test_an_empty_list_says_so():
    html = listing(["A", "B"], [], ROOM, FRENCH)
    assert "<table" not in html.text
    assert "Aucun." in html.text


def test_where_nothing_is_left_out_nothing_is_said():
    assert and_more(0, FRENCH).text == ""
