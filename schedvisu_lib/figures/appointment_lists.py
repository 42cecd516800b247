"""Lists of a plan of appointments: a timetable, what found no time, the next free times; and the words in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import ceil
from typing import Final

import pandas as pd

from schedvisu_lib.figures.html import Cell, Content, Html, element, table
from schedvisu_lib.language import NOTHING, Language

_MOST_BESIDE: Final = 55
"""Rows of a list that stands beside its other half: a page holds them."""


def timetable_html(rows: pd.DataFrame, appointments: pd.DataFrame, t: Language) -> Html:
    """Show appointments in their order: day, time, procedure, resource, session; all of the plan tell how many."""
    most = most_sessions(appointments)
    lines: list[list[Content]] = [
        [
            Cell(t.day(row.start.date(), "EEE d MMM y"), row.start.isoformat()),
            f"{row.start:%H:%M}–{row.end:%H:%M}",
            row.procedure,
            row.resource,
            session_words(row, most),
            state_words(row, t),
        ]
        for row in rows.itertuples()
    ]
    heads = (t("Day"), t("From – to"), t("Procedure"), t("Resource"), t("Session"), "")
    return table(heads, lines, "listing timetable")


def unplaced_html(rows: pd.DataFrame, t: Language) -> Html:
    """Show sessions without a time; those of one position that have one reason are one line."""
    lines = [list(line) for line in unplaced_lines(rows, t)]
    heads = (t("Sheet"), t("Position"), t("Sessions"), t("Procedure"), t("Reason"))
    return table(heads, lines, "listing unplaced")


def free_html(free: pd.DataFrame, t: Language) -> Html:
    """Show the next free time of each procedure on each resource."""
    lines: list[list[Content]] = [
        [
            row.procedure,
            row.resource,
            t.number(row.minutes),
            Cell(NOTHING if pd.isna(row.start) else _moment(row.start, t), str(row.start)),
        ]
        for row in free.itertuples()
    ]
    heads = (t("Procedure"), t("Resource"), t("Minutes"), t("Next free time"))
    return table(heads, lines, "listing free-times")


def free_halves_html(free: pd.DataFrame, t: Language) -> Html:
    """Show the next free times as :func:`free_html`, in two lists beside each other."""
    parts = []
    for begin in range(0, len(free), 2 * _MOST_BESIDE):
        page = free.iloc[begin : begin + 2 * _MOST_BESIDE]
        half = ceil(len(page) / 2)
        halves = [free_html(rows, t) for rows in (page.iloc[:half], page.iloc[half:]) if len(rows)]
        parts.append(element("div", halves, "halves"))
    return sum(parts, start=Html(""))


def unplaced_lines(rows: pd.DataFrame, t: Language) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield sheet, position, sessions, procedure and reason; sessions of a position with one reason are one line."""
    keys = ["sheet", "position", "procedure"]
    which = re.escape(t("session {k} of {n}: ", k=0, n=0)).replace("0", r"\d+")  # stands in a column of its own here
    reasons = rows["reason"].str.replace(f"^{which}", "", regex=True)
    in_order = rows.assign(reason=reasons).sort_values([*keys, "session"])
    for (sheet, position, procedure), own in in_order.groupby(keys, sort=False):
        for reason, alike in own.groupby("reason", sort=False):
            sessions = alike["session"].tolist()
            words = str(sessions[0]) if len(sessions) == 1 else f"{sessions[0]}–{sessions[-1]}"
            if sessions[-1] - sessions[0] + 1 != len(sessions):
                words = ", ".join(map(str, sessions))
            yield str(sheet), str(position), words, str(procedure), str(reason)


def most_sessions(appointments: pd.DataFrame) -> dict[tuple[str, int], int]:
    """Return how many sessions each position of a plan has."""
    most: dict[tuple[str, int], int] = appointments.groupby(["sheet", "position"])["session"].max().to_dict()
    return most


def session_words(row: object, most: dict[tuple[str, int], int]) -> str:
    """Return which session of how many an appointment is; nothing for what is done once."""
    total = most.get((row.sheet, row.position), 0)  # type: ignore[attr-defined]
    return f"{row.session}/{total}" if total > 1 else ""  # type: ignore[attr-defined]


def state_words(row: object, t: Language) -> str:
    """Say whether an appointment stood before, was set by hand, or is locked."""
    origins = {"given": t("booked before"), "manual": t("set by hand")}
    words = [origins.get(row.origin, ""), t("locked") if row.locked else ""]  # type: ignore[attr-defined]
    return ", ".join(filter(None, words))


def _moment(when: pd.Timestamp, t: Language) -> str:
    return f"{t.day(when.date(), 'EEE d MMM')} {when:%H:%M}"
