"""The notebook that makes a roster, run whole as papermill does."""

from __future__ import annotations

from pathlib import Path

import nbformat
import papermill
import pytest
import yaml
from bs4 import BeautifulSoup

from tests.conftest import ROOT, write_site_file
from tests.export.roster.conftest import STAFF
from tests.notebooks.cells import shown

NOTEBOOK = ROOT / "notebooks" / "plan_roster.ipynb"


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[nbformat.NotebookNode], Path]:
    """The executed cells, and the folder of the files, of a week in which nobody can have two of the nights."""
    folder = tmp_path_factory.mktemp("roster")
    leave = [{"person": name, "first": "2026-05-05", "last": "2026-05-05"} for name in ("Ada", "Bo", "Cy", "Di")]
    book = folder / "staff.yaml"
    book.write_text(yaml.safe_dump({**STAFF, "leave": leave}), encoding="utf-8")
    parameters = {
        "book_file": str(book),
        "site_file": str(write_site_file(folder, report={"folder": "report", "language": "en"})),
        "first": "2026-05-04",
        "last": "2026-05-10",
        "seconds": 5.0,
        "out": str(folder / "out"),
    }
    made = folder / "executed.ipynb"
    papermill.execute_notebook(NOTEBOOK, made, parameters, progress_bar=False)
    return nbformat.read(made, as_version=4).cells, folder / "out"


def test_it_says_how_many_duties_there_are_and_why_seats_are_empty(executed) -> None:
    cells, _ = executed
    summary = BeautifulSoup(shown(cells, "plan_staff(")["text/html"], "html.parser")
    numbers = {row.th.text: row.td.text for row in summary.tbody.find_all("tr")}
    # Five nights of seven, two days of the weekend, and five days of a team of two.
    assert (numbers["Duties"], numbers["Empty seats"], numbers["Proved best"]) == ("17", "2", "yes")
    rows = BeautifulSoup(shown(cells, "planned.empty()")["text/html"], "html.parser").tbody.find_all("tr")
    assert [row.th.text for row in rows] == ["Mon 4 May 2026", "Tue 5 May 2026"]
    assert shown(cells, "planned.desk(")["text/plain"] == "Roster's desk: 17 duties, 2 seats empty"


def test_the_roster_is_a_figure_and_files_are_saved(executed) -> None:
    cells, out = executed
    [picture] = BeautifulSoup(shown(cells, "planned.figure()")["text/html"], "html.parser").find_all("img", "agenda")
    assert "svg" in picture["src"][:20]
    names = {file.name for file in out.iterdir()}
    assert names >= {"roster-2026-05-04.xlsx", "person-ada.ics", "department-nm.ics"}


def test_no_cell_warns(executed) -> None:
    cells, _ = executed
    outputs = [output for cell in cells if cell.cell_type == "code" for output in cell.outputs]
    assert {output.output_type for output in outputs} <= {"execute_result", "display_data"}
