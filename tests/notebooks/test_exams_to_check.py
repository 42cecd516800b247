"""The page "exams to check" says what the numbers may be wrong about, and where to look."""

from __future__ import annotations

import json
import statistics
from collections import Counter, defaultdict
from datetime import timedelta
from fractions import Fraction

import pytest
import yaml
from bs4 import BeautifulSoup

import schedvisu_lib as sv
from schedvisu_lib.config import squeeze_description
from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.language import language
from schedvisu_lib.periods import working_days

from .conftest import LAST, MONDAY, WHOLE

FR = language("fr")


@pytest.fixture(scope="session")
def page(execute):
    days = {"first": MONDAY.isoformat(), "last": LAST.isoformat()}
    return execute("exams_to_check", days | {"generated_at": "2026-05-22T23:05"})


@pytest.fixture(scope="session")
def exams(site):
    return sv.open_store(site).studies(MONDAY, LAST).to_dict("records")


def rows_of(page, css):
    """Return the rows of the table of a class."""
    found = [
        [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in table.find_all("tr")][1:]
        for table in BeautifulSoup(page.html, "html.parser").find_all("table", class_=css)
    ]
    return found[0] if found else []


def test_descriptions_without_type_are_counted_and_each_has_a_line(page, exams):
    meant = Counter((row["study_description"], row["scanner"]) for row in exams if row["exam_type"] == "OTHER")
    assert meant
    assert {(row[0], row[1]): int(row[3]) for row in rows_of(page, "unmapped")} == meant
    [block] = BeautifulSoup(page.html, "html.parser").find_all("pre")
    patterns = [pattern for entry in yaml.safe_load(block.get_text()) for pattern in entry["patterns"]]
    assert {squeeze_description(text) for text, _ in meant} <= set(patterns)


def test_mixed_studies_are_told_with_the_last_one(page, site):
    hospital = Hospital(site)
    studies = [study for day in working_days(site.calendar, MONDAY, LAST) for study in hospital.studies_on(day)]
    mixed = [study for study in studies if study.why in ("mixed", "CT only")]
    assert sum(int(row[3]) for row in rows_of(page, "mixed")) == len(mixed) > 0
    last = max(min(one.timing.start for one in study.series if one.verdict == "kept") for study in mixed)
    assert f"{last:%d.%m.%Y %H:%M}" in {row[2] for row in rows_of(page, "mixed")}


def test_overlaps_are_those_of_the_agenda(page, exams):
    """Each exam against the one that ends last of those that began before it."""
    meant = []
    for row in exams:
        before = [
            one for one in exams
            if one["scanner"] == row["scanner"] and (one["start"], one["end"]) < (row["start"], row["end"])
            and one["exam_type"] != "V/P POUMON"
        ]  # fmt: skip
        latest = max((one["end"] for one in before), default=row["start"])
        overlap = min(latest, row["end"]) - row["start"]
        if overlap > timedelta(0) and row["exam_type"] != "V/P POUMON":
            meant.append((overlap, row["scanner"], f"{row['start']:%H:%M}–{row['end']:%H:%M}"))
    meant.sort(reverse=True)
    found = rows_of(page, "overlaps")
    assert len(found) == min(len(meant), 5)
    assert [(row[1], row[3]) for row in found] == [(scanner, times) for _, scanner, times in meant[:5]]
    for name, n in Counter(scanner for _, scanner, _ in meant).items():
        assert f"{name}\N{NO-BREAK SPACE}: {n} (" in page.words


def test_unusual_days_are_those_with_less_than_half_of_the_usual(page, execute, site):
    """None in the stored week; of the weeks before, no day's series are stored, so none is judged."""
    assert rows_of(page, "unusual") == []
    assert WHOLE < MONDAY
    assert sv.open_store(site).stored_days(WHOLE, MONDAY - timedelta(days=1)) == []


def test_no_exam_of_the_demo_is_implausible(page, exams):
    assert min(row["end"] - row["start"] for row in exams) > timedelta(0)
    assert rows_of(page, "implausible") == []


def test_delays_from_study_time_are_those_of_the_hospital(page, site):
    """The median over the studies of each day; of these the median, each as often as the day has studies."""
    hospital = Hospital(site)
    stored = sv.open_store(site).series(MONDAY, LAST)
    kept = {row["series_uid"]: row for row in stored.to_dict("records") if row["verdict"] == "kept"}
    days = defaultdict(lambda: defaultdict(list))
    for day in working_days(site.calendar, MONDAY, LAST):
        for study in hospital.studies_on(day):
            rows = [kept[one.uid] for one in study.series if one.uid in kept]
            for model in {row["model"] for row in rows}:
                first = min(row["start"] for row in rows if row["model"] == model)
                days[model][day].append(first.to_pydatetime() - study.registered)
    found = {row[1]: row for row in rows_of(page, "clocks") if row[2] == "Study Time"}
    assert len(found) == len(site.scanners)
    for model, row in found.items():
        medians = [statistics.median(delays) for delays in days[model].values() for _ in delays]
        minutes = Fraction(statistics.median(medians) / timedelta(microseconds=1)) / 60_000_000
        assert int(row[4]) == len(medians)
        assert row[5].replace(",", ".") == FR.number(float(minutes), 1).replace(",", ".")
        assert row[3] == "habituelle"


def test_head_names_the_week(page):
    assert "Examens à vérifier" in page.words
    assert "18.05.2026" in page.words


def test_page_holds_no_patient_and_no_uid(page, patients, exams):
    assert not [patient for patient in patients if patient in page.text or patient in page.html]
    assert not [row for row in exams if row["patient"] in page.text or row["exam_id"] in json.dumps(page.html)]
