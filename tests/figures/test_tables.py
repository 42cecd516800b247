"""The numbers in the report's tables, by hand."""

from __future__ import annotations

from datetime import date

from schedvisu_lib.figures.tables import (
    count_table_html,
    duration_table_html,
)
from schedvisu_lib.language import language
from schedvisu_lib.tables import STUDIES, empty

MONDAY, FRIDAY = date(2026, 5, 4), date(2026, 5, 8)
D690 = "Discovery 690"
PER_CENT = "\N{NO-BREAK SPACE}%"


def test_count_table_by_day(week, demo_site, rows):
    """Slots: 14 a day, 12 on Friday; opening hours: 10 a day, 9 on Friday; two gaps of at least 40 minutes."""
    headings, *body = rows(count_table_html(week, demo_site, D690, MONDAY, FRIDAY))
    assert [heading[-5:] for heading in headings[1:6]] == ["04.05", "05.05", "06.05", "07.05", "08.05"]
    assert len(headings) == 8  # days, total, mean per open day: the mean per bin would be the same
    days, slots, exams, gaps, utilisation, occupancy = (row[1:] for row in body)
    assert days == ["1", "1", "1", "1", "1", "5", "–"]
    assert slots == ["14", "14", "14", "14", "12", "68", "13,6"]
    assert exams == ["3", "2", "0", "0", "0", "5", "1,0"]
    assert gaps == ["1", "1", "0", "0", "0", "2", "0,4"]
    assert utilisation == [f"{n}{PER_CENT}" for n in (21, 14, 0, 0, 0, 7)] + ["–"]  # 3/14, 2/14, 5/68
    # Monday: 40 + 30 + 55 of 600 minutes; Tuesday: 40 + 30 of 600; in all 195 of 2940.
    assert occupancy == [f"{n}{PER_CENT}" for n in (21, 12, 0, 0, 0, 7)] + ["–"]


def test_count_table_by_week_has_a_mean_per_week(week, demo_site, rows):
    headings, *body = rows(count_table_html(week, demo_site, D690, MONDAY, date(2026, 5, 22)))
    assert headings[1:4] == ["S19", "S20", "S21"]
    assert len(headings) == 7
    days, slots, exams, *_ = (row[1:] for row in body)
    assert days == ["5", "3", "5", "13", "–", "4,3"]
    assert slots == ["68", "42", "68", "178", "13,7", "59,3"]
    assert exams == ["5", "0", "0", "5", "0,4", "1,7"]


def test_sums_and_means_are_marked(week, demo_site):
    assert count_table_html(week, demo_site, D690, MONDAY, FRIDAY).text.count('class="sum"') == 7 * 2
    by_week = count_table_html(week, demo_site, D690, MONDAY, date(2026, 5, 22)).text
    assert by_week.count('class="sum"') == 7 * 3


def test_ratio_without_slots_is_a_dash(week, one_scanner, rows):
    site = one_scanner(slots={})
    *_, utilisation, occupancy = rows(count_table_html(week, site, D690, MONDAY, FRIDAY))
    assert set(utilisation[1:]) == {"–"}
    assert occupancy[1] == f"21{PER_CENT}"


def test_exam_on_a_holiday_counts_without_a_slot(make_studies, exam, demo_site, rows):
    studies = make_studies([exam("2026-05-14 08:00", "2026-05-14 09:00")])
    _, days, slots, exams, *_ = rows(count_table_html(studies, demo_site, D690, date(2026, 5, 11), date(2026, 5, 15)))
    assert days[1:] == ["1", "1", "1", "3", "–"]
    assert slots[1:] == ["14", "14", "14", "42", "14,0"]
    assert exams[1:] == ["0", "0", "1", "1", "0,3"]


def test_thousands_are_parted(demo_site, rows):
    _, _, slots, *_ = rows(count_table_html(empty(STUDIES), demo_site, D690, date(2025, 1, 1), FRIDAY))
    assert slots[-3] == "4\N{NARROW NO-BREAK SPACE}572"


def test_counts_in_english(week, site_with, rows):
    site = site_with(report={"language": "en"})
    headings, *body = rows(count_table_html(week, site, D690, MONDAY, FRIDAY))
    assert headings[-2:] == ["Total", "Mean per open day"]
    assert [row[0] for row in body] == ["Open days", "Slots", "Exams", "Gaps", "Utilisation", "Occupancy"]
    assert body[1][-1] == "13.6"


def test_duration_table(week, demo_site, rows):
    """FDG lasts 30 and 45, PSMA 20, DOTATATE 30 and 20 minutes; a turnover 10, gaps 50 and 200."""
    headings, *body = rows(duration_table_html(week, demo_site, D690, MONDAY, FRIDAY))
    assert len(headings) == 8
    assert body == [
        ["FDG STAND.", "2", "37,5", "37,5", "33,8", "41,3", "30,0", "45,0"],
        ["PSMA", "1", *["20,0"] * 6],
        ["DOTATATE", "2", "25,0", "25,0", "22,5", "27,5", "20,0", "30,0"],
        [language("fr")("Turnover"), "1", *["10,0"] * 6],
        [language("fr")("Gap: hole"), "2", "125,0", "125,0", "87,5", "162,5", "50,0", "200,0"],
    ]


def test_takes_are_apart_and_other_is_named(make_studies, exam, demo_site, rows):
    studies = make_studies(
        [
            exam("2026-05-04 08:00", "2026-05-04 08:04", scanner="Millennium", exam_type="OS", n_takes=2),
            exam("2026-05-04 12:00", "2026-05-04 12:20", scanner="Millennium", exam_type="OS", take=2, n_takes=2),
            exam("2026-05-04 12:20", "2026-05-04 12:30", scanner="Millennium", exam_type="OTHER"),
        ]
    )
    _, *body = rows(duration_table_html(studies, demo_site, "Millennium", MONDAY, FRIDAY))
    assert [row[:3] for row in body[:3]] == [
        ["OS, reprise 1", "1", "4,0"],
        ["OS, reprise 2", "1", "20,0"],
        ["AUTRE", "1", "10,0"],
    ]


def test_period_without_exams_has_a_row_of_dashes(demo_site, rows):
    _, *body = rows(duration_table_html(empty(STUDIES), demo_site, D690, MONDAY, FRIDAY))
    assert body == [["–"] * 8]


NASTY = '<b>&"'


def test_everything_from_outside_is_escaped(demo_site, one_scanner, make_studies, exam):
    site = one_scanner(name=NASTY)
    studies = make_studies([exam("2026-05-04 08:00", "2026-05-04 08:30", scanner=NASTY, exam_type=NASTY)])
    shown = [
        duration_table_html(studies, site, NASTY, MONDAY, FRIDAY),
    ]
    for html in shown:
        assert "&lt;b&gt;&amp;&quot;" in html.text
        assert "<b>" not in html.text
