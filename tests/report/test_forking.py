"""Forked kernels: as clean as kernels started afresh, and nothing is left of them whatever dies."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import papermill
import psutil
import pytest
from nbclient.exceptions import CellTimeoutError

from schedvisu_lib.report import execute, forking
from schedvisu_lib.report.execute import ExecutedPage, execute_pages
from schedvisu_lib.report.forking import FORKING, Nursery, can_fork
from schedvisu_lib.report.nursery import PRELOADED
from schedvisu_lib.report.pages import Page, notebooks_folder
from schedvisu_lib.settings.report import Engine

from .conftest import NOTEBOOKS

pytestmark = pytest.mark.skipif(not can_fork(), reason="this system cannot fork")

FAILING = (Page("raises", {}, "raises"), Page("dies", {}, "dies"), Page("nowhere", {}, "nowhere"))
SHOWING = (Page("plain", {"text": "given"}, "plain"), Page("shows", {"title": "été", "number": 3}, "shows"))
N_STATES = 5


def pages(folder: Path) -> list[Page]:
    return [*FAILING, *SHOWING, *(Page("state", {"folder": str(folder)}, f"state {n}") for n in range(N_STATES))]


def execute_by(engine: Engine, folder: Path, chosen: list[Page], **options: Any) -> list[ExecutedPage]:
    return execute_pages(chosen, folder, engine=engine, notebooks=NOTEBOOKS, **options)


@pytest.fixture(scope="module")
def forked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ExecutedPage]:
    """Pages that fail, that show, and that change the state of their process, four of them at a time."""
    folder = tmp_path_factory.mktemp("forked")
    return {page.page.title: page for page in execute_by("fork", folder, pages(folder.parent), workers=4)}


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ExecutedPage]:
    """The same in kernels that are started each by itself."""
    folder = tmp_path_factory.mktemp("stock")
    return {page.page.title: page for page in execute_by("stock", folder, pages(folder.parent)[: -N_STATES + 1])}


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    def fail(warning: str) -> None:
        raise AssertionError(warning)

    with Nursery(fail) as running:
        yield running


def read(page: ExecutedPage) -> nbformat.NotebookNode:
    assert page.file is not None
    return nbformat.read(page.file, as_version=4)


def shown(cell: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """The outputs of a cell, but for a figure, into which matplotlib writes IDs by chance."""
    return [output for output in cell.outputs if "<img" not in output.get("data", {}).get("text/html", "")]


def printed(page: ExecutedPage) -> list[Any]:
    assert page.error is None, page.error
    return [json.loads(output.text) for cell in read(page).cells for output in cell.outputs]


def wait_until(happens: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + 60
    while not happens():
        assert time.monotonic() < end, what
        time.sleep(0.02)


def nurseries(driver: int) -> set[psutil.Process]:
    return {child for child in psutil.Process(driver).children() if "report.nursery" in " ".join(child.cmdline())}


def test_pages_that_fail_are_told_as_with_the_stock_engine(
    forked: dict[str, ExecutedPage], stock: dict[str, ExecutedPage]
) -> None:
    assert [forked[page.title].error for page in FAILING] == [
        'page "raises" failed: In [3]: ValueError: no such table <&>',
        'page "dies" failed: In [3]: DeadKernelError: Kernel died',
        f'page "nowhere" failed: the notebook {NOTEBOOKS / "nowhere.ipynb"} is missing',
    ]
    assert [forked[page.title].error for page in FAILING] == [stock[page.title].error for page in FAILING]


def test_outputs_and_metadata_are_those_of_the_stock_engine(
    forked: dict[str, ExecutedPage], stock: dict[str, ExecutedPage]
) -> None:
    for title in ("plain", "shows"):
        ours, theirs = read(forked[title]), read(stock[title])
        assert [shown(cell) for cell in ours.cells] == [shown(cell) for cell in theirs.cells]
        assert [cell.execution_count for cell in ours.cells] == [cell.execution_count for cell in theirs.cells]
        assert ours.metadata.keys() == theirs.metadata.keys()
        assert ours.metadata.papermill.keys() == theirs.metadata.papermill.keys()
        assert [cell.metadata.papermill.keys() for cell in ours.cells] == [
            cell.metadata.papermill.keys() for cell in theirs.cells
        ]
    assert len(read(forked["shows"]).cells[-1].outputs) == 2


def test_executed_notebook_is_written_at_the_end_alone(
    nursery: Nursery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """papermill would write it before and after each cell, with all its figures."""
    written: list[str] = []
    for module in (papermill.engines, papermill.execute):
        monkeypatch.setattr(module, "write_ipynb", lambda _, target, module=module: written.append(module.__name__))
    execute_in(nursery, "plain", {}, tmp_path / "plain.ipynb")
    assert written == ["papermill.engines", "papermill.execute"]  # before anything runs, and executed


def test_state_of_a_notebook_reaches_no_other_and_is_that_of_a_stock_kernel(
    forked: dict[str, ExecutedPage], stock: dict[str, ExecutedPage]
) -> None:
    afresh, _ = printed(stock["state 0"])
    assert afresh["variable"] is None
    for number in range(N_STATES):
        state, _ = printed(forked[f"state {number}"])
        assert state == afresh


def test_random_numbers_and_processes_differ_between_notebooks(forked: dict[str, ExecutedPage]) -> None:
    numbers = [printed(forked[f"state {number}"])[1] for number in range(N_STATES)]
    assert len({value for row in numbers for value in row}) == 4 * N_STATES


def test_cell_that_hangs_is_stopped_and_its_kernel_ended(nursery: Nursery, tmp_path: Path) -> None:
    file = tmp_path / "pids"
    with pytest.raises(CellTimeoutError):
        execute_in(nursery, "starts", {"file": str(file)}, execution_timeout=1)
    kernel, helper = (int(pid) for pid in file.read_text().split())
    wait_until(lambda: not (lives(kernel) or lives(helper)), "the kernel lives on")


def test_kernel_is_interrupted_and_shut_down_politely(nursery: Nursery, tmp_path: Path) -> None:
    file = tmp_path / "left"
    with pytest.raises(papermill.PapermillExecutionError, match="KeyboardInterrupt"):
        execute_in(
            nursery, "leaves", {"file": str(file), "seconds": 600}, execution_timeout=1, interrupt_on_timeout=True
        )
    assert file.read_text() == "shut down"


@pytest.mark.parametrize("names", [("waits", "stuck"), ("waits",)])
def test_end_of_the_driver_leaves_no_process(names: tuple[str, ...], tmp_path: Path) -> None:
    """Neither of a kernel that hangs in a call for which Python waits, nor if the nursery ended before."""
    code = f"""
