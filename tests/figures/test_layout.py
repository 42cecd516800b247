"""How the parts of a page share its sheet."""

from __future__ import annotations

from schedvisu_lib.figures.layout import (
    AGENDA_HEIGHTS,
    HEIGHT,
    VIOLIN_HEIGHTS,
    WIDTH,
    agenda_height,
    legend_height,
    notes_height,
    table_height,
    violin_height,
)

WORDS = ["FDG STAND.", "PSMA", "OTHER", "preparation", "opening hours"]


def test_page_is_a_sheet_of_a4():
    assert WIDTH < 210
    assert HEIGHT < 297


def test_agenda_takes_what_the_others_leave():
    least, most = AGENDA_HEIGHTS
    heights = [agenda_height(WORDS, n, 900) for n in range(36)]
    assert heights == sorted(heights, reverse=True)
    assert heights[0] <= most
    assert heights[-1] == least


def test_violins_are_as_high_as_the_table_beside_them():
    least, most = VIOLIN_HEIGHTS
    assert violin_height(1) == least
    assert violin_height(100) == most
    between = next(n for n in range(30) if least < table_height(n) < most)
    assert violin_height(between) == table_height(between)


def test_parts_of_a_usual_page_fit_on_its_sheet():
    for n in range(18):
        parts = (agenda_height(WORDS, n, 900), max(violin_height(n), table_height(n)), legend_height(WORDS))
        assert HEIGHT - sum(parts) > 60 + notes_height(900)  # of header, count table and caption


def test_notes_have_the_lines_that_their_letters_need():
    assert notes_height(300) < notes_height(600) < notes_height(1200)
    assert agenda_height(WORDS, 12, 1200) < agenda_height(WORDS, 12, 600)


def test_legend_breaks_into_lines():
    assert legend_height([]) == legend_height(WORDS)
    assert legend_height(WORDS * 4) > legend_height(WORDS * 2) >= legend_height(WORDS)
    assert legend_height(["a" * 300]) == legend_height(WORDS)
