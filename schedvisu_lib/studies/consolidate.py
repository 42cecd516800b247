"""From series to exams (design, section 5.3)."""

from __future__ import annotations

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.studies.exam_types import encounters, exam_types
from schedvisu_lib.studies.preparation import prepared_times
from schedvisu_lib.studies.scanners import scanner_of_studies
from schedvisu_lib.studies.takes import number_takes
from schedvisu_lib.tables import KEPT, SERIES, STUDIES, conform


def consolidate(series: pd.DataFrame, site: Site) -> pd.DataFrame:
    """Rebuild the exams: one row per take of a study on its scanner.

    Parameters
    ----------
    series
        The series table (``docs/data.md``); only ``kept`` rows are used, in any order.
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
    kept = conform(series, SERIES)
    kept = kept.loc[kept["verdict"] == KEPT]
    kept = kept.assign(scanner=kept["study_uid"].map(scanner_of_studies(kept, site))).dropna(subset=["scanner"])
    kept = _with_study_description(drop_duplicates(kept))
    kept = kept.assign(take=number_takes(kept, site))
    exams = join_encounters(_one_row_per_take(kept), site)
    exams = pd.concat([exams, prepared_times(exams, site)], axis="columns")
    return conform(exams.sort_values(["start", "end", "exam_id"], ignore_index=True), STUDIES)


def drop_duplicates(series: pd.DataFrame) -> pd.DataFrame:
    """Count series of one patient, scanner, start and end once; the result is sorted by start (design 5.3.2)."""
    ordered = series.sort_values(["start", "end", "study_uid", "series_uid"], ignore_index=True)
    return ordered.drop_duplicates(["patient", "scanner", "start", "end"], ignore_index=True)


def _with_study_description(series: pd.DataFrame) -> pd.DataFrame:
    """Give series without a study description the first one of their study."""
    own = series["study_description"].where(series["study_description"].str.strip() != "")
    first = own.groupby(series["study_uid"]).transform("first")
    return series.assign(study_description=own.fillna(first).fillna(""))


def _one_row_per_take(series: pd.DataFrame) -> pd.DataFrame:
    """Gather the series of each study and take: earliest start, latest end, modalities in order of appearance."""
    key = ["study_uid", "take"]
    exams = series.groupby(key, sort=False).agg(
        patient=("patient", "first"),
        scanner=("scanner", "first"),
        study_description=("study_description", "first"),
        start=("start", "min"),
        end=("end", "max"),
        n_series=("series_uid", "size"),
    )
    exams = exams.join(_modalities(series, key)).reset_index()
    return exams.assign(date=exams["start"].dt.normalize()).sort_values(
        ["start", "end", "study_uid"], ignore_index=True
    )


def _modalities(series: pd.DataFrame, key: list[str]) -> pd.Series:
    """Join the modalities of each group in order of appearance ("CT/PT").

    A step for each rank, of which there are two or three, is much quicker than one for each group.
    """
    each = series.drop_duplicates([*key, "modality"])
    each = each.assign(rank=each.groupby(key).cumcount())
    ranked = each.pivot(index=key, columns="rank", values="modality")  # noqa: PD010 - nothing to sum up: each stands once
    joined = pd.Series("", index=ranked.index, name="modalities", dtype=series["modality"].dtype)
    for rank in ranked:
        joined += ("/" + ranked[rank]).fillna("")
    return joined.str.removeprefix("/")


def join_encounters(exams: pd.DataFrame, site: Site) -> pd.DataFrame:
    """Name the exam types, make one exam of each encounter, and number the takes that remain of each study.

    ``exams`` are in order of start, end and study; columns as in the studies table, and ``study_uid``.
    """
    exams = exams.assign(exam_type=exam_types(exams, site))
    encounter = encounters(exams, site)
    several = encounter.duplicated(keep=False)  # few: the others stay as they are
    if several.any():
        exams = pd.concat([exams.loc[~several], _one_row_per_encounter(exams.loc[several], encounter[several])])
    joined = exams.sort_values(["start", "end", "study_uid"], ignore_index=True)
    study = joined.groupby("study_uid")
    take = study.cumcount() + 1
    return joined.assign(
        take=take,
        n_takes=study["study_uid"].transform("size"),
        exam_id=joined["study_uid"] + "_" + take.astype(str),
    )


def _one_row_per_encounter(exams: pd.DataFrame, encounter: pd.Series) -> pd.DataFrame:
    return exams.groupby(encounter.to_numpy(), sort=False).agg(
        study_uid=("study_uid", "first"),
        date=("date", "first"),
        patient=("patient", "first"),
        scanner=("scanner", "first"),
        modalities=("modalities", _union),
        exam_type=("exam_type", "first"),
        study_description=("study_description", "first"),
        start=("start", "min"),
        end=("end", "max"),
        n_series=("n_series", "sum"),
    )


def _union(modalities: pd.Series) -> str:
    return "/".join(dict.fromkeys("/".join(modalities).split("/")))
