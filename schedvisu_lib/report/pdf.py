"""What is done with the printed PDF: metadata, a check of its pages, pictures of single pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

import pikepdf
import pypdfium2

from schedvisu_lib import __version__
from schedvisu_lib.errors import ReportError
from schedvisu_lib.files import replacing

_POINTS_PER_INCH: Final = 72


def finish_pdf(pdf: Path, *, title: str, author: str, subject: str) -> list[str]:
    """Add title, author and subject (the browser knows only the title), and pack the file.

    They stand there in both forms that readers look for, the older list and XMP, and a viewer's window bears the title.
    The browser writes thousands of tags without compression; packed, a report is a third smaller.

    Returns
    -------
    list
        A line if it did not work: the report is good without.
    """
    facts = {"Title": title, "Author": author, "Subject": subject, "Creator": f"SchedVisu {__version__}"}
    try:
        # In this order: the document lets go of its file before the new one takes its place.
        with replacing(pdf) as new, pikepdf.open(pdf) as document:
            for key, text in facts.items():
                document.docinfo[f"/{key}"] = pikepdf.String(text)
            with document.open_metadata(set_pikepdf_as_editor=False) as xmp:
                xmp["dc:title"], xmp["dc:creator"], xmp["dc:description"] = title, [author], subject
                xmp["xmp:CreatorTool"] = facts["Creator"]
            document.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
            document.save(new, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    except (pikepdf.PdfError, OSError) as error:
        return [f"{pdf.name} has no author in its metadata: {error}"]
    return []


def page_warnings(pdf: Path, html: str, names: Sequence[str]) -> list[str]:
    """Compare the pages of a PDF with those that were meant: a page that overflows makes two.

    Parameters
    ----------
    pdf
        The printed report.
    html
        What was printed; tells how many headings each page brings to the outline.
    names
        The names of the pages, in order.

    Returns
    -------
    list
        A line for each page that takes more than one sheet; empty if all is as meant.
    """
    try:
        with pikepdf.open(pdf) as document:
            n_sheets = len(document.pages)
            starts = list(_bookmarked_sheets(document))
    except (pikepdf.PdfError, OSError) as error:
        return [f"the pages of {pdf.name} cannot be checked: {error}"]
    sections = html.split('<section class="page')[1:]
    headings = [len(re.findall(r"<h[1-6][\s>]", section)) for section in sections]
    if not starts:
        return [f"{pdf.name} has no bookmarks: the browser is too old, use Chrome, Chromium or Edge 122 or later"]
    if n_sheets == len(names):
        return []
    if len(sections) != len(names) or sum(headings) != len(starts) or 0 in headings:
        return [f"{pdf.name} has {n_sheets} sheets for {len(names)} pages: one of them overflows"]
    begins = [*(starts[sum(headings[:n])] for n in range(len(headings))), n_sheets]
    sheets = [after - begin for begin, after in pairwise(begins)]
    return [
        f'page "{name}" takes {n} sheets of {pdf.name}: its content overflows'
        for name, n in zip(names, sheets, strict=True)
        if n != 1
    ]


def _bookmarked_sheets(document: pikepdf.Pdf) -> Iterator[int]:
    """Yield the number of the sheet, from 0, of each bookmark in the order of the outline."""
    number = {page.obj.objgen: n for n, page in enumerate(document.pages)}

    def walk(items: Iterable[pikepdf.OutlineItem]) -> Iterator[int]:
        for item in items:
            if isinstance(item.destination, pikepdf.Array):
                yield number[item.destination[0].objgen]
            yield from walk(item.children)

    with document.open_outline() as outline:
        yield from walk(outline.root)


def pages_to_png(pdf: Path, folder: Path, pages: Iterable[int] | None = None, dpi: int = 100) -> list[Path]:
    """Draw pages of a PDF as PNG files.

    Parameters
    ----------
    pdf
        The report.
    folder
        Where ``<pdf's name>-<page>.png`` go; made if it is missing.
    pages
        Numbers of the pages, from 1; all by default.
    dpi
        Dots per inch.

    Returns
    -------
    list
        The files written, in the order of ``pages``.

    Raises
    ------
    ReportError
        The PDF cannot be read, lacks a page, or the folder cannot be written to.
    """
    try:
        document = pypdfium2.PdfDocument(pdf)
    except (pypdfium2.PdfiumError, OSError) as error:
        raise ReportError(f"cannot read {pdf}: {error}") from error
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files = []
        for number in pages if pages is not None else range(1, len(document) + 1):
            if not 1 <= number <= len(document):
                raise ReportError(f"{pdf.name} has pages 1 to {len(document)}, not {number}")
            files.append(folder / f"{pdf.stem}-{number:02d}.png")
            document[number - 1].render(scale=dpi / _POINTS_PER_INCH).to_pil().save(files[-1])
        return files
    except OSError as error:
        raise ReportError(f"cannot write PNG files to {folder}: {error.strerror or error}") from error
    finally:
        document.close()
