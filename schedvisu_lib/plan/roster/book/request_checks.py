"""What must be right about the requests of a staff book."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

from schedvisu_lib.plan.roster.book.form import Check, Facts
from schedvisu_lib.plan.roster.book.model import Request
from schedvisu_lib.plan.roster.rules.seats import has_level, pool_of, teams_of
from schedvisu_lib.plan.sheets.facts import repeated
from schedvisu_lib.plan.sheets.source import Mistake


def departments_of(sheet: Literal["requests", "duties"], facts: Facts) -> Iterator[Mistake]:
    """Find rows of a department's level without department, and rows of a hospital's level with one."""
    for number, row in enumerate(getattr(facts.book, sheet)):
        level = facts.book.level.get(row.level)
        if level is None:
            continue
        if level.hospital and row.department is not None:
            text = f'"{row.department}" given, but "{level.name}" is one pool of the whole hospital; leave it empty'
            yield (sheet, number, "department"), text
        if not level.hospital and row.department is None:
            yield (sheet, number, "department"), f'missing; "{level.name}" is a level of departments'


def departments_of_requests(facts: Facts) -> Iterator[Mistake]:
    """Find requests of a department without one, and requests of the hospital with one."""
    yield from departments_of("requests", facts)


def without_pool(facts: Facts) -> Iterator[Mistake]:
    """Find requests of a pool without anybody, and requests by team of one without teams."""
    book = facts.book
    if not _has_all_people(facts):
        return
    for number, row in _known(facts):
        of = f'"{row.level}"' if book.level[row.level].hospital else f'"{row.level}" in "{row.department}"'
        if not pool_of(book, row.level, row.department or ""):
            yield ("requests", number, "level"), f"nobody does {of}; give the level to somebody of the staff"
        elif row.by == "team" and not teams_of(book, row.level, row.department or ""):
            yield ("requests", number, "by"), f'there is no team of {of}; add one, or write "number"'


def without_level(facts: Facts) -> Iterator[Mistake]:
    """Find requests for a level that their shift does not have (rule 2)."""
    for number, row in enumerate(facts.book.requests):
        shift = facts.book.shift.get(row.shift)
        if shift is not None and row.level in facts.names["levels"] and not has_level(shift, row.level):
            text = f'"{shift.name}" is no shift of "{row.level}"; its levels: {", ".join(shift.levels)}'
            yield ("requests", number, "shift"), text


def numbers(facts: Facts) -> Iterator[Mistake]:
    """Find requests whose numbers contradict each other."""
    for number, row in enumerate(facts.book.requests):
        place = ("requests", number)
        if row.preferred is not None and row.required > row.preferred:
            text = f"{row.preferred} preferred, but {row.required} required; raise one or lower the other"
            yield (*place, "preferred"), text
        if row.skill is None and row.skilled:
            yield (*place, "skill"), 'missing; it says what "skilled" counts'
        if row.skill is not None and not row.skilled:
            yield (*place, "skilled"), f'missing; how many persons have the skill "{row.skill}"'
        if row.by == "number" and row.skilled > row.required:
            text = f"{row.skilled} skilled, but {row.required} required; raise one or lower the other"
            yield (*place, "skilled"), text


def days_given_twice(facts: Facts) -> Iterator[Mistake]:
    """Find requests for every day that name some of them too."""
    for number, row in enumerate(facts.book.requests):
        if len(row.days) > 1 and "every" in row.days:
            yield ("requests", number, "days"), '"every" stands alone; leave it out, or the others'


def titles_of_teams(facts: Facts) -> Iterator[Mistake]:
    """Find requests by team for persons of one title."""
    for number, row in enumerate(facts.book.requests):
        if row.by == "team" and row.title is not None:
            yield ("requests", number, "title"), f'"{row.title}" given, but a team comes with all of its members'


def given_twice(facts: Facts) -> Iterator[Mistake]:
    """Find requests that ask for the same, maybe in another number."""
    same = {"required", "preferred", "skilled", "too_few", "too_many"}
    rows = [row.model_dump(exclude=same) for row in facts.book.requests]
    for number in repeated(tuple(row.values()) for row in rows):
        yield ("requests", number), "a row above asks for the same on the same days; keep one"


def _known(facts: Facts) -> Iterator[tuple[int, Request]]:
    """Yield the requests of a level, and a department, that stand in the book."""
    for number, row in enumerate(facts.book.requests):
        level = facts.book.level.get(row.level)
        if level is not None and (level.hospital or row.department in facts.names["departments"]):
            yield number, row


def _has_all_people(facts: Facts) -> bool:
    """Tell whether no mistake hides to which pools people and teams belong."""
    book, departments, levels = facts.book, facts.names["departments"], facts.names["levels"]
    whole = len(book.staff) >= len(facts.names["staff"]) and len(book.teams) >= len(facts.names["teams"])
    known = (row.department in departments and all(name in levels for name in row.levels) for row in book.staff)
    return whole and all(known) and all(row.department in departments and row.level in levels for row in book.teams)


CHECKS: Final[tuple[Check, ...]] = (
    departments_of_requests,
    without_pool,
    without_level,
    numbers,
    days_given_twice,
    titles_of_teams,
    given_twice,
)
"""In the order in which they are told, for rows of one place."""
