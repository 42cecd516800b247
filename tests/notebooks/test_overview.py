"""Every number of the overview and its change, recomputed by hand from the studies table."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from statistics import median

import pytest
import yaml

import schedvisu_lib as sv

from .test_scanner_pages import counted, minutes, number, opening, percent

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
    starts, ends, turnovers = [], [], []
    overtime = before = after = Fraction(0)
    for day in sorted({exam["date"] for exam in mine}):
        todays = sorted((exam for exam in mine if exam["date"] == day), key=lambda exam: (exam["start"], exam["end"]))
        midnight = datetime.combine(day, datetime.min.time())
        starts.append(minutes(todays[0]["start"] - midnight))
        ends.append(minutes(max(exam["end"] for exam in todays) - midnight))
        for place, exam in enumerate(todays[1:], start=1):
            so_far = max(other["end"] for other in todays[:place])
            turnovers.append(max(minutes(exam["start"] - so_far), Fraction(0)))
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
def page(execute):
    days = {"first": NOW[0].isoformat(), "last": NOW[1].isoformat()}
    return execute("overview", days | {"generated_at": "2026-05-22T23:05"})


def test_each_number_of_each_scanner_and_its_change(page, site):
    said = yaml.safe_load(site.file.read_text(encoding="utf-8"))
    rows = sv.open_store(site).studies(BEFORE[0], NOW[1]).to_dict("records")
    exams = [
        {name: value.to_pydatetime() if hasattr(value, "to_pydatetime") else value for name, value in row.items()}
        | {"date": row["date"].date()}
        for row in rows
    ]
    assert len(exams) > 200
    headings, *found = page.table("overview")
    assert len(headings) == 12
    assert [row[0] for row in found] == [machine["name"] for machine in said["scanners"]]
    for row, machine in zip(found, said["scanners"], strict=True):
        now, before = week_of(exams, machine, *NOW), week_of(exams, machine, *BEFORE)
        order = ["exams", "slots", "utilisation", "occupancy", "gaps", "first_start", "last_end", "turnover"]
        order += ["overtime", "idle_before", "idle_after"]
        assert set(order) == set(now)
        meant = [cell(name, now[name], before[name]) for name in order]
        assert [plain(text) for text in row[1:]] == [plain(text) for text in meant], machine["name"]


def test_head_names_report_and_week(page, site):
    words = page.words
    assert site.report.title in words
    assert "Vue d’ensemble" in words
    assert "18.05.2026" in words
    assert "S21" in words


def test_overview_holds_no_patient(page, patients):
    assert not [patient for patient in patients if patient in page.text or patient in page.html]


def test_defaults_show_the_last_week_of_the_store(execute, page):
    assert execute("overview", {}).table("overview") == page.table("overview")


def test_minutes_by_hand():
    assert [clock(Fraction(n, 2)) for n in (0, 1, 119, 1439, -61)] == ["0:00", "0:01", "1:00", "12:00", "-0:30"]
    assert minutes(timedelta(seconds=90)) == Fraction(3, 2)
