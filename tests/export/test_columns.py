"""Every column of an export is explained, in one place, and has a unit."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

import schedvisu_lib as sv
from schedvisu_lib.export.columns import Kind, kind_of, meanings, unit_of
from schedvisu_lib.export.tables import Extent, export_table
from schedvisu_lib.export.target import TABLES, What
from schedvisu_lib.language import language

DATA = Path(__file__).parents[2] / "docs" / "data.md"


@pytest.mark.parametrize("what", TABLES)
def test_every_column_has_a_meaning_in_its_order(
    what: What, exams: pd.DataFrame, demo_site: sv.Site, week: Extent
) -> None:
    table = export_table(what, exams, demo_site, week)
    assert list(meanings(what, language("en"))) == list(table.columns)


@pytest.mark.parametrize("what", TABLES)
def test_meanings_are_told_in_french(what: What) -> None:
    french, english = meanings(what, language("fr")), meanings(what, language("en"))
    assert not set(french.values()) & set(english.values())


def test_columns_of_studies_mean_what_the_docs_say() -> None:
    (section,) = re.findall(r"^## studies\n(.*?)(?=^## )", DATA.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    said = dict(re.findall(r"^\| `(\w+)` \| \w+ \| (.+?) \|$", section, flags=re.MULTILINE))
    del said["patient"]
    meaning = dict(meanings(What.STUDIES, language("en")))
    assert meaning.pop("minutes") == "from start to end"
    assert meaning == {name: words.replace("`", "") for name, words in said.items()}


def test_ratios_mean_what_the_docstring_of_the_count_table_says() -> None:
    words = " ".join((sv.count_table.__doc__ or "").split())
    meaning = meanings(What.COUNTS, language("en"))
    for name in ("utilisation", "occupancy"):
        definition = meaning[name].split(";")[0]
        assert re.search(rf"``{name}``[^`]*\({re.escape(definition)}\)", words), name


def test_kinds_come_from_type_and_name(exams: pd.DataFrame, demo_site: sv.Site, week: Extent) -> None:
    counts = export_table(What.COUNTS, exams, demo_site, week)
    studies = export_table(What.STUDIES, exams, demo_site, week)
    kinds = {name: kind_of(table[name]) for table in (counts, studies) for name in table.columns}
    assert {name for name, kind in kinds.items() if kind is Kind.RATIO} == {"utilisation", "occupancy"}
    assert {name for name, kind in kinds.items() if kind is Kind.DAY} == {"first", "last", "date"}
    assert {name for name, kind in kinds.items() if kind is Kind.MINUTES} == {"minutes"}
    assert kinds["start"] is kinds["prepared_until"] is Kind.MOMENT
    assert kinds["exams"] is kinds["take"] is Kind.COUNT
    assert kinds["study_description"] is Kind.TEXT


def test_units_are_told() -> None:
    assert unit_of(Kind.RATIO, language("fr")) == "rapport, 1 vaut 100\N{NO-BREAK SPACE}%"
    assert unit_of(Kind.MINUTES, language("en")) == "minutes"
