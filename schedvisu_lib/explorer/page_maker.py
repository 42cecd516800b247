"""From a look to a page: what the explorer shows as the page of the report, by the same notebook.

What makes reports is imported when the first page is made: each kernel would wait half a second for it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from zlib import crc32

from schedvisu_lib.config import Site
from schedvisu_lib.explorer.question import Question
from schedvisu_lib.export.tables import Extent
from schedvisu_lib.export.target import Format, Target
from schedvisu_lib.report.pages import Page
from schedvisu_lib.slugs import slug
from schedvisu_lib.studies.limits import Limits

FORMATS: Final = (Format.PDF, Format.PNG, Format.HTML)
"""In which a page can be made here."""
FOLDER: Final = "explorer"
"""Below the folder of the reports."""
_DPI: Final = 150
_PREVIEW_DPI: Final = 60
_LONGEST: Final = 120
"""Letters of a file's name without ending; file systems take 255 bytes."""
_MIME: Final = {Format.PDF: "application/pdf", Format.PNG: "image/png", Format.HTML: "text/html"}


@dataclass(frozen=True)
class MadePage:
    """What became of a page.

    Parameters
    ----------
    format
        Of the files.
    files
        One, or a picture for each sheet.
    missing
        Lines that say what the page lacks: days that the store does not have.
    """

    format: Format
    files: tuple[Path, ...]
    missing: tuple[str, ...] = ()


def limits_of(question: Question) -> Limits:
    """Return which exams count on the page of a question."""
    return Limits(question.weekdays, question.hours_text, question.exam_types, question.takes)


def pages_of(site: Site, questions: Sequence[Question], kind: str, now: datetime) -> list[Page]:
    """Return the pages that answer questions: one of each scanner and its days, or one of all scanners.

    Parameters
    ----------
    site
        The site, read from a file.
    questions
        Those that stand side by side.
    kind
        Of the pages: ``page`` of a view.
    now
        When they are made; printed on them.

    Raises
    ------
    ValueError
        The report has no such page of these days.
    """
    from schedvisu_lib.export.page import find_pages

    pages: list[Page] = []
    for question in questions:
        found = find_pages(site, question.period, now, kind=kind, scanners=question.scanners)
        limited = [page.limited(limits_of(question)) for page in found]
        pages += [page for page in limited if page not in pages]
    return pages


def target_of(site: Site, pages: Sequence[Page], form: Format) -> Target:
    """Return the file of pages: named for their kind, days, scanners and the exams that count.

    A name that gets too long is cut, and ends with a hash of the whole one.
    """
    days = dict.fromkeys(f"{page.parameters['first']}_{page.parameters['last']}" for page in pages)
    scanners = dict.fromkeys(page.scanner for page in pages)
    limits = dict.fromkeys(
        f"{name}-{page.parameters[name]}" if name == "takes" else str(page.parameters[name])
        for page in pages
        for name in Limits.PARAMETERS
        if name in page.parameters
    )
    name = slug("-".join([pages[0].kind, *days, *filter(None, scanners), *limits]))
    if len(name) > _LONGEST:
        name = f"{name[: _LONGEST - 9].rstrip('-_')}-{crc32(name.encode()):08x}"
    return Target(site.report.folder / FOLDER / f"{name}.{form}", form)


def make_page(
    site: Site,
    questions: Sequence[Question],
    kind: str,
    form: Format,
    now: datetime,
    on_step: Callable[[str], None],
) -> MadePage:
    """Make the pages that answer questions, in one file; a picture for each of them.

    Parameters
    ----------
    site
        The site, read from a file: the notebook reads it, and the store, again.
    questions
        Those that stand side by side.
    kind
        Of the pages: ``page`` of a view.
    form
        One of :data:`FORMATS`.
    now
        The moment; printed on the pages.
    on_step
        Told "execute", "convert" and "print" when these begin.

    Raises
    ------
    ValueError
        The report has no such page of these days.
    SchedVisuError
        The notebook or the browser fails, or the file cannot be written.
    """
    from schedvisu_lib.export.job import export_report_pages

    pages = pages_of(site, questions, kind, now)
    target = target_of(site, pages, form)
    first, last = min(question.first for question in questions), max(question.last for question in questions)
    scanners = tuple(dict.fromkeys(page.scanner for page in pages if page.scanner))
    extent = Extent(first, last, scanners or site.scanner_names)
    job = export_report_pages(site, pages, extent, target, now=now, dpi=_DPI, on_step=on_step)
    return MadePage(form, tuple(Path(file.path) for file in job.files if file.path), tuple(job.problems))


def preview(made: MadePage) -> bytes | None:
    """Return a picture of the first sheet, as PNG; None of HTML, or where it cannot be drawn."""
    if made.format is Format.PNG:
        return made.files[0].read_bytes()
    if made.format is not Format.PDF:
        return None
    from schedvisu_lib.report.pdf import pages_to_png

    with TemporaryDirectory(prefix="schedvisu-", ignore_cleanup_errors=True) as folder:
        [picture] = pages_to_png(made.files[0], Path(folder), [1], dpi=_PREVIEW_DPI)
        return picture.read_bytes()


def data_uri(content: bytes, form: Format) -> str:
    """Return an address that holds a file itself, so that a browser needs to ask nobody for it."""
    return f"data:{_MIME[form]};base64,{b64encode(content).decode()}"
