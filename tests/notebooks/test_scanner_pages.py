"""Every number of a scanner's page, recomputed by hand from the studies table, for a page of each period.

Nothing of ``schedvisu_lib.studies`` or ``periods`` is used here: what is read is the site file and the studies table.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from statistics import median, quantiles

import pytest
import yaml

import schedvisu_lib as sv

ROOT = Path(__file__).parents[2]
GENERATED = "2026-05-22T23:05"
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Asked:
    """A page, and what it must say of itself."""

    title: str
    scanner: str
    first: date
    heading: str
    weeks: str
    bins: str
    last: date = date(2026, 5, 22)


PAGES = [
    Asked("weekly", "Vision 600", date(2026, 5, 18), "hebdomadaire", "S21", "day"),
    Asked("biweekly", "Discovery 690", date(2026, 5, 11), "bimensuel", "S20 – S21", "day"),
    Asked("monthly", "Discovery 670", date(2026, 4, 27), "mensuel", "S18 – S21", "week"),
    Asked("quarterly", "Symbia Intevo", date(2026, 3, 2), "trimestriel", "S10 – S21", "4 weeks"),
    Asked("half-yearly", "Millennium", date(2025, 12, 8), "semestriel", "S50/2025 – S21/2026", "month"),
    Asked("yearly", "Discovery 690", date(2026, 1, 1), "annuel", "S01 – S21", "month"),
    Asked("multi-year", "Discovery 670", date(2025, 1, 1), "longue durée", "S01/2025 – S21/2026", "year"),
]

CLOSED = {
    *("2025-01-01", "2025-01-02", "2025-04-18", "2025-04-21", "2025-05-29", "2025-06-09", "2025-08-01", "2025-09-22"),
    *("2025-12-24", "2025-12-25", "2025-12-26", "2026-01-01", "2026-01-02", "2026-04-03", "2026-04-06", "2026-05-14"),
    "2026-05-15",
}
"""Holidays of Vaud from 2025 to May 2026, and the demo's closures."""

IDLE = ("Rotation", "Trou\xa0: pause de midi", "Trou\xa0: hors service", "Trou\xa0: inexpliqué")

# --- as one writes in French ------------------------------------------------------------------------------------------


def number(value: Fraction | int | None, decimals: int = 0) -> str:
    if value is None:
        return "–"
    exact = Decimal(Fraction(value).numerator) / Decimal(Fraction(value).denominator)
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{rounded:,}".replace(",", "\N{NARROW NO-BREAK SPACE}").replace(".", ",")


def percent(value: Fraction | None) -> str:
    return "–" if value is None else number(value * 100) + "\N{NO-BREAK SPACE}%"


