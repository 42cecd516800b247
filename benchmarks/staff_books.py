"""Staff books of made-up hospitals: a house of physicians with four levels of duty, one of many small units, a ward.

Physicians: nights on every day, and days on days off, as doctors who are in the house anyway have them. People have
leave, wishes, exemptions, part-time contracts, and a history that is not even. Nurses work in three shifts.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any, Final

from schedvisu_lib.plan.roster.book.model import StaffBook

FIRST: Final = date(2026, 5, 4)
"""A Monday; Ascension is Thursday 14 May, Whit Monday 25 May."""
DAYS: Final = 28
LAST: Final = FIRST + timedelta(days=DAYS - 1)

_SHIFTS: Final = [
    {"name": "day", "start": "07:00", "end": "17:00"},
    {"name": "night", "start": "17:00", "end": "07:00"},
]
_CONTRACTS: Final = [
    {"name": "full", "most_shifts": 9, "most_nights": 7, "most_weekends": 3, "most_in_row": 3},
    {"name": "part", "most_shifts": 5, "most_nights": 4, "most_weekends": 2, "most_in_row": 2},
]
_ROUND_THE_CLOCK: Final[list[dict[str, Any]]] = [
    {"name": "early", "start": "06:00", "end": "14:00"},
    {"name": "late", "start": "14:00", "end": "22:00", "not_next": ["early"]},
    {"name": "night", "start": "22:00", "end": "06:00"},
]
_OF_NURSES: Final = [
    {"name": "full", "most_shifts": 20, "most_nights": 8, "most_weekends": 3, "most_in_row": 5},
    {"name": "part", "most_shifts": 12, "most_nights": 5, "most_weekends": 2, "most_in_row": 4},
]
_LEVELS: Final = (("leadership", 6, 1), ("clinical", 16, 3), ("paraclinical", 10, 2), ("administrative", 8, 1))
"""Name, persons and persons on duty at a time, of a house of 40."""


def physicians(seed: int = 1) -> StaffBook:
    """Return a house of 40 physicians in two departments who share four levels of duty for 28 days."""
    dice = random.Random(seed)
    staff = [
        _person(dice, f"{level[:2].upper()}{place + 1:02d}", ("north", "south")[place % 2], level)
        for level, number, _ in _LEVELS
        for place in range(number)
    ]
    return _book(
        dice,
        departments=[{"name": "north", "rooms": ["N1", "N2"]}, {"name": "south", "rooms": ["S1"]}],
        levels=[{"name": level, "hospital": True} for level, _, _ in _LEVELS],
        staff=staff,
        requests=[
            request
            for level, _, number in _LEVELS
            for request in _requests({"level": level}, number, "radiology" if level == "paraclinical" else "")
        ],
    )


def of_two_levels(seed: int = 1, part: float = 0.25) -> StaffBook:
    """Return the house of 40 in which a part of the people does a second level too, with half of what they did so far.

    All levels share people then: the house cannot be solved level by level.
    """
    dice, fields = random.Random(seed), physicians(seed).model_dump()
    levels = [level for level, _, _ in _LEVELS]
    done: dict[str, dict[str, Any]] = {row["person"]: row for row in fields["counts"]}
    second = []
    for one in fields["staff"]:
        if dice.random() < part:
            other = dice.choice([level for level in levels if level not in one["levels"]])
            one["levels"] = (*one["levels"], other)
            row = done[one["name"]]
            half = {kind: row[kind] // 2 for kind in ("nights", "weekends", "holidays", "total")}
            row |= {kind: row[kind] - half[kind] for kind in half}
            second.append({**row, **half, "level": other})
    return StaffBook.model_validate({**fields, "counts": [*fields["counts"], *second]})


def ward(seed: int = 1, nurses: int = 25, needed: tuple[int, int, int] = (5, 4, 2)) -> StaffBook:
    """Return a ward of nurses in three shifts, each of which asks for so many every day; nobody has a history.

    Some work part time, one does no nights.
    """
    dice = random.Random(seed)
    staff = [
        _person(dice, f"N{place + 1:02d}", "ward", "nursing") | {"title": "nurse", "skills": []}
        for place in range(nurses)
    ]
    where = {"department": "ward", "level": "nursing", "first": FIRST, "last": LAST}
    return StaffBook.model_validate({
        "departments": [{"name": "ward"}],
        "levels": [{"name": "nursing"}],
        "shifts": _ROUND_THE_CLOCK,
        "contracts": _OF_NURSES,
        "staff": staff,
        "requests": [
            {**where, "shift": shift["name"], "required": number}
            for shift, number in zip(_ROUND_THE_CLOCK, needed, strict=True)
        ],
        "leave": _leave(dice, staff),
        "exemptions": _exemptions(staff),
        "wishes": [row for one in staff for row in _wishes(dice, one)],
    })  # fmt: skip


def hospital(units: int = 80, each: int = 5, seed: int = 1) -> StaffBook:
    """Return a hospital whose units each have a pool of their own, for 28 days."""
    dice = random.Random(seed)
    names = [f"unit {number + 1:02d}" for number in range(units)]
    return _book(
        dice,
        departments=[{"name": name} for name in names],
        levels=[{"name": "clinical"}],
        staff=[
            _person(dice, f"U{unit + 1:02d}-{place + 1}", name, "clinical")
            for unit, name in enumerate(names)
            for place in range(each)
        ],
        requests=[request for name in names for request in _requests({"level": "clinical", "department": name}, 1, "")],
    )


def _person(dice: random.Random, name: str, department: str, level: str) -> dict[str, Any]:
    return {
        "name": name,
        "department": department,
        "title": "physician",
        "levels": [level],
        "contract": "part" if dice.random() < 0.15 else "full",
        "skills": ["radiology"] if dice.random() < 0.7 else [],
    }


def _requests(where: dict[str, str], number: int, skill: str) -> list[dict[str, Any]]:
    usual = {**where, "first": FIRST, "last": LAST, "required": number}
    if skill:
        usual |= {"skill": skill, "skilled": 1}
    return [{**usual, "shift": "night"}, {**usual, "shift": "day", "days": ["days off"]}]


def _book(dice: random.Random, staff: list[dict[str, Any]], **fields: Any) -> StaffBook:
    return StaffBook.model_validate({
        **fields,
        "shifts": _SHIFTS,
        "contracts": _CONTRACTS,
        "staff": staff,
        "leave": _leave(dice, staff),
        "exemptions": _exemptions(staff),
        "wishes": [row for one in staff for row in _wishes(dice, one)],
        "duties": _week_before(dice, staff),
        "counts": [_count(dice, one) for one in staff],
    })  # fmt: skip


def _leave(dice: random.Random, staff: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every fourth has a week or two off, every tenth a day or two; as a rule a third of a pool at most at a time."""
    rows: list[dict[str, Any]] = []
    for one in staff:
        for chance, lengths, kind in ((0.25, (7, 14), "leave"), (0.1, (1, 2), "absence")):
            days = _days(dice, one, lengths)
            pool = [other["name"] for other in staff if _pool(other) == _pool(one)]
            beside = {
                row["person"]
                for row in rows
                if row["person"] in pool and row["first"] <= days["last"] and days["first"] <= row["last"]
            }
            if dice.random() < chance and 3 * len(beside - {one["name"]}) < len(pool):
                rows.append(days | {"kind": kind})
    return rows


