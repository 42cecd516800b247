"""Which files a plan becomes, what they are called, and its pages as a real PDF."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from pypdf import PdfReader

from schedvisu_lib.errors import ExportError, ReportError
from schedvisu_lib.export.plan.content import PlanContent
from schedvisu_lib.export.plan.files import PlanFormat, plan_csv, write_plan
from schedvisu_lib.export.plan.pages import pages_html, pages_pdf
from schedvisu_lib.report.browser import find_browser
from tests.plan.conftest import build_table

from .conftest import ANNA, BERT, at


def names(content: PlanContent, folder: Path, *formats: PlanFormat) -> list[str]:
    return [file.name for _, files in write_plan(content, folder, formats) for file in files]


def test_each_format_has_its_files_and_none_is_called_by_a_patient(content: PlanContent, tmp_path: Path):
    found = names(content, tmp_path / "new", PlanFormat.XLSX, PlanFormat.ICS, PlanFormat.FHIR, PlanFormat.CSV)
    assert found == [
        "appointments-2026-05-04.xlsx",
        *("sheet-s1.ics", "sheet-s2.ics", "resource-mud.ics", "resource-pool.ics", "resource-ecg.ics"),
        "appointments-2026-05-04.json",
        "appointments-2026-05-04.csv",
    ]
    assert sorted(file.name for file in (tmp_path / "new").iterdir()) == sorted(found)


def test_sheets_with_names_alike_have_files_of_their_own(content: PlanContent, tmp_path: Path):
    table = build_table(
        content.book, [at("mud", "04 08:00", sheet="A 1"), at("mud", "04 09:00", sheet="a-1", patient=BERT)]
    )
    found = names(replace(content, appointments=table), tmp_path, PlanFormat.ICS)
    assert found == ["sheet-a-1.ics", "sheet-a-1-2.ics", "resource-mud.ics"]


def test_csv_is_that_of_the_language(content: PlanContent):
    read = pd.read_csv(BytesIO(plan_csv(content)), encoding="utf-8-sig")
    assert read["start"].tolist()[:2] == ["2026-05-04 08:00:00", "2026-05-04 09:00:00"]
    assert len(read) == 6


def test_a_folder_that_is_a_file_is_named(content: PlanContent, tmp_path: Path):
    (tmp_path / "taken").write_text("", encoding="utf-8")
    with pytest.raises(ExportError, match="cannot be written"):
        names(content, tmp_path / "taken", PlanFormat.CSV)


def test_pages_come_in_the_look_of_the_report(content: PlanContent):
    html = pages_html(content)
    assert html.count('<section class="page plan-appointments"') == 2 + 2 + 3  # overview, patients, resources
    assert "<script" not in html.split("<main")[0]
    assert ANNA not in html


def _has_browser() -> bool:
    try:
        return find_browser().is_file()
    except ReportError:
        return False


@pytest.mark.skipif(not _has_browser(), reason="no browser to print with")
def test_the_pdf_has_bookmarks_for_patients_and_resources(content: PlanContent):
    document = PdfReader(BytesIO(pages_pdf(content)))

    def titles(items: list) -> list:
        return [titles(item) if isinstance(item, list) else item.title for item in items]

    assert titles(document.outline) == [
        "Plan of appointments",
        [
            "Overview",
            ["Without a time", "Load of the resources"],
            "Timetables",
            ["S1", "S2"],
            "Resources",
            ["mud", "pool", "ecg"],
        ],
    ]
    assert len(document.pages) == 7
    text = "".join(page.extract_text() for page in document.pages)
    assert "no time within 14 days" in text
    assert "Muster" not in text
    assert document.metadata is not None
    assert document.metadata.title == "Plan of appointments"
