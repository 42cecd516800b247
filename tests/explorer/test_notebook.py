"""The notebook ``explore``, executed as JupyterLab would."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import nbformat
import papermill
import pytest

import schedvisu_lib as sv
from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.periods import working_days

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "explore.ipynb"


def test_executed_notebook_holds_all_exams_of_the_store_and_no_patient(
    desk_site: sv.Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SCHEDVISU_SITE", raising=False)
    executed = tmp_path / "explore.ipynb"
    papermill.execute_notebook(NOTEBOOK, executed, {"site_file": str(desk_site.file)}, progress_bar=False)
    look, shown = [out for cell in nbformat.read(executed, as_version=4).cells for out in cell.get("outputs", [])]
    assert "<script>" in look.data["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in shown.data
    first, last = date(2026, 4, 20), date(2026, 5, 22)
    studies = sv.open_store(desk_site).studies(first, last)
    assert shown.data["text/plain"] == f"Explorer: {len(studies):,} exams of 5 scanners, {first} to {last}"
    text = executed.read_text(encoding="utf-8")
    hospital, days = Hospital(desk_site), working_days(desk_site.calendar, first, last)
    people = {study.patient for day in days for study in hospital.studies_on(day)}
    assert len(people) > 100
    words = [word for person in people for word in (person.id, person.name)]
    assert [word for word in [*words, *studies["patient"].unique()] if word in text] == []
