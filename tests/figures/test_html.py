"""Pieces of HTML: what comes from outside is escaped."""

from __future__ import annotations

import pytest

from schedvisu_lib.figures.html import Cell, Html, element, table

NASTY = '<b>&"'


def test_texts_are_escaped_and_html_is_not():
    assert element("p", NASTY).text == "<p>&lt;b&gt;&amp;&quot;</p>"
    assert element("div", element("p", "x")).text == "<div><p>x</p></div>"
    assert element("div", [element("p", "x"), Html("<hr>")]).text == "<div><p>x</p><hr></div>"
    assert element("p", "x", 'a"b').text == '<p class="a&quot;b">x</p>'


def test_cells_headings_and_captions_are_escaped(rows):
    shown = table([NASTY, "n"], [[NASTY, "1"]], "counts", caption=NASTY)
    assert "<b>" not in shown.text
    assert rows(shown) == [[NASTY, "n"], [NASTY, "1"]]
    assert "<caption>&lt;b&gt;&amp;&quot;</caption>" in shown.text


def test_first_column_names_the_rows():
    shown = table(["", "a"], [["x", "1"], ["y", "2"]], "counts").text
    assert shown.count("<td") == 2
    assert shown.count('scope="row"') >= 2
    assert "caption" not in shown


def test_last_columns_are_sums():
    shown = table(["", "a", "b", "Total", "Mean"], [["x", "1", "2", "3", "1.5"]], "counts", last=2).text
    assert shown.count('class="sum"') == 4
    assert '<td class="sum">3</td>' in shown
    assert '<td class="sum">1.5</td>' in shown
    assert 'class="sum"' not in table(["", "a"], [["x", "1"]], "counts").text


def test_columns_and_rows_have_scopes():
    shown = table(["", "a", "b"], [["x", "1", "2"], ["y", "3", "4"]], "counts").text
    assert shown.count('<th scope="col"') == 3
    assert shown.count('<th scope="row"') == 2


def test_cell_tells_what_it_sorts_by_and_may_hold_html(rows):
    link = Html('<a href="#p">A &amp; B</a>')
    shown = table(["a", "b", "c"], [[Cell(link, "a b"), Cell("lun. 18.05", "2026-05-18"), Cell(NASTY, 1.5)]], "listing")
    assert '<th scope="row" data-sort="a b"><a href="#p">A &amp; B</a></th>' in shown.text
    assert '<td data-sort="2026-05-18">lun. 18.05</td>' in shown.text
    assert '<td data-sort="1.5">&lt;b&gt;&amp;&quot;</td>' in shown.text
    assert rows(table(["a"], [[link]], "listing")) == [["a"], ["A & B"]]
    assert "data-sort" not in table(["a"], [["x"]], "listing").text


@pytest.mark.parametrize("missing", [float("nan"), ""])
def test_cell_without_a_value_sorts_as_missing(missing):
    assert '<td data-sort="">–</td>' in table(["a", "b"], [["x", Cell("–", missing)]], "listing").text


def test_rows_apart_have_a_body_of_their_own(rows):
    shown = table(["a", "n"], [["x", "1"]], "plan", apart=[["Total", "1"]])
    assert '</tbody><tbody class="apart"><tr><th scope="row">Total</th>' in shown.text
    assert rows(shown) == [["a", "n"], ["x", "1"], ["Total", "1"]]
    assert rows(table(["a", "n"], [], "plan", apart=[["Total", "0"]])) == [["a", "n"], ["Total", "0"]]


def test_table_without_rows_shows_dashes(rows):
    assert rows(table(["a", "b", "c"], [], "listing")) == [["a", "b", "c"], ["–", "–", "–"]]


def test_pieces_join_and_show_themselves():
    both = Html("<p>a</p>") + Html("<p>b</p>")
    assert both._repr_html_() == "<p>a</p><p>b</p>"
    assert "<p>" not in repr(both)  # a notebook stores the plain text beside the HTML
