"""Which exam came of which appointment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from schedvisu_lib.studies.appointments import CANCELLED

NO_EXAM: Final = -1
_ANY_TIME: Final = 7 * 24 * 60.0
"""A tolerance, in minutes, that no two moments of a day exceed."""
_ALONE: Final = 1.5
"""What it weighs to be left alone, in tolerances."""

_Minutes = npt.NDArray[np.float64]


def match_exams(appointments: pd.DataFrame, exams: pd.DataFrame, tolerance: float) -> pd.Series:
    """Give each appointment the exam of its study on its day, else of its patient on its scanner and day, else (where
    the plan names neither) the next in time on its scanner within the tolerance; in order of time, and none twice.

    Appointments that stand come before those that were cancelled.

    Parameters
    ----------
    appointments
        Rows of :func:`schedvisu_lib.studies.appointments.read_appointments`; any index.
    exams
        Rows of the studies table; any index.
    tolerance
        In minutes, for appointments without study and patient.

    Returns
    -------
    Series
        On the index of ``appointments``: the position in ``exams``, or -1 where there is none.
    """  # noqa: D205 - the rule is one sentence
    done = exams.assign(study_uid=studies_of(exams))
    by_study, by_patient, by_place = ["date", "study_uid"], ["date", "scanner", "patient"], ["date", "scanner"]
    known_study, known_patient = (appointments[name] != "" for name in ("study_uid", "patient"))
    stands = appointments["status"] != CANCELLED
    booked_from, began = (frame["start"].to_numpy("datetime64[us]") for frame in (appointments, done))
    booked_type, type_done = (frame["exam_type"].to_numpy() for frame in (appointments, done))
    in_order, exams_in_order = (np.argsort(moments, kind="stable") for moments in (booked_from, began))
    found = np.full(len(appointments), NO_EXAM)
    for asked, key, limit in (
        (known_study & stands, by_study, _ANY_TIME),
        (known_study & ~stands, by_study, _ANY_TIME),
        (known_patient & stands, by_patient, _ANY_TIME),
        (known_patient & ~stands, by_patient, _ANY_TIME),
        (~known_study & ~known_patient & stands, by_place, tolerance),
    ):
        waiting = in_order[(asked.to_numpy() & (found == NO_EXAM))[in_order]]
        left = exams_in_order[~np.isin(exams_in_order, found)]
        for rows, columns in _together(appointments.iloc[waiting][key], done.iloc[left][key]):
            one, other = waiting[rows], left[columns]
            delay = np.abs(began[other] - booked_from[one][:, None]) / np.timedelta64(1, "m")
            pairs = align(delay, type_done[other] != booked_type[one][:, None], limit)
            found[one[pairs[:, 0]]] = other[pairs[:, 1]]
    return pd.Series(found, index=appointments.index)


def studies_of(exams: pd.DataFrame) -> pd.Series:
    """Return the Study Instance UID of each exam."""
    return exams["exam_id"].str.rsplit("_", n=1).str[0]


def _together(booked: pd.DataFrame, done: pd.DataFrame) -> Iterator[tuple[list[int], list[int]]]:
    """Yield the positions of the rows of both frames that have the same values, where both have some."""
    groups: defaultdict[Hashable, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, frame in enumerate((booked, done)):
        for position, values in enumerate(frame.itertuples(index=False, name=None)):
            groups[values][side].append(position)
    return ((rows, columns) for rows, columns in groups.values() if rows and columns)


def align(delay: _Minutes, differs: npt.NDArray[np.bool_], tolerance: float) -> npt.NDArray[np.int64]:
    """Pair appointments (rows) and exams (columns) in order of time, so that delays and differing types weigh least.

    A pair weighs its delay, and a tolerance more where the types differ; who is left alone weighs one tolerance and a
    half, so that an appointment and an exam within the tolerance are paired rather than both left alone.

    Parameters
    ----------
    delay
        Minutes between each appointment and each exam, both in order of time.
    differs
        Whether their exam types differ; of the same shape.
    tolerance
        In minutes; moments further apart are never paired.

    Returns
    -------
    ndarray
        Shape (n, 2): row and column of each pair, in order.
    """
    weight = np.where(delay <= tolerance, delay + tolerance * differs, np.inf)
    alone = _ALONE * tolerance
    n, m = weight.shape
    least = np.full((n + 1, m + 1), np.inf)
    least[0], least[:, 0] = alone * np.arange(m + 1), alone * np.arange(n + 1)
    for row, column in np.ndindex(n, m):
        paired = least[row, column] + weight[row, column]
        least[row + 1, column + 1] = min(paired, alone + least[row, column + 1], alone + least[row + 1, column])
    pairs = []
    row, column = n, m
    while row and column:
        if least[row, column] == least[row - 1, column - 1] + weight[row - 1, column - 1]:
            row, column = row - 1, column - 1
            pairs.append((row, column))
        elif least[row, column] == alone + least[row - 1, column]:
            row -= 1
        else:
            column -= 1
    return np.array(pairs[::-1], dtype=np.int64).reshape(-1, 2)
