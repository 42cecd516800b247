"""What other exam types of a site would make of the exams, before they are saved."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.settings.scanners import ExamType
from schedvisu_lib.studies.consolidate import join_encounters
from schedvisu_lib.studies.durations import type_order
from schedvisu_lib.studies.exam_types import encounters, exam_types
from schedvisu_lib.studies.matching import studies_of
from schedvisu_lib.studies.preparation import prepared_times
from schedvisu_lib.tables import STUDIES, conform

_MEASURES = ("n", "mean", "median")


def remapped(studies: pd.DataFrame, after: Site) -> pd.DataFrame:
    """Return the exams with the exam types of a changed site, as :func:`schedvisu_lib.consolidate` would give them.

    Exams that become one encounter become one row. Those that are one already cannot be parted again, since a row does
    not tell what it was joined from: :func:`types_to_part` names the types for which that matters; for these the exams
    must be made from their series.

    Parameters
    ----------
    studies
        The studies table.
    after
        Gives the exam types; in all else that makes exams it is the site of which the studies were made.

    Returns
    -------
    DataFrame
        The studies table, in order of start and numbered anew.
    """
    exams = studies.assign(exam_type=exam_types(studies, after)).sort_values(["start", "end"], ignore_index=True)
    concerned = _to_join(exams, after)
    if concerned.any():
        rows = exams.loc[concerned].assign(study_uid=studies_of(exams.loc[concerned]))
        joined = join_encounters(rows.sort_values(["start", "end", "study_uid"], ignore_index=True), after)
        exams = pd.concat([exams.loc[~concerned], joined], ignore_index=True)
        exams = exams.assign(**prepared_times(exams, after))
    return conform(exams.sort_values(["start", "end", "exam_id"], ignore_index=True), STUDIES)


def _to_join(exams: pd.DataFrame, site: Site) -> pd.Series:
    """Tell of each exam whether it becomes one with another one, or is of the same study as such an exam."""
    kinds = [kind.name for kind in site.exam_types if kind.one_encounter is not None]
    candidates = exams.loc[exams["exam_type"].isin(kinds)]
    encounter = encounters(candidates, site)
    joining = candidates.loc[encounter.duplicated(keep=False)]
    if joining.empty:
        return pd.Series(False, index=exams.index)
    return studies_of(exams).isin(studies_of(joining))


def types_to_part(before: Site, after: Site) -> list[str]:
    """Return the exam types whose encounters may lose exams: from the studies table alone nobody can tell which.

    That is a type of ``one_encounter`` with other patterns, scanners or time than before (more patterns or scanners
    matter not), and one before which a type now tries a pattern that can match what it matches. A pattern that is
    nothing but a description is tried on its patterns; any other one is taken to match.
    """
    after_types = {kind.name: kind for kind in after.exam_types}
    order = [kind.name for kind in before.exam_types]
    if list(after_types)[: len(order)] != order:
        return [kind.name for kind in before.exam_types if kind.one_encounter is not None]
    return [
        kind.name
        for place, kind in enumerate(before.exam_types)
        if kind.one_encounter is not None
        and (
            _knows_less(kind, after_types[kind.name])
            or any(
                _takes_from(kind, earlier, after_types[earlier.name], before) for earlier in before.exam_types[:place]
            )
        )
    ]


def _knows_less(before: ExamType, after: ExamType) -> bool:
    fewer_scanners = after.scanners is not None and (
        before.scanners is None or not set(before.scanners) <= set(after.scanners)
    )
    return before.one_encounter != after.one_encounter or fewer_scanners or not {*before.patterns} <= {*after.patterns}


def _takes_from(kind: ExamType, before: ExamType, after: ExamType, site: Site) -> bool:
    """Tell whether an earlier type may now match what a type matches, on any scanner."""
    for scanner in site.scanner_names:
        if kind.scanners is not None and scanner not in kind.scanners:
            continue
        known = before.patterns if before.scanners is None or scanner in before.scanners else ()
        tried = after.patterns if after.scanners is None or scanner in after.scanners else ()
        new = (pattern for pattern in tried if pattern not in known)
        if any(_may_match(pattern, kind) for pattern in new):
            return True
    return False


def _may_match(pattern: str, kind: ExamType) -> bool:
    text = re.sub(r"\\(.)", r"\1", pattern, flags=re.DOTALL)
    if re.escape(text) != pattern:
        return True
    return any(re.fullmatch(own, text) for own in kind.patterns)


def compare(before: pd.DataFrame, after: pd.DataFrame, site: Site) -> pd.DataFrame:
    """Set the durations of the exam types that change beside what they were.

    Parameters
    ----------
    before, after
        Exams, as they are and as :func:`remapped` gives them.
    site
        Gives the order of scanners and exam types.

    Returns
    -------
    DataFrame
        Index ``scanner`` and ``exam_type``, of those that change alone; ``n_before``, ``n_after`` (0 for none),
        ``mean_before``, ``mean_after``, ``median_before``, ``median_after`` (timedelta, missing for none).
    """
    tables = [_describe(exams).add_suffix(suffix) for exams, suffix in ((before, "_before"), (after, "_after"))]
    both = tables[0].join(tables[1], how="outer")
    both = both.fillna({"n_before": 0, "n_after": 0}).astype({"n_before": "int64", "n_after": "int64"})
    same = pd.concat(
        [
            (both[f"{name}_before"] == both[f"{name}_after"])
            | (both[f"{name}_before"].isna() & both[f"{name}_after"].isna())
            for name in _MEASURES
        ],
        axis="columns",
    ).all(axis="columns")
    columns = [f"{name}_{side}" for name in _MEASURES for side in ("before", "after")]
    changed = both.loc[~same, columns]
    order = [site.scanner_names, type_order(site)]
    return changed.sort_index(key=lambda level: level.map(_places(order[level.name == "exam_type"])))


def _places(names: list[str] | tuple[str, ...]) -> dict[str, int]:
    return {name: place for place, name in enumerate(names)}


def _describe(exams: pd.DataFrame) -> pd.DataFrame:
    lengths = (exams["end"] - exams["start"]).groupby([exams["scanner"], exams["exam_type"]])
    return lengths.agg(["size", "mean", "median"]).rename(columns={"size": "n"})


def moved_besides(studies: pd.DataFrame, before: Site, after: Site) -> Iterator[tuple[str, str, str, str]]:
    """Yield scanner, description, old and new exam type of each description that changes."""
    pairs = studies.drop_duplicates(["scanner", "study_description"])
    old, new = exam_types(pairs, before), exam_types(pairs, after)
    moved = pairs.loc[old != new, ["scanner", "study_description"]].assign(old=old, new=new)
    yield from moved.itertuples(index=False, name=None)
