"""The tables of a roster's files: with plain columns for programs, with the report's words to print."""

from __future__ import annotations

from typing import Final

import pandas as pd

from schedvisu_lib.export.roster.content import RosterContent
from schedvisu_lib.figures.roster_lines import pool_words
from schedvisu_lib.figures.roster_page import day_lines, group_words, statistics_heads
from schedvisu_lib.language import Language
from schedvisu_lib.plan.roster.duty import COLUMNS
from schedvisu_lib.plan.roster.rules.fair import KINDS

SNAPSHOT: Final = [name for name in COLUMNS if name not in {"start", "end"}]
"""Columns of the hidden sheet that tells what was changed by hand."""


def duties_table(content: RosterContent) -> pd.DataFrame:
    """Return duties and empty seats in order of date, as the planner reads lists of duties."""
    rows = pd.concat([content.filled, content.empty], ignore_index=True)
    return rows.sort_values(["date", "start", "level", "department", "team", "person"], ignore_index=True)[
        list(COLUMNS)
    ]


def day_table(content: RosterContent) -> pd.DataFrame:
    """Return who is on duty on each day, level by level, in the report's words."""
    t = content.t
    hours = dict(zip(content.frame.shifts["shift"], content.frame.shifts["hours"], strict=True))
    rows = []
    for day, shift, pool, names, n_empty in day_lines(duties_table(content), content.frame.phones):
        rows.append((t.day(day, "EEE d MMM y"), shift, hours[shift], pool, "; ".join(names), n_empty))
    heads = (t("Day"), t("Shift"), t("From – to"), t("Level"), t("On duty"), t("Empty seats"))
    table = pd.DataFrame(rows, columns=list(heads))
    return table.astype(dict.fromkeys(heads[:-1], "str") | {heads[-1]: "int64"})


def statistics_table(content: RosterContent) -> pd.DataFrame:
    """Return what each person has, in the order of the roster, in the report's words."""
    t, statistics = content.t, content.statistics.set_index("person")
    people = content.frame.people
    own = statistics.loc[people["person"]].reset_index()
    pools = [pool_words(row.level, row.department) for row in people.itertuples(index=False)]
    names = ("nights", "weekends", "holidays", "total", "hours", "wishes_met", "wishes")
    columns = [own["person"].astype("str"), pd.Series(pools, dtype="str"), *(own[name] for name in names)]
    return pd.concat(columns, axis=1).set_axis(list(statistics_heads(t)), axis=1)


def empty_table(content: RosterContent) -> pd.DataFrame:
    """Return the seats that nobody fills, and why, in the report's words."""
    t, rows = content.t, content.empty
    return pd.DataFrame(
        {
            t("Day"): _texts([t.day(moment.date(), "EEE d MMM y") for moment in rows["date"]]),
            t("Shift"): rows["shift"],
            t("Level"): _texts([pool_words(row.level, row.department) for row in rows.itertuples(index=False)]),
            t("Reason"): rows["reason"],
        }
    )


def spread_table(content: RosterContent) -> pd.DataFrame:
    """Return how evenly duties are spread, in the report's words."""
    t, rows = content.t, content.spread
    groups = _texts([group_words(row, t) for row in rows.itertuples(index=False)])
    heads = (t("Nights"), t("Weekends"), t("Holidays"), t("Total"))
    return pd.DataFrame({t("Who"): groups, **{head: rows[kind] for head, kind in zip(heads, KINDS, strict=True)}})


def meanings(t: Language) -> dict[str, str]:
    """Return what each column of the list of duties means."""
    return {
        "date": t("the day on which the shift begins"),
        "shift": t("of the book"),
        "level": t("of the book"),
        "department": t("empty where the level is the hospital's"),
        "team": t("empty for who stands singly"),
        "person": t("empty for a seat that nobody fills"),
        "start": t("wall clock"),
        "end": t("wall clock"),
        "origin": t("auto: planned; manual: set by hand; given: stood before; substitute; swap"),
        "locked": t("whether it must not be moved"),
        "made_by": t("whose roster it comes from"),
        "counts_for": t("for whom it counts, if not for its person"),
        "reason": t("why nobody fills the seat"),
    }


def _texts(texts: list[str]) -> pd.Series:
    return pd.Series(texts, dtype="str")
