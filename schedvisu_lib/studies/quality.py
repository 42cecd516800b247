"""What became of every series that the archive listed."""

from __future__ import annotations

import pandas as pd

from schedvisu_lib.config import OTHER, Site
from schedvisu_lib.studies.scanners import scanner_of_studies
from schedvisu_lib.tables import KEPT, VERDICTS, split_reasons


def verdict_counts(series: pd.DataFrame) -> pd.DataFrame:
    """Count by ``verdict`` and ``reason`` (without the way): columns ``n_series`` and ``n_studies``, kept first."""
    series = series.assign(reason=split_reasons(series["reason"])["why"])
    table = series.groupby(["verdict", "reason"], as_index=False).agg(
        n_series=("series_uid", "size"), n_studies=("study_uid", "nunique")
    )
    order = table["verdict"].map({verdict: position for position, verdict in enumerate(VERDICTS)})
    return (
        table.assign(order=order)
        .sort_values(["order", "n_series"], ascending=[True, False])
        .drop(columns="order")
        .reset_index(drop=True)
    )


def way_counts(series: pd.DataFrame) -> pd.DataFrame:
    """Count the series that a header judged by the ``way`` on which it came: column ``n_series``, most first."""
    ways = split_reasons(series["reason"])["way"]
    table = ways[ways != ""].value_counts().rename("n_series").rename_axis("way").reset_index()
    return table.sort_values(["n_series", "way"], ascending=[False, True], ignore_index=True)


def unmapped_descriptions(studies: pd.DataFrame) -> pd.DataFrame:
    """Count the exams of no known type by ``scanner`` and ``study_description``: column ``n``, most frequent first."""
    other = studies.loc[studies["exam_type"] == OTHER]
    table = other.groupby(["scanner", "study_description"], as_index=False).agg(n=("exam_id", "size"))
    return table.sort_values(["n", "scanner", "study_description"], ascending=[False, True, True], ignore_index=True)


def mixed_studies(series: pd.DataFrame, site: Site) -> pd.DataFrame:
    """Count the studies that belong to no scanner by their ``models`` and ``modalities``: column ``n_studies``."""
    scanner = scanner_of_studies(series, site)
    kept = series.loc[(series["verdict"] == KEPT) & series["study_uid"].isin(scanner.index[scanner.isna()])]
    studies = kept.groupby("study_uid").agg(models=("model", _distinct), modalities=("modality", _distinct))
    table = studies.groupby(["models", "modalities"]).size().rename("n_studies").reset_index()
    return table.sort_values("n_studies", ascending=False, ignore_index=True)


def _distinct(values: pd.Series) -> str:
    return " + ".join(sorted(set(values) - {""}))
