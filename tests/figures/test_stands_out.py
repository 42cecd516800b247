"""What stands out, in words and with links."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from schedvisu_lib.figures.stands_out import stands_out_html
from schedvisu_lib.studies.stands_out import COLUMNS

DAY = pd.Timestamp("2026-05-19")


def finding(kind, value, threshold=0.0, **more):
    row = {"kind": kind, "scanner": "Vision 600", "date": DAY, "until": DAY, "start": pd.NaT, "end": pd.NaT}
    return (
        row | {"exam_type": "", "take": 0, "n": 0, "usual": float("nan"), "value": value, "threshold": threshold} | more
    )


def findings(*rows):
    return pd.DataFrame(rows, columns=COLUMNS)


EVERY = {
    "empty day": finding("empty", 1.0, 1.0),
    "empty days": finding("empty", 3.0, 1.0, until=DAY + pd.Timedelta(days=2)),
    "occupancy": finding("occupancy", 43.25, 60.0),
    "hole": finding("hole", 200.0, 180.0, start=DAY + pd.Timedelta(hours=10), end=DAY + pd.Timedelta("13:20:00")),
    "overtime": finding("overtime", 72.0, 60.0, end=DAY + pd.Timedelta("18:42:00")),
    "duration": finding(
        "duration", 58.04, 41.0, start=DAY + pd.Timedelta("09:12:00"), exam_type="OS", take=2, n=1512, usual=33.26
    ),
}


def lines(html):
    return [
        re.sub("<[^>]+>", "|", item).replace("||", "|").strip("|") for item in re.findall("<li>(.*?)</li>", html.text)
    ]


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("empty day", "No exam|Vision 600, Tue 19 May: open, but no exam"),
        ("empty days", "No exam|Vision 600, Tue 19 May to Thu 21 May: 3 open days in a row without exam"),
        ("occupancy", "Occupancy|Vision 600: 43.3% over the period, below 60%"),
        ("hole", "Hole|Vision 600, Tue 19 May: 3:20 h without exam, from 10:00 to 13:20"),
        ("overtime", "Overtime|Vision 600, Tue 19 May: 1:12 h after closing time, last image at 18:42"),
        (
            "duration",
            "Long exam|Vision 600, Tue 19 May 09:12: OS, take 2 took 58.0 min, usually 33.3 min (median of the 1,512 "
            "before)",
        ),
    ],
)
def test_each_rule_has_its_sentence(kind, line, site_with):
    site = site_with(report={"language": "en"})
    assert lines(stands_out_html(findings(EVERY[kind]), site, {}, 12)) == [line]


def test_lines_link_to_the_page_of_their_scanner_where_there_is_one(demo_site):
    shown = findings(EVERY["hole"], EVERY["occupancy"] | {"scanner": "Millennium"})
    html = stands_out_html(shown, demo_site, {"Vision 600": "#vision-600-hebdomadaire"}, 12)
    assert re.findall('<li>(<a href="[^"]*">)?', html.text) == ['<a href="#vision-600-hebdomadaire">', ""]


def test_the_first_ones_are_shown_and_the_others_counted(site_with):
    html = stands_out_html(findings(*EVERY.values()), site_with(report={"language": "en"}), {}, 4)
    assert len(lines(html)) == 4
    assert "and 2 more" in html.text
    assert "more" not in stands_out_html(findings(*EVERY.values()), site_with(report={"language": "en"}), {}, 6).text


def test_an_ordinary_week_says_so(site_with):
    html = stands_out_html(findings(), site_with(report={"language": "en"}), {}, 12)
    assert "Nothing beyond the thresholds." in html.text


def test_days_of_several_years_have_their_year(site_with):
    site = site_with(report={"language": "en"})
    old = EVERY["empty day"] | {"date": pd.Timestamp("2025-05-19")}
    assert "Tue 19 May 2026" in stands_out_html(findings(EVERY["empty day"], old), site, {}, 12).text


def test_every_sentence_is_translated(site_with):
    both = [lines(stands_out_html(findings(*EVERY.values()), site_with(report={"language": code}), {}, 12))
            for code in ("fr", "en")]  # fmt: skip
    assert len(both[0]) == len(both[1]) == len(EVERY)
    assert not set(both[0]) & set(both[1])


def test_names_are_escaped(demo_site):
    nasty = '<b>&"'
    html = stands_out_html(findings(EVERY["duration"] | {"scanner": nasty, "exam_type": nasty}), demo_site, {}, 12)
    assert html.text.count("&lt;b&gt;&amp;&quot;") == 2
