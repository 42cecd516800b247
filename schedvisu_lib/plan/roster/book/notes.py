"""What a reader of a staff book should know though it stops nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from schedvisu_lib.config import Site
from schedvisu_lib.plan.roster.book.form import Check, Facts
from schedvisu_lib.plan.roster.book.request_notes import notes_on_requests
from schedvisu_lib.plan.roster.change.changes import with_rows
from schedvisu_lib.plan.roster.rules.check import check_duties
from schedvisu_lib.plan.roster.rules.duty_plan import given_duty
from schedvisu_lib.plan.sheets.source import Mistake


def notes_on(facts: Facts) -> Iterator[Mistake]:
    """Yield sheet, row, column and wording of everything that should be known; the book has no mistake."""
    for check in NOTES:
        yield from check(facts)


# --- people -----------------------------------------------------------------------------------------------------------


def teams_without_members(facts: Facts) -> Iterator[Mistake]:
    """Find teams in which nobody is."""
    for number, row in enumerate(facts.book.teams):
        if not facts.book.members[row.name]:
            yield ("teams", number), f'nobody of the staff is in "{row.name}"'


# --- what stands ------------------------------------------------------------------------------------------------------

_AMONG_THEMSELVES: Final = (2, 4, 5, 6, 7, 8, 9)
"""Rules that duties break whatever is asked for, and whatever is not in the book."""


def duties_that_break_rules(facts: Facts) -> Iterator[Mistake]:
    """Find given duties that break rules, alone or among themselves."""
    rows = facts.book.duties
    if not rows:
        return
    numbers = {(row.date, row.person): number for number, row in enumerate(rows)}
    # A book tells of some duties only: shorter stretches than allowed need not be all of them.
    least = {"least_in_row": 1, "least_free_in_row": 1}
    book = with_rows(facts.book, contracts=tuple(row.model_copy(update=least) for row in facts.book.contracts))
    duties = [given_duty(book, row) for row in rows]
    days = [row.date for row in rows]
    for one in check_duties(duties, book, _in_english(facts.site), min(days), max(days)):
        if one.rule in _AMONG_THEMSELVES and one.person and one.date:
            yield ("duties", numbers[one.date, one.person]), one.text


def _in_english(site: Site) -> Site:
    return site.model_copy(update={"report": site.report.model_copy(update={"language": "en"})})


# --- wishes and counts ------------------------------------------------------------------------------------------------


def wishes_on_leave(facts: Facts) -> Iterator[Mistake]:
    """Find wishes for days on which the person is away."""
    for number, row in enumerate(facts.book.wishes):
        for away in facts.book.leave_of.get(row.person, ()):
            if away.first <= row.last and row.first <= away.last:
                text = f'means nothing from {away.first} to {away.last}, when "{row.person}" is away'
                yield ("wishes", number), text


def counts_above_the_total(facts: Facts) -> Iterator[Mistake]:
    """Find counts with more nights, weekends or holidays than duties."""
    for number, row in enumerate(facts.book.counts):
        for column in ("nights", "weekends", "holidays"):
            if getattr(row, column) > row.total:
                text = (
                    f'{row.total}, but "{row.person}" has {getattr(row, column)} {column}; nights and days count here'
                )
                yield ("counts", number, "total"), text
                break


NOTES: Final[tuple[Check, ...]] = (
    notes_on_requests,
    teams_without_members,
    duties_that_break_rules,
    wishes_on_leave,
    counts_above_the_total,
)
