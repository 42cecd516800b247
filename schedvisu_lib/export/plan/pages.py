"""The pages of a plan as one PDF with bookmarks: patients, resources, load, and what found no time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from schedvisu_lib.export.plan.content import PlanContent
from schedvisu_lib.export.printed_pages import printed_html, printed_pdf
from schedvisu_lib.figures.html import Html

_KIND: Final = "plan-appointments"
"""Class of the pages; :mod:`schedvisu_lib.report.exporter`'s style sheet knows it."""


def pages_html(content: PlanContent) -> str:
    """Return the pages as one self-contained HTML file, in the look of the report."""
    n_pages = len(content.patients) + len(content.resources) + 1 + bool(len(content.unplaced))
    return printed_html(content.site, content.t("Plan of appointments"), _KIND, _pages(content), n_pages)


def pages_pdf(content: PlanContent) -> bytes:
    """Return the pages as PDF.

    Raises
    ------
    ReportError
        There is no browser to print them, or it fails.
    """
    t = content.t
    first, last = (t.day(day) for day in content.days)
    subject = t("from {first} to {last}", first=first, last=last)
    return printed_pdf(content.site, t("Plan of appointments"), subject, pages_html(content))


def _pages(content: PlanContent) -> Iterator[tuple[str, Html]]:
    """Yield the pages in their order, each with the group under which it stands in the bookmarks."""
    t, pages = content.t, content.pages
    if len(content.unplaced):
        yield t("Overview"), pages.unplaced()
    yield t("Overview"), pages.load(content.load, content.hours, content.free)
    for patient in content.patients:
        yield t("Timetables"), pages.patient(patient)
    for resource in content.resources:
        yield t("Resources"), pages.resource(resource)
