"""Which scanner a study belongs to (design, section 5.3.1)."""

from __future__ import annotations

from typing import Final

import pandas as pd

from schedvisu_lib.config import Site, squeeze_model
from schedvisu_lib.tables import KEPT

EMISSION: Final = ("PT", "NM")
"""Modalities without which a study is no exam of nuclear medicine."""


def scanner_of_studies(series: pd.DataFrame, site: Site) -> pd.Series:
    """Name each study's scanner: the one whose models include all of the study's models, if PT or NM is among them.

    Parameters
    ----------
    series
        The series table; only ``kept`` rows are looked at. A series without a model name follows its study.
    site
        Gives the models of each scanner.

    Returns
    -------
    Series
        Index ``study_uid``, values the scanner's name, or missing where the study is mixed (models of several or
        unknown devices, or no emission series).
    """
    kept = series.loc[series["verdict"] == KEPT, ["study_uid", "modality", "model"]]
    known = {model: site.scanner_of_model.get(squeeze_model(model), "") for model in kept["model"].unique()}
    rows = pd.DataFrame(
        {
            "study_uid": kept["study_uid"],
            "scanner": kept["model"].map(known).where(kept["model"].str.strip() != ""),
            "emission": kept["modality"].isin(EMISSION),
        }
    )
    studies = rows.groupby("study_uid").agg(
        scanner=("scanner", "first"), n_scanners=("scanner", "nunique"), emission=("emission", "any")
    )
    belongs = (studies["n_scanners"] == 1) & studies["emission"] & (studies["scanner"] != "")
    return studies["scanner"].where(belongs)
