"""Pieces of HTML: what comes from outside is escaped."""

from __future__ import annotations

from schedvisu_lib.figures.html import Html, element, table

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


def test_table_without_rows_shows_dashes(rows):
    assert rows(table(["a", "b", "c"], [], "listing")) == [["a", "b", "c"], ["–", "–", "–"]]


def test_pieces_join_and_show_themselves():
    both = Html("<p>a</p>") + Html("<p>b</p>")
    assert both._repr_html_() == "<p>a</p><p>b</p>"
    assert "<p>" not in repr(both)  # a notebook stores the plain text beside the HTML
