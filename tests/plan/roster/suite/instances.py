"""Instances for tests: a written one, a small one whose optimum is worked out by hand, and random ones."""

from __future__ import annotations

import random
from dataclasses import replace

from schedvisu_lib.plan.roster.suite.instance import Cover, Instance, Request, Shift, Worker

TEXT = """# a remark
SECTION_HORIZON
7
SECTION_SHIFTS
E,480,
N,600,E

SECTION_STAFF
Ada,E=7|N=0,1920,960,3,2,2,1
Bob,E=7|N=7,2400,0,4,1,1,1
SECTION_DAYS_OFF
Ada,0,4

SECTION_SHIFT_ON_REQUESTS
Ada,1,E,2
SECTION_SHIFT_OFF_REQUESTS
Bob,2,N,3
SECTION_COVER
# day, shift, required, weights
1,E,1,100,1
2,N,1,50,2
"""


def worker(name: str = "A", **limits: object) -> Worker:
    """Return a person whom next to nothing holds."""
    free = Worker(name, {}, 100_000, 0, 99, 1, 1, 99)
    return replace(free, **limits)  # type: ignore[arg-type]


def small() -> Instance:
    """Return a week whose best roster costs 5.

    One person is needed on each day; none costs 100, each one too many 1. Ann works at most three days in a row, has
    two days off in a row, and asks for day 3 (weight 5). Bob works at least two days in a row, never at weekends, and
    asks for no shift on day 2 (weight 7).

    Ann has to work on days 5 and 6. If she had day 3 too, day 4 would be a single day off, or days 3 to 6 four days in
    a row: her wish cannot be met for less than 100. With Ann on days 0 to 2 and Bob on 3 and 4 nothing else is lost.
    """
    shift = Shift("D", 480)
    ann = worker("Ann", least_minutes=1920, most_days_on=3, least_days_off=2)
    bob = worker("Bob", least_days_on=2, most_weekends=0)
    cover = tuple(Cover(day, "D", 1, 100, 1) for day in range(7))
    requests = (Request("Bob", 2, "D", 7, False), Request("Ann", 3, "D", 5, True))
    return Instance(7, (shift,), (ann, bob), requests, cover)


def by_chance(seed: int, people: int, days: int, shifts: int) -> Instance:
    """Return a random instance in which everybody has a row: limits are drawn around one that exists."""
    draw = random.Random(seed)  # noqa: S311 -- tests
    names = [f"s{number}" for number in range(shifts)]
    kinds = tuple(
        Shift(
            name,
            draw.choice((360, 480, 480, 600)),
            frozenset(before for before in names[:number] if draw.random() < 0.6),
        )
        for number, name in enumerate(names)
    )
    workers = tuple(_worker_by_chance(draw, f"p{number}", days, kinds) for number in range(people))
    cover = tuple(
        Cover(day, name, draw.randint(0, max(1, people // shifts)), 100, 1) for day in range(days) for name in names
    )
    asked = [(f"p{person}", day) for person in range(people) for day in range(days) if draw.random() < 0.15]
    requests = tuple(
        Request(who, day, draw.choice(names), draw.randint(1, 3), draw.random() < 0.5) for who, day in asked
    )
    return Instance(days, kinds, workers, requests, cover)


def _worker_by_chance(draw: random.Random, name: str, days: int, kinds: tuple[Shift, ...]) -> Worker:
    least_on, least_off = draw.randint(1, 3), draw.randint(1, 3)
    most_on = least_on + draw.randint(0, 3)
    usual = draw.choice(kinds)  # one that may follow itself, as all do
    row: list[int] = []
    while len(row) < days:
        row += [0] * draw.randint(least_off, least_off + 2) + [1] * draw.randint(least_on, most_on)
    row = row[:days]
    if draw.random() < 0.2:
        row = [0 if day % 7 >= 5 else on for day, on in enumerate(row)]
        least_on, least_off = 1, 1
    minutes = sum(row) * usual.minutes
    weekends = len({day // 7 for day, on in enumerate(row) if on and day % 7 >= 5})
    most_of = {kind.name: draw.choice((0, draw.randint(1, 5), days)) for kind in kinds}
    most_of[usual.name] = sum(row)
    off = frozenset(day for day, on in enumerate(row) if not on and draw.random() < 0.1)
    slack = draw.choice((0, 480, 960))
    return Worker(name, most_of, minutes + slack, max(minutes - slack, 0), most_on, least_on, least_off, weekends, off)
