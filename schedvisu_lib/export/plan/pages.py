"""The pages of a plan as one PDF with bookmarks: patients, resources, load, and what found no time."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from nbformat.v4 import new_notebook, new_raw_cell

from schedvisu_lib.export.plan.content import PlanContent
from schedvisu_lib.figures.html import Html
from schedvisu_lib.progress import progress
from schedvisu_lib.report.browser import print_pdf
from schedvisu_lib.report.exporter import ReportExporter
from schedvisu_lib.report.pdf import finish_pdf

_KIND: Final = "plan-appointments"
"""Class of the pages; :mod:`schedvisu_lib.report.exporter`'s style sheet knows it."""


def pages_html(content: PlanContent) -> str:
    """Return the pages as one self-contained HTML file, in the look of the report."""
    t, site = content.t, content.site
    title = t("Plan of appointments")
    n_pages = len(content.patients) + len(content.resources) + 1 + bool(len(content.unplaced))
    cells, group = [], title
    with progress("pages", n_pages) as advance:
        for number, (heading, page) in enumerate(_pages(content), start=1):
            bookmarks = _bookmark(1, title) if number == 1 else ""
            if heading not in {"", group}:
                bookmarks, group = bookmarks + _bookmark(2, heading), heading
            source = f'<section class="page {_KIND}" id="page-{number}">{bookmarks}{page.text}</section>'
            cells.append(new_raw_cell(source, metadata={"raw_mimetype": "text/html"}, id=f"p{number}"))
            advance(heading)
    author = f"{site.department.name}, {site.department.hospital}"
    frame = {"language": t.code, "author": author}
    html, _ = ReportExporter().from_notebook_node(
        new_notebook(cells=cells, metadata={"title": title, "schedvisu": frame})
    )
    return html


def pages_pdf(content: PlanContent) -> bytes:
    """Return the pages as PDF.

    Raises
    ------
    ReportError
        There is no browser to print them, or it fails.
    """
    with TemporaryDirectory(prefix="schedvisu-", ignore_cleanup_errors=True) as folder:
        html, pdf = Path(folder, "plan.html"), Path(folder, "plan.pdf")
        html.write_text(pages_html(content), encoding="utf-8")
        site, t = content.site, content.t
        print_pdf(html, pdf, browser=site.report.browser)
        author = f"{site.department.name}, {site.department.hospital}"
        first, last = (t.day(day) for day in content.days)
        subject = t("from {first} to {last}", first=first, last=last)
        finish_pdf(pdf, title=t("Plan of appointments"), author=author, subject=subject)
        return pdf.read_bytes()


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


def _bookmark(level: int, text: str) -> str:
    return f'<h{level} class="bookmark">{escape(text)}</h{level}>'
