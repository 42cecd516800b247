"""Which descriptions each exam type has, and how the patterns must change so that a description gets another type."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from schedvisu_lib.config import OTHER, Site, squeeze_description
from schedvisu_lib.settings.scanners import ExamType
from schedvisu_lib.studies.exam_types import name_exam_type


@dataclass(frozen=True)
class Pick:
    """A study description of a scanner, and the exam type that it is to have."""

    scanner: str
    description: str
    exam_type: str


def count_descriptions(studies: pd.DataFrame) -> pd.DataFrame:
    """Count the exams of each exam type by scanner and study description.

    Returns
    -------
    DataFrame
        ``exam_type``, ``scanner``, ``study_description``, ``n``, ``first`` and ``last`` (days); most frequent first.
    """
    keys = ["exam_type", "scanner", "study_description"]
    table = studies.groupby(keys, as_index=False).agg(n=("date", "size"), first=("date", "min"), last=("date", "max"))
    order = ["n", "scanner", "study_description"]
    return table.sort_values(order, ascending=[False, True, True], ignore_index=True)


def pattern_of(description: str, scanner: str, site: Site) -> str | None:
    """Return the pattern that gives a description its exam type; None for one of no type."""
    text = squeeze_description(description)
    patterns = (pattern for kind in site.exam_types_of(scanner) for pattern in kind.patterns)
    return next((pattern for pattern in patterns if re.fullmatch(pattern, text)), None)


def map_descriptions(site: Site, picks: Sequence[Pick]) -> Site:
    """Return the site with exam types that know some descriptions more, or otherwise.

    A type gets the description itself as a pattern, and the scanner if it is of other ones. Types that are tried before
    it lose what matches the description: a pattern that is nothing else goes, any other is told to leave it out. A
    name that no type has makes a new one, of all scanners, at the end.

    Raises
    ------
    ValueError
        A new type has no name, or OTHER's; a type would keep no pattern; or the picks contradict each other.
    """
    for pick in picks:
        site = _mapped(site, pick)
    for pick in picks:
        if name_exam_type(pick.description, pick.scanner, site) != pick.exam_type:
            raise ValueError(
                f'"{pick.description}" cannot be {pick.exam_type} on {pick.scanner} and another type elsewhere: '
                "choose one type for both"
            )
    return site


def _mapped(site: Site, pick: Pick) -> Site:
    name, text = pick.exam_type, squeeze_description(pick.description)
    if not name.strip() or name == OTHER:
        raise ValueError(f'"{name}" cannot be the name of an exam type; write another one')
    types = list(site.exam_types)
    if name not in [kind.name for kind in types]:
        types.append(ExamType(name=name, patterns=(re.escape(text),)))
    place = [kind.name for kind in types].index(name)
    earlier = [_without(kind, text) if _is_of(kind, pick.scanner) else kind for kind in types[:place]]
    types[place] = _with(types[place], text, pick.scanner)
    return site.model_copy(update={"exam_types": (*earlier, *types[place:])})


def _is_of(kind: ExamType, scanner: str) -> bool:
    return kind.scanners is None or scanner in kind.scanners


def _with(kind: ExamType, text: str, scanner: str) -> ExamType:
    """Return a type that knows a squeezed description on a scanner."""
    known = any(re.fullmatch(pattern, text) for pattern in kind.patterns)
    patterns = kind.patterns if known else (*kind.patterns, re.escape(text))
    scanners = kind.scanners if kind.scanners is None or _is_of(kind, scanner) else (*kind.scanners, scanner)
    return kind.model_copy(update={"patterns": patterns, "scanners": scanners})


def _without(kind: ExamType, text: str) -> ExamType:
    """Return a type that does not know a squeezed description."""
    others = [pattern for pattern in kind.patterns if pattern != re.escape(text)]
    if not others:
        raise ValueError(f'"{kind.name}" would keep no pattern: rename or remove it in the site file instead')
    patterns = tuple(_excepting(pattern, text) if re.fullmatch(pattern, text) else pattern for pattern in others)
    return kind.model_copy(update={"patterns": patterns})


def _excepting(pattern: str, text: str) -> str:
    """Return a pattern that matches the same but for one text."""
    found = re.match(r"\(\?[aiLmsux]+\)", pattern)
    flags = found[0] if found else ""
    rest = pattern.removeprefix(flags)
    rest = f"(?:{rest})" if "|" in rest else rest
    return rf"{flags}(?!{re.escape(text)}\Z){rest}"
