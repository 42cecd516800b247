"""What became of every series that the archive listed."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from schedvisu_lib.config import OTHER, Site, squeeze_model
from schedvisu_lib.studies.consolidate import drop_duplicates
from schedvisu_lib.studies.scanners import scanner_of_series
from schedvisu_lib.tables import FAILED, KEPT, VERDICTS, split_reasons

COUNTS: Final = "makes an exam"
DOUBLE: Final = "same times as another series of the patient: counts once"
MIXED: Final = "its study is mixed: makes no exam"
FATES: Final = (COUNTS, DOUBLE, MIXED)
"""What became of a kept series."""


def series_fates(series: pd.DataFrame, site: Site) -> pd.DataFrame:
    """Say of every series whether it counted, and if not why.

    A series stands under the scanner of its own model; without a model, under the scanner of its study.

    Parameters
    ----------
    series
        The series table.
    site
        Gives the models of each scanner.

    Returns
    -------
    DataFrame
        On the index of ``series``: ``date``, ``study_uid``, ``scanner`` ("" for none of the site), ``verdict``,
        ``reason`` (why it was not kept, without the way; of a kept series one of ``FATES``).
    """
    is_kept = series["verdict"] == KEPT
    of_study = scanner_of_series(series, site).astype(object)
    in_exams = series.assign(scanner=of_study).loc[is_kept & of_study.notna()]
    counted = series["series_uid"].isin(drop_duplicates(in_exams)["series_uid"])
    fate = np.select([counted, of_study.notna()], [COUNTS, DOUBLE], MIXED)
    models, reasons = series["model"].unique(), pd.Series(series["reason"].unique())
    own = series["model"].map({model: site.scanner_of_model.get(squeeze_model(model), "") for model in models})
    why = series["reason"].map(dict(zip(reasons, split_reasons(reasons)["why"], strict=True)))
    return pd.DataFrame(
        {
            "date": series["date"],
            "study_uid": series["study_uid"],
            "scanner": own.mask(series["model"].str.strip() == "", of_study.fillna("")),
            "verdict": series["verdict"],
            "reason": why.mask(is_kept, pd.Series(fate, series.index)),
        }
    )


def verdict_counts(fates: pd.DataFrame, site: Site) -> pd.DataFrame:
    """Count the series by verdict and reason, per scanner.

    Parameters
    ----------
    fates
        As :func:`series_fates` gives them.
    site
        Gives the scanners.

    Returns
    -------
    DataFrame
        Index ``verdict`` and ``reason``, those that count first; a column per scanner in the order of the site file,
        then "" for no scanner of the site. All cells together are all series.
    """
    key = [fates["verdict"], fates["reason"]]
    table = pd.crosstab(key, fates["scanner"]).reindex(columns=[*site.scanner_names, ""], fill_value=0)
    places = {verdict: place for place, verdict in enumerate(VERDICTS)}
    verdict, reason = (table.index.get_level_values(level) for level in range(2))
    order = pd.DataFrame({"verdict": verdict.map(places), "n": -table.sum(axis="columns").to_numpy(), "reason": reason})
    order["counts"] = reason != COUNTS
    return table.iloc[order.sort_values(["verdict", "counts", "n", "reason"]).index]


def failed_series(fates: pd.DataFrame) -> pd.DataFrame:
    """Say of each day with failed series which scanners they are of and why they failed.

    Returns
    -------
    DataFrame
        Index ``date``; ``scanners`` (names, the one with most failed series first; "" for no scanner of the site is
        left out), ``reason`` (the most frequent one).
    """
    failed = fates.loc[fates["verdict"] == FAILED]
    table = failed.groupby("date").agg(scanners=("scanner", _by_frequency), reason=("reason", _by_frequency))
    return table.assign(scanners=table["scanners"].str.join(", "), reason=table["reason"].str[0].fillna(""))


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
    """Count the studies that belong to no scanner.

    Returns
    -------
    DataFrame
        By ``models`` and ``modalities``: ``n_studies``, ``last`` (when the last one's images began); most first.
    """
    kept = series.loc[(series["verdict"] == KEPT) & scanner_of_series(series, site).isna()]
    studies = kept.groupby("study_uid").agg(
        models=("model", _distinct), modalities=("modality", _distinct), start=("start", "min")
    )
    table = studies.groupby(["models", "modalities"], as_index=False).agg(
        n_studies=("start", "size"), last=("start", "max")
    )
    return table.sort_values("n_studies", ascending=False, ignore_index=True)


def _distinct(values: pd.Series) -> str:
    return " + ".join(sorted(set(values) - {""}))


def _by_frequency(values: pd.Series) -> list[str]:
    """Return the values that are not empty, the most frequent first."""
    return list(values[values != ""].value_counts().index)
