"""How evenly nights, weekends, holidays and duties are spread over those who share them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, TypeAlias

from schedvisu_lib.config import Site
from schedvisu_lib.plan.roster.book.model import GivenDuty, Shift, StaffBook
from schedvisu_lib.plan.roster.duty import Duty
from schedvisu_lib.plan.roster.rules.days import is_holiday, weekend_worked
from schedvisu_lib.plan.roster.rules.seats import Demand, demands, may_do, pool_department, pool_of, teams_of

Kind = Literal["nights", "weekends", "holidays", "total"]
KINDS: Final[tuple[Kind, ...]] = ("nights", "weekends", "holidays", "total")
"""What is spread evenly, each by itself."""

Member: TypeAlias = tuple[str, str, str]
"""Level, department ("" where the level is the hospital's) and person: somebody in one of their pools."""
Tally: TypeAlias = dict[Kind, int]
Share: TypeAlias = dict[Kind, float]


@dataclass(frozen=True, order=True)
class Group:
    """Those of a pool who share the same duties: of one title, where requests name it, in teams or not."""

    level: str
    department: str
    """ "" where the level is the hospital's."""
    by: Literal["number", "team"] = "number"
    title: str = ""
    """ "" for all whose title no request of the pool names."""

    def member(self, person: str) -> Member:
        """Return one of the group as a member of its pool."""
        return self.level, self.department, person


def groups(book: StaffBook) -> dict[Group, list[str]]:
    """Return the persons of each pool, split into those who share the same duties: each is in one group of a pool."""
    titles: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in book.requests:
        if row.title and row.by == "number":
            titles[row.level, pool_department(book, row.level, row.department or "")].add(row.title)
    found: dict[Group, list[str]] = {}
    for level in book.levels:
        for department in ("",) if level.hospital else [one.name for one in book.departments]:
            for name in pool_of(book, level.name, department):
                person = book.person[name]
                title = person.title if person.title in titles[level.name, department] else ""
                group = (
                    Group(level.name, department, "team")
                    if person.team
                    else Group(level.name, department, "number", title)
                )
                found.setdefault(group, []).append(name)
    return found


def kinds_of(site: Site, shift: Shift, day: date) -> tuple[Kind, ...]:
    """Return as what a duty counts."""
    counted: dict[Kind, bool] = {
        "nights": shift.is_night,
        "weekends": weekend_worked(shift, day) is not None,
        "holidays": is_holiday(site, day),
        "total": True,
    }
    return tuple(kind for kind in KINDS if counted[kind])


def counts(duties: Iterable[Duty], book: StaffBook, site: Site, first: date, last: date) -> dict[Member, Tally]:
    """Return what the duties of a period give to each person of each pool; each for the one for whom it counts.

    A weekend counts once, and not at all for those for whom it counts already by a duty before the period.
    """
    within = [duty for duty in duties if first <= duty.date <= last]
    return _tallies(((one, one.counted) for one in within), book, site, weekends_before(book, first))


def before(book: StaffBook, site: Site, first: date) -> dict[Member, Tally]:
    """Return what each person of each pool has before a period: by the sheet ``counts``, and the duties before it."""
    earlier = [duty for duty in book.duties if duty.date < first]
    found = _tallies(((one, one.counts_for or one.person) for one in earlier), book, site, {})
    for row in book.counts:
        member = (row.level, pool_department(book, row.level, book.person[row.person].department), row.person)
        if member in found:
            for kind in KINDS:
                found[member][kind] += getattr(row, kind)
    return found


def weekends_before(book: StaffBook, first: date) -> dict[Member, set[date]]:
    """Return the weekends, by their Saturdays, that count for each person already when a period begins."""
    found: dict[Member, set[date]] = defaultdict(set)
    for duty in book.duties:
        saturday = weekend_worked(book.shift[duty.shift], duty.date)
        if duty.date < first and saturday is not None:
            found[_member(book, duty, duty.counts_for or duty.person)].add(saturday)
    return dict(found)


def shares(book: StaffBook, site: Site, first: date, last: date) -> dict[Member, Share]:
    """Return the fair share of each person in each pool: what they should have, together with what counts before.

    The seats of a period, the preferred ones included, are split by the days on which each could sit in one; what those
    have before is split evenly; both in proportion to ``most_shifts`` where all of a group have one. Who can sit in
    none has what they have before, and no part in the others' shares.
    """
    had = before(book, site, first)
    found: dict[Member, Share] = {}
    for group, names, seats in _groups_and_seats(book, site, first, last):
        size = _contract_size(book, names)
        for kind in KINDS:
            days = _days(kind, seats, names)
            able = [name for name in names if days[name] * size[name]]
            whole, past = _expected(kind, seats), sum(had[group.member(name)][kind] for name in able)
            for name in names:
                share: float = had[group.member(name)][kind]
                if name in able:
                    part = days[name] * size[name] / sum(days[one] * size[one] for one in able)
                    share = whole * part + past * size[name] / sum(size[one] for one in able)
                found.setdefault(group.member(name), {})[kind] = share
    return found


def weights(book: StaffBook) -> dict[Kind, int]:
    """Return what each kind of unevenness weighs."""
    return {
        "nights": book.fair_nights,
        "weekends": book.fair_weekends,
        "holidays": book.fair_holidays,
        "total": book.fair_total,
    }


def unevenness(duties: Iterable[Duty], book: StaffBook, site: Site, first: date, last: date) -> float:
    """Return the weighted sum, over pools, kinds and persons, of the squared distance from the fair share."""
    has, fair, weight = together(duties, book, site, first, last), shares(book, site, first, last), weights(book)
    return sum(weight[kind] * (has[member][kind] - fair[member][kind]) ** 2 for member in has for kind in KINDS)


def spread(duties: Iterable[Duty], book: StaffBook, site: Site, first: date, last: date) -> dict[Group, Tally]:
    """Return the largest minus the smallest count in each group, what counts before included.

    Only of those who could do such a duty on a day of the period; 0 where there are none.
    """
    has = together(duties, book, site, first, last)
    found: dict[Group, Tally] = {}
    for group, names, seats in _groups_and_seats(book, site, first, last):
        found[group] = {}
        for kind in KINDS:
            days = _days(kind, seats, names)
            each = [has[group.member(name)][kind] for name in names if days[name]]
            found[group][kind] = max(each, default=0) - min(each, default=0)
    return found


def together(duties: Iterable[Duty], book: StaffBook, site: Site, first: date, last: date) -> dict[Member, Tally]:
    """Return what each has by this roster and before it."""
    now, had = counts(duties, book, site, first, last), before(book, site, first)
    return {member: {kind: now[member][kind] + had[member][kind] for kind in KINDS} for member in had}


def _member(book: StaffBook, duty: Duty | GivenDuty, person: str) -> Member:
    return duty.level, pool_department(book, duty.level, duty.department or ""), person


def _tallies(
    duties: Iterable[tuple[Duty | GivenDuty, str]], book: StaffBook, site: Site, known: Mapping[Member, set[date]]
) -> dict[Member, Tally]:
    """Count duties, each for a person; those of somebody who is not in the pool count for nobody."""
    found: dict[Member, Tally] = {
        (group.level, group.department, name): dict.fromkeys(KINDS, 0)
        for group, names in groups(book).items()
        for name in names
    }
    weekends = {member: set(known.get(member, ())) for member in found}
    for duty, person in duties:
        member, shift = _member(book, duty, person), book.shift[duty.shift]
        if member not in found:
            continue
        saturday = weekend_worked(shift, duty.date)
        for kind in kinds_of(site, shift, duty.date):
            found[member][kind] += kind != "weekends" or saturday not in weekends[member]
        if saturday is not None:
            weekends[member].add(saturday)
    return found


def _contract_size(book: StaffBook, names: list[str]) -> dict[str, int]:
    """Return the most shifts of each person's contract; 1 for all, where one of them has no such limit."""
    most = {name: book.contract_of(name).most_shifts for name in names}
    if None in most.values():
        return dict.fromkeys(names, 1)
    return {name: number or 0 for name, number in most.items()}


@dataclass(frozen=True)
class _Seats:
    """What a group has of one demand."""

    day: date
    weekend: date | None
    kinds: tuple[Kind, ...]
    able: frozenset[str]
    """Those of the group who may sit there."""
    part: float
    """How many of the persons asked for the group may expect to be."""


def _groups_and_seats(
    book: StaffBook, site: Site, first: date, last: date
) -> Iterator[tuple[Group, list[str], list[_Seats]]]:
    """Yield each group with its persons, and its part of each demand that one of them could fill."""
    of_pool: dict[tuple[str, str], list[tuple[Demand, set[str]]]] = defaultdict(list)
    split = groups(book)
    pools: dict[tuple[str, str], list[str]] = defaultdict(list)
    for group, names in split.items():
        pools[group.level, group.department] += names
    for one in demands(book, site, first, last):
        able = {name for name in pools[one.level, one.department] if may_do(book, name, one)}
        of_pool[one.level, one.department].append((one, able))
    for group, names in split.items():
        seats = []
        for one, able in of_pool[group.level, group.department]:
            mine = able.intersection(names)
            if mine:
                shift, each = book.shift[one.shift], _persons_each(book, one)
                part, kinds = one.preferred * each * len(mine) / len(able), kinds_of(site, shift, one.date)
                seats.append(_Seats(one.date, weekend_worked(shift, one.date), kinds, frozenset(mine), part))
        yield group, names, seats


def _persons_each(book: StaffBook, demand: Demand) -> float:
    """Return how many persons a seat of a demand takes: as many as a team has on average, if it is by team."""
    teams = teams_of(book, demand.level, demand.department) if demand.by == "team" else []
    return sum(len(book.members[team]) for team in teams) / len(teams) if teams else 1


def _days(kind: Kind, seats: Sequence[_Seats], names: Sequence[str]) -> dict[str, int]:
    """Return on how many days each person could have a duty of a kind."""
    days: dict[str, set[date]] = {name: set() for name in names}
    for one in seats:
        if kind in one.kinds:
            for name in one.able:
                days[name].add(one.day)
    return {name: len(found) for name, found in days.items()}


def _expected(kind: Kind, seats: Sequence[_Seats]) -> float:
    """Return how many duties of a kind the seats make; of a weekend only its fullest day counts.

    One person can do two of its days, and still has worked on one weekend.
    """
    of_day: dict[tuple[date | None, date], float] = defaultdict(float)
    for one in seats:
        if kind in one.kinds:
            of_day[one.weekend, one.day] += one.part
    if kind != "weekends":
        return sum(of_day.values())
    fullest: dict[date | None, float] = defaultdict(float)
    for (weekend, _), number in of_day.items():
        fullest[weekend] = max(fullest[weekend], number)
    return sum(fullest.values())
