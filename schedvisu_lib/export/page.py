"""Pages of the report alone, as PDF, PNG, SVG or HTML."""

from __future__ import annotations

import logging
import shutil
import subprocess
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pikepdf

from schedvisu_lib.config import Site
from schedvisu_lib.errors import ExportError
from schedvisu_lib.export.target import Format, Target
from schedvisu_lib.export.writing import write_export
from schedvisu_lib.periods import Period
from schedvisu_lib.report.build import build_html, build_report
from schedvisu_lib.report.pages import Page, report_pages
from schedvisu_lib.report.pdf import pages_to_png
from schedvisu_lib.steps import Steps

_LOG = logging.getLogger(__name__)

_SVG_PROGRAM: Final = "pdftocairo"
_SVG_TIMEOUT: Final = 120  # seconds


def find_page(site: Site, period: Period, now: datetime, *, kind: str, scanners: Sequence[str] | None = None) -> Page:
    """Return a page of the report.

    Parameters
    ----------
    site
        The site, read from a file.
    period
        What the page shows.
    now
        When the page is made; printed on it.
    kind
        Its kind, as "scanner-page" or "overview".
    scanners
        Names of the scanners that were asked for.

    Raises
    ------
    ValueError
        There is no such page, or it shows one scanner and not just one was named; the message says what to do.
    """
    found = find_pages(site, period, now, kind=kind, scanners=scanners or site.scanner_names)
    if found and not found[0].scanner:
        if scanners:
            raise ValueError(f"page {kind} shows all scanners; leave --scanner out")
        return found[0]
    if len(found) != 1:
        known = ", ".join(site.scanner_names)
        raise ValueError(f"page {kind} shows one scanner; add one --scanner ({site.file.name} has: {known})")
    return found[0]


def find_pages(site: Site, period: Period, now: datetime, *, kind: str, scanners: Sequence[str]) -> list[Page]:
    """Return the pages of a kind: one of each scanner, or the one that shows all of them.

    Parameters
    ----------
    site
        The site, read from a file.
    period
        What the pages show.
    now
        When the pages are made; printed on them.
    kind
        Their kind, as "scanner-page" or "overview".
    scanners
        Names, in the order of the pages.

    Raises
    ------
    ValueError
        There is no such page; the message says what is allowed.
    """
    # Of all scanners: a page of plan and effect says itself that there were no appointments.
    pages = report_pages(site, [period], generated_at=now, planned=site.scanner_names)
    of_kind = [page for page in pages if page.kind == kind.replace("_", "-")]
    if not of_kind:
        known = ", ".join(dict.fromkeys(page.kind for page in pages))
        raise ValueError(f'page "{kind}" is unknown for this period; allowed: {known}')
    if not of_kind[0].scanner:
        return [of_kind[0].alone]
    return [page for name in scanners for page in of_kind if page.scanner == name]


def export_pages(
    site: Site, pages: Sequence[Page], target: Target, *, dpi: int, executed_folder: Path, steps: Steps | None = None
) -> list[Path]:
    """Execute the notebooks of pages, print them, and write them.

    Parameters
    ----------
    site
        The site, read from a file.
    pages
        At least one; see :func:`find_page` and :func:`find_pages`.
    target
        The file, and its format.
    dpi
        Dots per inch of a PNG.
    executed_folder
        Where the executed notebooks go.
    steps
        Times the steps "execute", "convert" and, but for HTML, "print".

    Returns
    -------
    list
        The file; of pages that take several sheets, one picture each (``-1``, ``-2`` before the ending).

    Raises
    ------
    SchedVisuError
        A notebook or the browser fails, the program for SVG is missing, or the file cannot be written.
    """
    if target.format is Format.SVG:
        _svg_program()
    # HTML needs no browser.
    build = build_html if target.format is Format.HTML else build_report
    with TemporaryDirectory(prefix="schedvisu-", ignore_cleanup_errors=True) as folder:
        built = build(site, pages, Path(folder), name=pages[0].slug, executed_folder=executed_folder, steps=steps)
        if built.problems:
            raise ExportError("; ".join(built.problems))
        for warning in built.warnings:
            _LOG.warning("%s", warning)
        return place(built.pdf or built.html, target, dpi)


def place(printed: Path, target: Target, dpi: int) -> list[Path]:
    """Write pages in the format of the target: one file, or several with their number in the name.

    Parameters
    ----------
    printed
        The pages as PDF, or as HTML for a target of HTML.
    target
        The file, and its format.
    dpi
        Dots per inch of a PNG.

    Raises
    ------
    SchedVisuError
        It cannot be drawn, or the file cannot be written.
    """
    if target.format is Format.PNG:
        sheets = pages_to_png(printed, printed.parent, dpi=dpi)
    elif target.format is Format.SVG:
        sheets = _to_svg(printed)
    else:
        sheets = [printed]
    files = [target.file]
    if len(sheets) > 1:
        files = [target.file.with_stem(f"{target.file.stem}-{number}") for number in range(1, len(sheets) + 1)]
    for sheet, file in zip(sheets, files, strict=True):
        write_export(file, sheet.read_bytes())
    return files


def _svg_program() -> str:
    program = shutil.which(_SVG_PROGRAM)
    if program is None:
        raise ExportError(
            f"{_SVG_PROGRAM} is missing to make SVG; install Poppler (Debian: apt install poppler-utils), "
            "or choose --format pdf or png"
        )
    return program


def _to_svg(pdf: Path) -> list[Path]:
    """Return a drawing of each sheet; its letters are outlines, so that it looks the same without the fonts."""
    program = _svg_program()
    try:
        with pikepdf.open(pdf) as document:
            numbers = range(1, len(document.pages) + 1)
        files = [pdf.with_name(f"{pdf.stem}-{number}.svg") for number in numbers]
        for number, file in zip(numbers, files, strict=True):
            command = [program, "-svg", "-f", str(number), "-l", str(number), str(pdf), str(file)]
            subprocess.run(command, check=True, capture_output=True, timeout=_SVG_TIMEOUT)
    except (pikepdf.PdfError, OSError, subprocess.SubprocessError) as error:
        why = type(error).__name__
        raise ExportError(f"{_SVG_PROGRAM} could not make SVG ({why}); choose --format pdf or png") from error
    return files
