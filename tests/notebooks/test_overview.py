"""Every number of the overview and its change, recomputed by hand from the studies table."""

from __future__ import annotations

import base64
import math
import re
import shutil
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from statistics import median

import pytest
import yaml
from filelock import FileLock

import schedvisu_lib as sv
from schedvisu_lib.periods import working_days
from schedvisu_lib.tables import SERIES, empty
from tests.conftest import write_site_file

from .test_scanner_pages import counted, idle_of, minutes, number, opening, percent

NOW = (date(2026, 5, 18), date(2026, 5, 22))
BEFORE = (date(2026, 5, 11), date(2026, 5, 15))
"""The week of Ascension: three open days."""


def clock(length: Fraction) -> str:
    """Write minutes as h:mm."""
    whole = math.floor(length + Fraction(1, 2))
    return f"{'-' if whole < 0 else ''}{abs(whole) // 60}:{abs(whole) % 60:02d}"


def week_of(exams: Sequence[dict], machine: dict, first: date, last: date) -> dict[str, Fraction | int | None]:
    """Return the numbers of a scanner's row; times in minutes."""
    mine = [exam for exam in exams if exam["scanner"] == machine["name"] and first <= exam["date"] <= last]
    row = counted(mine, machine, first, last)
    del row["days"]
    idle = idle_of(mine, machine)
    turnovers = [minutes(length) for kind, length in idle if kind == "Rotation"]
    row["gap_time"] = sum((minutes(length) for kind, length in idle if kind != "Rotation"), Fraction(0))
    starts, ends = [], []
    overtime = before = after = Fraction(0)
    for day in sorted({exam["date"] for exam in mine}):
        todays = sorted((exam for exam in mine if exam["date"] == day), key=lambda exam: (exam["start"], exam["end"]))
        midnight = datetime.combine(day, datetime.min.time())
        starts.append(minutes(todays[0]["start"] - midnight))
        ends.append(minutes(max(exam["end"] for exam in todays) - midnight))
        if hours := opening(machine, day):
            opens, closes = (minutes(datetime.combine(day, clock) - midnight) for clock in hours)
            first_prepared = minutes(min(exam["prepared_from"] for exam in todays) - midnight)
            last_prepared = minutes(max(exam["prepared_until"] for exam in todays) - midnight)
            overtime += max(ends[-1] - closes, 0)
            before += max(first_prepared - opens, 0)
            after += max(closes - last_prepared, 0)
    times = {"first_start": starts, "last_end": ends, "turnover": turnovers}
    medians = {name: median(values) if values else None for name, values in times.items()}
    return row | medians | {"overtime": overtime, "idle_before": before, "idle_after": after}


def cell(name: str, now: Fraction | int | None, before: Fraction | int | None) -> str:
    """Write a number and its change as the table must."""
    if now is None:
        return "–"
    write = {"exams": number, "slots": number, "gaps": number, "utilisation": percent, "occupancy": percent}
    text = write.get(name, clock)(now)
    if before is None:
        return text
    change = now - before
    words = number(change * 100) + " pts" if name in ("utilisation", "occupancy") else write.get(name, clock)(change)
    grew = change > 0 and re.search("[1-9]", words)
    return f"{text}\n{'+' if grew else ''}{words}"


def plain(text: str) -> str:
    """Return a text with one kind of minus and of space."""
    return text.replace("\N{MINUS SIGN}", "-").replace("\N{NO-BREAK SPACE}", " ").replace("-0 pts", "0 pts")


@pytest.fixture(scope="session")
def weeks_site(site, shared):
    """The demo's site, with studies of months in its store, and all days of the last 13 weeks retrieved."""
    folder = shared / "weeks"
    with FileLock(shared / "weeks.lock"):
        if not (folder / "filled").exists():
            folder.mkdir()
            filled = sv.load_site(write_site_file(folder))
            shutil.copytree(site.store.folder, filled.store.folder)
            store = sv.open_store(filled)
            for day in working_days(filled.calendar, NOW[0] - timedelta(weeks=12), BEFORE[1]):
                store.write_day(day, empty(SERIES))
            (folder / "filled").touch()
    return sv.load_site(folder / "site.yaml")


@pytest.fixture(scope="session")
def parameters(weeks_site):
    days = {"first": NOW[0].isoformat(), "last": NOW[1].isoformat(), "generated_at": "2026-05-22T23:05"}
    return {"site_file": str(weeks_site.file)} | days


@pytest.fixture(scope="session")
def page(execute, parameters):
    return execute("overview", parameters | {"linked_title": "weekly", "linked_scanners": "Millennium\nVision 600"})


@pytest.fixture(scope="session")
def machines(weeks_site):
    """The scanners as the site file says them."""
    return yaml.safe_load(weeks_site.file.read_text(encoding="utf-8"))["scanners"]


@pytest.fixture(scope="session")
def exams(weeks_site):
    """The exams of the last 13 weeks."""
    rows = sv.open_store(weeks_site).studies(NOW[0] - timedelta(weeks=12), NOW[1]).to_dict("records")
    return [
        {name: value.to_pydatetime() if hasattr(value, "to_pydatetime") else value for name, value in row.items()}
        | {"date": row["date"].date()}
        for row in rows
    ]


def test_each_number_of_each_scanner_and_its_change(page, machines, exams):
    assert len(exams) > 200
    headings, *found = page.table("overview")
    assert len(headings) == 13
    assert [row[0] for row in found] == [machine["name"] for machine in machines]
    for row, machine in zip(found, machines, strict=True):
        now, before = week_of(exams, machine, *NOW), week_of(exams, machine, *BEFORE)
        order = ["exams", "slots", "utilisation", "occupancy", "gaps", "gap_time", "first_start", "last_end"]
        order += ["turnover", "overtime", "idle_before", "idle_after"]
        assert set(order) == set(now)
        meant = [cell(name, now[name], before[name]) for name in order]
        assert [plain(text) for text in row[1:]] == [plain(text) for text in meant], machine["name"]


