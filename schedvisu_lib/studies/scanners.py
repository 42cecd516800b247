"""Which scanner a study belongs to (design, section 5.3.1)."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from schedvisu_lib.config import Site, squeeze_model
from schedvisu_lib.tables import KEPT, TEXT

EMISSION: Final = ("PT", "NM")
"""Modalities without which a study is no exam of nuclear medicine."""


def scanner_of_series(series: pd.DataFrame, site: Site) -> pd.Series:
    """Name each study's scanner: the one whose models include all of the study's models, if PT or NM is among them.

    Parameters
    ----------
    series
        The series table; ``kept`` rows alone decide. A series without a model name follows its study.
    site
        Gives the models of each scanner.

    Returns
    -------
    Series
        The scanner's name on the index of ``series``, or missing where the study of a series is mixed (models of
        several or unknown devices, or no emission series).
    """
    names = site.scanner_names
    places = {model: names.index(name) for model, name in site.scanner_of_model.items()}
    # Numbers in place of texts: of studies, and of the scanners in the order of the site file.
    study, studies = pd.factorize(series["study_uid"])
    model, models = pd.factorize(series["model"])
    unknown = len(names)
    own = np.array([places.get(squeeze_model(name), unknown) for name in models], dtype=np.int64)[model]
    is_kept = (series["verdict"] == KEPT).to_numpy()
    named = is_kept & (series["model"].str.strip() != "").to_numpy()
    # All models of a study are of one scanner if the least and the greatest of their numbers are the same.
    least, most = np.full(len(studies), unknown), np.full(len(studies), -1)
    np.minimum.at(least, study[named], own[named])
    np.maximum.at(most, study[named], own[named])
    emission = np.zeros(len(studies), dtype=bool)
    emission[study[is_kept & series["modality"].isin(EMISSION).to_numpy()]] = True
    belongs = (least == most) & (most < unknown) & emission
    found = np.array([*names, None], dtype=object)[np.where(belongs, most, -1)]
    return pd.Series(found[study], index=series.index, dtype=TEXT)
