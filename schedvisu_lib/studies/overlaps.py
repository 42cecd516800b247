"""Exams that overlap on one scanner: two patients cannot lie in it at once."""

from __future__ import annotations

import pandas as pd

from schedvisu_lib.config import Site


def find_overlaps(studies: pd.DataFrame, site: Site) -> pd.DataFrame:
    """Find the exams whose images begin before the latest end so far on their scanner, exams in order of start.

    Takes of one study never overlap, since overlap is never a pause. Left out are exams of a type with
    ``one_encounter``: they hold the pause between two studies, in which others may be examined.

    Parameters
    ----------
    studies
        The studies table.
    site
        Gives the exam types with ``one_encounter``.

    Returns
    -------
    DataFrame
        One row per exam that begins within an earlier one, the longest overlap first: ``date``, ``scanner``,
        ``exam_type``, ``start``, ``end``; ``other_type``, ``other_start``, ``other_end`` of the exam that ends latest
        so far; ``minutes`` of the overlap. Their sum is what the exams last less the time that any of them takes.
    """
    encounters = {kind.name for kind in site.exam_types if kind.one_encounter is not None}
    exams = studies.loc[~studies["exam_type"].isin(encounters)]
    exams = exams.sort_values(["scanner", "start", "end"], kind="stable", ignore_index=True)
    latest = exams.groupby("scanner")["end"].cummax()
    holder = exams.index.to_series().where(exams["end"] == latest).groupby(exams["scanner"]).ffill()
    other = exams.reindex(holder.groupby(exams["scanner"]).shift()).set_axis(exams.index)
    overlap = exams["end"].where(exams["end"] < other["end"], other["end"]) - exams["start"]
    table = exams[["date", "scanner", "exam_type", "start", "end"]].assign(
        other_type=other["exam_type"],
        other_start=other["start"],
        other_end=other["end"],
        minutes=overlap.dt.total_seconds() / 60,
    )
    table = table.loc[table["minutes"] > 0]
    return table.sort_values(["minutes", "start", "scanner"], ascending=[False, True, True], ignore_index=True)


def overlap_counts(overlaps: pd.DataFrame, site: Site) -> pd.DataFrame:
    """Count the overlaps: index ``scanner`` in the order of the site file; ``n`` and ``minutes`` (their sum)."""
    groups = overlaps.groupby("scanner")["minutes"]
    table = pd.DataFrame({"n": groups.size(), "minutes": groups.sum()}).reindex(list(site.scanner_names), fill_value=0)
    return table.astype({"n": "int64", "minutes": "float64"}).rename_axis("scanner")
