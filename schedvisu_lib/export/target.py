"""What can be exported, in which formats, and where it goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Final

from schedvisu_lib.slugs import slug


class What(StrEnum):
    """What is exported: a table, all tables in one workbook, the agenda, or a page of the report."""

    STUDIES = "studies"
    COUNTS = "counts"
    DURATIONS = "durations"
    GAPS = "gaps"
    ALL = "all"
    AGENDA = "agenda"
    PAGE = "page"


class Format(StrEnum):
    """The format of a file, which is its name's ending too."""

    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"
    ICS = "ics"
    PDF = "pdf"
    PNG = "png"
    SVG = "svg"
    HTML = "html"


TABLES: Final = (What.STUDIES, What.COUNTS, What.DURATIONS, What.GAPS)
"""The tables, in the order of the sheets of a workbook."""

_OF_TABLES: Final = (Format.CSV, Format.XLSX, Format.PARQUET)
_FORMATS: Final = {
    **dict.fromkeys(TABLES, _OF_TABLES),
    What.ALL: (Format.XLSX,),
    What.AGENDA: (Format.ICS,),
    What.PAGE: (Format.PDF, Format.PNG, Format.SVG, Format.HTML),
}
"""The formats that fit, the usual one first."""


@dataclass(frozen=True)
class Target:
    """A file to write, and its format."""

    file: Path
    format: Format


def file_name(what: What | str, first: date, last: date, scanners: Sequence[str] = ()) -> str:
    """Return the usual name of an export without ending, as "gaps-2026-05-18_2026-05-22-vision-600"."""
    return slug("-".join([what, f"{first}_{last}", *scanners]))


def choose_target(what: What, name: str, *, wanted: Format | None, out: Path | None) -> Target:
    """Work out file and format of an export.

    Parameters
    ----------
    what
        What is exported.
    name
        Name of the file without ending, where none is given.
    wanted
        The format; by default that of the file's ending, else the usual one.
    out
        The file, or the folder in which it goes (one that exists, or a name without ending); by default this folder.

    Raises
    ------
    ValueError
        The format does not fit what is exported, or the file's ending; the message says what does.
    """
    fitting = _FORMATS[what]
    place = out or Path()
    is_file = out is not None and bool(out.suffix) and not out.is_dir()
    ending = place.suffix.removeprefix(".").lower() if is_file else ""
    known = [*Format]
    if wanted is None and ending and ending not in known:
        raise ValueError(f'{out}: the ending "{ending}" is no format; allowed for {what}: {", ".join(fitting)}')
    if wanted is not None and ending in known and ending != wanted:
        raise ValueError(f"{out}: ends like {ending}, but --format says {wanted}; leave one of the two out")
    chosen = wanted or (Format(ending) if ending else fitting[0])
    if chosen not in fitting:
        raise ValueError(f"{what} cannot be written as {chosen}; allowed: {', '.join(fitting)}")
    return Target(place if is_file else place / f"{name}.{chosen}", chosen)
