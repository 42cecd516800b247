"""For each study description of no known type the most similar known one, and what to write into the site file."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any, Final

import pandas as pd
import yaml
from rapidfuzz import fuzz, process

from schedvisu_lib.config import OTHER, Site, squeeze_description
from schedvisu_lib.settings.scanners import ExamType

LEAST_SIMILAR: Final = 78.0
"""Percent from which a description is taken for another spelling of a known one."""
_SAME: Final = 100.0
_MOST_SPELLINGS: Final = 64
"""Of one pattern that are compared."""


def suggest_types(unmapped: pd.DataFrame, known: pd.DataFrame, site: Site) -> pd.DataFrame:
    """Suggest an exam type for each description that no pattern fits.

    That is the type of the most similar known description, if at least 78 % alike: compared are squeezed descriptions
    (``config.squeeze_description``) by rapidfuzz's ratio, with those of the exams of known types and with what the
    patterns themselves spell. A type of other scanners only counts for a description that it already knows. Where
    nothing is alike, a new type named as the description is suggested.

    Parameters
    ----------
    unmapped
        Columns ``scanner`` and ``study_description``, as :func:`schedvisu_lib.studies.quality.unmapped_descriptions`
        gives them.
    known
        The studies table of a longer time, for the descriptions of exams of known types.
    site
        Gives the exam types.

    Returns
    -------
    DataFrame
        The rows of ``unmapped`` with ``nearest`` (the most similar known type, "" for none), ``similarity`` (percent,
        missing for none) and ``suggested`` (a known type, or the name of a new one; "" for an empty description).
    """
    spelt = _known_spellings(known, site)
    pairs = zip(unmapped["study_description"], unmapped["scanner"], strict=True)
    rows = [_nearest(squeeze_description(description), scanner, spelt, site) for description, scanner in pairs]
    table = unmapped.assign(nearest=[name for name, _ in rows], similarity=[alike for _, alike in rows])
    table = table.astype({"similarity": "float64"})
    new = _new_names(table, site)
    alike = table["similarity"] >= LEAST_SIMILAR
    return table.assign(
        suggested=table["nearest"].where(alike, [new.get(text, "") for text in table["study_description"]])
    )


def lines_to_paste(suggestions: pd.DataFrame, site: Site) -> list[str]:
    """Return a line of YAML for each suggested type: the whole entry of ``exam_types`` with the new patterns.

    The line of a known type stands in the place of its entry; that of a new one is added at the end of the list. Each
    is valid YAML by itself and keeps all that the entry says.
    """
    types = {kind.name: kind for kind in site.exam_types}
    lines = []
    for name, rows in suggestions.loc[suggestions["suggested"] != ""].groupby("suggested", sort=False):
        descriptions = [squeeze_description(text) for text in rows["study_description"]]
        entry = _entry(str(name), types.get(str(name)), descriptions, list(rows["scanner"]))
        lines.append(f"- {yaml.dump(entry, Dumper=_Quoting, default_flow_style=True, **_PLAIN).strip()}")
    return lines


def _entry(name: str, kind: ExamType | None, descriptions: list[str], scanners: list[str]) -> dict[str, Any]:
    """Return an entry of ``exam_types`` that also knows the descriptions, on the scanners."""
    patterns = list(kind.patterns) if kind else []
    for text in descriptions:
        if not any(re.fullmatch(pattern, text) for pattern in patterns):
            patterns.append(re.escape(text))
    entry: dict[str, Any] = {"name": name, "patterns": [_Pattern(pattern) for pattern in patterns]}
    if kind is None:
        return entry
    said = kind.model_dump(mode="json", exclude_defaults=True, exclude={"name", "patterns"})
    if kind.scanners is not None:
        said["scanners"] = list(dict.fromkeys([*kind.scanners, *scanners]))
    return entry | said


class _Pattern(str):
    """A text that is written between quotes, whatever it holds."""

    __slots__ = ()


class _Quoting(yaml.SafeDumper):
    """Writes patterns between quotes, as the example of a site file does."""


_Quoting.add_representer(
    _Pattern, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style="'")
)
_PLAIN: Final[dict[str, Any]] = {"width": float("inf"), "allow_unicode": True, "sort_keys": False}


def _nearest(text: str, scanner: str, spelt: dict[str, list[str]], site: Site) -> tuple[str, float]:
    """Return the most similar type and how similar it is, in percent; those of the scanner come first."""
    own = {kind.name for kind in site.exam_types_of(scanner)}
    best = ("", float("nan"))
    for name in sorted(spelt, key=lambda name: name not in own):
        found = process.extractOne(text, spelt[name], scorer=fuzz.ratio) if text else None
        alike = found[1] if found else 0.0
        if alike > (best[1] if best[0] else 0.0) and (name in own or alike == _SAME):
            best = (name, alike)
    return best


def _known_spellings(known: pd.DataFrame, site: Site) -> dict[str, list[str]]:
    """Return what is known to mean each type, squeezed: descriptions of exams, and the spellings of its patterns."""
    spelt = {kind.name: [text for pattern in kind.patterns for text in spellings(pattern)] for kind in site.exam_types}
    pairs = known[["exam_type", "study_description"]].drop_duplicates()
    for name, description in pairs.itertuples(index=False, name=None):
        if name in spelt:
            spelt[name].append(squeeze_description(description))
    return spelt


def spellings(pattern: str) -> list[str]:
    """Return texts that a pattern spells out: its letters, with each of the alternatives in brackets in turn.

    What can be anything (``.*``) is left out; a bracket that may be missing is once left out.
    """
    parts: list[list[str]] = []
    for part in re.split(r"(\((?:\?:)?[^()]*\)[?*]?)", pattern):
        if part.startswith("("):
            inner = re.sub(r"^\((\?:)?|\)[?*]?$", "", part).split("|")
            parts.append([*inner, ""] if part[-1] in "?*" else inner)
        else:
            parts.append([part])
    found = ("".join(words) for words in itertools.islice(itertools.product(*parts), _MOST_SPELLINGS))
    letters = (re.sub(r"\[[^\]]*\]|\{[^}]*\}|\\.|\W", "", text) for text in found)
    return [text for text in dict.fromkeys(letters) if text]


def _new_names(table: pd.DataFrame, site: Site) -> dict[str, str]:
    """Name a new type for each description that is like no known one; no two types have one name."""
    taken = {OTHER, *(kind.name for kind in site.exam_types)}
    names: dict[str, str] = {}
    for text in table.loc[~(table["similarity"] >= LEAST_SIMILAR), "study_description"].drop_duplicates():
        if not squeeze_description(text):
            continue
        wanted = " ".join(re.sub(r"[_^]", " ", text).upper().split())
        name = next(name for name in _numbered(wanted) if name not in taken)
        taken.add(name)
        names[text] = name
    return names


def _numbered(name: str) -> Iterator[str]:
    """Yield a name, then the same with 2, 3, ... behind it."""
    yield name
    yield from (f"{name} {n}" for n in itertools.count(2))
