"""Names of rows: they differ, and whoever names a row names one that is there."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from schedvisu_lib.plan.sheets.facts import Facts, repeated
from schedvisu_lib.plan.sheets.form import BookT, Form
from schedvisu_lib.plan.sheets.source import Mistake

_SHOWN: Final = 12
"""Allowed names that are told; a book may have hundreds."""


def names_given_twice(form: Form[BookT], facts: Facts[BookT]) -> Iterator[Mistake]:
    """Find rows whose name another row of their sheet has."""
    for sheet in form.named:
        rows = getattr(facts.book, sheet)
        for number in repeated(row.name for row in rows):
            name = "the name" if sheet in form.hidden else f'"{rows[number].name}"'
            yield (sheet, number, "name"), f"{name} stands in a row above already; names must differ"


def unknown_names(form: Form[BookT], facts: Facts[BookT]) -> Iterator[Mistake]:
    """Find names that no row gives."""
    for sheet, column, target, also in form.references:
        known = facts.names[target]
        for number, row in enumerate(getattr(facts.book, sheet)):
            value = getattr(row, column)
            for name in (value or ()) if isinstance(value, tuple) else [value]:
                if name is None or name in known or name in also:
                    continue
                one = form.named[target]
                if target in form.hidden:
                    yield (sheet, number, column), f'{one} is unknown; the sheet "{target}" must have a row for it'
                else:
                    text = f'{one} "{name}" is unknown; allowed: {shown([*known, *also])}'
                    yield (sheet, number, column), text


def shown(names: Collection[str]) -> str:
    """Return names as a mistake tells them, the first of many."""
    known = sorted(names)
    return ", ".join(known[:_SHOWN]) + (f", and {len(known) - _SHOWN} more" if len(known) > _SHOWN else "") or "none"
