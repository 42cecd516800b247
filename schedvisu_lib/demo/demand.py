"""How many exams each scanner of the simulated hospital has on a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import cos, pi
from typing import Final

import numpy as np

from schedvisu_lib.demo.machines import Room
from schedvisu_lib.settings.calendar import WEEKDAYS

FEWEST: Final = 31
"""Slots that are filled on a quiet open day: 25 exams remain when ventilation and perfusion count as one."""

MOST: Final = 44
"""Slots that are filled on a busy open day: with emergencies and late exams at most 50 exams."""

_WEEKDAY: Final = (0.95, 1.06, 1.05, 1.0, 0.93, 1.0, 1.0)
_GROWTH_PER_YEAR: Final = 0.015
_GROWTH_FROM: Final = 2024
_GROWTH_LIMIT: Final = 0.15


def out_of_service(rooms: Sequence[Room], seed: int, day: date) -> Room | None:
    """Return the scanner that is out of service on a day: at most one, each some days a year."""
    if not rooms:
        return None
    rng = np.random.default_rng([seed, day.year])
    for room in rooms:
        for lasts in (1 + int(rng.integers(3)), 1):
            first = date(day.year, 1, 1).toordinal() + int(rng.integers(360))
            if first <= day.toordinal() < first + lasts:
                return room
    return None


def slots_filled(rooms: Sequence[Room], seed: int, day: date, rng: np.random.Generator) -> dict[str, int]:
    """Return how many slots of each scanner are filled, by scanner name.

    The share of slots depends on scanner, weekday, season and year, and varies by chance; the others take over
    patients of a scanner that is out of service.
    """
    absent = out_of_service(rooms, seed, day)
    slots = {
        room.scanner.name: 0 if room is absent else room.scanner.slots.get(WEEKDAYS[day.weekday()], 0) for room in rooms
    }
    common = _WEEKDAY[day.weekday()] * _season(day) * _growth(day)
    wanted = {
        room.scanner.name: slots[room.scanner.name]
        * room.machine.utilisation
        * common
        * (1 + 0.12 * rng.standard_normal())
        for room in rooms
    }
    total = sum(wanted.values())
    scale = min(max(total, FEWEST), MOST) / total if total > 0 else 0
    filled = {name: min(slots[name], max(0, round(wanted[name] * scale))) for name in slots}
    return _top_up(filled, slots)


def _top_up(filled: dict[str, int], slots: dict[str, int]) -> dict[str, int]:
    filled = dict(filled)
    while sum(filled.values()) < min(FEWEST, sum(slots.values())):
        freest = max(slots, key=lambda name: slots[name] - filled[name])
        filled[freest] += 1
    return filled


def _season(day: date) -> float:
    summer = 0.86 if (7, 10) <= (day.month, day.day) <= (8, 18) else 1.0
    return summer * (1 + 0.05 * cos(2 * pi * (day.timetuple().tm_yday - 60) / 365))


def _growth(day: date) -> float:
    grown = _GROWTH_PER_YEAR * (day.year - _GROWTH_FROM)
    return 1 + min(max(grown, -_GROWTH_LIMIT), _GROWTH_LIMIT)
