"""A wrong line is named with its number; the reader takes nothing for granted."""

from __future__ import annotations

from pathlib import Path

import pytest

from schedvisu_lib.plan.roster.suite.instance import Cover, Request
from schedvisu_lib.plan.roster.suite.reading import InstanceError, read_instance
from tests.plan.roster.suite.instances import TEXT


def written(tmp_path: Path, text: str) -> Path:
    """Return a file with a text."""
    file = tmp_path / "week.txt"
    file.write_text(text, encoding="utf-8")
    return file


def test_reads_every_section(tmp_path: Path) -> None:
    instance = read_instance(written(tmp_path, TEXT))
    assert instance.days == 7
    assert [(shift.name, shift.minutes, set(shift.not_before)) for shift in instance.shifts] == [
        ("E", 480, set()),
        ("N", 600, {"E"}),
    ]
    ada, bob = instance.workers
    assert (ada.name, dict(ada.most_of), ada.most_minutes, ada.least_minutes) == ("Ada", {"E": 7, "N": 0}, 1920, 960)
    assert (ada.most_days_on, ada.least_days_on, ada.least_days_off, ada.most_weekends) == (3, 2, 2, 1)
    assert (ada.days_off, bob.days_off) == (frozenset({0, 4}), frozenset())
    assert instance.requests == (Request("Ada", 1, "E", 2, True), Request("Bob", 2, "N", 3, False))
    assert instance.cover == (Cover(1, "E", 1, 100, 1), Cover(2, "N", 1, 50, 2))


def test_carriage_returns_and_a_comma_too_many_do_no_harm(tmp_path: Path) -> None:
    text = TEXT.replace("1,E,1,100,1\n", "1,E,1,100,1,\n").replace("\n", "\r\n")
    assert read_instance(written(tmp_path, text)) == read_instance(written(tmp_path, TEXT))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("1,E,1,100,1", "9,E,1,100,1", "line 20: day 9 is not in the horizon (0 to 6)"),
        ("1,E,1,100,1", "1,X,1,100,1", "line 20: unknown shift 'X'; known: E, N"),
        ("1,E,1,100,1", "1,E,1,100", "line 20: 4 fields found, 5 asked for"),
        ("1,E,1,100,1", "2,N,1,100,1", "line 21: the cover of shift N on day 2 stands there twice"),
        ("Ada,1,E,2", "Eve,1,E,2", "line 15: unknown person 'Eve'"),
        ("Ada,1,E,2", "Ada,1,E,two", "line 15: 'two' is no whole number of at least 0"),
        ("N,600,E", "N,600,F", "line 6: unknown shift 'F'; known: E, N"),
        ("1920,960", "960,1920", "line 9: at least 1920 minutes are more than 960 at most"),
        ("1920,960,3,2", "1920,960,1,2", "line 9: at least 2 days on are more than 1 at most"),
        ("SECTION_COVER", "SECTION_COVERS", "line 18: unknown section SECTION_COVERS"),
        ("SECTION_HORIZON\n", "", "line 2: '7' stands before the first section"),
        ("SECTION_HORIZON\n", "", "section SECTION_HORIZON is missing; its lines have: days"),
        ("\n7\n", "\n", "section SECTION_HORIZON is empty; write: days"),
    ],
)
def test_a_mistake_is_one_line_that_names_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in TEXT
    file = written(tmp_path, TEXT.replace(old, new, 1))
    with pytest.raises(InstanceError) as caught:
        read_instance(file)
    assert f"{file}: {said}" in str(caught.value)
    assert all(line.startswith(f"{file}: ") for line in str(caught.value).splitlines())


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InstanceError, match=r"nowhere\.txt: cannot be read"):
        read_instance(tmp_path / "nowhere.txt")