from pathlib import Path
from schedvisu_lib.report.execute import execute_pages
from schedvisu_lib.report.pages import Page
folder = Path({str(tmp_path)!r})
pages = [Page("starts", {{"file": str(folder / name), "stuck": name == "stuck"}}, name) for name in {names!r}]
execute_pages(pages, folder / "executed", engine="fork", notebooks=Path({str(NOTEBOOKS)!r}))
"""
    driver = subprocess.Popen([sys.executable, "-c", code])
    try:
        written = [tmp_path / name for name in names]
        wait_until(lambda: all(file.exists() and file.read_text() for file in written), "the kernels do not start")
        processes = [int(pid) for file in written for pid in file.read_text().split()]
        [nursery] = nurseries(driver.pid)
        if len(names) == 1:
            nursery.kill()
        assert all(lives(pid) for pid in processes)
    finally:
        driver.kill()
        driver.wait()
    wait_until(lambda: not any(lives(pid) for pid in [*processes, nursery.pid]), "a process is left")


def test_end_of_the_nursery_hurts_no_page(tmp_path: Path) -> None:
    """The page that runs goes on; those that follow get kernels of their own, which one line tells."""
    warnings: list[str] = []
    before = nurseries(os.getpid())
    chosen = [Page("hangs", {"seconds": 1}, "running"), *(Page("plain", {}, f"plain {n}") for n in range(3))]

    def end_nursery(done: ExecutedPage) -> None:
        if done.page.title == "plain 0":
            for nursery in nurseries(os.getpid()) - before:
                nursery.kill()

    results = execute_by("fork", tmp_path, chosen, on_done=end_nursery, on_warning=warnings.append)
    assert [result.error for result in results] == [None] * 4
    assert len(warnings) == 1
    assert warnings[0].startswith("kernels cannot be forked (")


def test_nursery_that_cannot_start_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forking, "_START", "raise SystemExit")
    warnings: list[str] = []
    chosen = [Page("plain", {}, "one"), Page("plain", {}, "two")]
    results = execute_by("fork", tmp_path, chosen, on_warning=warnings.append)
    assert [result.error for result in results] == [None, None]
    assert len(warnings) == 1
    assert warnings[0].endswith("each page starts its own; set report.engine to stock")


@pytest.mark.parametrize(
    ("engine", "n_pages", "can", "forks", "warns"),
    [
        ("stock", 9, True, False, False),
        ("auto", 9, True, True, False),
        ("auto", 1, True, False, False),  # the nursery would import what the one kernel imports
        ("auto", 9, False, False, False),
        ("fork", 1, True, True, False),
        ("fork", 9, False, False, True),
    ],
)
def test_engine_is_chosen_by_the_site_the_pages_and_the_system(
    engine: Engine, n_pages: int, can: bool, forks: bool, warns: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execute, "can_fork", lambda: can)
    monkeypatch.setattr(forking, "_START", "")
    warnings: list[str] = []
    with execute._kernels(engine, n_pages, warnings.append) as options:
        assert options.get("engine_name") == (FORKING if forks else None)
    assert bool(warnings) == warns


def test_nursery_imports_what_the_report_imports_and_holds_nothing_else() -> None:
    sources = [cell.source for file in notebooks_folder().glob("*.ipynb") for cell in nbformat.read(file, 4).cells]
    modules = {
        line.split()[1] for source in sources for line in source.splitlines() if line.startswith(("import", "from"))
    }
    assert {"schedvisu_lib.figures.page", "schedvisu_lib.studies.limits"} <= modules
    code = f"""
import sys, threading
from schedvisu_lib.report.nursery import preload
preload()
import IPython, asyncio, matplotlib, zmq
print(sorted({modules | set(PRELOADED)!r} - set(sys.modules)))
print(threading.active_count(), zmq.Context._instance, IPython.get_ipython(), matplotlib.get_backend())
print([name for name, module in sys.modules.items() if module is None])
"""
    environment = {**os.environ, **execute.KERNEL_ENVIRONMENT}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.splitlines() == ["[]", "1 None None agg", "[]"]
    assert done.stderr == ""


def execute_in(
    nursery: Nursery, notebook: str, parameters: dict[str, Any], target: Path | None = None, **options: Any
) -> None:
    papermill.execute_notebook(
        str(NOTEBOOKS / f"{notebook}.ipynb"),
        target and str(target),
        parameters,
        kernel_name="python3",
        progress_bar=False,
        engine_name=FORKING,
        nursery=nursery,
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
        **options,
    )


def lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
