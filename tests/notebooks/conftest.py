"""A store filled quickly, and the pages that the notebooks make of it, each executed once for all test processes."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from filelock import FileLock

import schedvisu_lib as sv
from schedvisu_lib.collect import collect_days
from schedvisu_lib.demo.archive import DemoArchive
from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.periods import working_days
from schedvisu_lib.report.execute import execute_pages
from schedvisu_lib.report.forking import can_fork
from schedvisu_lib.report.pages import Page
from schedvisu_lib.studies.preparation import prepared_times
from schedvisu_lib.tables import STUDIES, conform
from tests.conftest import FromOneNursery, write_site_file

FIRST, LAST = date(2025, 1, 1), date(2026, 5, 22)
WHOLE = date(2025, 12, 1)
"""From here each open day has its exams; before, those of every third week must do."""
MONDAY = date(2026, 5, 18)
"""Of the week whose series are in the store."""


@dataclass(frozen=True)
class ExecutedNotebook:
    """What a notebook shows."""

    text: str
    """The whole file."""
    html: str
    """All that its cells show."""

    @property
    def words(self) -> str:
        """The text that is read."""
        return BeautifulSoup(self.html, "html.parser").get_text(" ")

    def tables(self) -> list[list[list[str]]]:
        """Return the rows of each table, the headings first."""
        return [
            [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in table.find_all("tr")]
            for table in BeautifulSoup(self.html, "html.parser").find_all("table")
        ]

    def table(self, css: str) -> list[list[str]]:
        """Return the rows of the only table of a class."""
        [table] = BeautifulSoup(self.html, "html.parser").find_all("table", class_=css)
        return [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in table.find_all("tr")]


Execute = Callable[[str, Mapping[str, Any]], ExecutedNotebook]


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this run share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "notebooks"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def site(shared: Path) -> sv.Site:
    """The demo's site, with 17 months of studies and a week of series in its store."""
    file = shared / "site.yaml"
    with FileLock(shared / "site.lock"):
        if not (shared / "filled").exists():
            site = sv.load_site(write_site_file(shared))
            _fill(site)
            (shared / "filled").touch()
    return sv.load_site(file)


def _fill(site: sv.Site) -> None:
    store = sv.open_store(site)
    hospital = Hospital(site)
    studies = _studies(hospital, site)
    for year, rows in studies.groupby(studies["date"].dt.year):
        store.write_studies(int(year), rows.reset_index(drop=True), "written by a test")
    with DemoArchive(hospital, port=0) as archive:
        asked = site.model_copy(update={"pacs": site.pacs.model_copy(update={"port": archive.port})})
        collected = collect_days(asked, store, working_days(site.calendar, MONDAY, LAST), lambda day: None)
    assert collected.problems == ()


def _studies(hospital: Hospital, site: sv.Site) -> pd.DataFrame:
    """Return what consolidation would make of the hospital's images, without asking for them."""
    rows = []
    days = working_days(site.calendar, FIRST, LAST)
    for day in (day for day in days if day >= WHOLE or day.isocalendar().week % 3 == 1):
        found = {study.uid: study for study in hospital.studies_on(day)}
        exams = hospital.exams(day)
        n_takes = Counter(exam.study_uid for exam in exams)
        rows += [
            {
                "exam_id": f"{exam.study_uid}_{exam.take}",
                "date": pd.Timestamp(exam.start).normalize(),
                "patient": f"pseudonym of {exam.study_uid}",
                "scanner": exam.scanner,
                "modalities": "",
                "exam_type": exam.exam_type,
                "study_description": found[exam.study_uid].description,
                "take": exam.take,
                "n_takes": n_takes[exam.study_uid],
                "start": exam.start,
                "end": exam.end,
                "n_series": 1,
            }
            for exam in exams
        ]
    exams = pd.DataFrame(rows)
    return conform(pd.concat([exams, prepared_times(exams, site)], axis="columns"), STUDIES)


@pytest.fixture(scope="session")
def execute(site: sv.Site, shared: Path, from_one_nursery: FromOneNursery) -> Execute:
    """Executes a notebook of the report, as the weekly run does, and returns what it shows; each one only once."""

    def run(notebook: str, parameters: Mapping[str, Any]) -> ExecutedNotebook:
        page = Page(notebook, {"site_file": str(site.file)} | dict(parameters), notebook)
        words = "-".join(str(value) for value in parameters.values()) or "defaults"
        folder = shared / f"{notebook}-{words}".replace(" ", "_").replace(":", "")
        with FileLock(f"{folder}.lock"):
            files = sorted(folder.glob("*.ipynb"))
            if not files:
                with from_one_nursery():
                    [executed] = execute_pages([page], folder, engine="fork" if can_fork() else "auto")
                assert executed.error is None, executed.error
                files = [executed.file]
        return _read(files[0])

    return run


def _read(file: Path) -> ExecutedNotebook:
    cells = nbformat.read(file, as_version=4).cells
    outputs = [output for cell in cells if cell.cell_type == "code" for output in cell.outputs]
    assert {output.output_type for output in outputs} <= {"execute_result", "display_data"}, "a cell warns or prints"
    html = "".join(output.data.get("text/html", "") for output in outputs)
    return ExecutedNotebook(file.read_text(encoding="utf-8"), html)


@pytest.fixture(scope="session")
def patients(site: sv.Site) -> list[str]:
    """IDs and names of the patients of the stored week."""
    hospital = Hospital(site)
    people = {study.patient for day in working_days(site.calendar, MONDAY, LAST) for study in hospital.studies_on(day)}
    assert len(people) > 100
    return sorted({word for person in people for word in (person.id, person.name)})
