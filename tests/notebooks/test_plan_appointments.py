"""The notebook that plans a book, run whole as papermill does."""

from __future__ import annotations

from pathlib import Path

import nbformat
import papermill
import pytest
import yaml
from bs4 import BeautifulSoup

from tests.conftest import ROOT, write_site_file
from tests.notebooks.cells import shown
from tests.plan.conftest import BOOK, asked

NOTEBOOK = ROOT / "notebooks" / "plan_appointments.ipynb"
NAMES = {"P1": "".join(["Muster", "mann"]), "P2": "".join(["Beispiel", "frau"])}
"""Of the patients, as the book calls them."""


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[nbformat.NotebookNode], Path]:
    """The executed cells, and the folder of the files, of a book with one session that has no time."""
    folder = tmp_path_factory.mktemp("plan")
    sheets = [asked("mud"), asked("ecg", 2), asked("bath", sheet="S2", patient="P2", sessions=3)]
    rows = [row | {"patient": NAMES[row["patient"]]} for row in sheets]
    patients = [{"name": name} for name in NAMES.values()]
    exceptions = [{"kind": "forbid", "a": "ecg"}]
    book = {**BOOK, "prescriptions": rows, "patients": patients, "exceptions": exceptions}
    (folder / "book.yaml").write_text(yaml.safe_dump(book), encoding="utf-8")
    parameters = {
        "book_file": str(folder / "book.yaml"),
        "site_file": str(write_site_file(folder, report={"folder": "report", "language": "en"})),
        "first": "2026-05-04",
        "seconds": 0.0,
        "out": str(folder / "out"),
    }
    made = folder / "executed.ipynb"
    papermill.execute_notebook(NOTEBOOK, made, parameters, progress_bar=False)
    return nbformat.read(made, as_version=4).cells, folder / "out"


def test_it_says_how_many_sessions_have_a_time_and_why_others_have_none(executed) -> None:
    cells, _ = executed
    summary = BeautifulSoup(shown(cells, "sv.plan_book(")["text/html"], "html.parser")
    numbers = {row.th.text: row.td.text for row in summary.tbody.find_all("tr")}
    assert (numbers["Sessions"], numbers["with a time"], numbers["without a time"]) == ("5", "4", "1")
    assert "(rule 11" in shown(cells, "planned.unplaced()")["text/html"]
    assert shown(cells, "planned.desk(")["text/plain"] == "Planner's desk: 2 sheets, 4 of 5 sessions have a time"


def test_timetables_and_resources_are_figures(executed) -> None:
    cells, _ = executed
    for call, n in (("planned.timetables()", 2), ("planned.resource_days()", 2), ("planned.load()", 2)):
        pictures = BeautifulSoup(shown(cells, call)["text/html"], "html.parser").find_all("img", src=True)
        assert len([one for one in pictures if "svg" in one["src"][:20]]) == n, call


def test_files_are_saved(executed) -> None:
    _, out = executed
    names = {file.name for file in out.iterdir()}
    assert names >= {"appointments-2026-05-04.xlsx", "sheet-s1.ics", "sheet-s2.ics", "resource-bath.ics"}


def test_no_cell_warns_and_none_names_a_patient(executed) -> None:
    cells, _ = executed
    outputs = [output for cell in cells if cell.cell_type == "code" for output in cell.outputs]
    assert {output.output_type for output in outputs} <= {"execute_result", "display_data"}
    assert not [name for name in NAMES.values() if name in str(outputs)]
