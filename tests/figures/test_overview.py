"""The overview's bars."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd
import pytest

from schedvisu_lib.figures.overview import overview_figure, overview_header, plot_overview
from schedvisu_lib.language import language
from schedvisu_lib.periods import Period
from schedvisu_lib.studies.overview import with_change
from schedvisu_lib.tables import STUDIES, empty

WEEK = Period("weekly", date(2026, 5, 4), date(2026, 5, 8))


@pytest.fixture
def overview(week, make_studies, exam, demo_site):
    """The Discovery 690 with 5 exams after 34: utilisation 5/68 after 34/68."""
    before = make_studies([exam("2026-04-27 07:00", "2026-04-27 08:00", 0)] * 34)
    return with_change(pd.concat([before, week], ignore_index=True), demo_site, WEEK.first, WEEK.last)


def bars(ax):
    return [[(bar.get_y() + bar.get_height() / 2, bar.get_width()) for bar in group] for group in ax.containers]


def test_bars_are_percentages_and_scanners_stand_from_the_top(overview, demo_site, ax):
    assert plot_overview(overview, demo_site, ax=ax) is ax
    assert [label.get_text() for label in ax.get_yticklabels()] == list(demo_site.scanner_names)
    assert ax.yaxis_inverted()
    utilisation, occupancy = bars(ax)
    assert utilisation[0][1] == pytest.approx(100 * 5 / 68)
    assert occupancy[0][1] == pytest.approx(100 * 195 / 2940)
    assert [width for _, width in utilisation[1:]] == [0] * 4
    for place in range(5):
        assert utilisation[place][0] < place < occupancy[place][0]


def test_marks_stand_where_the_period_before_stood(overview, demo_site, ax):
    plot_overview(overview, demo_site, ax=ax)
    utilisation, occupancy = (line.get_xdata() for line in ax.lines[:2])
    assert utilisation[0] == pytest.approx(50)
    assert occupancy[0] == pytest.approx(100 * 60 / 2940)


def test_values_are_written_and_can_be_read(overview, demo_site, ax, drawn):
    """Also of a bar that is too short to hold its value: no white letters on white."""
    plot_overview(overview, demo_site, ax=ax)
    assert drawn.texts(ax).count("7\N{NO-BREAK SPACE}%") == 2
    assert drawn.texts(ax).count("0\N{NO-BREAK SPACE}%") == 8
    ax.figure.canvas.draw()
    ends = [width for group in bars(ax) for _, width in group]
    for text, end in zip(ax.texts, ends, strict=True):
        right = ax.transData.inverted().transform(text.get_window_extent())[1, 0]
        assert right <= end or text.get_color() != "white"


def test_more_than_all_slots_have_room(make_studies, exam, demo_site, ax):
    studies = make_studies([exam("2026-05-04 07:00", "2026-05-04 08:00")] * 136)
    plot_overview(with_change(studies, demo_site, WEEK.first, WEEK.last), demo_site, ax=ax)
    assert ax.get_xlim()[1] > 200


@pytest.mark.parametrize("days", [("2026-05-04", "2026-05-08"), ("2026-05-09", "2026-05-10")])
def test_weeks_without_exams_or_open_days_are_drawn(demo_site, ax, days):
    table = with_change(empty(STUDIES), demo_site, *days)
    plot_overview(table, demo_site, ax=ax)
    ax.figure.canvas.draw()
    assert ax.get_xlim() == (0, 100)


def test_bars_are_named_in_both_languages(overview, site_with, svg_of):
    for code in ("fr", "en"):
        [svg] = svg_of(overview_figure(overview, site_with(report={"language": code})))
        for word in ("Utilisation", "Occupancy", "period before"):
            assert language(code)(word) in svg
        assert "<image" not in svg


def test_head_has_the_reports_title(demo_site):
    shown = overview_header(demo_site, WEEK, datetime(2026, 5, 9, 1, 5)).text
    assert demo_site.report.title in shown
    assert "04.05.2026" in shown