def minutes(length: timedelta) -> Fraction:
    return Fraction(length // timedelta(microseconds=1), 60_000_000)


# --- the rules, once more ---------------------------------------------------------------------------------------------


def is_open(day: date) -> bool:
    return day.weekday() < 5 and day.isoformat() not in CLOSED


def days_of(first: date, last: date) -> list[date]:
    return [first + n * DAY for n in range((last - first).days + 1)]


def bins_of(first: date, last: date) -> tuple[str, list[tuple[str, date, date]]]:
    """Return the kind of the bins, and of each one its heading, first and last day."""
    opened = [day for day in days_of(first, last) if is_open(day)]
    kind = "year"
    for most, name in ((270, "month"), (86, "4 weeks"), (22, "week"), (10, "day")):
        if len(opened) <= most:
            kind = name
    starts = [first]
    for day in days_of(first, last)[1:]:
        monday = (day - (first - first.weekday() * DAY)).days
        begins = {
            "day": is_open(day) and day != opened[0],
            "week": monday % 7 == 0,
            "4 weeks": monday % 28 == 0,
            "month": day.day == 1,
            "year": (day.month, day.day) == (1, 1),
        }
        if begins[kind]:
            starts.append(day)
    ends = [start - DAY for start in starts[1:]] + [last]
    named = opened if kind == "day" else starts
    return kind, [(heading(kind, day, end), start, end) for day, start, end in zip(named, starts, ends, strict=True)]


def heading(kind: str, first: date, last: date) -> str:
    if kind == "day":
        return f"{('lun.', 'mar.', 'mer.', 'jeu.', 'ven.', 'sam.', 'dim.')[first.weekday()]} {first:%d.%m}"
    if kind == "month":
        names = "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc."
        return f"{names.split()[first.month - 1]} {first.year}"
    if kind == "year":
        return str(first.year)
    begin, end = f"S{first.isocalendar().week:02d}", f"S{last.isocalendar().week:02d}"
    return begin if begin == end else f"{begin} – {end}"


def idle_of(exams: Sequence[dict], machine: dict) -> list[tuple[str, timedelta]]:
    """Return the kind (as the table names it) and the length of each turnover and each gap."""
    found = []
    for day in sorted({exam["date"] for exam in exams}):
        mine = sorted((e for e in exams if e["date"] == day), key=lambda e: (e["start"], e["end"]))
        for place, exam in enumerate(mine[1:], start=1):
            free = exam["prepared_from"] - max(e["prepared_until"] for e in mine[:place])
            if free < timedelta(minutes=machine["gap"]):
                turnover = exam["start"] - max(e["end"] for e in mine[:place])
                found.append(("Rotation", max(turnover, timedelta(0))))
            else:
                found.append((kind_of(exam["prepared_from"] - free, exam["prepared_from"], machine), free))
    return found


def kind_of(begin: datetime, end: datetime, machine: dict) -> str:
    """Return the name of a gap."""
    if begin.date() in service_days(machine):
        return "Trou\N{NO-BREAK SPACE}: hors service"
    opens, closes = (datetime.combine(begin.date(), time.fromisoformat(at)) for at in machine["lunch"].split("-"))
    at_lunch = max(min(end, closes) - max(begin, opens), timedelta(0))
    return "Trou\xa0: pause de midi" if 2 * at_lunch >= end - begin else "Trou\xa0: inexpliqué"


def service_days(machine: dict) -> set[date]:
    """Return the days on which a scanner is out of service; the demo knows only whole ones."""
    found = set()
    for entry in machine.get("service", ()):
        first, _, last = str(entry).partition("..")
        found |= set(days_of(date.fromisoformat(first), date.fromisoformat(last or first)))
    return found


def is_offered(machine: dict, day: date) -> bool:
    return is_open(day) and day not in service_days(machine)


def union_of(exams: Sequence[dict]) -> timedelta:
    """Return how long anybody is in the scanner's room."""
    total, until = timedelta(0), datetime.min
    for exam in sorted(exams, key=lambda e: e["prepared_from"]):
        total += max(exam["prepared_until"] - max(exam["prepared_from"], until), timedelta(0))
        until = max(until, exam["prepared_until"])
    return total


def opening(machine: dict, day: date) -> tuple[time, time] | None:
    hours = machine["hours"].get(("mon", "tue", "wed", "thu", "fri", "sat", "sun")[day.weekday()])
    if hours is None or not is_offered(machine, day):
        return None
    opens, closes = hours.split("-")
    return time.fromisoformat(opens), time.fromisoformat(closes)


def slots(machine: dict, day: date) -> int:
    name = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[day.weekday()]
    return machine["slots"].get(name, 0) if is_offered(machine, day) else 0


def counted(exams: Sequence[dict], machine: dict, first: date, last: date) -> dict[str, Fraction | int | None]:
    """Return the numbers of one column of the count table."""
    days = days_of(first, last)
    mine = [exam for exam in exams if first <= exam["date"] <= last]
    offered = sum(slots(machine, day) for day in days)
    opened = timedelta(0)
    for day in days:
        if hours := opening(machine, day):
            opened += datetime.combine(day, hours[1]) - datetime.combine(day, hours[0])
    return {
        "days": sum(is_offered(machine, day) for day in days),
        "slots": offered,
        "exams": len(mine),
        "gaps": sum(kind != "Rotation" for kind, _ in idle_of(mine, machine)),
        "utilisation": Fraction(len(mine), offered) if offered else None,
        "occupancy": minutes(union_of(mine)) / minutes(opened) if opened else None,
    }


def count_rows(exams: Sequence[dict], machine: dict, first: date, last: date) -> list[list[str]]:
    """Return the count table as it must be printed, below its headings and without the names of its rows."""
    kind, bins = bins_of(first, last)
    columns = [counted(exams, machine, begin, end) for _, begin, end in bins]
    total = counted(exams, machine, first, last)
    rows = []
    for name in ("days", "slots", "exams", "gaps"):
        row = [*(number(column[name]) for column in columns), number(total[name])]
        row.append("–" if name == "days" else number(Fraction(total[name], total["days"]), 1))
        if kind != "day":
            row.append(number(Fraction(total[name], len(bins)), 1))
        rows.append(row)
    for name in ("utilisation", "occupancy"):
        none = ["–"] * (1 if kind == "day" else 2)
        rows.append([*(percent(column[name]) for column in columns), percent(total[name]), *none])
    return rows


def described(lengths: Sequence[timedelta]) -> list[str]:
    values = sorted(minutes(length) for length in lengths)
    q1, _, q3 = quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3
    numbers = [Fraction(sum(values), len(values)), median(values), q1, q3, values[0], values[-1]]
    return [number(len(values)), *(number(value, 1) for value in numbers)]


def duration_rows(exams: Sequence[dict], machine: dict, types: Sequence[dict]) -> list[list[str]]:
    """Return the duration table as it must be printed, below its headings."""
    rows = []
    for kind in [*types, {"name": "OTHER"}]:
        mine = [exam for exam in exams if exam["exam_type"] == kind["name"]]
        name = kind["name"].replace("OTHER", "AUTRE")
        groups = {name: mine}
        if kind.get("takes_apart"):
            takes = sorted({exam["take"] for exam in mine})
            groups = {f"{name}, reprise {take}": [exam for exam in mine if exam["take"] == take] for take in takes}
        rows += [[n, *described([e["end"] - e["start"] for e in own])] for n, own in groups.items() if own]
    idle = idle_of(exams, machine)
    lengths = {kind: [length for one, length in idle if one == kind] for kind in IDLE}
    return rows + [[kind, *described(own)] for kind, own in lengths.items() if own]


# --- the pages --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session", params=PAGES, ids=lambda asked: asked.title)
def asked(request):
    return request.param


@pytest.fixture(scope="session")
def page(asked, execute):
    given = yaml.safe_load((ROOT / "params" / "page.yaml").read_text(encoding="utf-8"))
    del given["site_file"]
    given |= {"scanner": asked.scanner, "title": asked.title, "generated_at": GENERATED}
    given |= {"first": asked.first.isoformat(), "last": asked.last.isoformat()}
    return execute("scanner_page", given)


@pytest.fixture(scope="session")
def said(site):
    """What the site file says, read as plain YAML."""
    return yaml.safe_load(site.file.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def machine(asked, said):
    return next(scanner for scanner in said["scanners"] if scanner["name"] == asked.scanner)


@pytest.fixture(scope="session")
def exams(asked, site):
    """The page's rows of the studies table, as plain Python."""
    rows = sv.open_store(site).studies(asked.first, asked.last).to_dict("records")
    times = ("start", "end", "prepared_from", "prepared_until")
    return [
        row | {name: row[name].to_pydatetime() for name in times} | {"date": row["date"].date()}
        for row in rows
        if row["scanner"] == asked.scanner
    ]


def test_each_cell_of_the_count_table(asked, page, exams, machine):
    kind, bins = bins_of(asked.first, asked.last)
    assert kind == asked.bins
    headings, *rows = page.table("counts")
    assert headings[1 : len(bins) + 1] == [name for name, _, _ in bins]
    assert [row[1:] for row in rows] == count_rows(exams, machine, asked.first, asked.last)
    assert sum(len(row) for row in rows) > 6 * (len(bins) + 2)


def test_each_cell_of_the_duration_table(page, exams, machine, said):
    headings, *rows = page.table("durations")
    assert len(headings) == 8
    assert rows == duration_rows(exams, machine, said["exam_types"])
    assert sum(int(re.sub(r"\D", "", row[1])) for row in rows if row[0] not in IDLE) == len(exams)


def test_head_says_what_was_asked(asked, page):
    words = re.sub(r"\s+", " ", page.words)
    assert asked.scanner in words
    assert asked.heading in words
    assert f"{asked.first:%d.%m.%Y}" in words
    assert "22.05.2026" in words
    assert asked.weeks in words
    assert "22.05.2026 23:05" in words


def test_notes_state_the_scanners_own_settings(page, machine):
    words = page.words
    assert re.search(rf"\b{machine['gap']}\smin", words)
    assert re.search(rf"\b{machine['preparation']}\smin", words)
    assert re.search(r"\b59\smin", words)  # take_gap


def test_agenda_and_violins_show_every_exam(asked, page, exams, machine, said):
    pictures = [base64.b64decode(data).decode() for data in re.findall(r"svg\+xml;base64,([^\"]+)", page.html)]
    assert len(pictures) == 2
    agenda, violins = pictures
    groups = re.findall(r'<g id="exams ([^"]+)">\s*<path d="([^"]+)"', agenda)
    drawn = {name: path.count("z") for name, path in groups}
    assert drawn == {name: sum(e["exam_type"] == name for e in exams) for name in {e["exam_type"] for e in exams}}
    lines = dict(re.findall(r'<g id="gaps (\w+)">\s*<path d="([^"]+)"', agenda))
    kinds = [kind for kind, _ in idle_of(exams, machine)]
    for gid, kind in (("hole", "Trou\xa0: inexpliqué"), ("lunch", "Trou\xa0: pause de midi")):
        assert lines.get(gid, "").count("M") == kinds.count(kind)
    rows = duration_rows(exams, machine, said["exam_types"])
    numbers = re.findall(r"n = ([\d\N{NARROW NO-BREAK SPACE}]+)", violins)
    assert numbers == [row[1] for row in rows if row[0] not in IDLE]
    assert "<image" not in agenda + violins
    assert "<text" in agenda


def test_page_holds_no_patient(page, site, patients):
    assert not [patient for patient in patients if patient in page.text or patient in page.html]
    assert "pseudonym of" not in page.text


def test_page_fits_into_a_report_of_five_megabytes(page):
    assert len(page.text) < 5_000_000 / 10


def test_defaults_show_the_last_week_of_the_store(execute, site):
    page = execute("scanner_page", {})
    words = page.words
    assert "Discovery 690" in words
    assert "hebdomadaire" in words
    assert "18.05.2026" in words
    assert "22.05.2026" in words
    assert page.table("counts")[3][-2] == str(
        (sv.open_store(site).studies("2026-05-18", "2026-05-22")["scanner"] == "Discovery 690").sum()
    )


def test_a_page_of_some_exams_counts_these_alone(execute, site):
    some = {"weekdays": "mon, wed", "hours": "08:00-12:00", "exam_types": "FDG STAND.", "takes": "1"}
    days = {"scanner": "Vision 600", "title": "weekly", "first": "2026-05-18", "last": "2026-05-22"}
    page = execute("scanner_page", days | some)
    exams = [
        exam
        for exam in sv.open_store(site).studies("2026-05-18", "2026-05-22").to_dict("records")
        if exam["scanner"] == "Vision 600"
        and exam["start"].weekday() in (0, 2)
        and 8 <= exam["start"].hour < 12
        and exam["exam_type"] == "FDG STAND."
        and exam["take"] == 1
    ]
    mondays = sum(exam["start"].weekday() == 0 for exam in exams)
    headings, *rows = page.table("counts")
    assert headings[1:3] == ["lun. 18.05", "mer. 20.05"]
    assert len(exams) > 2
    assert rows[2][1:4] == [str(mondays), str(len(exams) - mondays), str(len(exams))]
    assert "seulement lun., mer.\xa0; 08:00–12:00\xa0; FDG\xa0STAND.\xa0; reprise 1" in page.words
