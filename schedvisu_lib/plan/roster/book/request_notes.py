"""What a reader of a staff book should know about its requests: whom they cannot use, and which ask for too much."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import TypeAlias

from schedvisu_lib.plan.roster.book.form import Facts
from schedvisu_lib.plan.roster.rules.seats import Demand, demands, may_do, pool_of
from schedvisu_lib.plan.sheets.source import Mistake

_Able: TypeAlias = list[tuple[Demand, list[str]]]


def notes_on_requests(facts: Facts) -> Iterator[Mistake]:
    """Yield sheet, row, column and wording of all that should be known about requests."""
    asked = _Asked(facts)
    for check in (people_without_use, more_than_there_are, more_than_a_day_has, requests_without_day):
        yield from check(asked)


class _Asked:
    """What is asked for on each day that the requests name, and who can be on duty there."""

    def __init__(self, facts: Facts) -> None:
        self.book, self._site = facts.book, facts.site

    @cached_property
    def able(self) -> _Able:
        """Each demand with the persons who may do it (rules 1, 2, 6, 7 and 11)."""
        rows = self.book.requests
        if not rows:
            return []
        asked = demands(self.book, self._site, min(row.first for row in rows), max(row.last for row in rows))
        return [(demand, self._always(demand) + self._today(demand)) for demand in asked]

    @cached_property
    def _pools(self) -> dict[tuple[str, str], tuple[list[str], list[str]]]:
        return {}

    @cached_property
    def _steady(self) -> dict[int, list[str]]:
        return {}

    def _pool(self, demand: Demand) -> tuple[list[str], list[str]]:
        """Return those of a pool who can do the same on all days, and the others."""
        key = demand.level, demand.department
        if key not in self._pools:
            pool, book = pool_of(self.book, *key), self.book
            changing = {name for name in pool if name in book.leave_of or name in book.exemptions_of}
            self._pools[key] = [name for name in pool if name not in changing], sorted(changing)
        return self._pools[key]

    def _always(self, demand: Demand) -> list[str]:
        if demand.request not in self._steady:
            own = self._pool(demand)[0]
            self._steady[demand.request] = [name for name in own if may_do(self.book, name, demand)]
        return self._steady[demand.request]

    def _today(self, demand: Demand) -> list[str]:
        return [name for name in self._pool(demand)[1] if may_do(self.book, name, demand)]


def people_without_use(asked: _Asked) -> Iterator[Mistake]:
    """Find persons whom no request can use on any of its days."""
    used = {name for _, able in asked.able for name in able}
    for number, row in enumerate(asked.book.staff):
        if asked.able and row.name not in used:
            yield ("staff", number), f'no request can use "{row.name}" on any day; see levels, day, night, team, title'


def more_than_there_are(asked: _Asked) -> Iterator[Mistake]:
    """Find requests for more persons, teams or skills than can be on duty on a day."""
    book = asked.book
    short: dict[tuple[int, str, int], list[date]] = defaultdict(list)
    for demand, able in asked.able:
        have = len({book.person[name].team for name in able}) if demand.by == "team" else len(able)
        if have < demand.required:
            short[demand.request, _counted(demand.required, demand.by), have].append(demand.date)
        skilled = sum(demand.skill in book.person[name].skills for name in able)
        if skilled < demand.skilled:
            what = f'{_counted(demand.skilled)} with the skill "{demand.skill}"'
            short[demand.request, what, skilled].append(demand.date)
    for (number, what, have), days in short.items():
        yield ("requests", number), f"asks for {what}, but {have} can be on duty on {_told(days)}"


def more_than_a_day_has(asked: _Asked) -> Iterator[Mistake]:
    """Find pools whose requests of one day together ask for more persons than can be on duty (rule 3)."""
    short: dict[tuple[int, int, int], list[date]] = defaultdict(list)
    for same in _by_day_and_pool(asked).values():
        want, have = sum(demand.required for demand, _ in same), len({name for _, able in same for name in able})
        if have < want and all(len(able) >= demand.required for demand, able in same):
            short[same[-1][0].request, want, have].append(same[0][0].date)
    for (number, want, have), days in short.items():
        text = f"asks for {_counted(want)} together with other requests of its pool, but {have} can be on duty"
        yield ("requests", number), f"{text} on {_told(days)}"


def requests_without_day(asked: _Asked) -> Iterator[Mistake]:
    """Find requests that hold on no day, and those that ask for nobody."""
    held = {demand.request for demand, _ in asked.able}
    for number, row in enumerate(asked.book.requests):
        if number not in held:
            yield ("requests", number, "days"), f"holds on no day from {row.first} to {row.last}"
        elif not max(row.required, row.preferred or 0):
            yield ("requests", number, "required"), "asks for nobody"


def _by_day_and_pool(asked: _Asked) -> dict[tuple[date, str, str], _Able]:
    """Return what is asked of single persons of a pool on each day."""
    groups: dict[tuple[date, str, str], _Able] = defaultdict(list)
    for demand, able in asked.able:
        if demand.by == "number":
            groups[demand.date, demand.level, demand.department].append((demand, able))
    return groups


def _counted(number: int, by: str = "number") -> str:
    """Return a number of persons, or of teams."""
    one = "team" if by == "team" else "person"
    return f"{number} {one}" if number == 1 else f"{number} {one}s"


def _told(days: list[date]) -> str:
    """Name the first of some days, and say how many there are."""
    more = len(set(days)) - 1
    return f"{min(days)}" + (f" (and {more} more day{'s' if more > 1 else ''})" if more else "")
