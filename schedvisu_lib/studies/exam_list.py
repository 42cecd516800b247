"""The exams as a list that may be handed on: nothing in it tells a patient or a study."""

from __future__ import annotations

import pandas as pd

from schedvisu_lib.studies.selection import Day, of_scanner
from schedvisu_lib.tables import require

COLUMNS = [
    *("date", "start", "end", "minutes", "exam_type", "take", "n_takes", "study_description", "modalities", "n_series"),
    *("prepared_from", "prepared_until"),
]


def exam_list(studies: pd.DataFrame, scanner: str, first: Day, last: Day) -> pd.DataFrame:
    """List a scanner's exams in order of start, without the columns that tell a patient or a study.

    Parameters
    ----------
    studies
        The studies table.
    scanner
        Its name.
    first, last
        Days, both included.

    Returns
    -------
    DataFrame
        ``date``, ``start``, ``end``, ``minutes`` (end - start, float), ``exam_type``, ``take``, ``n_takes``,
        ``study_description``, ``modalities``, ``n_series``, ``prepared_from``, ``prepared_until``.

    Raises
    ------
    ValueError
        A day cannot be read, or the first one lies after the last one.
    TableError
        A column is missing, or times are none.

    Examples
    --------
    >>> site = sv.load_site("params/demo.yaml")
    >>> studies = sv.open_store(site).studies("2026-05-18", "2026-05-22")
    >>> "patient" in sv.exam_list(studies, "Discovery 690", "2026-05-18", "2026-05-22")
    False
    """
    needed = [*(name for name in COLUMNS if name != "minutes"), "scanner"]
    exams = of_scanner(require(studies, *needed)[needed], scanner, first, last)
    return exams.assign(minutes=(exams["end"] - exams["start"]).dt.total_seconds() / 60)[COLUMNS]
