"""The table of the overview: numbers, changes and trends."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from schedvisu_lib.figures.overview_table import overview_table_html, row_height, trend_height
from schedvisu_lib.periods import Period, working_days
from schedvisu_lib.studies.trends import overview_trend
from schedvisu_lib.tables import STUDIES, empty

WEEK = Period("weekly", date(2026, 5, 4), date(2026, 5, 8))
PER_CENT = "\N{NO-BREAK SPACE}%"
NASTY = '<b>&"'


@pytest.fixture
def stored(demo_site):
    return working_days(demo_site.calendar, date(2026, 4, 20), WEEK.last)


@pytest.fixture
def shown(rows, demo_site, stored):
    """Gives the rows of the table of some studies."""

    def table(studies, site=demo_site, days=stored):
        return rows(overview_table_html(overview_trend(studies, site, WEEK, days), site))

    return table


@pytest.fixture
def two_weeks(week, make_studies, exam):
    return pd.concat([make_studies([exam("2026-04-27 07:00", "2026-04-27 18:00")]), week], ignore_index=True)


def plain(cells):
    return [cell.replace("\N{MINUS SIGN}", "-") for cell in cells]


def test_each_number_is_written_with_its_change(two_weeks, demo_site, shown):
    headings, first, *others = shown(two_weeks)
    assert len(headings) == len(first) == 13
    assert [row[0] for row in others] == list(demo_site.scanner_names[1:])
    cells = plain(first[1:])
    assert cells[:2] == ["5\n+4", "68\n0"]
    assert cells[2] == f"7{PER_CENT}\n+6 pts"  # 5/68 after 1/68
    assert cells[3] == f"7{PER_CENT}\n-16 pts"  # 195 after 670 of 2940 minutes
    assert cells[4] == "2\n+2"
    assert cells[5] == "4:10\n+4:10"  # gaps of 50 and 200 minutes between prepared exams
    assert cells[6] == "8:30\n+1:30"  # the median of 08:00 and 09:00 after 07:00
    assert cells[7] == "12:03\n-5:57"  # of 10:45 and 13:20: 12:02:30, halves upwards; 18:00 before
    assert cells[8] == "0:10"  # gaps part the others; none before
    assert cells[9] == "0:00\n-0:30"
    assert cells[10] == "1:50\n+1:50"  # 25 and 85 minutes
    assert cells[11] == "10:45\n+10:45"  # from 10:50 and 13:25 to 17:30


def test_no_change_where_a_period_is_not_wholly_stored(two_weeks, shown, stored):
    for missing in (date(2026, 4, 30), date(2026, 5, 6)):  # of the week before, of the week itself
        _, first, *_ = shown(two_weeks, days=[day for day in stored if day != missing])
        assert first[1:3] == ["5", "68"]
        assert not any("\n" in cell for cell in first)


def test_scanner_without_exams_has_no_times(week, shown):
    [millennium] = [row for row in shown(week) if row[0] == "Millennium"]
    assert millennium[1] == "0\n0"
    assert millennium[7:10] == ["–", "–", "–"]


def test_each_cell_has_the_trend_of_the_last_twelve(two_weeks, demo_site, stored, svg_of):
    html = overview_table_html(overview_trend(two_weeks, demo_site, WEEK, stored), demo_site)
    pictures = svg_of(html)
    # 5 scanners x 12 numbers, less first start, last end and turnover of the four that made no exam, and
    # no number is drawn for a period that is not there.
    assert len(pictures) == 5 * 12 - 4 * 3
    assert 'alt="Examens, 12 dernières périodes\N{NO-BREAK SPACE}: de 0 à 5"' in html.text
    exams = pictures[0]
    assert exams.count("L") == 2  # three stored weeks: 20 and 27 April, 4 May
    assert exams.count("circle") == 1


def test_many_scanners_have_lower_rows():
    heights = [row_height(n) for n in (1, 8, 9, 14, 15, 30)]
    assert heights == sorted(heights, reverse=True)
    assert trend_height(14) > 0 == trend_height(15)


def test_names_are_escaped(one_scanner, shown, make_studies, exam, stored):
    site = one_scanner(name=NASTY)
    studies = make_studies([exam("2026-05-04 08:00", "2026-05-04 08:30", scanner=NASTY)])
    html = overview_table_html(overview_trend(studies, site, WEEK, stored), site)
    assert "&lt;b&gt;&amp;&quot;" in html.text
    assert "<b>" not in html.text


def test_without_any_studies_or_days_it_is_a_table(demo_site, shown):
    table = shown(empty(STUDIES), days=[])
    assert [row[1] for row in table[1:]] == ["0"] * 5
