"""The gallery shows each public function in a cell, and reads like a page."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import nbformat
import papermill
import pytest
from filelock import FileLock

import schedvisu_lib as sv
from tests.conftest import ROOT
from tests.filling import fill_demo
from tests.notebooks.cells import shown

NOTEBOOK = ROOT / "notebooks" / "gallery.ipynb"
SAID_ELSEWHERE = {
    "explore",
    "plan_book",
    "plan_desk",
    "plan_roster",
    "plan_staff",
    "propose",
    "read_book",
    "read_staff",
    "roster_desk",
    "Site",
    "Store",
    "Period",
    "ConfigError",
    "SchedVisuError",
    "__version__",
}


@pytest.fixture(scope="session")
def cells(shared: Path) -> list[nbformat.NotebookNode]:
    """The executed cells, as after ``make demo`` in the checkout's folder."""
    made = shared / "gallery" / "notebooks" / "gallery.ipynb"
    with FileLock(shared / "gallery.lock"):
        if not made.exists():
            fill_demo(shared / "gallery")
            made.parent.mkdir()
            papermill.execute_notebook(NOTEBOOK, made, cwd=made.parent, progress_bar=False)
    found: list[nbformat.NotebookNode] = nbformat.read(made, as_version=4).cells
    return found


def test_each_cell_shows_one_table_or_figure_and_nothing_else(cells: list[nbformat.NotebookNode]) -> None:
    code = [cell for cell in cells if cell.cell_type == "code" and "parameters" not in cell.metadata.get("tags", [])]
    assert all(len(cell.outputs) == 1 for cell in code)
    assert {output.output_type for cell in code for output in cell.outputs} <= {"execute_result", "display_data"}
    drawn = [cell for cell in code if "sv.plot_" in cell.source]
    assert len(drawn) == 9
    assert all("image/png" in cell.outputs[0].data for cell in drawn)


def test_the_numbers_are_those_of_the_week(cells: list[nbformat.NotebookNode]) -> None:
    counts = shown(cells, "sv.count_table(studies,")["text/html"]
    days = re.findall(r"<th>(2026-05-\d\d)</th>\s*<td>\d+</td>\s*<td>\d+</td>\s*<td>(\d+)</td>", counts)
    assert [int(exams) for _, exams in days] == [11, 11, 10, 10, 9]
    assert shown(cells, "\nstore")["text/plain"].endswith("store: 5 days, 2026-05-18 to 2026-05-22)")


def test_every_public_function_has_its_cell_with_a_sentence_before_it() -> None:
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    used = set(re.findall(r"\bsv\.(\w+)\(", "\n".join(cell.source for cell in cells if cell.cell_type == "code")))
    assert used >= set(sv.__all__) - SAID_ELSEWHERE
    for before, cell in pairwise(cells):
        if cell.cell_type == "code":
            assert before.cell_type == "markdown", cell.source
            assert before.source.endswith("."), before.source
    assert not re.search(r"^\s*(for|while|if|def)\b", "\n".join(cell.source for cell in cells), flags=re.MULTILINE)


def test_no_output_holds_a_patient(cells: list[nbformat.NotebookNode]) -> None:
    html = "".join(out.data.get("text/html", "") for cell in cells if cell.cell_type == "code" for out in cell.outputs)
    assert "<table" in html
    assert "patient" not in html
    assert "study_uid" not in html
