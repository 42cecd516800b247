"""What a book is made of: its sheets with their rows, and which columns name rows of other sheets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar, get_args, get_origin

from pydantic import BaseModel, create_model

from schedvisu_lib.settings.base import Settings

BookT = TypeVar("BookT", bound=BaseModel)


class Reference(NamedTuple):
    """A column that names rows of another sheet."""

    sheet: str
    column: str
    target: str
    also: tuple[str, ...] = ()
    """What may stand there besides the names of rows."""


@dataclass(frozen=True, eq=False)
class Form(Generic[BookT]):
    """A kind of book.

    The fields of its model that are tuples of models are its sheets, the fields of these their columns; all others are
    rows of the sheet "settings".
    """

    model: type[BookT]
    example: str
    """The file that explains each key."""
    template: str
    """The command that writes a workbook to fill in."""
    named: Mapping[str, str]
    """Sheets whose rows have names of their own, with the word for one row."""
    references: tuple[Reference, ...]
    hidden: frozenset[str] = frozenset()
    """Sheets whose names never stand in a mistake."""

    @cached_property
    def sheets(self) -> Mapping[str, type[BaseModel]]:
        """The model of the rows of each sheet, in the order of the book."""
        fields = self.model.model_fields.items()
        return {name: get_args(info.annotation)[0] for name, info in fields if get_origin(info.annotation) is tuple}

    @cached_property
    def setting_names(self) -> tuple[str, ...]:
        """The fields of the book that are no sheets."""
        return tuple(name for name in self.model.model_fields if name not in self.sheets)

    @cached_property
    def settings_model(self) -> type[BaseModel]:
        """The model of those fields of the book that are no sheets."""
        infos = {name: self.model.model_fields[name] for name in self.setting_names}
        fields: dict[str, Any] = {name: (info.annotation, info) for name, info in infos.items()}
        return create_model("BookSettings", __base__=Settings, **fields)
