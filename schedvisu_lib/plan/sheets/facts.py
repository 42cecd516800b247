"""What the checks of a book are about, and what all of them use."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeAlias

from schedvisu_lib.config import Site
from schedvisu_lib.plan.sheets.form import BookT
from schedvisu_lib.plan.sheets.source import Mistake


@dataclass(frozen=True)
class Facts(Generic[BookT]):
    """What is checked: the rows of a book that are right by themselves."""

    book: BookT
    site: Site
    names: Mapping[str, Collection[str]]
    """Names that the sheets give whose rows have some, those of rows with a mistake included."""


Check: TypeAlias = Callable[[Facts[BookT]], Iterator[Mistake]]
"""Yields sheet, row and column of each mistake, and its wording; rows count from 0, as in the book's tuples."""


def repeated(values: Iterable[Hashable]) -> Iterator[int]:
    """Yield the position of each value that stood before."""
    seen = set()
    for position, value in enumerate(values):
        if value in seen:
            yield position
        seen.add(value)
