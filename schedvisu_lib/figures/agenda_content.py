"""What an agenda shows: found once, for its figure, its legend, and what the screen tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.figures.columns import Column, agenda_columns
from schedvisu_lib.figures.hour_axis import Flags, hour_range
from schedvisu_lib.studies.gaps import find_gaps
from schedvisu_lib.studies.selection import Day, as_days, of_scanner
from schedvisu_lib.tables import require

_NEEDED: Final = ("exam_type", "take", "n_takes", "prepared_from", "prepared_until")
"""Columns of the studies, beside those that tell scanner and time."""
_MOST_PREPARED: Final = 1_300
"""Days up to which preparation is drawn: beyond five years it is finer than print, and half of the picture."""


@dataclass(frozen=True, eq=False)
class AgendaContent:
    """What the agenda of a scanner shows.

    Parameters
    ----------
    site
        The site.
    scanner
        Its name.
    first, last
        Days, both included.
    exams
        All exams of the scanner on these days, in order of start.
    chosen
        Which of them were asked for; the others are pale.
    gaps
        Those between all exams.
    columns
        The place of each day.
    hours
        First and last hour of the axis.
    """

    site: Site
    scanner: str
    first: date
    last: date
    exams: pd.DataFrame
    chosen: Flags
    gaps: pd.DataFrame
    columns: list[Column]
    hours: tuple[float, float]

    @property
    def chosen_exams(self) -> pd.DataFrame:
        """The exams that were asked for."""
        return self.exams if self.chosen.all() else self.exams.loc[self.chosen]

    @property
    def shows_preparation(self) -> bool:
        """Whether the exams are drawn with their preparation."""
        return not self.chosen_exams.empty and len(self.columns) <= _MOST_PREPARED


def agenda_content(
    studies: pd.DataFrame, site: Site, scanner: str, first: Day, last: Day, among: pd.DataFrame | None = None
) -> AgendaContent:
    """Return what the agenda of a scanner and some days shows.

    With ``among`` all exams, ``studies`` are those of them that were asked for.
    """
    begin, end = as_days(first, last)
    exams = of_scanner(require(studies if among is None else among, *_NEEDED), scanner, begin, end)
    chosen = np.ones(len(exams), bool) if among is None else exams["exam_id"].isin(studies["exam_id"]).to_numpy()
    columns = agenda_columns(exams, site, begin, end, scanner)
    hours = hour_range(exams, site, scanner)
    return AgendaContent(site, scanner, begin, end, exams, chosen, find_gaps(exams, site), columns, hours)
