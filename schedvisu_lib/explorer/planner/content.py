"""What the desk, its figures and its files are made from, at the moment."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.export.plan.content import PlanContent
from schedvisu_lib.plan.book.model import Book
from schedvisu_lib.plan.measured import days_for_occupancy
from schedvisu_lib.plan.terms import Terms
from schedvisu_lib.studies.selection import between


def content_of(
    appointments: pd.DataFrame,
    book: Book,
    site: Site,
    terms: Terms,
    studies: pd.DataFrame,
    durations: pd.DataFrame | None = None,
) -> PlanContent:
    """Return a plan with all that is shown of it; without studies, nothing that was measured stands beside the load."""
    now = datetime.now()
    if studies.empty:
        return PlanContent(appointments, book, site, terms.first, now, durations=durations)
    measured = days_for_occupancy(terms.first, now.date())
    return PlanContent(appointments, book, site, terms.first, now, between(studies, *measured), measured, durations)
