"""The workbook as Excel will show it, read back with openpyxl."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import openpyxl
import pandas as pd
import pytest

import schedvisu_lib as sv
from schedvisu_lib.errors import ExportError
from schedvisu_lib.export import xlsx_file
from schedvisu_lib.export.about import about
from schedvisu_lib.export.tables import Extent, export_table
from schedvisu_lib.export.target import TABLES, What
from schedvisu_lib.export.xlsx_file import xlsx_bytes
from schedvisu_lib.figures.notes import page_sentences
from tests.conftest import Builder

from .conftest import EVENING


def tables_of(studies: pd.DataFrame, site: sv.Site, extent: Extent) -> Mapping[What, pd.DataFrame]:
    return {what: export_table(what, studies, site, extent) for what in TABLES}


def content_of(studies: pd.DataFrame, site: sv.Site, extent: Extent, *missing: str) -> bytes:
    tables = tables_of(studies, site, extent)
    return xlsx_bytes(tables, about(tables, site, extent, generated_at=EVENING, missing=missing))


@pytest.fixture
def book(exams: pd.DataFrame, demo_site: sv.Site, week: Extent) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(content_of(exams, demo_site, week, "2 days are not in the store")))


def by_heading(sheet: Any, row: int) -> dict[str, Any]:
    return {head.value: cell for head, cell in zip(sheet[1], sheet[row], strict=True)}


def test_sheets_have_names_that_excel_allows(book: openpyxl.Workbook) -> None:
    assert book.sheetnames == ["studies", "counts", "durations", "gaps", "about"]
    assert all(len(name) <= 31 and not re.search(r"[\[\]:*?/\\]", name) for name in book.sheetnames)


@pytest.mark.parametrize("what", TABLES)
def test_each_cell_holds_the_number_of_its_table(
    what: What, book: openpyxl.Workbook, exams: pd.DataFrame, demo_site: sv.Site, week: Extent
) -> None:
    table = export_table(what, exams, demo_site, week)
    heading, *rows = book[what].iter_rows(values_only=True)
    read = pd.DataFrame(rows, columns=heading)
    pd.testing.assert_frame_equal(read.astype(dict(table.dtypes)), table, rtol=1e-15, atol=0)


def test_a_heading_is_bold_stays_in_sight_and_filters(book: openpyxl.Workbook) -> None:
    for what in TABLES:
        sheet = book[what]
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
        assert all(cell.font.bold for cell in sheet[1])
        assert not sheet["A2"].font.bold


def test_numbers_have_formats(book: openpyxl.Workbook) -> None:
    counts, gaps, studies = by_heading(book["counts"], 2), by_heading(book["gaps"], 2), by_heading(book["studies"], 2)
    assert (counts["utilisation"].number_format, counts["utilisation"].value) == ("0.0%", pytest.approx(3 / 14))
    assert (gaps["minutes"].number_format, gaps["minutes"].value) == ("0.0", 120)
    assert (gaps["date"].number_format, gaps["date"].value) == ("yyyy-mm-dd", datetime(2026, 5, 18))
    assert (gaps["end"].number_format, gaps["end"].value) == ("yyyy-mm-dd hh:mm", datetime(2026, 5, 18, 11))
    assert studies["take"].number_format == "0"


def test_columns_are_wide_enough_to_read(book: openpyxl.Workbook) -> None:
    sheet = book["studies"]
    widths = {cell.value: sheet.column_dimensions[cell.column_letter].width for cell in sheet[1]}
    assert widths["study_description"] >= len("PET-CT FDG corps entier")
    assert widths["start"] >= len("2026-05-18 08:00")
    assert widths["prepared_until"] > len("prepared_until")
    assert max(widths.values()) <= 60


def test_a_missing_ratio_is_an_empty_cell(demo_site: sv.Site, exams: pd.DataFrame) -> None:
    holiday = Extent(datetime(2026, 5, 14).date(), datetime(2026, 5, 14).date(), ("Vision 600",))
    counts = openpyxl.load_workbook(BytesIO(content_of(exams, demo_site, holiday)))["counts"]
    assert [cell.value for cell in counts[2]][-2:] == [None, None]


def test_a_text_stays_the_text_that_it_is(demo_site: sv.Site, week: Extent, make_studies: Builder) -> None:
    texts = ["=1+1", "+1", "-1", "@SUM(A1)", "#N/A", "=", "  =1", "2026-05-18", "1e5", "TRUE"]
    day = {"start": "2026-05-18 08:00", "end": "2026-05-18 08:20"}
    table = export_table(
        What.STUDIES, make_studies([day | {"study_description": text} for text in texts]), demo_site, week
    )
    told = about({What.STUDIES: table}, demo_site, week, generated_at=EVENING, missing=[])
    content = xlsx_bytes({What.STUDIES: table}, told)
    sheet = openpyxl.load_workbook(BytesIO(content))["studies"]
    cells = [by_heading(sheet, row)["study_description"] for row in range(2, len(texts) + 2)]
    assert [(cell.value, cell.data_type) for cell in cells] == [(text, "s") for text in table["study_description"]]
    # Still a text after somebody edited the cell.
    assert {cell.value for cell in cells if cell.quotePrefix} == {"=1+1", "+1", "-1", "@SUM(A1)", "=", "  =1"}
    with ZipFile(BytesIO(content)) as parts:
        assert not any(b"<f>" in parts.read(name) or b"<f " in parts.read(name) for name in parts.namelist())


def test_control_characters_do_not_spoil_the_file(demo_site: sv.Site, week: Extent, make_studies: Builder) -> None:
    text = "Os\x1b$B\x00 entier\n\ufffe"
    studies = make_studies([{"start": "2026-05-18 08:00", "end": "2026-05-18 08:20", "study_description": text}])
    book = openpyxl.load_workbook(BytesIO(content_of(studies, demo_site, week)))
    assert by_heading(book["studies"], 2)["study_description"].value == "Os $B  entier "


def test_properties_name_program_and_moment(book: openpyxl.Workbook) -> None:
    assert book.properties.creator == f"SchedVisu {sv.__version__}"
    assert book.properties.title == "Horaire effectif des scanners"
    assert book.properties.created == EVENING


def test_about_tells_days_settings_columns_and_rules(
    book: openpyxl.Workbook, demo_site: sv.Site, exams: pd.DataFrame, week: Extent
) -> None:
    rows = [[value for value in row if value is not None] for row in book["about"].iter_rows(values_only=True)]
    facts = dict(row for row in rows if len(row) == 2)
    assert facts["Jours"] == "du 18.05.2026 au 22.05.2026"
    assert facts["Scanners"] == "Discovery 690, Millennium"
    assert facts["Règles du site"] == demo_site.rules_fingerprint()
    assert facts["Réglages de la récupération"] == demo_site.retrieval_fingerprint()
    assert facts["Généré"] == f"22.05.2026 23:00, SchedVisu {sv.__version__}"
    assert facts["Manque"] == "2 days are not in the store"
    explained = {tuple(row[:2]): tuple(row[2:]) for row in rows if len(row) == 4}
    assert explained["counts", "utilisation"] == ("rapport, 1 vaut 100\xa0%", "examens / plages\xa0; vide sans plage")
    tables = tables_of(exams, demo_site, week)
    assert set(explained) - {("Feuille", "Colonne")} == {(what, name) for what in TABLES for name in tables[what]}
    notes = [row[0] for row in rows if len(row) == 1][1:]
    first, second = (page_sentences(demo_site, scanner) for scanner in week.scanners)
    shared = [line for line in first if line in second]
    assert shared
    assert len(shared) < len(first)  # the threshold of a gap is 40 minutes on one, 60 on the other
    assert notes == [
        *shared,
        *(f"Discovery 690: {line}" for line in first if line not in second),
        *(f"Millennium: {line}" for line in second if line not in first),
    ]


def test_about_speaks_english_on_request(demo_site: sv.Site, exams: pd.DataFrame, week: Extent) -> None:
    report = demo_site.report.model_copy(update={"language": "en"})
    site = demo_site.model_copy(update={"report": report})
    told = about(tables_of(exams, site, week), site, week, generated_at=EVENING, missing=[])
    assert told.facts["Days"] == "from 18 May 2026 to 22 May 2026"
    assert "Missing" not in told.facts
    assert told.columns[0] == ("Sheet", "Column", "Unit", "Meaning")


def test_more_rows_than_a_sheet_holds_are_an_error(
    monkeypatch: pytest.MonkeyPatch, exams: pd.DataFrame, demo_site: sv.Site, week: Extent
) -> None:
    monkeypatch.setattr(xlsx_file, "_MOST_ROWS", 4)
    with pytest.raises(ExportError, match="studies has 5 rows, more than a sheet of Excel holds; choose fewer days"):
        content_of(exams, demo_site, week)
