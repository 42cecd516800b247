"""One page of the report alone, as PDF, PNG or SVG."""

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
from schedvisu_lib.report.build import build_report
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
    # Of all scanners: a page of plan and effect says itself that there were no appointments.
    pages = report_pages(site, [period], generated_at=now, planned=site.scanner_names)
    of_kind = [page for page in pages if page.kind == kind.replace("_", "-")]
    if not of_kind:
        known = ", ".join(dict.fromkeys(page.kind for page in pages))
        raise ValueError(f'page "{kind}" is unknown for this period; allowed: {known}')
    if not of_kind[0].scanner:
        if scanners:
            raise ValueError(f"page {kind} shows all scanners; leave --scanner out")
        return of_kind[0].alone
    names = scanners or site.scanner_names
    if len(names) != 1:
        known = ", ".join(site.scanner_names)
        raise ValueError(f"page {kind} shows one scanner; add one --scanner ({site.file.name} has: {known})")
    return next(page for page in of_kind if page.scanner == names[0])


def export_page(
    site: Site, page: Page, target: Target, *, dpi: int, executed_folder: Path, steps: Steps | None = None
) -> list[Path]:
    """Execute a page's notebook, print it, and write it.

    Parameters
    ----------
    site
        The site, read from a file.
    page
        The page; see :func:`find_page`.
    target
        The file, and its format.
    dpi
        Dots per inch of a PNG.
    executed_folder
        Where the executed notebook goes.
    steps
        Times the steps.

    Returns
    -------
    list
        The file; of a page that takes several sheets, one picture each (``-1``, ``-2`` before the ending).

    Raises
    ------
    SchedVisuError
        The notebook or the browser fails, the program for SVG is missing, or the file cannot be written.
    """
    if target.format is Format.SVG:
        _svg_program()
    with TemporaryDirectory(prefix="schedvisu-", ignore_cleanup_errors=True) as folder:
        pdf = _print(site, page, Path(folder), executed_folder, steps)
        return place(pdf, target, dpi)


def place(pdf: Path, target: Target, dpi: int) -> list[Path]:
    """Write a printed page in the format of the target: one file, or several with their number in the name.

    Raises
    ------
    SchedVisuError
        It cannot be drawn, or the file cannot be written.
    """
    if target.format is Format.PDF:
        sheets = [pdf]
    elif target.format is Format.PNG:
        sheets = pages_to_png(pdf, pdf.parent, dpi=dpi)
    else:
        sheets = _to_svg(pdf)
    files = [target.file]
    if len(sheets) > 1:
        files = [target.file.with_stem(f"{target.file.stem}-{number}") for number in range(1, len(sheets) + 1)]
    for sheet, file in zip(sheets, files, strict=True):
        write_export(file, sheet.read_bytes())
    return files


def _print(site: Site, page: Page, folder: Path, executed_folder: Path, steps: Steps | None) -> Path:
    built = build_report(site, [page], folder, name=page.slug, executed_folder=executed_folder, steps=steps)
    if built.pdf is None or built.problems:
        raise ExportError("; ".join(built.problems))
    for warning in built.warnings:
        _LOG.warning("%s", warning)
    return built.pdf


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
