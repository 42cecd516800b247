"""Execute the notebooks of a report's pages with papermill, each in a kernel of its own."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Final

import nbformat
import papermill
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from schedvisu_lib.errors import ReportError
from schedvisu_lib.report.forking import FORKING, Nursery, can_fork
from schedvisu_lib.report.pages import Page, notebooks_folder
from schedvisu_lib.settings.report import Engine

KERNEL_ENVIRONMENT: Final = {
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # else the debugger complains of frozen modules in every kernel
    "MPLBACKEND": "agg",  # the pages display their figures themselves; no backend has to redraw them
}
"""Environment variables that kernels get where the user has not set them otherwise."""

_LONGEST_MESSAGE: Final = 300
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class ExecutedPage:
    """What became of a page.

    Parameters
    ----------
    page
        The page that was asked for.
    file
        The executed notebook, also of a page that failed; None if it could not even be started.
    seconds
        How long it took.
    error
        One line that names page, cell and error; None if all went well.
    """

    page: Page
    file: Path | None
    seconds: float
    error: str | None = None


def execute_pages(
    pages: Sequence[Page],
    folder: Path,
    *,
    workers: int = 2,
    timeout: int = 300,
    engine: Engine = "auto",
    on_done: Callable[[ExecutedPage], None] | None = None,
    on_warning: Callable[[str], None] | None = None,
    notebooks: Path | None = None,
) -> list[ExecutedPage]:
    """Execute pages side by side; a page that fails does not stop the others.

    Parameters
    ----------
    pages
        The pages, in the order of the report.
    folder
        Where the executed notebooks go, as ``<number>-<slug>.ipynb``; those of an earlier run are removed.
    workers
        How many notebooks run at the same time.
    timeout
        Longest time for one cell, in seconds.
    engine
        How kernels come about: ``fork`` from one process that has the imports done, ``stock`` each by itself, ``auto``
        forked where the system can and where there is more than one page.
    on_done
        Called in the caller's thread after each page, in the order in which they end.
    on_warning
        Called at most once, with one line, if kernels should be forked and cannot: each is started by itself then. By
        default it is logged.
    notebooks
        Folder of the notebooks; the report's own by default.

    Returns
    -------
    list
        One result for each page, in the order of the pages.

    Raises
    ------
    ReportError
        The folder cannot be written to.
    """
    source = notebooks or notebooks_folder()
    _make_room(folder)
    # Failures are told in ExecutedPage.error; without a handler logging would print them to the terminal too.
    if not (told := logging.getLogger("papermill")).handlers:
        told.addHandler(logging.NullHandler())
    done: dict[int, ExecutedPage] = {}
    with (
        _kernel_environment(),
        TemporaryDirectory(prefix="schedvisu-", ignore_cleanup_errors=True) as sockets,
        _kernels(engine, len(pages), on_warning or _LOG.warning) as kernels,
        ThreadPoolExecutor(workers, "notebook") as pool,
    ):
        numbers = {}
        for number, page in enumerate(pages, start=1):
            target = folder / f"{number:02d}-{page.slug}.ipynb"
            options = {"execution_timeout": timeout, **kernels, **_transport(Path(sockets, str(number)))}
            numbers[pool.submit(_execute, page, source, target, options)] = number
        try:
            for future in as_completed(numbers):
                done[numbers[future]] = future.result()
                if on_done is not None:
                    on_done(future.result())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [done[number] for number in sorted(done)]


def _make_room(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.ipynb"):
            old.unlink()
    except OSError as error:
        raise ReportError(f"cannot write executed notebooks to {folder}: {error.strerror or error}") from error


@contextmanager
def _kernel_environment() -> Iterator[None]:
    """Set the kernels' variables: kernels inherit ours, and papermill offers no other way."""
    added = [name for name in KERNEL_ENVIRONMENT if name not in os.environ]
    os.environ.update({name: KERNEL_ENVIRONMENT[name] for name in added})
    try:
        yield
    finally:
        for name in added:
            os.environ.pop(name, None)


