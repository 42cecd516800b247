"""From series to exams (design, section 5.3)."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.studies.exam_types import encounters, exam_types
from schedvisu_lib.studies.ordering import in_order
from schedvisu_lib.studies.preparation import prepared_times
from schedvisu_lib.studies.scanners import scanner_of_series
from schedvisu_lib.studies.takes import number_takes
from schedvisu_lib.tables import KEPT, SERIES, STUDIES, TEXT, conform, part_of

_USED: Final = ("patient", "study_uid", "series_uid", "modality", "study_description", "start", "end")
NEEDED: Final = (*_USED, "model", "verdict")
"""Columns of the series table that make exams."""


def consolidate(series: pd.DataFrame, site: Site) -> pd.DataFrame:
    """Rebuild the exams: one row per take of a study on its scanner.

    Parameters
    ----------
    series
        The series table (``docs/data.md``), of which the columns ``NEEDED`` suffice; only ``kept`` rows are used, in
        any order.
    site
        Gives the scanners' models, preparation and ``take_gap``, and the patterns of the exam types.

    Returns
    -------
    DataFrame
        The studies table, in order of scanner's start; times are the local wall clock of the site. ``date`` is the day
        on which the exam began.

    Raises
    ------
    TableError
        A column of the series table is missing or of another type.

    Notes
    -----
    Design, section 5.3: scanner, duplicates, takes, exam type, encounters and preparation, in this order.

    Examples
    --------
    >>> site = sv.load_site("params/demo.yaml")
    >>> series = sv.open_store(site).series("2026-05-18", "2026-05-22")
    >>> sv.consolidate(series, site)["exam_type"].value_counts().head(3).to_dict()
    {'FDG STAND.': 73, 'OS': 28, 'FDG CERV.': 19}
    """
    rows = conform(series, part_of(SERIES, NEEDED))
    scanner = scanner_of_series(rows, site)
    rows = rows.assign(scanner=scanner).loc[(rows["verdict"] == KEPT) & scanner.notna(), [*_USED, "scanner"]]
    rows = _with_study_description(drop_duplicates(rows))
    rows = rows.assign(take=number_takes(rows, site))
    exams = join_encounters(_one_row_per_take(rows), site)
    exams = exams.assign(**prepared_times(exams, site))
    return conform(in_order(exams, "start", "end", "exam_id"), STUDIES)


def drop_duplicates(series: pd.DataFrame) -> pd.DataFrame:
    """Count series of one patient, scanner, start and end once; the result is sorted by start (design 5.3.2)."""
    ordered = in_order(series, "start", "end", "study_uid", "series_uid")
    return ordered.drop_duplicates(["patient", "scanner", "start", "end"], ignore_index=True)


def _with_study_description(series: pd.DataFrame) -> pd.DataFrame:
    """Give series without a study description the first one of their study."""
    study, own = series["study_uid"], series["study_description"]
    blank = own.str.strip() == ""
    studies = series.loc[study.isin(study[blank]) & ~blank]
    first = studies.drop_duplicates("study_uid").set_index("study_uid")["study_description"]
    return series.assign(study_description=own.mask(blank, study[blank].map(first).astype(TEXT).fillna("")))


def _one_row_per_take(series: pd.DataFrame) -> pd.DataFrame:
    """Gather the series of each study and take: earliest start, latest end, modalities in order of appearance.

    ``series`` are in order of start, so that the first one of a take tells the most.
    """
    takes = series.groupby(["study_uid", "take"], sort=False)
    number = takes.ngroup()
    exams = series.loc[~number.duplicated(), ["study_uid", "patient", "scanner", "study_description", "start"]]
    exams = exams.assign(
        date=exams["start"].dt.normalize(),
        end=takes["end"].max().to_numpy(),
        n_series=takes.size().to_numpy(),
        modalities=_modalities(series["modality"], number),
    )
    return in_order(exams, "start", "end", "study_uid")


def _modalities(modality: pd.Series, exam: pd.Series) -> npt.NDArray[np.object_]:
    """Join the modalities of each exam, numbered from 0, in order of appearance ("CT/PT").

    A step for each rank, of which there are two or three, is much quicker than one for each exam.
    """
    number, names = pd.factorize(modality)
    names = names.to_numpy(object)
    each = pd.DataFrame({"exam": exam, "modality": number}).drop_duplicates()
    rank = each.groupby("exam").cumcount()
    joined: npt.NDArray[np.object_] = names[each.loc[rank == 0, "modality"]]
    for _, rows in each.loc[rank > 0].groupby(rank):
        joined[rows["exam"]] += "/" + names[rows["modality"]]
    return joined


def join_encounters(exams: pd.DataFrame, site: Site) -> pd.DataFrame:
    """Name the exam types, make one exam of each encounter, and number the takes that remain of each study.

    ``exams`` are in order of start, end and study; columns as in the studies table, and ``study_uid``.
    """
    exams = exams.assign(exam_type=exam_types(exams, site))
    encounter = encounters(exams, site)
    several = encounter.duplicated(keep=False)  # few: the others stay as they are
    if several.any():
        exams = pd.concat([exams.loc[~several], _one_row_per_encounter(exams.loc[several], encounter[several])])
    joined = in_order(exams, "start", "end", "study_uid")
    study = joined.groupby("study_uid")
    take = study.cumcount() + 1
    return joined.assign(
        take=take,
        n_takes=study["study_uid"].transform("size"),
        exam_id=joined["study_uid"] + "_" + take.astype(str),
    )


def _one_row_per_encounter(exams: pd.DataFrame, encounter: pd.Series) -> pd.DataFrame:
    """Gather the exams of each encounter; they are in order of start, so that the first one tells the most."""
    joined = exams.groupby(encounter, sort=False)
    return exams.loc[~encounter.duplicated()].assign(
        end=joined["end"].max().to_numpy(),
        n_series=joined["n_series"].sum().to_numpy(),
        modalities=joined["modalities"].agg(_union).to_numpy(),
    )


def _union(modalities: pd.Series) -> str:
    return "/".join(dict.fromkeys("/".join(modalities).split("/")))
