"""The pages of a roster as one PDF with bookmarks: person by day, duties of each day, statistics, empty seats."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from schedvisu_lib.export.printed_pages import printed_html, printed_pdf
from schedvisu_lib.export.roster.content import RosterContent
from schedvisu_lib.figures.html import Html

_KIND: Final = "plan-appointments plan-roster"
"""Classes of the pages: the look of both planners is that of :mod:`schedvisu_lib.report.exporter`'s style sheet."""


def pages_html(content: RosterContent) -> str:
    """Return the pages as one self-contained HTML file, in the look of the report."""
    pages = list(_pages(content))
    return printed_html(content.site, content.t("Duty roster"), _KIND, pages, len(pages))


def pages_pdf(content: RosterContent) -> bytes:
    """Return the pages as PDF.

    Raises
    ------
    ReportError
        There is no browser to print them, or it fails.
    """
    t = content.t
    subject = t("from {first} to {last}", first=t.day(content.first), last=t.day(content.last))
    return printed_pdf(content.site, t("Duty roster"), subject, pages_html(content))


def _pages(content: RosterContent) -> Iterator[tuple[str, Html]]:
    """Yield the pages in their order, each with the group under which it stands in the bookmarks."""
    t, pages = content.t, content.pages
    for page in pages.roster():
        yield t("Person by day"), page
    if len(content.empty):
        yield t("Empty seats"), pages.nobody()
    yield t("Duties of each day"), pages.by_day()
    yield t("Who has what"), pages.people()
