"""The data-quality page has a place for every series that the archive listed."""

from __future__ import annotations

import re
from collections import Counter

import pytest

import schedvisu_lib as sv
from schedvisu_lib.config import squeeze_model
from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.figures.reasons import reason_words
from schedvisu_lib.language import language
from schedvisu_lib.periods import working_days

from .conftest import LAST, MONDAY

FR = language("fr")
GROUPING = "\N{NARROW NO-BREAK SPACE}"


@pytest.fixture(scope="session")
def page(execute):
    days = {"first": MONDAY.isoformat(), "last": LAST.isoformat()}
    return execute("data_quality", days | {"generated_at": "2026-05-22T23:05"})


@pytest.fixture(scope="session")
def listed(site):
    return sv.open_store(site).series(MONDAY, LAST).to_dict("records")


def of_table(page, heading):
    """Return the headings and rows of the table with a heading."""
    [found] = [rows for rows in page.tables() if FR(heading) in rows[0]]
    return found


def number(text):
    return 0 if text == "–" else int(text.replace(GROUPING, ""))


def test_every_series_stands_under_its_scanner_and_verdict(page, listed, site):
    headings, *rows, total = of_table(page, "Verdict")
    names = [*site.scanner_names, FR("No scanner of the site")]
    assert headings == [FR("Verdict"), FR("Reason"), *names, FR("Total")]
    meant: Counter = Counter()
    for row in listed:
        name = site.scanner_of_model.get(squeeze_model(row["model"]), FR("No scanner of the site"))
        meant[FR(row["verdict"]), name] += 1
    found: Counter = Counter()
    for verdict, _, *cells, of_row in rows:
        assert sum(map(number, cells)) == number(of_row)
        found.update({(verdict, name): number(cell) for name, cell in zip(names, cells, strict=True)})
    assert +found == meant
    assert {verdict for verdict, _ in meant} >= {FR(verdict) for verdict in ("kept", "derived", "excluded", "foreign")}
    assert [number(cell) for cell in total[2:]] == [
        *(sum(n for (_, name), n in meant.items() if name == one) for one in names),
        len(listed),
    ]


def test_every_reason_is_told_with_its_count(page, listed):
    _, *rows, _ = of_table(page, "Verdict")
    meant = Counter(
        (FR(row["verdict"]), reason_words(re.sub(r" ?\[.*\]$", "", row["reason"]), FR))
        for row in listed
        if row["verdict"] != "kept"
    )
    kept = FR("kept")
    assert {(row[0], row[1]): number(row[-1]) for row in rows if row[0] != kept} == meant


def test_kept_series_are_told_apart_by_whether_they_make_exams(page, listed):
    _, *rows, _ = of_table(page, "Verdict")
    found = {row[1]: number(row[-1]) for row in rows if row[0] == FR("kept")}
    kept = [row for row in listed if row["verdict"] == "kept"]
    mixed = {row["study_uid"] for row in kept} - {row["study_uid"] for row in kept if row["modality"] in ("PT", "NM")}
    of_exams = [row for row in kept if row["study_uid"] not in mixed]
    times = {(row["patient"], row["model"], row["start"], row["end"]) for row in of_exams}
    assert found["son étude est mixte\N{NO-BREAK SPACE}: pas d’examen"] == len(kept) - len(of_exams) > 0
    assert found["donne un examen"] == len(times)
    assert sum(found.values()) == len(kept)


def test_series_are_counted_by_the_way_on_which_their_header_came(page, listed):
    ways = Counter(match[1] for row in listed if (match := re.search(r"\[(.*)\]$", row["reason"])))
    assert set(ways) >= {"IMAGE answers", "SERIES answers"}
    _, *found = of_table(page, "Way")
    assert {row[0]: number(row[1]) for row in found} == {FR(way): n for way, n in ways.items()}


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


def test_complete_week_lacks_no_day(page):
    assert FR("not retrieved") not in page.words
    assert "retrieve --again" not in page.words


def test_days_that_are_missing_are_told_with_what_is_next(execute):
    days = {"first": "2026-05-11", "last": "2026-05-15"}
    _, *rows = of_table(execute("data_quality", days | {"generated_at": "2026-05-22T23:05"}), "What next")
    # Ascension is a holiday, the Friday after it a closure.
    assert [row[0] for row in rows] == ["lun. 11.05.2026", "mar. 12.05.2026", "mer. 13.05.2026"]
    assert {tuple(row[1:]) for row in rows} == {
        (FR("not retrieved"), "–", "–", "0 sur 4", FR("asked for by the next run"))
    }


def test_head_names_the_week(page):
    assert "Qualité des données" in page.words
    assert "18.05.2026" in page.words


def test_page_holds_no_patient(page, patients):
    assert not [patient for patient in patients if patient in page.text or patient in page.html]
