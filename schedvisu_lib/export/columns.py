"""What the columns of an export mean, and what kind of value each holds."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto

import pandas as pd

from schedvisu_lib.export.target import What
from schedvisu_lib.language import Language


class Kind(Enum):
    """How a column's values are written."""

    TEXT = auto()
    COUNT = auto()
    DAY = auto()
    MOMENT = auto()
    MINUTES = auto()
    RATIO = auto()
    FLAG = auto()


_DAYS = frozenset({"date", "first", "last"})
_MINUTES = frozenset({"over"})
_RATIOS = frozenset({"utilisation", "occupancy", "measured_occupancy", "held"})


def kind_of(column: pd.Series) -> Kind:
    """Return the kind of a column, by its type and name."""
    name = str(column.name)
    if pd.api.types.is_datetime64_dtype(column):
        return Kind.DAY if name in _DAYS else Kind.MOMENT
    if pd.api.types.is_bool_dtype(column):
        return Kind.FLAG
    if name in _RATIOS:
        return Kind.RATIO
    if name.endswith("minutes") or name in _MINUTES:
        return Kind.MINUTES
    return Kind.COUNT if pd.api.types.is_numeric_dtype(column) else Kind.TEXT


def unit_of(kind: Kind, t: Language) -> str:
    """Return the unit of a kind of values, as a reader of the file needs it."""
    return {
        Kind.TEXT: t("text"),
        Kind.COUNT: t("number"),
        Kind.DAY: t("day"),
        Kind.MOMENT: t("local time"),
        Kind.MINUTES: t("minutes"),
        Kind.RATIO: t("ratio, 1 is 100 %"),
        Kind.FLAG: t("true or false"),
    }[kind]


def meanings(what: What, t: Language) -> Mapping[str, str]:
    """Return what each column of a table means; the notes of the report say the rules behind."""
    scanner = {"scanner": t("name of the scanner in the site file")}
    exam_type = {"exam_type": t("the department's short name; OTHER if no pattern fits")}
    if what is What.STUDIES:
        return {
            "exam_id": t("study_uid, _ and take: unique"),
            "date": t("day on which the exam began"),
            **scanner,
            "modalities": t("in order of appearance, as CT/PT"),
            **exam_type,
            "study_description": t("of the (first) study"),
            "take": t("number of the take within the study, from 1"),
            "n_takes": t("how many takes the study has"),
            "start": t("begin of the first series"),
            "end": t("end of the last series"),
            "prepared_from": t("start less the scanner's preparation; later where a neighbour is too near"),
            "prepared_until": t("end and the scanner's preparation; earlier where a neighbour is too near"),
            "n_series": t("how many series it was made from"),
            "minutes": t("from start to end"),
        }
    if what is What.COUNTS:
        return {
            **scanner,
            "bin": t("the day, ISO weeks, month or year that is counted"),
            "first": t("first day of the bin"),
            "last": t("last day of the bin"),
            "days": t("open days"),
            "slots": t("exams that the scanner could have taken on its open days"),
            "exams": t("exams, also those on closed days"),
            "gaps": t("how many gaps there were"),
            "utilisation": t("exams / slots; empty without slots"),
            "occupancy": t("union of prepared exam times / opening hours; empty without opening hours"),
        }
    if what is What.DURATIONS:
        return {
            **scanner,
            **exam_type,
            "take": t("number of the take; 0 where takes are not kept apart"),
            "n": t("how many exams"),
            "mean_minutes": t("mean of end - start"),
            "median_minutes": t("median"),
            "q1_minutes": t("first quartile: a quarter was shorter"),
            "q3_minutes": t("third quartile: a quarter was longer"),
            "min_minutes": t("the shortest"),
            "max_minutes": t("the longest"),
        }
    return {
        "date": t("day of the gap"),
        **scanner,
        "start": t("latest end so far, with preparation"),
        "end": t("begin of the next exam, with preparation"),
        "minutes": t("from start to end"),
        "class": t("lunch, service or hole: what the gap fell in"),
    }
