"""Pages of a plan as one PDF with bookmarks, in the look of the report."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from nbformat.v4 import new_notebook, new_raw_cell

from schedvisu_lib.config import Site
from schedvisu_lib.figures.html import Html
from schedvisu_lib.language import language
from schedvisu_lib.progress import progress
from schedvisu_lib.report.browser import print_pdf
from schedvisu_lib.report.exporter import ReportExporter
from schedvisu_lib.report.pdf import finish_pdf


def printed_html(site: Site, title: str, css: str, pages: Iterable[tuple[str, Html]], n_pages: int) -> str:
    """Return pages as one self-contained HTML file.

    Parameters
    ----------
    site
        Gives language and author.
    title
        Of the file; the first bookmark.
    css
        Classes of each page.
    pages
        The group under which a page stands in the bookmarks ("" for none), and the page.
    n_pages
        How many there are, for the progress that is shown.
    """
    cells, group = [], title
    with progress("pages", n_pages) as advance:
        for number, (heading, page) in enumerate(pages, start=1):
            bookmarks = _bookmark(1, title) if number == 1 else ""
            if heading not in {"", group}:
                bookmarks, group = bookmarks + _bookmark(2, heading), heading
            source = f'<section class="page {css}" id="page-{number}">{bookmarks}{page.text}</section>'
            cells.append(new_raw_cell(source, metadata={"raw_mimetype": "text/html"}, id=f"p{number}"))
            advance(heading)
    frame = {"language": language(site.report.language).code, "author": _author(site)}
    html, _ = ReportExporter().from_notebook_node(
        new_notebook(cells=cells, metadata={"title": title, "schedvisu": frame})
    )
    return html


def printed_pdf(site: Site, title: str, subject: str, html: str) -> bytes:
    """Return what :func:`printed_html` gave as PDF.

    Raises
    ------
    ReportError
        There is no browser to print it, or it fails.
    """
    with TemporaryDirectory(prefix="schedvisu-", ignore_cleanup_errors=True) as folder:
        file, pdf = Path(folder, "plan.html"), Path(folder, "plan.pdf")
        file.write_text(html, encoding="utf-8")
        print_pdf(file, pdf, browser=site.report.browser)
        finish_pdf(pdf, title=title, author=_author(site), subject=subject)
        return pdf.read_bytes()


def _author(site: Site) -> str:
    return f"{site.department.name}, {site.department.hospital}"


def _bookmark(level: int, text: str) -> str:
    return f'<h{level} class="bookmark">{escape(text)}</h{level}>'
