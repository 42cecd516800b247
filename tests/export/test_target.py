"""Which format an export gets, and where it goes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from schedvisu_lib.export.target import TABLES, Format, Target, What, choose_target, file_name

ENDINGS = {
    **dict.fromkeys(TABLES, "csv"),
    What.ALL: "xlsx",
    What.AGENDA: "ics",
    What.PAGE: "pdf",
}


@pytest.mark.parametrize("what", What)
def test_each_export_has_a_usual_format(what: What) -> None:
    assert choose_target(what, "name", wanted=None, out=None) == Target(
        Path(f"name.{ENDINGS[what]}"), Format(ENDINGS[what])
    )


def test_the_ending_of_a_file_says_the_format() -> None:
    out = Path("somewhere/Week.XLSX")
    assert choose_target(What.COUNTS, "name", wanted=None, out=out) == Target(out, Format.XLSX)


def test_a_format_gives_the_ending(tmp_path: Path) -> None:
    target = choose_target(What.GAPS, "name", wanted=Format.PARQUET, out=tmp_path)
    assert target == Target(tmp_path / "name.parquet", Format.PARQUET)


def test_a_name_without_ending_is_a_folder() -> None:
    assert choose_target(What.GAPS, "name", wanted=None, out=Path("new")).file == Path("new/name.csv")


def test_a_folder_that_exists_may_have_a_dot_in_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "of.2026"
    folder.mkdir()
    assert choose_target(What.PAGE, "name", wanted=None, out=folder).file == folder / "name.pdf"


def test_a_file_of_another_ending_is_possible_with_a_format() -> None:
    assert choose_target(What.GAPS, "name", wanted=Format.CSV, out=Path("gaps.txt")).file == Path("gaps.txt")


@pytest.mark.parametrize(
    ("what", "wanted", "out", "words"),
    [
        (What.AGENDA, Format.XLSX, None, "agenda cannot be written as xlsx; allowed: ics"),
        (What.AGENDA, None, "a.xlsx", "agenda cannot be written as xlsx; allowed: ics"),
        (What.ALL, Format.CSV, None, "all cannot be written as csv; allowed: xlsx"),
        (What.PAGE, Format.CSV, None, "page cannot be written as csv; allowed: pdf, png, svg, html"),
        (What.GAPS, Format.PNG, None, "gaps cannot be written as png; allowed: csv, xlsx, parquet"),
        (What.GAPS, None, "a.txt", 'a.txt: the ending "txt" is no format; allowed for gaps: csv, xlsx, parquet'),
        (What.GAPS, Format.CSV, "a.xlsx", "a.xlsx: ends like xlsx, but --format says csv; leave one of the two out"),
    ],
)
def test_what_does_not_fit_is_told(what: What, wanted: Format | None, out: str | None, words: str) -> None:
    with pytest.raises(ValueError, match=r"allowed|leave") as error:
        choose_target(what, "name", wanted=wanted, out=Path(out) if out else None)
    assert str(error.value) == words


def test_names_hold_days_and_scanners_in_plain_letters() -> None:
    assert file_name("counts", date(2026, 5, 18), date(2026, 5, 22)) == "counts-2026-05-18_2026-05-22"
    named = file_name("gaps", date(2026, 5, 18), date(2026, 5, 22), ["Vision 600", "Caméra à/2"])
    assert named == "gaps-2026-05-18_2026-05-22-vision-600-camera-a-2"