@contextmanager
def _kernels(engine: Engine, n_pages: int, warn: Callable[[str], None]) -> Iterator[dict[str, Any]]:
    """Yield papermill's options for where kernels come from."""
    if engine == "stock" or (engine == "auto" and (n_pages < 2 or not can_fork())):
        yield {}
    elif not can_fork():
        warn("kernels cannot be forked on this system: each page starts its own; set report.engine to auto")
        yield {}
    else:
        with Nursery(warn) as nursery:
            yield {"engine_name": FORKING, "nursery": nursery}


def _transport(socket: Path) -> dict[str, Any]:
    """Return papermill's options for how a kernel is talked to.

    Sockets in a private folder, where there are such: nobody else on the machine can read along, and kernels that start
    at the same moment cannot reach for the same TCP port.
    """
    if sys.platform == "win32":
        # Over TCP, recent kernels warn of the missing encryption on the terminal.
        return {"extra_arguments": ["--IPKernelApp.log_level=ERROR"]}
    return {"config": Config({"KernelManager": {"transport": "ipc", "ip": str(socket)}})}


def _execute(page: Page, notebooks: Path, target: Path, options: dict[str, Any]) -> ExecutedPage:
    began = perf_counter()
    error: str | None = None
    try:
        source = notebooks / f"{page.notebook}.ipynb"
        _refuse_unknown_parameters(page, source)
        papermill.execute_notebook(
            _literal(source),
            _literal(target),
            parameters=dict(page.parameters),
            kernel_name="python3",
            language="python",
            progress_bar=False,
            log_output=False,
            shutdown_kernel="immediate",
            **options,
        )
    except PapermillExecutionError as failure:
        error = f"In [{failure.exec_count}]: {_wording(failure.ename, failure.evalue)}"
    except ReportError as failure:
        error = str(failure)
    except Exception as failure:  # a dead kernel, a cell that hangs, a full disk: the other pages still want their turn
        error = _started_cell(target) + _wording(type(failure).__name__, str(failure))
    told = f'page "{page.name}" failed: {error}' if error else None
    return ExecutedPage(page, target if target.is_file() else None, perf_counter() - began, told)


def _refuse_unknown_parameters(page: Page, source: Path) -> None:
    """Papermill only warns about a parameter that the notebook does not have: the page would show something else."""
    if not source.is_file():
        raise ReportError(f"the notebook {source} is missing")
    known = _known_parameters(source, source.stat().st_mtime_ns)
    unknown = [name for name in page.parameters if name not in known]
    if unknown:
        has = ", ".join(known) or "none"
        raise ReportError(f"{source.name} has no parameter {', '.join(unknown)}; its parameters cell has: {has}")


@lru_cache
def _known_parameters(source: Path, changed_at: int) -> tuple[str, ...]:  # noqa: ARG001 - a part of the key
    """Return the parameters of a notebook; many pages share one."""
    return tuple(papermill.inspect_notebook(_literal(source)))


def _literal(path: Path) -> str:
    """Papermill fills ``{parameters}`` into paths: double the braces of a folder that happens to have some."""
    return str(path.resolve()).replace("{", "{{").replace("}", "}}")


def _wording(name: str, message: str) -> str:
    first_line = next((line.strip() for line in message.splitlines() if line.strip()), "")
    if len(first_line) > _LONGEST_MESSAGE:
        first_line = first_line[:_LONGEST_MESSAGE] + "…"
    return f"{name}: {first_line}" if first_line else name


def _started_cell(executed: Path) -> str:
    """Name the last code cell that was started, as its prompt would: a kernel that died gave it no number."""
    try:
        cells = nbformat.read(executed, as_version=4).cells
    except (OSError, ValueError, nbformat.reader.NotJSONError):
        return ""
    started = [c for c in cells if c.cell_type == "code" and c.metadata.get("papermill", {}).get("start_time")]
    return f"In [{len(started)}]: " if started else ""
