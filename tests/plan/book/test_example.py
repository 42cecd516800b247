"""What ``params/book.example.yaml`` says of each key is true, and it leaves none out."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import yaml
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

from schedvisu_lib.plan.book.cells import sheets
from schedvisu_lib.plan.book.model import Book
from schedvisu_lib.yaml_file import KeyPath, read_yaml
from tests.conftest import ROOT
from tests.test_docs import choices_in

EXAMPLE = ROOT / "params" / "book.example.yaml"
TEXT = EXAMPLE.read_text(encoding="utf-8").splitlines()
LINES = read_yaml(EXAMPLE).lines


def keys() -> Iterator[tuple[KeyPath, FieldInfo]]:
    """Yield each key that the example explains: those of the book, and those of the first row of each sheet."""
    for name, info in Book.model_fields.items():
        yield (name,), info
        if name in sheets():
            yield from (((name, 0, column), of_row) for column, of_row in sheets()[name].model_fields.items())


KEYS = dict(keys())
ALL_KEYS = pytest.mark.parametrize("path", KEYS, ids=lambda path: ".".join(map(str, path)))


def comment_above(path: KeyPath) -> list[str]:
    """Return the lines of the comment above a key, without their number signs."""
    lines, comment = TEXT[: LINES[path] - 1], list[str]()
    while lines and (words := re.fullmatch(r"\s*# ?(.*)", lines.pop())):
        comment.insert(0, words[1])
    return comment


@ALL_KEYS
def test_the_example_explains_each_key_and_its_default(path: KeyPath) -> None:
    assert path in LINES
    *words, stated = comment_above(path)
    assert words
    assert words[-1].endswith(".")
    if KEYS[path].is_required():
        assert stated == "Required."
    else:
        default = yaml.safe_load(stated.removeprefix("Default: "))
        assert default == to_jsonable_python(KEYS[path].get_default(call_default_factory=True))


@ALL_KEYS
def test_the_example_names_all_choices(path: KeyPath) -> None:
    words = " ".join(comment_above(path)[:-1])
    for choice in choices_in(KEYS[path].annotation):
        assert re.search(rf"\b{choice}\b", words), choice


def test_the_example_keeps_the_order_of_the_models() -> None:
    order = [LINES[path] for path in KEYS]
    assert order == sorted(order)
