"""What pydantic says about a settings file, in the words of its reader: key path, what was found, what is allowed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from textwrap import shorten
from typing import Any, Final, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from schedvisu_lib.yaml_file import KeyPath

_PLAIN_WORDS: Final = {
    "tuple_type": "must be a list: [one, two], or a line with a dash for each",
    "dict_type": "must hold keys with values, as {mon: 10, tue: 10}",
    "model_type": "must hold the keys that params/site.example.yaml shows",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "missing": "missing; see params/site.example.yaml",
}
"""For what pydantic says in Python's words."""


class ContradictionsError(ValueError):
    """Settings that are right one by one but not together.

    Parameters
    ----------
    mistakes
        Key path and wording of each.
    """

    def __init__(self, mistakes: Sequence[tuple[KeyPath, str]]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(f"{shown(key)}{text}" for key, text in self.mistakes))


def shown(key: KeyPath) -> str:
    """Return a key path as it is printed before a mistake: "pacs.port: ", or "" for the whole file."""
    return ".".join(map(str, key)) + ": " if key else ""


def mistakes_of(error: ValidationError, content: Any, model: type[BaseModel]) -> Iterator[tuple[KeyPath, str]]:
    """Yield key path and wording of each mistake.

    Parameters
    ----------
    error
        What validating the content raised.
    content
        The content of the file.
    model
        The model of the whole file; tells which keys are allowed where one is unknown.
    """
    for detail in error.errors():
        context = detail.get("ctx", {})
        cause = context.get("error")
        if isinstance(cause, ContradictionsError):
            yield from cause.mistakes
        elif detail["type"] != "too_short" or len(detail["input"]) < context["min_length"]:
            # else the list is long enough, and pydantic counted without its wrong entries
            yield _key_path(content, detail["loc"]), _wording(detail, model)


def _key_path(content: Any, loc: KeyPath) -> KeyPath:
    """Return the parts of a pydantic location that are keys of the document, or its missing last one.

    Pydantic adds the names of union members and "[key]"; nobody finds these in the file.
    """
    path: KeyPath = ()
    for part in loc:
        if isinstance(content, dict):
            content = content.get(part)
        elif isinstance(content, list) and isinstance(part, int):
            content = content[part]
        else:
            continue
        path = (*path, part)
    return path


def _wording(detail: ErrorDetails, model: type[BaseModel]) -> str:
    kind, message, context = detail["type"], detail["msg"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        return f"unknown key; allowed here: {', '.join(_allowed_keys(model, detail['loc'][:-1]))}"
    if kind == "value_error":
        return str(context["error"])
    if kind == "too_short":
        return f"needs at least {context['min_length']} entry"
    expected = _PLAIN_WORDS.get(kind) or f"{message[0].lower()}{message[1:]}"
    found = "" if kind == "missing" else f", found {shorten(repr(detail['input']), 60, placeholder='...')}"
    return expected + found


def _allowed_keys(model: type[BaseModel], loc: KeyPath) -> Iterable[str]:
    """Return the keys that may stand at a pydantic location."""
    for part in loc:
        if part in model.model_fields:
            model = _model_in(model.model_fields[str(part)].annotation) or model
    return model.model_fields


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the model that a type holds, as in ``tuple[Scanner, ...]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)
