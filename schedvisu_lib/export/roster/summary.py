"""A roster in a few lines: seats and spread of each pool, what nobody fills, how good it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import isnan

from schedvisu_lib.export.roster.content import RosterContent
from schedvisu_lib.figures.roster_lines import pool_words
from schedvisu_lib.language import language
from schedvisu_lib.plan.roster.roster import Roster
from schedvisu_lib.plan.roster.rules.broken import short_day
from schedvisu_lib.plan.roster.rules.check import lacking
from schedvisu_lib.plan.roster.rules.fair import KINDS
from schedvisu_lib.plan.roster.rules.seats import demands

_MOST_TOLD = 20
"""Empty seats and broken rules that are told one by one; files hold all."""


def pool_lines(content: RosterContent) -> Iterator[str]:
    """Yield a line for each pool: seats, filled, empty, and the spread of those who share its duties."""
    book, site = content.book, content.site
    seats: Counter[tuple[str, str]] = Counter()
    for one in demands(book, site, content.first, content.last):
        seats[one.level, one.department] += one.required
    empty = Counter(content.empty[["level", "department"]].itertuples(index=False, name=None))
    for (level, department), number in seats.items():
        left = empty[level, department]
        yield f"{pool_words(level, department)}: {number} seats, {number - left} filled, {left} empty"
        rows = content.spread
        for row in rows.loc[(rows["level"] == level) & (rows["department"] == department)].itertuples(index=False):
            who = ", ".join(filter(None, [f"{row.persons} persons", row.title, "in teams" if row.by == "team" else ""]))
            yield f"  spread of {who}: " + ", ".join(f"{kind} {getattr(row, kind)}" for kind in KINDS)


def quality_lines(made: Roster) -> Iterator[str]:
    """Yield how good a roster is, and the parts of which that is not proved."""
    cost = f"cost {made.cost:.1f}"
    bound = "no bound is known" if isnan(made.gap) else f"at least {made.bound.cost:.1f}, gap {made.gap:.1%}"
    proved = "proved best" if made.proved else bound
    yield f"{cost}, {proved}; {made.seconds:.1f} s; what was planned breaks no rule"
    for part in made.parts:
        if not part.proved:
            yield f"  not proved best: {part.title} ({part.persons} persons, {part.seats} seats); more --seconds"
    if made.changes is not None:
        yield f"{made.changes} duties differ from the roster that was kept"


def short_lines(content: RosterContent) -> Iterator[str]:
    """Yield what persons are short of their contracts, and skills that are missing."""
    found = lacking(content.duties, content.book, content.site, content.first, content.last)
    return (f"lacking: {one}" for one in found if one.kind != "seat")


def empty_lines(content: RosterContent) -> list[str]:
    """Return a line for each seat that nobody fills, as far as they are not too many."""
    t = language(content.site.report.language)
    lines = [
        f"{short_day(t, row.date.date())}, {row.shift}, {pool_words(row.level, row.department)}: {row.reason}"
        for row in content.empty.itertuples(index=False)
    ]
    counted = [f"{line} (x{n})" if n > 1 else line for line, n in Counter(lines).items()]
    return few(counted, "the files hold all")


def few(lines: list[str], where: str) -> list[str]:
    """Return lines, or the first ones and how many more there are."""
    more = len(lines) - _MOST_TOLD
    return lines if more <= 0 else [*lines[:_MOST_TOLD], f"{more} more; {where}"]
