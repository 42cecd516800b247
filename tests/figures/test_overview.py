"""The parts of the overview: what they show, and that they share one sheet."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pandas as pd
import pytest

import schedvisu_lib as sv
from schedvisu_lib.figures.layout import HEIGHT, legend_height
from schedvisu_lib.figures.overview import OverviewPage
from schedvisu_lib.figures.overview_table import row_height
from schedvisu_lib.periods import Period, working_days
from schedvisu_lib.settings.calendar import WEEKDAYS
from schedvisu_lib.settings.report import StandsOut
from schedvisu_lib.studies.stands_out import COLUMNS, stands_out
from schedvisu_lib.tables import STUDIES, empty
from tests.conftest import write_site_file
from tests.figures.reading import size

WEEK = Period("weekly", date(2026, 5, 4), date(2026, 5, 8))
NOW = datetime(2026, 5, 9, 1, 5)


@pytest.fixture
def stored(demo_site):
    return working_days(demo_site.calendar, date(2026, 4, 20), WEEK.last)


def page(site, period=WEEK, **links):
    return OverviewPage(site, period, NOW, **links)


def some_findings(n):
    row = dict.fromkeys(COLUMNS) | {"kind": "occupancy", "scanner": "Vision 600", "value": 40.0, "threshold": 60.0}
    return pd.DataFrame([row | {"date": pd.Timestamp("2026-05-04"), "until": pd.Timestamp("2026-05-08")}] * n)


def test_head_has_the_reports_title(demo_site):
    shown = page(demo_site).header().text
    assert demo_site.report.title in shown
    assert "04.05.2026" in shown


def test_twelve_weeks_before_are_looked_at(demo_site):
    assert page(demo_site).first == WEEK.first - timedelta(weeks=12)


def test_days_that_the_store_lacks_are_told(demo_site, week, stored):
    assert "failure" not in page(demo_site).table(week, stored).text
    told = page(demo_site).table(week, [day for day in stored if day != date(2026, 5, 6)]).text
    assert re.search(r'<p class="failure">[^<]*: 1 \(mer. 06.05\)', told)
    assert ", …" in page(demo_site, Period("", date(2026, 4, 1), WEEK.last)).table(week, []).text


def test_lines_link_to_the_pages_that_there_are(demo_site):
    linked = page(demo_site, title="weekly", scanners="Discovery 690\nVision 600").stands_out(some_findings(1)).text
    assert 'href="#vision-600-hebdomadaire"' in linked
    for links in ({"title": "weekly", "scanners": "Discovery 690"}, {"scanners": "Vision 600"}, {}):
        assert "href" not in page(demo_site, **links).stands_out(some_findings(1)).text


def test_no_more_lines_than_the_site_wants(demo_site, site_with):
    assert page(demo_site).stands_out(some_findings(40)).text.count("<li>") == 12
    site = site_with(report={"stands_out": StandsOut(most=3)})
    assert page(site).stands_out(some_findings(40)).text.count("<li>") == 3


def test_mix_has_the_period_before_only_if_both_are_stored(demo_site, week, stored):
    findings = some_findings(0)
    assert "plus pâle" in page(demo_site).mix(week, findings, stored).text
    assert "plus pâle" not in page(demo_site).mix(week, findings, stored[-5:]).text
    assert "plus pâle" not in page(demo_site).mix(week, findings, stored[:-1]).text


def test_legend_of_the_mix_has_the_types_of_both_periods(demo_site, make_studies, exam, stored):
    studies = make_studies([exam("2026-04-27 08:00", "2026-04-27 08:30", exam_type="DOTATATE")])
    assert "DOTATATE" in page(demo_site).mix(studies, some_findings(0), stored).text
    assert "DOTATATE" not in page(demo_site).mix(studies, some_findings(0), stored[-5:]).text


def crowd(tmp_path, n: int) -> sv.Site:
    hours, slots = dict.fromkeys(WEEKDAYS[:5], "08:00-17:00"), dict.fromkeys(WEEKDAYS[:5], 9)
    scanners = [
        {"name": f"Scanner of a long name {k}", "models": [f"M{k}"], "hours": hours, "slots": slots} for k in range(n)
    ]
    types = [{"name": f"SCINTIGRAPHIE {k}", "patterns": [f"x{k}"]} for k in range(15)]
    return sv.load_site(write_site_file(tmp_path, scanners=scanners, exam_types=types, drop=["planned"]))


@pytest.mark.parametrize(("n", "n_lines"), [(1, 0), (5, 12), (5, 40), (12, 0), (12, 40), (18, 40)])
def test_the_parts_share_one_sheet(n, n_lines, tmp_path, make_studies, exam, stored):
    """Head, notes, headings and lines as measured on paper."""
    site = crowd(tmp_path, n)
    kinds = [kind.name for kind in site.exam_types]
    studies = make_studies(
        [
            exam("2026-05-04 08:00", "2026-05-04 08:30", exam_type=kind, scanner=name)
            for kind in kinds
            for name in site.scanner_names
        ]
    )
    shown, findings = page(site), some_findings(n_lines)
    lines = shown.stands_out(findings).text.count("<li>")
    assert lines >= min(n_lines, 3)
    mix = shown.mix(studies, findings, stored)
    used = 18.5 + 14 + row_height(n) * n + 9 + 3.95 * (max(lines, 1) + (n_lines > lines)) + 27
    if mix.text:
        used += size(mix)[1] + 9.5 + legend_height(kinds)
    assert used <= HEIGHT
    assert bool(mix.text) == (n < 12 or (n == 12 and not n_lines))


def test_weeks_without_exams_or_open_days_are_shown(demo_site, stored):
    for period in (WEEK, Period("", date(2026, 5, 9), date(2026, 5, 10))):
        shown = page(demo_site, period)
        findings = stands_out(empty(STUDIES), demo_site, period, stored)
        assert shown.table(empty(STUDIES), stored).text.count("<tr>") == 6
        assert "<img" in shown.mix(empty(STUDIES), findings, stored).text
        assert "<ul" in shown.stands_out(findings).text or "nothing" in shown.stands_out(findings).text


def test_overview_is_written_in_both_languages(site_with, week, stored):
    french, english = (page(site_with(report={"language": code})) for code in ("fr", "en"))
    for part in (lambda shown: shown.table(week, stored), lambda shown: shown.mix(week, some_findings(0), stored)):
        assert part(french).text != part(english).text
    assert "What stands out" in english.stands_out(some_findings(1)).text
    assert "What stands out" not in french.stands_out(some_findings(1)).text
