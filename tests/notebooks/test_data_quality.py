"""The data-quality page counts every series that the archive listed."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

import pytest

import schedvisu_lib as sv
from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.language import language
from schedvisu_lib.periods import working_days

from .conftest import LAST, MONDAY


@pytest.fixture(scope="session")
def page(execute):
    days = {"first": MONDAY.isoformat(), "last": LAST.isoformat()}
    return execute("data_quality", days | {"generated_at": "2026-05-22T23:05"})


@pytest.fixture(scope="session")
def listed(site):
    return sv.open_store(site).series(MONDAY, LAST).to_dict("records")


def of_table(page, n_columns, heading):
    """Return the rows of the table whose second heading is known."""
    [found] = [rows for rows in page.tables() if len(rows[0]) == n_columns and rows[0][1] == language("fr")(heading)]
    return found[1:]


def test_series_and_studies_are_counted_by_verdict_and_reason(page, listed):
    fr = language("fr")
    series: Counter = Counter()
    studies = defaultdict(set)
    for row in listed:
        key = (row["verdict"], re.sub(r" ?\[.*\]$", "", row["reason"]))
        series[key] += 1
        studies[key].add(row["study_uid"])
    assert {verdict for verdict, _ in series} >= {"kept", "derived", "excluded", "foreign"}
    meant = Counter((fr(key[0]), str(n), str(len(studies[key]))) for key, n in series.items())
    found = of_table(page, 4, "Reason")
    grouping = "\N{NARROW NO-BREAK SPACE}"
    assert Counter((row[0], row[2].replace(grouping, ""), row[3].replace(grouping, "")) for row in found) == meant
    assert sum(int(row[2].replace(grouping, "")) for row in found) == len(listed)


def test_series_are_counted_by_the_way_on_which_their_header_came(page, listed):
    ways = Counter(match[1] for row in listed if (match := re.search(r"\[(.*)\]$", row["reason"])))
    assert set(ways) >= {"IMAGE answers", "SERIES answers"}
    found = of_table(page, 2, "Series")
    assert {row[0]: int(row[1]) for row in found} == {language("fr")(way): n for way, n in ways.items()}


def test_verdicts_are_those_that_the_hospital_meant(page, listed, site):
    """The simulated hospital knows what each of its series is; a study's own reason comes before its series' ones."""
    hospital = Hospital(site)
    found = Counter(row["verdict"] for row in listed)
    meant = [
        series
        for day in working_days(site.calendar, MONDAY, LAST)
        for study in hospital.studies_on(day)
        if not study.why
        for series in study.series
    ]
    kept = sum(series.verdict == "kept" for series in meant)
    assert 0 < kept <= found["kept"]
    assert "failed" not in found
    assert found["derived"] >= sum(series.verdict == "derived" for series in meant)


def test_descriptions_without_type_are_counted(page, site):
    rows = sv.open_store(site).studies(MONDAY, LAST).to_dict("records")
    meant = Counter((row["study_description"], row["scanner"]) for row in rows if row["exam_type"] == "OTHER")
    assert meant
    found = of_table(page, 3, "Scanner")
    assert {(row[0], row[1]): int(row[2]) for row in found} == meant


def test_complete_week_lacks_no_day(page):
    words = page.words
    assert language("fr")("not retrieved") not in words
    assert language("fr")("given up") not in words


def test_head_names_the_week(page):
    assert "Qualité des données" in page.words
    assert "18.05.2026" in page.words


def test_page_holds_no_patient(page, patients):
    assert not [patient for patient in patients if patient in page.text or patient in page.html]
