"""What the desk, its figures and its files are made from, at the moment."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.export.plan.content import PlanContent
from schedvisu_lib.plan.book.model import Book
from schedvisu_lib.plan.terms import Terms

_MEASURED: Final = timedelta(weeks=12)
"""How far back the scanners' occupancy is measured."""


def content_of(appointments: pd.DataFrame, book: Book, site: Site, terms: Terms, studies: pd.DataFrame) -> PlanContent:
    """Return a plan with all that is shown of it; without studies, nothing that was measured stands beside the load."""
    now = datetime.now()
    if studies.empty:
        return PlanContent(appointments, book, site, terms.first, now)
    return PlanContent(appointments, book, site, terms.first, now, studies, measured_days(studies))


def measured_days(studies: pd.DataFrame) -> tuple[date, date]:
    """Return the first and the last day of the weeks by which the scanners' occupancy is measured."""
    last = studies["date"].max().date()
    return last - _MEASURED, last
