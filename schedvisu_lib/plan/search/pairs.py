"""What two appointments of a patient need between them: travel, minutes, or another day (rules 6, 8 and 11)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from schedvisu_lib.plan.book.model import Book, Exemption
from schedvisu_lib.plan.search.arrays import Flags, Ints


class Kind(NamedTuple):
    """A procedure in a group of resources."""

    procedure: str | None
    group: str
    resource: str | None
    """Named where an exception for two procedures is about it."""


class Pairs(NamedTuple):
    """The needs of each pair of kinds; the last kind is being busy elsewhere, which needs nothing."""

    numbers: dict[Kind, int]
    separation: Ints
    apart: Flags
    building: Ints
    classes: dict[str, int]
    """Of patients with exceptions of their own; 0 for all others."""


def kind_of(book: Book, procedure: str | None, resource: str) -> Kind:
    """Return the kind of an appointment."""
    named = any(row.resource == resource and row.b is not None for row in book.exceptions)
    return Kind(procedure, book.group_of[resource], resource if named else None)


def pairs_of(book: Book, kinds: Iterable[Kind]) -> Pairs:
    """Return what each pair of kinds needs, for each class of patients."""
    numbers = {kind: number for number, kind in enumerate(dict.fromkeys(kinds))}
    rows = [row for row in book.exceptions if row.b is not None]
    classes: dict[str, int] = {}
    for row in rows:
        if row.patient is not None:
            classes.setdefault(row.patient, len(classes) + 1)
    every = list(numbers)
    shape = (len(classes) + 1, len(every) + 1, len(every) + 1)
    separation, apart = np.zeros(shape, np.int32), np.zeros(shape, np.uint8)
    travel = _travel(book, every)
    within, same_day = _incompatible(book, every)
    for patient, number in [(None, 0), *classes.items()]:
        own = [row for row in rows if row.patient in {None, patient}]
        allowed, forbidden = (_pairs_named(own, kind, every) for kind in ("allow", "forbid"))
        separation[number, :-1, :-1] = np.maximum(travel, np.where(allowed, 0, within))
        apart[number, :-1, :-1] = (same_day & ~allowed) | forbidden
    return Pairs(numbers, separation, apart, _buildings(book, every), classes)


def _travel(book: Book, kinds: Sequence[Kind]) -> Ints:
    way = {pair: row.minutes for row in book.travel for pair in ((row.a, row.b), (row.b, row.a))}
    groups = {group.name: number for number, group in enumerate(book.groups)}
    minutes = np.zeros((len(groups), len(groups)), np.int32)
    for (a, b), time in way.items():
        minutes[groups[a], groups[b]] = time
    where = np.array([groups[kind.group] for kind in kinds], np.int32)
    return minutes[where[:, None], where[None, :]] if len(kinds) else np.zeros((0, 0), np.int32)


def _incompatible(book: Book, kinds: Sequence[Kind]) -> tuple[Ints, np.ndarray[tuple[int, int], np.dtype[np.bool_]]]:
    within = np.zeros((len(kinds), len(kinds)), np.int32)
    same_day = np.zeros((len(kinds), len(kinds)), bool)
    for rule in book.incompatible:
        hit = _of_procedures(kinds, rule.a, rule.b)
        if rule.rule == "same day":
            same_day |= hit
        else:
            within[hit] = np.maximum(within[hit], rule.minutes)
    return within, same_day


def _pairs_named(
    rows: Iterable[Exemption], what: str, kinds: Sequence[Kind]
) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Return which pairs an exception names; one that names a resource is about pairs with one of them on it."""
    named = np.zeros((len(kinds), len(kinds)), bool)
    for row in rows:
        if row.kind == what and row.b is not None:
            hit = _of_procedures(kinds, row.a, row.b)
            if row.resource is not None:
                there = np.array([kind.resource == row.resource for kind in kinds], bool)
                hit &= there[:, None] | there[None, :]
            named |= hit
    return named


def _of_procedures(kinds: Sequence[Kind], a: str, b: str) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    is_a = np.array([kind.procedure == a for kind in kinds], bool)
    is_b = np.array([kind.procedure == b for kind in kinds], bool)
    pairs: np.ndarray[tuple[int, int], np.dtype[np.bool_]] = is_a[:, None] & is_b[None, :]
    return pairs | pairs.T


def _buildings(book: Book, kinds: Sequence[Kind]) -> Ints:
    """Return the building of each kind; two groups without one are two buildings."""
    of_group = {group.name: (group.building, "" if group.building else group.name) for group in book.groups}
    known = {building: number for number, building in enumerate(dict.fromkeys(of_group.values()))}
    return np.array([*(known[of_group[kind.group]] for kind in kinds), -1], np.int32)
