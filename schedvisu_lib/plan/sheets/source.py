"""What a file of a book holds, before it is judged: values by sheet, row and column, and how to name their places."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from schedvisu_lib.errors import BookError, ConfigError
from schedvisu_lib.plan.sheets.cells import Reader, columns_of, yaml_readers
from schedvisu_lib.plan.sheets.form import BookT, Form
from schedvisu_lib.yaml_file import KeyPath, WordsLoader, read_yaml

Mistake: TypeAlias = tuple[KeyPath, str]
"""Sheet, row and column (or less, or more where a column holds several values), and the wording."""


@dataclass(frozen=True)
class Source:
    """What a file holds; empty cells and rows are left out."""

    file: Path
    settings: Mapping[str, Any]
    rows: Mapping[str, Mapping[int, Mapping[str, Any]]]
    """By sheet and number of the row, as the file counts them: of each column its value."""
    mistakes: tuple[Mistake, ...]
    lacking: frozenset[tuple[str, str]]
    """Sheet and name of each required column that is not there at all: one mistake says so for all rows."""
    readers: Mapping[type, Reader]
    where: Callable[[KeyPath], str]
    """Names a place, as in ``sheet "busy", row 5, column "end": ``."""


def unknown(what: str, name: str, allowed: list[str]) -> str:
    """Say that a name is unknown; it is repeated only if it is nearly an allowed one, as it might be a patient's."""
    shown = f' "{name}"' if get_close_matches(name.casefold(), allowed, n=1) else ""
    return f"unknown {what}{shown}; allowed: {', '.join(allowed)}"


def read_document(file: Path, form: Form[BookT], zone: ZoneInfo) -> Source:
    """Read a book from a YAML file; times with a zone are put on the wall clock of this one.

    Raises
    ------
    BookError
        The file cannot be read, or is no YAML.
    """
    try:
        document = read_yaml(file, form.example, WordsLoader)
    except ConfigError as error:
        raise BookError(file, error.mistakes) from None
    content = document.content
    if not isinstance(content, dict):
        raise BookError(file, [f"holds no book; copy {form.example} and fill it in"])
    mistakes: list[Mistake] = []
    allowed = [*form.setting_names, *form.sheets]
    mistakes += [((key,), unknown("key", str(key), allowed)) for key in content if key not in allowed]
    rows = {
        name: dict(_rows(form, name, content[name], mistakes)) for name in form.sheets if content.get(name) is not None
    }

    def where(path: KeyPath) -> str:
        keys = ".".join(map(str, _known_part(form, path)))
        return f"line {document.line(path)}: {keys}: " if keys else f"line {document.line(path)}: "

    settings = {name: content[name] for name in form.setting_names if name in content}
    return Source(file, settings, rows, tuple(mistakes), frozenset(), yaml_readers(zone), where)


def _rows(
    form: Form[BookT], sheet: str, content: Any, mistakes: list[Mistake]
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    if not isinstance(content, list):
        mistakes.append(((sheet,), f"must be a list, a line with a dash for each row; see {form.example}"))
        return
    names = list(columns_of(form.sheets[sheet]))
    for number, row in enumerate(content):
        if row is None:
            continue
        if not isinstance(row, dict):
            mistakes.append(((sheet, number), f"must hold keys with values; allowed: {', '.join(names)}"))
            continue
        mistakes += [((sheet, number, key), unknown("key", str(key), names)) for key in row if key not in names]
        yield number, {name: value for name, value in row.items() if name in names}


def _known_part(form: Form[BookT], path: KeyPath) -> KeyPath:
    """Return a key path without a key that no book has: it might be a patient's name."""
    sheet, *rest = path
    if sheet not in form.sheets:
        return path if sheet in form.setting_names else ()
    return path[:2] if rest[1:] and rest[1] not in columns_of(form.sheets[str(sheet)]) else path
