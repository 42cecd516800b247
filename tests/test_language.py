"""Texts, numbers and dates as French and English write them; every text in the code has its French one."""

from __future__ import annotations

import ast
import json
import math
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from string import Formatter

import pandas as pd
import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

import schedvisu_lib
from schedvisu_lib.config import OTHER
from schedvisu_lib.language import NOTHING, language
from schedvisu_lib.periods import Bin
from schedvisu_lib.tables import VERDICTS
from tests.conftest import write_site_file

PACKAGE = Path(schedvisu_lib.__file__).parent
NARROW, HARD = "\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}"


# --- the catalogue ----------------------------------------------------------------------------------------------------

TRANSLATORS = {"t", "_t", "self"}
"""What a :class:`Language` is called where texts are marked: ``t("Slots")``; ``self`` within language.py."""


def code_files() -> Iterator[tuple[str, str]]:
    """Yield place and Python code of each module and each notebook cell."""
    for file in sorted(PACKAGE.rglob("*.py")):
        yield str(file.relative_to(PACKAGE.parent)), file.read_text(encoding="utf-8")
    for file in sorted((PACKAGE.parent / "notebooks").rglob("*.ipynb")):
        for number, cell in enumerate(json.loads(file.read_text(encoding="utf-8"))["cells"], start=1):
            if cell["cell_type"] == "code":
                lines = "".join(cell["source"]).splitlines()
                yield f"{file.name}, cell {number}", "\n".join(line for line in lines if line[:1] not in {"%", "!"})


def texts_in_code() -> Iterator[tuple[str, str]]:
    """Yield place and text of each call of a translator with a text that stands in the code."""
    for place, code in code_files():
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TRANSLATORS:
                for value in _literals(node.args[0]):
                    yield f"{place}:{node.lineno}", value
    for file in sorted(PACKAGE.rglob("*.j2")):
        for found in re.finditer(r"""\bt\(\s*(["'])(.+?)\1""", file.read_text(encoding="utf-8")):
            yield file.name, found[2]


def _literals(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    return [*_literals(node.body), *_literals(node.orelse)] if isinstance(node, ast.IfExp) else []


@pytest.fixture(scope="module")
def french() -> Catalog:
    with (PACKAGE / "locale" / "fr.po").open("rb") as file:
        return read_po(file, locale="fr")


def test_every_text_in_the_code_has_a_french_one(french: Catalog) -> None:
    marked = list(texts_in_code())
    assert marked
    missing = [f"{place}: {text}" for place, text in marked if not (french.get(text) and french.get(text).string)]
    assert not missing, "schedvisu_lib/locale/fr.po lacks:\n" + "\n".join(missing)


@pytest.mark.parametrize(
    ("text", "in_french"),
    [
        ("weekly", "hebdomadaire"),
        ("biweekly", "bimensuel"),
        ("monthly", "mensuel"),
        ("quarterly", "trimestriel"),
        ("half-yearly", "semestriel"),
        ("yearly", "annuel"),
        ("multi-year", "longue durée"),
        (OTHER, "AUTRE"),
    ],
)
def test_words_that_the_design_fixes(text: str, in_french: str) -> None:
    assert language("fr")(text) == in_french
    assert language("en")(text) == text


@pytest.mark.parametrize("verdict", VERDICTS)
def test_every_verdict_has_a_french_word(verdict: str, french: Catalog) -> None:
    assert french.get(verdict) is not None


def test_translations_are_finished_and_keep_the_placeholders(french: Catalog) -> None:
    for message in french:
        if message.id:
            assert message.string, message.id
            assert not message.fuzzy, message.id
            assert fields(message.string) == fields(message.id), message.id


def test_french_signs_never_begin_a_line(french: Catalog) -> None:
    breaking = [message.string for message in french if message.id and re.search(r" [:;?!%»]|« ", message.string)]
    assert not breaking, "a plain space stands beside a sign; write U+00A0:\n" + "\n".join(breaking)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_weeks_are_called_s_in_french() -> None:
    assert language("fr").weeks(date(2026, 1, 12), date(2026, 1, 16)) == "S03"
    assert language("en").weeks(date(2026, 1, 12), date(2026, 1, 16)) == "W03"


def test_a_text_without_translation_stays_english() -> None:
    assert language("fr")("no such text {n}", n=3) == "no such text 3"
    assert language("en")("no such text") == "no such text"
    assert language("fr")("") == ""


def test_braces_without_values_stay() -> None:
    assert language("en")("{a}") == "{a}"


# --- numbers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "decimals", "fr", "en"),
    [
        (1234567, 0, f"1{NARROW}234{NARROW}567", "1,234,567"),
        (0.5, 1, "0,5", "0.5"),
        (12.345, 2, "12,35", "12.35"),
        (2.5, 0, "3", "3"),
        (3.5, 0, "4", "4"),
        (0.125, 2, "0,13", "0.13"),
        (-0.4, 0, "0", "0"),
        (-2.5, 0, "-3", "-3"),
        (7, 1, "7,0", "7.0"),
        (math.nan, 1, NOTHING, NOTHING),
        (math.inf, 0, NOTHING, NOTHING),
        (None, 0, NOTHING, NOTHING),
    ],
)
def test_numbers(value: float, decimals: int, fr: str, en: str) -> None:
    assert language("fr").number(value, decimals) == fr
    assert language("en").number(value, decimals) == en


