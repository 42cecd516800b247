"""CSV as a double click in a French or English spreadsheet wants it."""

from __future__ import annotations

from io import BytesIO

import pandas as pd
import pytest

import schedvisu_lib as sv
from schedvisu_lib.export.csv_file import Dialect, csv_bytes, dialect_of
from schedvisu_lib.export.tables import Extent, export_table
from schedvisu_lib.export.target import TABLES, What
from tests.conftest import Builder

FRENCH, ENGLISH = Dialect(";", ","), Dialect(",", ".")


def test_french_has_semicolons_and_decimal_commas(exams: pd.DataFrame, demo_site: sv.Site, week: Extent) -> None:
    content = csv_bytes(export_table(What.GAPS, exams, demo_site, week), FRENCH)
    assert content.decode("utf-8").split("\r\n")[:2] == [
        "\ufeffdate;scanner;start;end;minutes;class",
        "2026-05-18;Discovery 690;2026-05-18 09:00:00;2026-05-18 11:00:00;120,0;hole",
    ]


@pytest.mark.parametrize(
    ("language", "delimiter", "dialect"),
    [
        ("fr", None, FRENCH),
        ("de", None, FRENCH),
        ("en", None, ENGLISH),
        ("fr", ",", ENGLISH),
        ("fr", ";", FRENCH),
        ("en", ";", Dialect(";", ".")),
        ("fr", "tab", Dialect("\t", ",")),
    ],
)
def test_dialect_follows_language_and_delimiter(language: str, delimiter: str | None, dialect: Dialect) -> None:
    assert dialect_of(language, delimiter) == dialect


def test_an_unknown_delimiter_is_told() -> None:
    with pytest.raises(ValueError, match='--delimiter ":" is unknown; allowed: , ; tab'):
        dialect_of("fr", ":")


@pytest.mark.parametrize("what", TABLES)
@pytest.mark.parametrize("dialect", [FRENCH, ENGLISH, Dialect("\t", ",")])
def test_numbers_are_read_back(
    what: What, dialect: Dialect, exams: pd.DataFrame, demo_site: sv.Site, week: Extent
) -> None:
    table = export_table(what, exams, demo_site, week)
    times = list(table.select_dtypes("datetime"))
    read = pd.read_csv(
        BytesIO(csv_bytes(table, dialect)),
        sep=dialect.delimiter,
        decimal=dialect.decimal,
        encoding="utf-8-sig",
        parse_dates=times,
        keep_default_na=True,
        na_filter=what is What.COUNTS,
    )
    pd.testing.assert_frame_equal(read, table, check_dtype=False, rtol=0, atol=5e-7)


def test_a_table_without_rows_has_its_heading(demo_site: sv.Site, week: Extent, make_studies: Builder) -> None:
    for what in (What.STUDIES, What.DURATIONS, What.GAPS):
        table = export_table(what, make_studies(), demo_site, week)
        assert csv_bytes(table, FRENCH).decode("utf-8-sig") == ";".join(table.columns) + "\r\n"


def test_texts_keep_accents_and_are_no_formulas(demo_site: sv.Site, week: Extent, make_studies: Builder) -> None:
    day = {"start": "2026-05-18 08:00", "end": "2026-05-18 08:20"}
    texts = ["=HYPERLINK(A1;B1)", 'cœur "été"; effort', "a\nb\x00c"]
    studies = make_studies([day | {"study_description": text} for text in texts])
    content = csv_bytes(export_table(What.STUDIES, studies, demo_site, week), FRENCH)
    read = pd.read_csv(BytesIO(content), sep=";", encoding="utf-8-sig")
    assert list(read["study_description"]) == ["'=HYPERLINK(A1;B1)", 'cœur "été"; effort', "a b c"]


def test_times_are_rounded_to_the_second(demo_site: sv.Site, week: Extent, make_studies: Builder) -> None:
    studies = make_studies([{"start": "2026-05-18 08:00:00.6", "end": "2026-05-18 08:20:59.9"}])
    [row] = csv_bytes(export_table(What.STUDIES, studies, demo_site, week), ENGLISH).decode().splitlines()[1:]
    assert "2026-05-18 08:00:01,2026-05-18 08:21:00" in row
