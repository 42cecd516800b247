"""What a roster of the suite costs and which hard rules it breaks: written apart from what makes rosters."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, pairwise

from schedvisu_lib.plan.roster.suite.instance import OFF, SATURDAY, WEEK, Instance, Roster, Worker


def cost_of(instance: Instance, roster: Roster) -> int:
    """Return the weights of the requests that are not met and of the people that are too few or too many."""
    row = {worker.name: days for worker, days in zip(instance.workers, roster, strict=True)}
    number = {shift.name: place for place, shift in enumerate(instance.shifts)}
    cost = 0
    for request in instance.requests:
        works = row[request.worker][request.day] == number[request.shift]
        cost += request.weight * (works != request.wanted)
    for cover in instance.cover:
        there = sum(days[cover.day] == number[cover.shift] for days in roster)
        cost += cover.under * max(cover.required - there, 0) + cover.over * max(there - cover.required, 0)
    return cost


def broken_rules(instance: Instance, roster: Roster) -> list[str]:
    """Return one line for each hard rule that a roster breaks: who, when, what."""
    if len(roster) != len(instance.workers):
        return [f"{len(roster)} rows for {len(instance.workers)} people"]
    return [
        f"{worker.name}: {broken}"
        for worker, days in zip(instance.workers, roster, strict=True)
        for broken in _broken_by(instance, worker, days)
    ]


def _broken_by(instance: Instance, worker: Worker, days: tuple[int, ...]) -> Iterator[str]:
    if len(days) != instance.days:
        yield f"{len(days)} days instead of {instance.days}"
        return
    if any(not OFF <= number < len(instance.shifts) for number in days):
        yield "a shift that is not in the instance"
        return
    yield from _broken_counts(instance, worker, days)
    yield from _broken_rows(instance, worker, days)
    for day in sorted(worker.days_off):
        if days[day] != OFF:
            yield f"works on day {day}, a day off"
    for day, (one, other) in enumerate(pairwise(days)):
        if OFF not in (one, other) and instance.shifts[other].name in instance.shifts[one].not_before:
            yield f"shift {instance.shifts[other].name} on day {day + 1} follows {instance.shifts[one].name}"


def _broken_counts(instance: Instance, worker: Worker, days: tuple[int, ...]) -> Iterator[str]:
    """Yield what is too much or too little in the whole horizon."""
    for number, shift in enumerate(instance.shifts):
        most = worker.most_of.get(shift.name, instance.days)
        if days.count(number) > most:
            yield f"{days.count(number)} shifts {shift.name}, {most} at most"
    minutes = sum(instance.shifts[number].minutes for number in days if number != OFF)
    if not worker.least_minutes <= minutes <= worker.most_minutes:
        yield f"{minutes} minutes, {worker.least_minutes} to {worker.most_minutes} asked for"
    weekends = {day // WEEK for day, number in enumerate(days) if number != OFF and day % WEEK >= SATURDAY}
    if len(weekends) > worker.most_weekends:
        yield f"{len(weekends)} weekends, {worker.most_weekends} at most"


def _broken_rows(instance: Instance, worker: Worker, days: tuple[int, ...]) -> Iterator[str]:
    """Yield rows of days on or off that are too long or too short; what touches an end is never too short."""
    first = 0
    for works, group in groupby(days, lambda number: number != OFF):
        last = first + len(list(group)) - 1
        length, inside = last - first + 1, first > 0 and last < instance.days - 1
        least = worker.least_days_on if works else worker.least_days_off
        if works and length > worker.most_days_on:
            yield f"{length} days on from day {first}, {worker.most_days_on} at most"
        if inside and length < least:
            yield f"{length} days {'on' if works else 'off'} from day {first}, {least} at least"
        first = last + 1
