"""Executing notebooks: real papermill, real kernels, one tiny notebook for each behaviour."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import nbformat
import pytest

from schedvisu_lib.errors import ReportError
from schedvisu_lib.report.execute import ExecutedPage, execute_pages
from schedvisu_lib.report.pages import Page

from .conftest import NOTEBOOKS


def execute(folder: Path, *pages: Page, timeout: int = 60) -> list[ExecutedPage]:
    return execute_pages(pages, folder, timeout=timeout, engine="stock", notebooks=NOTEBOOKS)


def test_page_that_fails_leaves_its_copy_and_the_others_go_on(tmp_path: Path) -> None:
    raises, dies, plain = execute(
        tmp_path, Page("raises", {}, "weekly", "PET"), Page("dies", {}, "monthly", "PET"), Page("plain", {}, "last")
    )
    assert raises.error == 'page "PET, weekly" failed: In [3]: ValueError: no such table <&>'
    assert dies.error == 'page "PET, monthly" failed: In [3]: DeadKernelError: Kernel died'
    assert plain.error is None
    assert [result.file and result.file.name for result in (raises, dies, plain)] == [
        "01-pet-weekly.ipynb",
        "02-pet-monthly.ipynb",
        "03-last.ipynb",
    ]
    outputs = [cell.get("outputs") for cell in nbformat.read(tmp_path / "01-pet-weekly.ipynb", as_version=4).cells]
    assert any(output.get("text") == "before\n" for found in outputs for output in found or [])


def test_cell_that_hangs_is_stopped(tmp_path: Path) -> None:
    [result] = execute(tmp_path, Page("hangs", {}, "weekly"), timeout=2)
    assert result.error is not None
    assert result.error.startswith('page "weekly" failed: In [3]: CellTimeoutError: ')
    assert result.file is not None


def test_results_are_in_the_order_of_the_pages_and_told_in_the_callers_thread(tmp_path: Path) -> None:
    told: list[str] = []
    threads = set()

    def on_done(result: ExecutedPage) -> None:
        told.append(result.page.title)
        threads.add(threading.current_thread())

    pages = [Page("hangs", {"seconds": 1}, "slow"), Page("plain", {}, "quick")]
    results = execute_pages(pages, tmp_path, timeout=60, engine="stock", on_done=on_done, notebooks=NOTEBOOKS)
    assert [result.page.title for result in results] == ["slow", "quick"]
    assert told == ["quick", "slow"]
    assert threads == {threading.main_thread()}


def test_unknown_parameter_is_an_error_before_anything_runs(tmp_path: Path) -> None:
    [result] = execute(tmp_path, Page("plain", {"text": "a", "txet": "b"}, "weekly"))
    assert (
        result.error == 'page "weekly" failed: plain.ipynb has no parameter txet; its parameters cell has: text, number'
    )
    assert result.file is None


def test_missing_notebook_is_an_error_of_its_page(tmp_path: Path) -> None:
    [result] = execute(tmp_path, Page("nowhere", {}, "weekly"))
    assert result.error == f'page "weekly" failed: the notebook {NOTEBOOKS / "nowhere.ipynb"} is missing'


def test_folder_with_braces_is_taken_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "{text} {0}"
    [result] = execute(folder, Page("plain", {}, "weekly"))
    assert result.error is None
    assert result.file == folder / "01-weekly.ipynb"


def test_executed_notebooks_of_an_earlier_run_are_removed(tmp_path: Path) -> None:
    (tmp_path / "09-old.ipynb").write_text("{}")
    (tmp_path / "notes.txt").write_text("mine")
    execute(tmp_path, Page("nowhere", {}, "weekly"))
    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]


def test_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ReportError, match="cannot write executed notebooks to"):
        execute(tmp_path / "file" / "below", Page("plain", {}, "weekly"))


def test_terminal_and_environment_stay_as_they_were(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before = dict(os.environ)
    execute(tmp_path, Page("plain", {}, "good"), Page("raises", {}, "bad"))
    assert capfd.readouterr() == ("", "")
    assert dict(os.environ) == before
