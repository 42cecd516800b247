"""Merge the executed notebooks into one, so that nbconvert runs once and the style sheet stands there once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from itertools import groupby
from typing import Any, Final

import nbformat
from nbformat.v4 import new_notebook, new_raw_cell

from schedvisu_lib.language import Language
from schedvisu_lib.report.execute import ExecutedPage

LEFT_OUT: Final = frozenset({"parameters", "injected-parameters", "papermill-error-cell-tag"})
"""Tags of the cells that say how a page was made and are not part of it."""


def merge_pages(executed: Sequence[ExecutedPage], *, title: str, author: str, language: Language) -> Any:
    """Return one notebook that holds every page as a section of its own.

    Raw HTML cells open and close the sections. Headings that a page lacks for the outline (report > scanner > period)
    are added as *bookmark* headings, which Chromium lists in the outline of the PDF but a reader does not see.

    Parameters
    ----------
    executed
        The pages in their order; one that failed becomes a page that says so.
    title
        Title of the whole report, the first level of the outline.
    author
        Who makes the report, for the metadata.
    language
        The report's language.

    Returns
    -------
    nbformat.NotebookNode
        The merged notebook; ``metadata.schedvisu`` holds what the exporter's frame needs.
    """
    cells: list[Any] = []
    links: list[dict[str, str | bool]] = []
    anchors: set[str] = set()
    scanner = ""
    for number, result in enumerate(executed, start=1):
        page = result.page
        anchor = page.anchor if page.anchor not in anchors else f"{page.anchor}-{number}"
        anchors.add(anchor)
        content = _failed_page(result, language) if result.error else _page_cells(result)
        wanted = [(1, title)] if number == 1 else []
        if page.scanner and page.scanner != scanner:
            wanted.append((2, page.scanner))
        wanted.append((3 if page.scanner else 2, page.title))
        scanner = page.scanner
        links.append({"scanner": page.scanner, "title": page.title, "anchor": anchor, "failed": bool(result.error)})
        state = " failed" if result.error else ""
        opening = f'<section class="page {escape(page.kind)}{state}" id="{anchor}">{_bookmarks(wanted, content)}'
        section = [_html_cell(opening), *content, _html_cell("</section>")]
        for position, cell in enumerate(section):
            cell["id"] = f"p{number:02d}-{position}"
        cells += section
    groups = [
        {"scanner": name, "pages": list(group)} for name, group in groupby(links, key=lambda link: link["scanner"])
    ]
    frame = {"language": language.code, "author": author, "groups": groups, "words": _frame_words(language)}
    return new_notebook(cells=cells, metadata={"title": title, "schedvisu": frame})


def _frame_words(t: Language) -> dict[str, str]:
    """Return what the frame around the pages says."""
    return {
        "contents": t("Contents"),
        "skip": t("To the content"),
        "next": t("next page"),
        "previous": t("previous page"),
    }


def kernel_messages(result: ExecutedPage) -> list[str]:
    """Return what a page's notebook wrote to stderr, one line for each message: no page shows it, a log should."""
    if result.file is None or result.error:
        return []
    texts = (
        output.text
        for cell in nbformat.read(result.file, as_version=4).cells
        for output in cell.get("outputs", [])
        if _is_stderr(output)
    )
    return [f'page "{result.page.name}" wrote: {" ".join(text.split())[:300]}' for text in texts if text.strip()]


def _page_cells(result: ExecutedPage) -> list[Any]:
    """Return the cells of an executed page that show something."""
    cells = []
    for cell in nbformat.read(result.file, as_version=4).cells:
        if LEFT_OUT & set(cell.metadata.get("tags", [])):
            continue
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if not _is_stderr(output)]
            if not cell.outputs:
                continue
        cells.append(cell)
    return cells


def _is_stderr(output: Any) -> bool:
    return bool(output.output_type == "stream" and output.name == "stderr")


def _failed_page(result: ExecutedPage, t: Language) -> list[Any]:
    page = result.page
    level = 3 if page.scanner else 2
    lines = [
        f"<h{level}>{escape(page.title)}</h{level}>",
        f'<p class="failure">{escape(t("This page could not be made."))}</p>',
        f"<p><code>{escape(result.error or '')}</code></p>",
    ]
    if page.scanner:
        lines.insert(0, f'<p class="scanner">{escape(page.scanner)}</p>')
    if result.file is not None:
        lines.append(f"<p>{escape(t('The executed notebook lies in {file}.', file=result.file))}</p>")
    return [_html_cell("\n".join(lines))]


def _html_cell(source: str) -> Any:
    return new_raw_cell(source, metadata={"raw_mimetype": "text/html"})


def _bookmarks(wanted: Sequence[tuple[int, str]], content: Sequence[Any]) -> str:
    """Return the headings that the outline needs and that the page's content does not bring itself."""
    present = {int(level) for cell in content for level in _heading_levels(cell)}
    return "".join(
        f'<h{level} class="bookmark">{escape(text)}</h{level}>' for level, text in wanted if level not in present
    )


def _heading_levels(cell: Any) -> list[str]:
    if cell.cell_type == "markdown":
        return [str(len(marks)) for marks in re.findall(r"^(#{1,3}) ", cell.source, re.MULTILINE)]
    if cell.cell_type == "raw":
        return re.findall(r"<h([1-3])[\s>]", cell.source)
    shown = [output.get("data", {}) for output in cell.outputs]
    levels = []
    for data in shown:
        levels += re.findall(r"<h([1-3])[\s>]", data.get("text/html", ""))
        if "text/html" not in data:
            levels += [str(len(m)) for m in re.findall(r"^(#{1,3}) ", data.get("text/markdown", ""), re.MULTILINE)]
    return levels
