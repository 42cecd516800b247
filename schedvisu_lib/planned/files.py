"""The files of a source that is read from disk: one file, or those of a folder."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from schedvisu_lib.planned.listing import Appointment, Listing, PlanError


def files_of(path: Path, pattern: str, key: str) -> list[Path]:
    """Return a file, or the files of a folder that fit a pattern, in order of their names.

    Raises
    ------
    PlanError
        There is none.
    """
    if path.is_dir():
        files = sorted(file for file in path.glob(pattern) if file.is_file())
        if not files:
            raise PlanError(f"{path}: no file fits {pattern}; check {key}.path and {key}.pattern")
        return files
    if not path.is_file():
        raise PlanError(f"{path}: no such file or folder; check {key}.path")
    return [path]


def read_bytes(file: Path) -> bytes:
    """Return what a file holds.

    Raises
    ------
    PlanError
        It cannot be read.
    """
    try:
        return file.read_bytes()
    except OSError as error:
        raise PlanError(f"{file}: cannot be read ({error.strerror}); check its permissions") from error


def keep(listing: Listing, appointments: Iterable[Appointment], first: date, last: date) -> Listing:
    """Add appointments to a listing, which tells all of those days from first to last that its files mention."""
    listing.appointments += [one for one in appointments if first <= one.start.date() <= last]
    listing.days = frozenset(one.start.date() for one in listing.appointments) if listing.is_whole else frozenset()
    return listing
