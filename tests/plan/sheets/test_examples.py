"""What the example of each kind of book says of each key is true, and it leaves none out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

import pytest
import yaml
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

from schedvisu_lib.plan.book.form import FORM as BOOK
from schedvisu_lib.plan.roster.book.form import FORM as STAFF
from schedvisu_lib.plan.sheets.form import Form
from schedvisu_lib.yaml_file import KeyPath, WordsLoader, YamlFile, read_yaml
from tests.conftest import ROOT
from tests.test_docs import choices_in

FORMS: Final[Mapping[str, Form[Any]]] = {"book": BOOK, "staff": STAFF}


def keys(form: Form[Any]) -> Iterator[tuple[KeyPath, FieldInfo]]:
    """Yield each key that an example explains: those of the book, and those of the first row of each sheet."""
    for name, info in form.model.model_fields.items():
        yield (name,), info
        if name in form.sheets:
            yield from (((name, 0, column), of_row) for column, of_row in form.sheets[name].model_fields.items())


KEYS = {(kind, path): info for kind, form in FORMS.items() for path, info in keys(form)}
ALL_KEYS = pytest.mark.parametrize(("kind", "path"), KEYS, ids=lambda part: part if isinstance(part, str) else "")


@cache
def example(kind: str) -> tuple[list[str], YamlFile]:
    """Return the lines of an example and what it holds."""
    file = ROOT / FORMS[kind].example
    return file.read_text(encoding="utf-8").splitlines(), read_yaml(file, loader_type=WordsLoader)


def comment_above(kind: str, path: KeyPath) -> list[str]:
    """Return the lines of the comment above a key, without their number signs."""
    text, document = example(kind)
    lines, comment = text[: document.lines[path] - 1], list[str]()
    while lines and (words := re.fullmatch(r"\s*# ?(.*)", lines.pop())):
        comment.insert(0, words[1])
    return comment


@ALL_KEYS
def test_an_example_explains_each_key_and_its_default(kind: str, path: KeyPath) -> None:
    info = KEYS[kind, path]
    assert path in example(kind)[1].lines
    *words, stated = comment_above(kind, path)
    assert words
    assert words[-1].endswith(".")
    if info.is_required():
        assert stated == "Required."
    else:
        default = yaml.safe_load(stated.removeprefix("Default: "))
        assert default == to_jsonable_python(info.get_default(call_default_factory=True))


@ALL_KEYS
def test_an_example_names_all_choices(kind: str, path: KeyPath) -> None:
    words = " ".join(comment_above(kind, path)[:-1])
    for choice in choices_in(KEYS[kind, path].annotation):
        assert re.search(rf"\b{choice}\b", words), choice


@pytest.mark.parametrize("kind", FORMS)
def test_an_example_keeps_the_order_of_the_models(kind: str) -> None:
    order = [example(kind)[1].lines[path] for own, path in KEYS if own == kind]
    assert order == sorted(order)


@pytest.mark.parametrize("kind", FORMS)
def test_an_example_holds_all_keys_of_its_book_and_no_other(kind: str) -> None:
    assert list(example(kind)[1].content) == list(FORMS[kind].model.model_fields)
