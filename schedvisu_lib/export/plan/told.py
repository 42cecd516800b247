"""What the command tells of a plan: durations, how good it is, what moved, what found no time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pandas as pd

from schedvisu_lib.figures.appointment_lists import unplaced_lines
from schedvisu_lib.language import Language
from schedvisu_lib.plan.appointments import Plan
from schedvisu_lib.plan.book.model import Book
from schedvisu_lib.plan.search.sessions import seats_of

_MOST_TOLD: Final = 20
"""Positions without a time, moves, and broken rules, that are told one by one; files hold all."""


def durations_told(table: pd.DataFrame) -> Iterator[str]:
    """Say of each measured procedure how long it takes, and how many exams told so."""
    for row in table.loc[table["source"] != "given"].itertuples():
        told = f"p{row.percentile} of {row.n} exams" if row.source == "measured" else f"its own; only {row.n} exams"
        yield f"duration of {row.procedure}: {row.minutes} min ({told})"


def summary(made: Plan, book: Book) -> list[str]:
    """Say in a few lines how good a plan is: sessions, score, bound, gap, time."""
    asked = {(row.patient, row.sheet, row.position) for row in book.prescriptions}
    keys = made.table[["patient", "sheet", "position"]].itertuples(index=False, name=None)
    wanted = made.table.loc[[key in asked for key in keys]]
    score, bound = made.score, made.bound
    gap = f"gap {made.gap:.2%}" if score.lost == bound.lost else "gap only known where no more sessions are lost"
    lines = [
        f"placed {wanted['start'].notna().sum()} of {len(wanted)} sessions; what was planned breaks no rule",
        f"score: {score.lost} lost (sum of 10 - priority), {score.distance:,} min from the wish, "
        f"{score.waiting:,} min of waiting, {score.changes:,} changes of building",
        f"bound: {bound.lost} lost, {bound.distance:,} min from the wish; {gap}",
        f"first complete plan after {made.first_seconds:.2f} s, this one after {made.seconds:.1f} s and "
        f"{made.moves:,} moves",
    ]
    if made.no_slot:
        lines.append(f"{made.no_slot} session(s) have no time even if nothing else is planned")
    return lines


def moved(book: Book, after: pd.DataFrame) -> list[str]:
    """Say which appointments that stood in a book are elsewhere in a plan, as far as they are not too many."""
    columns = ["patient", "sheet", "position", "session", "start", "resource"]
    places = {tuple(key): (start, resource) for *key, start, resource in after[columns].itertuples(index=False)}
    lines = []
    for position, taken in seats_of(book.bookings).items():
        for session, booking in taken.items():
            place = places[*position, session]
            if place != (booking.start, booking.resource):
                was, now = (
                    f"{start:%Y-%m-%d %H:%M} on {name}" for start, name in ((booking.start, booking.resource), place)
                )
                _, sheet, number = position
                lines.append(f"moved: {sheet} position {number}, session {session}: from {was} to {now}")
    return few(lines)


def without_time(table: pd.DataFrame, t: Language) -> list[str]:
    """Return a line for each position without a time, as far as they are not too many."""
    lost = table.loc[table["start"].isna()]
    lines = [
        f"{sheet} position {position}, session(s) {sessions}, {procedure}: {reason}"
        for sheet, position, sessions, procedure, reason in unplaced_lines(lost, t)
    ]
    return few(lines)


def few(lines: list[str], where: str = "the files hold all") -> list[str]:
    """Return the first lines, and how many there are besides."""
    more = len(lines) - _MOST_TOLD
    return lines if more <= 0 else [*lines[:_MOST_TOLD], f"{more} more; {where}"]
