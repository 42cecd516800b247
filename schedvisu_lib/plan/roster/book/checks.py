"""What must be right between the rows of a staff book; each check yields sheet, row and column, and its wording.

Names of staff may stand in it. A check passes over what another one tells, such as unknown names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from schedvisu_lib.plan.roster.book import request_checks as requests
from schedvisu_lib.plan.roster.book.form import FORM, Check, Facts
from schedvisu_lib.plan.roster.book.model import OFF, Shift, Wish
from schedvisu_lib.plan.roster.rules.seats import leave_on
from schedvisu_lib.plan.sheets.facts import repeated
from schedvisu_lib.plan.sheets.names import names_given_twice, unknown_names
from schedvisu_lib.plan.sheets.source import Mistake


def mistakes_in(facts: Facts) -> Iterator[Mistake]:
    """Yield everything that is wrong between the rows of a staff book."""
    yield from names_given_twice(FORM, facts)
    yield from unknown_names(FORM, facts)
    for check in CHECKS:
        yield from check(facts)


# --- shifts and limits ------------------------------------------------------------------------------------------------


def shifts_called_off(facts: Facts) -> Iterator[Mistake]:
    """Find a shift whose name means a day without duty."""
    for number, row in enumerate(facts.book.shifts):
        if row.name == OFF:
            yield ("shifts", number, "name"), f'"{OFF}" is a day without duty in sequences; give another name'


def more_work_than_time(facts: Facts) -> Iterator[Mistake]:
    """Find shifts with more working time than they last."""
    for number, row in enumerate(facts.book.shifts):
        lasts = _whole(row)
        if row.worked > lasts:
            yield ("shifts", number, "minutes"), f"{row.worked} given, but the shift lasts {lasts} minutes"


def _whole(shift: Shift) -> int:
    return shift.model_copy(update={"minutes": None}).worked


def sequences_without_shift(facts: Facts) -> Iterator[Mistake]:
    """Find sequences of days without duty alone."""
    for number, row in enumerate(facts.book.sequences):
        if set(row.shifts) == {OFF}:
            yield ("sequences", number, "shifts"), f'names no shift, only "{OFF}"; limits of a contract tell free days'


def limits_that_contradict(facts: Facts) -> Iterator[Mistake]:
    """Find contracts that ask for more than they allow."""
    pairs = (
        ("least_shifts", "most_shifts"),
        ("least_minutes", "most_minutes"),
        ("least_in_row", "most_in_row"),
        ("least_in_row", "most_shifts"),
    )
    for number, row in enumerate(facts.book.contracts):
        for least, most in pairs:
            low, high = getattr(row, least), getattr(row, most)
            # No duty at all keeps "least_in_row".
            if high is not None and low > high and (least, high) != ("least_in_row", 0):
                text = f"{high} at most, but {least} asks for {low}; raise one or lower the other"
                yield ("contracts", number, most), text


# --- people -----------------------------------------------------------------------------------------------------------


def members_from_elsewhere(facts: Facts) -> Iterator[Mistake]:
    """Find persons in a team of another department or level."""
    teams = {row.name: row for row in facts.book.teams}
    hospital = {row.name for row in facts.book.levels if row.hospital}
    for number, row in enumerate(facts.book.staff):
        team = teams.get(row.team or "")
        if team is None:
            continue
        if team.level not in row.levels:
            text = f'"{team.name}" is a team of "{team.level}", which is none of this person\'s levels'
            yield ("staff", number, "team"), text
        if team.level not in hospital and team.department != row.department:
            text = f'"{team.name}" is a team of "{team.department}", but this person is in "{row.department}"'
            yield ("staff", number, "team"), text


def wishes_that_contradict(facts: Facts) -> Iterator[Mistake]:
    """Find wishes to be on and off duty on the same day; off in any shift is off in each."""
    earlier: dict[str, list[Wish]] = {}
    for number, row in enumerate(facts.book.wishes):
        for other in earlier.setdefault(row.person, []):
            day = max(row.first, other.first)
            if day <= min(row.last, other.last) and _contradict(row, other):
                shift = row.shift or other.shift
                what = f'"{shift}"' if shift else "any shift"
                text = f'"{row.person}" wishes {what} on {day} both on and off (a row above); keep one'
                yield ("wishes", number, "wants"), text
                break
        earlier[row.person].append(row)


def _contradict(one: Wish, other: Wish) -> bool:
    if one.wants == other.wants:
        return False
    off = one if one.wants == "off" else other
    return off.shift is None or one.shift == other.shift


# --- what stands ------------------------------------------------------------------------------------------------------


def duties_twice_a_day(facts: Facts) -> Iterator[Mistake]:
    """Find persons with two duties on one day (rule 3)."""
    rows = facts.book.duties
    for number in repeated((row.person, row.date) for row in rows):
        text = f'"{rows[number].person}" has a duty on {rows[number].date} already (a row above)'
        yield ("duties", number, "person"), f"{text}; at most one begins on a day"


def locked_on_leave(facts: Facts) -> Iterator[Mistake]:
    """Find locked duties that overlap leave (rule 7): neither may give way; absence makes the duty one to be filled."""
    for number, row in enumerate(facts.book.duties):
        if row.locked and row.shift in facts.book.shift:
            shift = facts.book.shift[row.shift]
            foreseen = [away for away in leave_on(facts.book, row.person, shift, row.date) if away.kind == "leave"]
            for away in foreseen[:1]:
                text = f'is locked, but "{row.person}" is on leave from {away.first} to {away.last}; unlock it'
                yield ("duties", number, "locked"), f"{text}, or change the leave"


def departments_of_duties(facts: Facts) -> Iterator[Mistake]:
    """Find duties of a department without one, and duties of the hospital with one."""
    yield from requests.departments_of("duties", facts)


def counts_given_twice(facts: Facts) -> Iterator[Mistake]:
    """Find counts of a person that stand in two rows."""
    rows = facts.book.counts
    for number in repeated((row.person, row.level) for row in rows):
        text = f'"{rows[number].person}" has counts of "{rows[number].level}" in a row above already; keep one'
        yield ("counts", number, "person"), text


def debts_to_oneself(facts: Facts) -> Iterator[Mistake]:
    """Find debts whose debtor is their creditor."""
    for number, row in enumerate(facts.book.debts):
        if row.debtor == row.creditor:
            yield ("debts", number, "creditor"), f'"{row.creditor}" is the debtor too; nobody owes a duty to themselves'


CHECKS: Final[tuple[Check, ...]] = (
    shifts_called_off,
    more_work_than_time,
    sequences_without_shift,
    limits_that_contradict,
    members_from_elsewhere,
    wishes_that_contradict,
    *requests.CHECKS,
    duties_twice_a_day,
    locked_on_leave,
    departments_of_duties,
    counts_given_twice,
    debts_to_oneself,
)
"""In the order in which they are told, for rows of one place."""