def test_trends_are_of_the_last_twelve_weeks(page, machines, exams):
    words = re.findall('<img class="trend" alt="([^"]*)"', page.html)
    assert len(words) == 12 * len(machines)
    for place, machine in enumerate(machines):
        mine = [exam["date"] for exam in exams if exam["scanner"] == machine["name"]]
        mondays = [NOW[0] - timedelta(weeks=back) for back in range(12)]
        counts = [sum(monday <= day <= monday + timedelta(days=4) for day in mine) for monday in mondays]
        meant = f"Examens, 12 dernières périodes\N{NO-BREAK SPACE}: de {min(counts)} à {max(counts)}"
        assert words[12 * place] == meant, machine["name"]


def test_what_stands_out_links_to_the_pages_that_there_are(page, machines, exams):
    """The scanners of the demo that are occupied for less than 45 % of their time."""
    occupied = {machine["name"]: week_of(exams, machine, *NOW)["occupancy"] for machine in machines}
    low = sorted((share, name) for name, share in occupied.items() if share < Fraction(45, 100))
    found = re.findall(r"<b>Occupation</b><span>(.*?)\xa0: ([\d,]+)", page.html)
    assert found == [(name, number(share * 100, 1)) for share, name in low]
    assert len(found) > 2
    links = dict(re.findall('<a href="#([^"]*)"><b>[^<]*</b><span>(.*?)[ ,:]*(?=\xa0:|,)', page.html))
    assert links == {"millennium-hebdomadaire": "Millennium", "vision-600-hebdomadaire": "Vision 600"}


def test_holes_and_late_ends_are_those_of_the_exams(page, machines, exams):
    for machine in machines:
        mine = [exam for exam in exams if exam["scanner"] == machine["name"] and NOW[0] <= exam["date"] <= NOW[1]]
        long = [
            length
            for kind, length in idle_of(mine, machine)
            if kind == "Trou\N{NO-BREAK SPACE}: inexpliqué" and length >= timedelta(hours=3)
        ]
        assert page.html.count(f"<b>Trou inexpliqué</b><span>{machine['name']},") == len(long), machine["name"]


def test_without_the_week_before_no_change_is_printed(execute, site):
    """The shared store has the series of one week only."""
    _, *rows = execute("overview", {}).table("overview")
    assert [len(row) for row in rows] == [13] * 5
    assert not any("\n" in cell for row in rows for cell in row)


def printed(svg: str) -> list[str]:
    """Return what a picture says."""
    return [re.sub("<[^>]*>", "", text) for text in re.findall("<text.*?</text>", svg, re.DOTALL)]


def occupied_share(mine: Sequence[dict], days: Sequence[date], hour: int) -> Fraction:
    """Return how much of an hour of some days is covered by prepared exams, minute by minute of their union."""
    covered = Fraction(0)
    for day in days:
        begin = datetime.combine(day, datetime.min.time()) + timedelta(hours=hour)
        until = begin
        for exam in sorted((exam for exam in mine if exam["date"] == day), key=lambda exam: exam["prepared_from"]):
            start, end = max(exam["prepared_from"], until), min(exam["prepared_until"], begin + timedelta(hours=1))
            if start < end:
                covered += minutes(end - start) / 60
                until = end
    return covered / len(days)


def test_map_prints_the_share_of_each_hour(execute, parameters, machines, exams, weeks_site):
    page = execute("overview_hours", parameters)
    assert "du 02.03.2026 au 22.05.2026" in page.words
    pictures = [base64.b64decode(data).decode() for data in re.findall('class="maps".*?base64,([^"]+)"', page.html)]
    [svg] = pictures
    found = Counter(text for text in printed(svg) if re.fullmatch(r"\d+", text))
    days = working_days(weeks_site.calendar, NOW[0] - timedelta(weeks=11), NOW[1])
    meant: Counter = Counter()
    for machine in machines:
        offered = [day for day in days if opening(machine, day)]
        mine = [exam for exam in exams if exam["scanner"] == machine["name"]]
        for weekday in range(5):
            of_weekday = [day for day in offered if day.weekday() == weekday]
            shares = [occupied_share(mine, of_weekday, hour) for hour in range(5, 20)]
            meant.update(str(math.floor(share * 100 + Fraction(1, 2))) for share in shares if share >= Fraction(1, 200))
    assert meant.total() > 150
    assert not meant - found
    hours = Counter({str(hour): len(machines) for hour in range(25)})
    assert not found - meant - hours


def test_head_names_report_and_week(page, site):
    words = page.words
    assert site.report.title in words
    assert "Vue d’ensemble" in words
    assert "18.05.2026" in words
    assert "S21" in words


def test_overview_holds_no_patient(page, patients, execute, parameters):
    for shown in (page, execute("overview_hours", parameters)):
        assert not [patient for patient in patients if patient in shown.text or patient in shown.html]


def test_defaults_show_the_last_week_of_the_store(execute, page):
    firsts = [[cell.partition("\n")[0] for cell in row] for row in page.table("overview")]
    assert execute("overview", {}).table("overview")[1:] == firsts[1:]


def test_minutes_by_hand():
    assert [clock(Fraction(n, 2)) for n in (0, 1, 119, 1439, -61)] == ["0:00", "0:01", "1:00", "12:00", "-0:30"]
    assert minutes(timedelta(seconds=90)) == Fraction(3, 2)