def _pool(one: dict[str, Any]) -> tuple[str, str]:
    """Return level and unit; the levels of the house of 40 know no units."""
    return one["levels"][0], one["department"] if one["department"].startswith("unit") else ""


def _days(dice: random.Random, one: dict[str, Any], lengths: tuple[int, ...]) -> dict[str, Any]:
    first = FIRST + timedelta(days=dice.randrange(DAYS))
    return {"person": one["name"], "first": first, "last": first + timedelta(days=dice.choice(lengths) - 1)}


def _exemptions(staff: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One in forty does no nights."""
    chosen = [one for place, one in enumerate(staff) if place % 40 == 17]
    return [{"person": one["name"], "no": "nights", "first": FIRST, "last": LAST, "why": "pregnancy"} for one in chosen]


def _wishes(dice: random.Random, one: dict[str, Any]) -> list[dict[str, Any]]:
    rows = [
        _days(dice, one, (1, 1, 2, 3)) | {"wants": "off", "weight": dice.choice((1, 1, 2, 5))}
        for _ in range(dice.choice((0, 1, 1, 2, 3)))
    ]
    if dice.random() < 0.3:
        rows.append(_days(dice, one, (1,)) | {"wants": "on", "shift": "night", "weight": dice.choice((1, 2))})
    return rows


def _week_before(dice: random.Random, staff: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a night of each pool for each day of the week before."""
    pools: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for one in staff:
        pools.setdefault(_pool(one), []).append(one)
    rows = []
    for (level, unit), people in pools.items():
        order = dice.sample(people, len(people))
        for back in range(7, 0, -1):
            one = order[back % len(order)]
            where = {"department": unit} if unit else {}
            day = FIRST - timedelta(days=back)
            rows.append({**where, "date": day, "shift": "night", "level": level, "person": one["name"], "locked": True})
    return rows


def _count(dice: random.Random, one: dict[str, Any]) -> dict[str, Any]:
    """Return what somebody did in the months before, more or less the same for all."""
    part = 0.5 if one["contract"] == "part" else 1.0
    nights, days = (round(part * dice.gauss(mean, 1)) for mean in (15, 5))
    weekends, holidays = (max(round(part * dice.gauss(mean, 0.7)), 0) for mean in (6, 2))
    total = max(nights, 0) + max(days, 0)
    return {
        "person": one["name"], "level": one["levels"][0], "nights": max(nights, 0), "weekends": weekends,
        "holidays": holidays, "total": total,
    }  # fmt: skip