def test_numbers_of_numpy_and_pandas_are_numbers() -> None:
    numbers = pd.Series([2.5, 1000.0])
    assert [language("en").number(value) for value in numbers] == ["3", "1,000"]
    assert language("en").number(pd.Series([7])[0]) == "7"


def test_percentages() -> None:
    assert language("fr").percent(0.825) == f"83{HARD}%"
    assert language("fr").percent(0.8251, 1) == f"82,5{HARD}%"
    assert language("en").percent(math.nan) == NOTHING
    assert language("en").percent(1.05) == "105%"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (timedelta(0), "0:00"),
        (timedelta(minutes=7), "0:07"),
        (timedelta(minutes=65), "1:05"),
        (timedelta(minutes=71, seconds=30), "1:12"),
        (timedelta(minutes=2, seconds=30), "0:03"),
        (timedelta(minutes=59, seconds=59), "1:00"),
        (timedelta(hours=26), "26:00"),
        (-timedelta(minutes=65), "-1:05"),
        (pd.Timedelta(minutes=20), "0:20"),
        (pd.NaT, NOTHING),
        (None, NOTHING),
    ],
)
def test_durations_are_hours_and_minutes(value: timedelta, text: str) -> None:
    """Case 24: "71:30" was read as hours, and seconds were cut off."""
    assert language("fr").duration(value) == text


# --- dates ------------------------------------------------------------------------------------------------------------


def test_weekdays() -> None:
    assert [language(code).weekday(day) for code in ("en", "fr") for day in ("mon", "sun")] == [
        *("Mon", "Sun", "lun.", "dim."),
    ]


def test_one_day_is_no_days() -> None:
    assert [language("fr").days(n) for n in (1, 2)] == ["1 jour", "2 jours"]
    assert [language("en").days(n) for n in (0, 1)] == ["0 days", "1 day"]


def test_days_and_moments() -> None:
    day = date(2025, 12, 1)
    assert (language("fr").day(day), language("en").day(day)) == ("01.12.2025", "1 Dec 2025")
    assert language("fr").day(day, "EEE d MMM") == "lun. 01.12"
    assert language("en").day(day, "EEE d MMM") == "Mon 1 Dec"
    assert language("fr").day(date(2025, 8, 1), "MMMM y") == "août 2025"
    assert language("fr").moment(datetime(2025, 12, 1, 7, 5)) == "01.12.2025 07:05"


@pytest.mark.parametrize(
    ("first", "last", "weeks"),
    [
        (date(2025, 12, 1), date(2025, 12, 5), "W49"),
        (date(2025, 12, 1), date(2025, 12, 19), "W49 – W51"),
        (date(2025, 12, 15), date(2026, 1, 9), "W51/2025 – W02/2026"),
        (date(2020, 12, 28), date(2021, 1, 3), "W53"),
        (date(2020, 12, 28), date(2021, 1, 8), "W53/2020 – W01/2021"),
        (date(2025, 12, 29), date(2026, 1, 9), "W01 – W02"),
    ],
)
def test_weeks_are_shown_with_their_year_where_a_period_crosses_one(first: date, last: date, weeks: str) -> None:
    """Case 19: 29 December 2025 lies in week 1 of 2026."""
    assert language("en").weeks(first, last) == weeks


@pytest.mark.parametrize(
    ("column", "fr"),
    [
        (Bin("2025-12-01", date(2025, 11, 29), date(2025, 12, 1), "day"), "lun. 01.12"),
        (Bin("2025-W49", date(2025, 12, 1), date(2025, 12, 7), "week"), "S49"),
        (Bin("2025-W49/2025-W52", date(2025, 12, 1), date(2025, 12, 28), "4 weeks"), "S49 – S52"),
        (Bin("2025-08", date(2025, 8, 4), date(2025, 8, 31), "month"), "août 2025"),
        (Bin("2025", date(2025, 3, 1), date(2025, 12, 31), "year"), "2025"),
    ],
)
def test_headings_of_bins(column: Bin, fr: str) -> None:
    assert language("fr").bin(column) == fr


# --- a further language -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pattern", ["d MMM", "d MMM y", "EEE d MMM", "EEE d MMM y"])
def test_days_are_written_as_the_catalogue_says(pattern: str, french: Catalog) -> None:
    assert french[pattern].string != pattern


def test_a_language_is_added_by_one_file(tmp_path: Path) -> None:
    copy = tmp_path / "schedvisu_lib"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    catalogue = Catalog(locale="de")
    catalogue.add("Slots", "Plätze")
    with (copy / "locale" / "de.po").open("wb") as file:
        write_po(file, catalogue)
    site = write_site_file(tmp_path, report={"language": "de"})
    script = (
        "import sys, datetime, schedvisu_lib as sv; from schedvisu_lib.language import language; "
        "t = language(sv.load_site(sys.argv[1]).report.language); "
        "print(t('Slots'), t('Exams'), t.day(datetime.date(2026, 5, 22), 'EEEE'), t.number(1234.5, 1))"
    )
    said = subprocess.run(
        [sys.executable, "-c", script, site],
        cwd=tmp_path,  # python -c looks there first
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert said.stdout == "Plätze Exams Freitag 1.234,5\n"
