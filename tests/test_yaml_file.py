"""YAML files: plain types, and the line of each key."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from schedvisu_lib.errors import ConfigError
from schedvisu_lib.yaml_file import WordsLoader, YamlFile, read_yaml


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "site.yaml"


def read(file: Path, text: str) -> YamlFile:
    file.write_text(text, encoding="utf-8")
    return read_yaml(file)


def mistakes(file: Path, text: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        read(file, text)
    return caught.value.mistakes


def test_content_is_of_plain_types(file: Path) -> None:
    document = read(file, "name: médecine nucléaire\nport: 104\nclosures: [2025-12-24]\nflag: true\nnone: null\n")
    assert document.content == {
        "name": "médecine nucléaire",
        "port": 104,
        "closures": [date(2025, 12, 24)],
        "flag": True,
        "none": None,
    }


def test_each_key_and_entry_knows_its_line(file: Path) -> None:
    document = read(
        file, "# a comment\n\npacs:\n  host: a\n  port: 104\nscanners:\n  - name: one\n  - {name: two,\n     gap: 3}\n"
    )
    assert document.line(("pacs",)) == 3
    assert document.line(("pacs", "port")) == 5
    assert document.line(("scanners", 0, "name")) == 7
    assert document.line(("scanners", 1)) == 8
    assert document.line(("scanners", 1, "gap")) == 9


def test_a_missing_key_is_looked_for_where_its_parent_stands(file: Path) -> None:
    document = read(file, "log:\n  level: INFO\npacs:\n  host: a\n")
    assert document.line(("pacs", "port")) == 3
    assert document.line(("mail", "host")) == 1
    assert document.line(()) == 1


def test_a_key_given_twice_names_both_lines(file: Path) -> None:
    found = mistakes(file, "pacs:\n  port: 1\n  host: a\n  port: 2\npacs: {}\n")
    assert found == (
        "line 4: pacs.port: given twice; keep one (also line 2)",
        "line 5: pacs: given twice; keep one (also line 1)",
    )


def test_no_file_says_what_to_copy(file: Path) -> None:
    with pytest.raises(ConfigError, match=r"site.yaml: no such file; copy params/site.example.yaml and fill it in$"):
        read_yaml(file)


def test_a_folder_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_yaml(tmp_path)


def test_another_encoding_cannot_be_read(file: Path) -> None:
    file.write_bytes("name: médecine".encode("latin-1"))
    with pytest.raises(ConfigError, match="cannot be read: 'utf-8' codec"):
        read_yaml(file)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("pacs:\n  host: a\n\tport: 1\n", 3),
        ("pacs:\n  host: [a\nlog: b\n", 3),
        ("a: 1\n---\nb: 2\n", 2),
        ("a: 1\nb: !!python/object/apply:os.getcwd []\n", 2),
        ("a: 1\nclosures:\n  - 2025-02-30\n", 3),
    ],
    ids=["tab", "open bracket", "two documents", "python object", "30 February"],
)
def test_what_is_not_yaml_of_plain_types_is_one_line(file: Path, text: str, line: int) -> None:
    (found,) = mistakes(file, text)
    assert found.startswith(f"line {line}: ")
    assert "\n" not in found


def test_a_day_that_no_calendar_has_is_named(file: Path) -> None:
    (found,) = mistakes(file, "closures: [2025-02-30]\n")
    assert '"2025-02-30" is no date: day is out of range for month' in found


def test_nothing_executable_is_ever_built(file: Path, tmp_path: Path) -> None:
    made = tmp_path / "made"
    mistakes(file, f"a: !!python/object/apply:pathlib.Path.touch [!!python/object/apply:pathlib.Path [{made}]]\n")
    assert not made.exists()


def test_an_empty_file_has_no_content(file: Path) -> None:
    assert read(file, "# nothing yet\n").content is None


def test_merge_keys_give_no_key_twice(file: Path) -> None:
    document = read(file, "a: &a {host: x, port: 1}\nb:\n  <<: *a\n  port: 2\n")
    assert document.content["b"] == {"host": "x", "port": 2}
    assert document.line(("b", "port")) == 4


def test_a_key_that_is_no_text_is_named_by_its_line(file: Path) -> None:
    assert mistakes(file, "a: 1\n? [b, c]\n: 2\n") == ("line 2: found unhashable key; see params/site.example.yaml",)


def test_yes_no_on_and_off_are_words_for_the_loader_that_leaves_words_alone(file: Path) -> None:
    text = "no: [yes, on, off, Off, true, False]\nday: 2026-05-25\n"
    file.write_text(text, encoding="utf-8")
    document = read_yaml(file, loader_type=WordsLoader)
    assert document.content == {"no": ["yes", "on", "off", "Off", True, False], "day": date(2026, 5, 25)}
    assert read_yaml(file).content[False] == [True, True, False, False, True, False]
