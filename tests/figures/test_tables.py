"""The numbers in the report's tables, by hand."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from schedvisu_lib.figures.tables import (
    count_table_html,
    days_html,
    duration_table_html,
    mixed_html,
    overview_table_html,
    unmapped_html,
    verdicts_html,
)
from schedvisu_lib.language import language
from schedvisu_lib.studies.overview import with_change
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
    assert slots[-3] == "4\N{NARROW NO-BREAK SPACE}600"


def test_counts_in_english(week, site_with, rows):
    site = site_with(report={"language": "en"})
    headings, *body = rows(count_table_html(week, site, D690, MONDAY, FRIDAY))
    assert headings[-2:] == ["Total", "Mean per open day"]
    assert [row[0] for row in body] == ["Open days", "Slots", "Exams", "Gaps", "Utilisation", "Occupancy"]
    assert body[1][-1] == "13.6"


def test_duration_table(week, demo_site, rows):
    """FDG lasts 30 and 45, PSMA 20, DOTATATE 30 and 20 minutes; gaps 50 and 200."""
    headings, *body = rows(duration_table_html(week, demo_site, D690, MONDAY, FRIDAY))
    assert len(headings) == 8
    assert body == [
        ["FDG STAND.", "2", "37,5", "37,5", "33,8", "41,3", "30,0", "45,0"],
        ["PSMA", "1", *["20,0"] * 6],
        ["DOTATATE", "2", "25,0", "25,0", "22,5", "27,5", "20,0", "30,0"],
        [language("fr")("Gaps"), "2", "125,0", "125,0", "87,5", "162,5", "50,0", "200,0"],
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


def test_overview_writes_each_number_with_its_change(week, make_studies, exam, demo_site, rows):
    before = make_studies([exam("2026-04-27 07:00", "2026-04-27 18:00")])
    studies = pd.concat([before, week], ignore_index=True)
    headings, first, *others = rows(overview_table_html(with_change(studies, demo_site, MONDAY, FRIDAY), demo_site))
    assert len(headings) == len(first) == 12
    assert [row[0] for row in others] == list(demo_site.scanner_names[1:])
    cells = [cell.replace("\N{MINUS SIGN}", "-") for cell in first[1:]]
    assert cells[:2] == ["5\n+4", "68\n0"]
    assert cells[2] == f"7{PER_CENT}\n+6 pts"  # 5/68 after 1/68
    assert cells[3] == f"7{PER_CENT}\n-16 pts"  # 195 after 670 of 2940 minutes
    assert cells[4] == "2\n+2"
    assert cells[5] == "8:30\n+1:30"  # the median of 08:00 and 09:00 after 07:00
    assert cells[6] == "12:03\n-5:57"  # of 10:45 and 13:20: 12:02:30, halves upwards; 18:00 before
    assert cells[7] == "1:00"  # of 10, 60 and 210 minutes; none before
    assert cells[8] == "0:00\n-0:30"
    assert cells[9] == "1:50\n+1:50"  # 25 and 85 minutes
    assert cells[10] == "10:45\n+10:45"  # from 10:50 and 13:25 to 17:30


def test_scanner_without_exams_has_no_times(week, demo_site, rows):
    [millennium] = [row for row in rows(overview_table_html(with_change(week, demo_site, MONDAY, FRIDAY), demo_site))
                    if row[0] == "Millennium"]  # fmt: skip
    assert millennium[1] == "0\n0"
    assert millennium[6:9] == ["–", "–", "–"]


NASTY = '<b>&"'


def test_everything_from_outside_is_escaped(demo_site, one_scanner, make_studies, exam):
    site = one_scanner(name=NASTY)
    studies = make_studies([exam("2026-05-04 08:00", "2026-05-04 08:30", scanner=NASTY, exam_type=NASTY)])
    shown = [
        overview_table_html(with_change(studies, site, MONDAY, FRIDAY), site),
        duration_table_html(studies, site, NASTY, MONDAY, FRIDAY),
        unmapped_html(pd.DataFrame({"study_description": [NASTY], "scanner": [NASTY], "n": [1]}), site),
        mixed_html(pd.DataFrame({"models": [NASTY], "modalities": [NASTY], "n_studies": [1]}), site),
        verdicts_html(pd.DataFrame({"verdict": ["kept"], "reason": [NASTY], "n_series": [1], "n_studies": [1]}), site),
    ]
    for html in shown:
        assert "&lt;b&gt;&amp;&quot;" in html.text
        assert "<b>" not in html.text


def test_verdicts_and_their_reasons(demo_site, rows):
    counts = pd.DataFrame(
        {"verdict": ["kept", "failed"], "reason": ["", "why"], "n_series": [1234, 2], "n_studies": [300, 1]}
    )
    _, *body = rows(verdicts_html(counts, demo_site))
    assert body == [
        [language("fr")("kept"), "–", "1\N{NARROW NO-BREAK SPACE}234", "300"],
        [language("fr")("failed"), "why", "2", "1"],
    ]


def test_listings_show_their_rows(demo_site, rows):
    unmapped = pd.DataFrame({"study_description": ["Étude", ""], "scanner": [D690, D690], "n": [3, 1]})
    assert rows(unmapped_html(unmapped, demo_site))[1:] == [["Étude", D690, "3"], ["–", D690, "1"]]
    mixed = pd.DataFrame({"models": ["A + B"], "modalities": ["CT + PT"], "n_studies": [2]})
    assert rows(mixed_html(mixed, demo_site))[1:] == [["A + B", "CT + PT", "2"]]


def test_days_with_something_missing(demo_site, rows):
    days = pd.DataFrame(
        {"stored": [True, False, True, True], "n_failed": [0, 0, 3, 2], "attempts": [1, 0, 2, 4],
         "open": [False, True, True, False]},
        index=pd.date_range("2026-05-04", periods=4, name="date"),
    )  # fmt: skip
    fr = language("fr")
    again, never = fr("asked for again by the next run"), fr("given up")
    assert rows(days_html(days, demo_site))[1:] == [
        ["mar. 05.05.2026", fr("not retrieved"), "0", again],
        ["mer. 06.05.2026", fr("{n} series failed", n=3), "2", again],
        ["jeu. 07.05.2026", fr("{n} series failed", n=2), "4", never],
    ]


@pytest.mark.parametrize("code", ["fr", "en"])
def test_complete_days_are_not_listed(site_with, code):
    days = pd.DataFrame(
        {"stored": [True], "n_failed": [0], "attempts": [1], "open": [False]},
        index=pd.DatetimeIndex(["2026-05-04"], name="date"),
    )
    assert "05.2026" not in days_html(days, site_with(report={"language": code})).text
