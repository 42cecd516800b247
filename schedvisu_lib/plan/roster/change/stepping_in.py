"""Let others stand in for somebody who is absent: for each open duty the first one proposed who breaks no rule."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import NamedTuple

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.language import language
from schedvisu_lib.plan.roster.book.model import StaffBook
from schedvisu_lib.plan.roster.change.changes import Refused
from schedvisu_lib.plan.roster.change.substitutes import absent, stand_in
from schedvisu_lib.plan.roster.rules.broken import short_day


class SteppedIn(NamedTuple):
    """A roster with substitutes, the book with absence and debts, and a line for each duty that was open."""

    table: pd.DataFrame
    book: StaffBook
    lines: list[str]


def step_in(
    table: pd.DataFrame,
    book: StaffBook,
    site: Site,
    first: date,
    last: date,
    person: str,
    from_day: date,
    to_day: date,
) -> SteppedIn:
    """Take somebody who is absent out of a roster; the first one proposed stands in wherever that breaks no rule.

    Parameters
    ----------
    table, book, site, first, last
        The roster, what it was made from, and its days.
    person, from_day, to_day
        Who is absent, from when to when.

    Returns
    -------
    SteppedIn
        Duties for which nobody can stand in stay empty seats.

    Raises
    ------
    PlanError
        The book has no such person, or the absence ends before it begins.
    """
    found = absent(table, book, site, first, last, person, from_day, to_day)
    t = language(site.report.language)
    table, book, lines = found.table, found.book, []
    for one in found.open:
        what = f"{short_day(t, one.duty.date)}, {one.duty.shift}, {one.duty.level}"
        if one.is_covered:
            lines.append(f"{what}: {one.present} of {one.size} of {one.duty.team} do the work")
            continue
        # Others have stood in since the proposals were made: ask again.
        for proposal in (choice for choice in one.proposals if not choice.broken):
            with suppress(Refused):
                stood = stand_in(table, book, site, first, last, one.duty, proposal.person)
                table, book = stood.table, stood.book
                lines.append(f"{what}: {proposal.person} stands in for {person} ({proposal.why})")
                break
        else:
            lines.append(f"{what}: nobody can stand in for {person} without breaking a rule")
    return SteppedIn(table, book, lines)
