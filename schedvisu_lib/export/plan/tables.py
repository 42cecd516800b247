"""The tables of a plan's files: with plain columns for programs, with the report's words to print."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from schedvisu_lib.export.plan.content import PlanContent
from schedvisu_lib.figures.appointment_lists import most_sessions, session_words, state_words, unplaced_lines
from schedvisu_lib.language import Language
from schedvisu_lib.plan.appointment import COLUMNS

SNAPSHOT: Final = ["appointment_id", "resource", "start", "end", "locked"]
"""Columns of the hidden sheet that tells what was changed by hand."""


def appointments_table(content: PlanContent) -> pd.DataFrame:
    """Return all appointments in order of start, then the sessions without a time, with the identifier at the end.

    Without a sheet there is neither position nor session. The column ``patient`` holds what the book calls the
    patient: without it, a plan could not be read back.
    """
    rows = pd.concat([content.placed, content.unplaced], ignore_index=True)
    numbers = {name: rows[name].astype("Int64").where(rows["sheet"] != "") for name in ("position", "session")}
    names = [*(name for name in COLUMNS if name != "appointment_id"), "appointment_id"]
    return rows.assign(**numbers)[names]


def timetable(content: PlanContent) -> pd.DataFrame:
    """Return the appointments of patients with a sheet, sheet by sheet, in the report's words."""
    t, rows = content.t, content.placed
    rows = rows.loc[rows["patient"].isin(list(content.patients))]
    whose = rows["patient"].map(content.patients)
    rows = rows.assign(whose=whose).sort_values(["whose", "start"], ignore_index=True)
    return pd.DataFrame(
        {
            t("Sheet"): rows["whose"].astype("str"),
            **_when(rows, t),
            t("Procedure"): rows["procedure"],
            t("Resource"): rows["resource"],
            **_what(rows, content),
        }
    )


def resource_table(content: PlanContent, resource: str) -> pd.DataFrame:
    """Return the appointments on a resource in order of start, in the report's words."""
    t, rows = content.t, content.placed
    rows = rows.loc[rows["resource"] == resource].reset_index(drop=True)
    return pd.DataFrame(
        {
            **_when(rows, t),
            t("Procedure"): rows["procedure"],
            t("Sheet"): rows["sheet"],
            t("Position"): _texts([str(n) if n else "" for n in rows["position"]]),
            **_what(rows, content),
        }
    )


def unplaced_table(content: PlanContent) -> pd.DataFrame:
    """Return the sessions without a time, and why, in the report's words."""
    t = content.t
    heads = [t("Sheet"), t("Position"), t("Sessions"), t("Procedure"), t("Reason")]
    return pd.DataFrame(list(unplaced_lines(content.unplaced, t)), columns=heads, dtype="str")


def meanings(t: Language) -> dict[str, dict[str, str]]:
    """Return what the plain columns mean, by table."""
    return {
        "appointments": {
            "sheet": t("the prescription sheet; empty for what was booked without one"),
            "patient": t("as the book calls this patient"),
            "position": t("of the sheet"),
            "procedure": t("of the book"),
            "session": t("number within the course, from 1"),
            "resource": t("of the book"),
            "start": t("with preparation"),
            "end": t("with exit"),
            "origin": t("auto: planned; manual: set by hand; given: booked before"),
            "locked": t("whether it must not be moved"),
            "reason": t("why there is no time"),
            "appointment_id": t("the same whenever the session is planned anew"),
        },
        "load": {
            "resource": t("of the book"),
            "date": t("the day"),
            "capacity": t("how many at a time"),
            "open_minutes": t("opening hours x capacity"),
            "taken_minutes": t("appointments within opening hours"),
            "beyond_minutes": t("appointments outside opening hours"),
            "occupancy": t("taken / open"),
            "longest_free_minutes": t("the longest time at a stretch with a free place"),
            "measured_occupancy": t("of the scanner on this weekday in the last weeks, from its images"),
        },
        "next_free": {
            "procedure": t("of the book"),
            "resource": t("of the book"),
            "minutes": t("with preparation and exit"),
            "start": t("the next time at which it could begin, for any patient"),
            "end": t("with exit"),
        },
        "durations": {
            "procedure": t("of the book"),
            "exam_type": t("by whose exams it was measured"),
            "percentile": t("so many in a hundred exams were no longer"),
            "n": t("how many exams"),
            "minutes": t("without preparation and exit"),
            "source": t("measured; fallback: too few exams, the book's minutes; given: no exam type"),
        },
        "held": {
            "procedure": t("of the book"),
            "week": t("ISO week"),
            "planned": t("appointments of the plan"),
            "matched": t("those that met an exam"),
            "held": t("share of these whose images took no longer than planned"),
            "over": t("median of the minutes by which the others took longer"),
        },
    }


def _when(rows: pd.DataFrame, t: Language) -> dict[str, Any]:
    return {
        t("Day"): _texts([t.day(moment.date(), "EEE d MMM y") for moment in rows["start"]]),
        t("Start"): _texts([f"{moment:%H:%M}" for moment in rows["start"]]),
        t("End"): _texts([f"{moment:%H:%M}" for moment in rows["end"]]),
    }


def _what(rows: pd.DataFrame, content: PlanContent) -> dict[str, Any]:
    t = content.t
    most = most_sessions(content.appointments)
    return {
        t("Session"): _texts([session_words(row, most) for row in rows.itertuples()]),
        t("State"): _texts([state_words(row, t) for row in rows.itertuples()]),
    }


def _texts(texts: list[str]) -> pd.Series:
    return pd.Series(texts, dtype="str")
