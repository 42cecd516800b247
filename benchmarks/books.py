"""Books of the appointments planner, made by chance from a seed: a sheet on a half-full calendar, and a day-book."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from typing import Any, Final

from schedvisu_lib.plan.book.model import Book

FIRST: Final = date(2026, 6, 1)
"""A Monday; no holiday of the demo's calendar lies in the 14 days after it."""
DAYS: Final = 14
_WEEK: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MINUTES: Final = (15, 20, 20, 30, 30, 40, 45, 60)
_SESSIONS: Final = (3, 4, 5, 5, 6, 7)


def sheet(n_positions: int, seed: int) -> Book:
    """Return a sheet of 10 or 20 positions, 3 or 8 of them once, the others 5 times, on a half-full calendar."""
    chance = Random(seed)
    house = _house(chance)
    once = 3 if n_positions == 10 else 8
    chosen = chance.sample(house["procedures"], n_positions)
    prescriptions = [
        _row("P1", number, procedure["name"], 1 if number <= once else 5)
        for number, procedure in enumerate(chosen, start=1)
    ]
    return Book.model_validate(
        house
        | {"patients": [{"name": "P1"}], "prescriptions": prescriptions, "bookings": _half(chance, house["resources"])}
    )


def day_book(n_patients: int, seed: int, *, shared: int = 0) -> Book:
    """Return a book of so many patients with 10 positions each (4 once, 6 courses); some can have no time at all.

    The rooms of a procedure are its own, which appointments of one length fill without a gap; of as many as ``shared``
    procedures the rooms serve the next procedure too, most often one of another length.
    """
    chance = Random(seed)
    house = _house(chance)
    for one, other in pairwise(house["procedures"][: 2 * shared]):
        if int(one["name"].split()[1]) % 2 == 0:
            one["resources"] = other["resources"] = [*one["resources"], *other["resources"]]
    house["procedures"][0]["contraindications"] = ["pacemaker"]
    users = Counter(room for row in house["procedures"] for room in row["resources"])
    left = {row["name"]: sum(480.0 * DAYS / users[room] for room in row["resources"]) for row in house["procedures"]}
    minutes = {row["name"]: row["minutes"] for row in house["procedures"]}
    first = house["procedures"][0]["name"]
    patients, prescriptions = [], []
    for number in range(1, n_patients + 1):
        ill = number % 40 == 0
        patients.append({"name": f"P{number}", "conditions": ["pacemaker"] if ill else []})
        chosen: list[str] = []
        for position in range(10, 0, -1):
            sessions = 1 if position <= 4 else chance.choice(_SESSIONS)
            open_to = [name for name in left if name not in chosen]
            name = first if ill and position == 10 else chance.choices(open_to, [left[name] for name in open_to])[0]
            chosen.append(name)
            left[name] = max(left[name] - minutes[name] * sessions, 1.0)
            prescriptions.append(_row(f"P{number}", position, name, sessions))
    return Book.model_validate(house | {"patients": patients, "prescriptions": prescriptions})


def _row(patient: str, position: int, procedure: str, sessions: int) -> dict[str, Any]:
    return {
        "sheet": f"S-{patient}",
        "patient": patient,
        "position": position,
        "procedure": procedure,
        "kind": "course" if sessions > 1 else "once",
        "sessions": sessions,
    }


def _house(chance: Random) -> dict[str, Any]:
    """Return 61 rooms in 8 groups of 3 buildings, 40 procedures with one or two rooms each, and incompatible pairs."""
    groups = [{"name": f"floor {n}", "building": f"house {n % 3}"} for n in range(8)]
    travel = [
        {"a": a["name"], "b": b["name"], "minutes": 5 if a["building"] == b["building"] else 10}
        for number, a in enumerate(groups)
        for b in groups[number + 1 :]
    ]
    hours = {day: ["08:00-12:00", "13:00-17:00"] for day in _WEEK}
    resources = [
        {"name": f"room {n}", "group": chance.choice(groups)["name"], "hours": hours, "capacity": 1} for n in range(61)
    ]
    rooms = [row["name"] for row in resources]
    procedures = [
        {"name": f"procedure {n}", "minutes": chance.choice(_MINUTES), "resources": rooms[n::40]} for n in range(40)
    ]
    names = [procedure["name"] for procedure in procedures]
    pairs = [chance.sample(names, 2) for _ in range(30)]
    incompatible = [
        {"a": a, "b": b, "rule": "same day"} if n < 10 else {"a": a, "b": b, "rule": "within", "minutes": 60 + n}
        for n, (a, b) in enumerate(pairs)
    ]
    return {
        "grid": 5,
        "depth_course": DAYS,
        "depth_once": DAYS,
        "groups": groups,
        "travel": travel,
        "resources": resources,
        "procedures": procedures,
        "incompatible": incompatible,
    }


def _half(chance: Random, resources: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return bookings that fill about half of the opening hours of each resource."""
    bookings = []
    for resource in resources:
        for day in range(DAYS):
            for opens, closes in ((8, 12), (13, 17)):
                minute, end = opens * 60, closes * 60
                while minute < end:
                    length = min(chance.choice(_MINUTES), end - minute)
                    start = datetime.combine(FIRST, time()) + timedelta(days=day, minutes=minute)
                    if chance.random() < 0.5:
                        bookings.append(
                            {
                                "resource": resource["name"],
                                "start": start,
                                "end": start + timedelta(minutes=length),
                                "locked": True,
                            }
                        )
                    minute += length
    return bookings
