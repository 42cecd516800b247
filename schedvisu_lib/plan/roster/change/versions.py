"""Versions of a roster: each one that is saved keeps those before it, with time, author and note."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet
from pydantic import ValidationError

from schedvisu_lib.errors import PlanError
from schedvisu_lib.files import replacing, write_atomically
from schedvisu_lib.lock import locked
from schedvisu_lib.plan.roster.book.model import StaffBook
from schedvisu_lib.plan.roster.duty import COLUMNS, from_table

_NAME: Final = re.compile(r"(\d{4,})-(\d{4}-\d{2}-\d{2}T\d{6})\.parquet")
_STAMP: Final = "%Y-%m-%dT%H%M%S"
_AUTHOR, _NOTE = b"schedvisu.author", b"schedvisu.note"
_PATIENCE: Final = 10.0
"""Seconds to wait for somebody else who saves at the same moment."""


@dataclass(frozen=True)
class Version:
    """A roster that was saved.

    Parameters
    ----------
    number
        1 for the first one of its folder.
    saved
        When, to the second.
    author, note
        By whom, and what for.
    file
        Where it lies.
    damaged
        Whether author and note could not be read; nor can its roster.
    """

    number: int
    saved: datetime
    author: str
    note: str
    file: Path
    damaged: bool = False


def save_version(
    folder: str | Path,
    table: pd.DataFrame,
    book: StaffBook | None = None,
    *,
    author: str,
    note: str = "",
    now: datetime,
) -> Version:
    """Save a roster beside the ones before it; two who save at once get a number each.

    Parameters
    ----------
    folder
        Holds the versions of one roster, and nothing else; it is made if it is not there.
    table
        Columns of :data:`schedvisu_lib.plan.roster.duty.COLUMNS`.
    book
        The staff book that it was made from, kept with it if it is given: debts and absences belong to a version.
    author, note
        Who saves it, and what for.
    now
        The moment, on the wall clock.

    Raises
    ------
    TableError
        A column of the roster is missing.
    PlanError
        The folder cannot be written.
    StoreLocked, StoreError
        Somebody else saves all the time, or the folder cannot be made.
    """
    from_table(table)
    place, saved = Path(folder), now.replace(microsecond=0)
    with locked(place, key="the folder of the versions", patience=_PATIENCE):
        number = max((one.number for one in versions(place)), default=0) + 1
        file = place / f"{number:04d}-{saved:{_STAMP}}.parquet"
        try:
            if book is not None:  # first: a version is there as soon as its roster is
                write_atomically(_book_of(file), book.model_dump_json(exclude_defaults=True).encode())
            _write(file, table, {_AUTHOR: author, _NOTE: note})
        except OSError as error:
            raise PlanError(
                f"{file}: cannot be written ({error.strerror}); check permission and free space of the folder"
            ) from None
    return Version(number, saved, author, note, file)


def versions(folder: str | Path) -> list[Version]:
    """Return the versions of a folder, the first one first; none, if the folder is not there.

    Raises
    ------
    PlanError
        The folder cannot be read.
    """
    try:
        files = [file for file in Path(folder).iterdir() if _NAME.fullmatch(file.name)]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise PlanError(f"{folder}: cannot be read ({error.strerror}); name the folder of the versions") from None
    return sorted(map(_version, files), key=lambda one: (one.number, one.saved))


def load_version(version: Version) -> pd.DataFrame:
    """Return the roster of a version, as it was saved.

    Raises
    ------
    PlanError
        Its file is gone or damaged.
    """
    try:
        table = pyarrow.parquet.read_table(version.file).to_pandas()
        return table[list(COLUMNS)].astype(COLUMNS)
    except FileNotFoundError:
        raise PlanError(f"{version.file}: no such file; list the versions anew") from None
    except (OSError, pa.ArrowException, KeyError, ValueError) as error:
        raise PlanError(f"{version.file}: damaged ({type(error).__name__}); take the version before it") from None


def load_book(version: Version) -> StaffBook | None:
    """Return the staff book that a version was saved with; None, if it was saved without one.

    Raises
    ------
    PlanError
        It is damaged, or of another version of SchedVisu.
    """
    file = _book_of(version.file)
    try:
        return StaffBook.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise PlanError(f"{file}: damaged ({type(error).__name__}); read the staff book from its own file") from None


def _book_of(file: Path) -> Path:
    return file.with_suffix(".book.json")


def _write(file: Path, table: pd.DataFrame, stated: Mapping[bytes, str]) -> None:
    rows = pa.Table.from_pandas(table[list(COLUMNS)].astype(COLUMNS), preserve_index=False)
    rows = rows.replace_schema_metadata({key: text.encode() for key, text in stated.items()})
    with replacing(file) as stream:
        pyarrow.parquet.write_table(rows, stream)


def _version(file: Path) -> Version:
    digits, _, stamp = file.stem.partition("-")
    number, saved = int(digits), datetime.strptime(stamp, _STAMP)
    try:
        stated = pyarrow.parquet.read_metadata(file).metadata or {}
        return Version(number, saved, stated[_AUTHOR].decode(), stated[_NOTE].decode(), file)
    except (OSError, pa.ArrowException, KeyError, UnicodeDecodeError):
        return Version(number, saved, "", "", file, damaged=True)
