"""Build the report: execute its pages, merge and convert them, print the PDF."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from schedvisu_lib.config import Site
from schedvisu_lib.errors import ReportError
from schedvisu_lib.files import write_atomically
from schedvisu_lib.language import language
from schedvisu_lib.report.browser import print_pdf
from schedvisu_lib.report.execute import ExecutedPage, execute_pages
from schedvisu_lib.report.exporter import ReportExporter
from schedvisu_lib.report.merge import kernel_messages, merge_pages
from schedvisu_lib.report.pages import Page
from schedvisu_lib.report.pdf import finish_pdf, page_warnings
from schedvisu_lib.steps import Steps


@dataclass(frozen=True)
class BuiltReport:
    """What a run of :func:`build_report` left behind.

    Parameters
    ----------
    html
        The report as one self-contained file.
    pdf
        The same for printing; None if it could not be printed, or should not.
    notebooks
        Folder of the executed notebooks.
    n_pages
        How many pages the report has, those that failed included.
    failed_pages
        One line for each page that failed; each has a page in the report that says so.
    error
        Why there is no PDF; None if there is one.
    warnings
        What looks wrong though nothing failed: pages that overflow, messages of the kernels, and that these
        cannot be forked.
    """

    html: Path
    pdf: Path | None
    notebooks: Path
    n_pages: int
    failed_pages: tuple[str, ...] = ()
    error: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def problems(self) -> tuple[str, ...]:
        """Every line that says what the report lacks; empty for a complete report."""
        return (*self.failed_pages, *([self.error] if self.error else []))


def build_report(
    site: Site,
    pages: Sequence[Page],
    folder: Path,
    *,
    name: str,
    executed_folder: Path,
    steps: Steps | None = None,
    on_done: Callable[[ExecutedPage], None] | None = None,
    notebooks: Path | None = None,
) -> BuiltReport:
    """Build ``<folder>/<name>.html`` and ``<folder>/<name>.pdf``.

    Parameters
    ----------
    site
        Gives title, language, browser, workers, engine and timeout.
    pages
        The pages in their order; see :func:`schedvisu_lib.report.pages.report_pages`.
    folder
        Where the files go.
    name
        Name of the files without ending.
    executed_folder
        Where the executed notebooks go.
    steps
        Times the steps "execute", "convert" and "print".
    on_done
        Called after each executed page, for progress.
    notebooks
        Folder of the notebooks to execute; the report's own by default.

    Returns
    -------
    BuiltReport
        A page that fails, a browser that is missing or fails, are told there: the rest of the report is still made.

    Raises
    ------
    ReportError
        The folder cannot be written to, or there is nothing to execute.
    """
    steps = steps or Steps()
    built = build_html(
        site, pages, folder, name=name, executed_folder=executed_folder, steps=steps, on_done=on_done,
        notebooks=notebooks,
    )  # fmt: skip
    warnings = list(built.warnings)
    pdf: Path | None = folder / f"{name}.pdf"
    problem: str | None = None
    with steps.step("print"):
        try:
            _print(built.html, folder / f"{name}.pdf", site.report.browser)
        except ReportError as error:
            pdf, problem = None, str(error)
        if pdf is not None:
            subject = language(site.report.language)("Effective schedule of the scanners")
            warnings += finish_pdf(pdf, title=site.report.title, author=_author(site), subject=subject)
            warnings += page_warnings(pdf, built.html.read_text(encoding="utf-8"), [page.name for page in pages])
    return replace(built, pdf=pdf, error=problem, warnings=tuple(warnings))


def build_html(
    site: Site,
    pages: Sequence[Page],
    folder: Path,
    *,
    name: str,
    executed_folder: Path,
    steps: Steps | None = None,
    on_done: Callable[[ExecutedPage], None] | None = None,
    notebooks: Path | None = None,
) -> BuiltReport:
    """Build ``<folder>/<name>.html`` alone, as :func:`build_report` does; that needs no browser.

    Raises
    ------
    ReportError
        The folder cannot be written to, or there is nothing to execute.
    """
    steps = steps or Steps()
    warnings: list[str] = []
    with steps.step("execute"):
        executed = execute_pages(
            pages,
            executed_folder,
            workers=site.report.workers,
            timeout=site.report.notebook_timeout,
            engine=site.report.engine,
            on_done=on_done,
            on_warning=warnings.append,
            notebooks=notebooks,
        )
    html = folder / f"{name}.html"
    with steps.step("convert"):
        t = language(site.report.language)
        merged = merge_pages(executed, title=site.report.title, author=_author(site), language=t)
        text, _ = ReportExporter().from_notebook_node(merged)
        _write(html, text)
    warnings += (line for result in executed for line in kernel_messages(result))
    failed = tuple(result.error for result in executed if result.error)
    return BuiltReport(html, None, executed_folder, len(pages), failed, warnings=tuple(warnings))


def _author(site: Site) -> str:
    return f"{site.department.name}, {site.department.hospital}"


def _write(html: Path, text: str) -> None:
    try:
        html.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(html, text.encode())
    except OSError as error:
        raise ReportError(f"cannot write {html}: {error.strerror or error}") from error


def _print(html: Path, pdf: Path, browser: str | None) -> None:
    # A PDF of an earlier run must not pass for this one's if the browser fails.
    try:
        pdf.unlink(missing_ok=True)
    except OSError as error:
        raise ReportError(f"cannot replace {pdf}: {error.strerror or error}; is it open in a viewer?") from error
    _give_memory_back()
    print_pdf(html, pdf, browser=browser)


def _give_memory_back() -> None:
    """Return what converting used to the system, which would keep it while the browser needs its own: 50 MB."""
    gc.collect()
    with suppress(OSError, TypeError, AttributeError):  # other systems, or another C library
        ctypes.CDLL(None).malloc_trim(0)
