"""Write the files of an export."""

from __future__ import annotations

from pathlib import Path

from schedvisu_lib.errors import ExportError
from schedvisu_lib.files import write_atomically
from schedvisu_lib.slugs import slug


def write_export(file: Path, content: bytes) -> None:
    """Write a file whole, in place of one that was there before.

    Raises
    ------
    ExportError
        It cannot be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, content)
    except OSError as error:
        raise ExportError(
            f"{file}: cannot be written ({error.strerror or error}); close it where it is open, or choose another --out"
        ) from error


def unique_name(name: str, taken: set[str]) -> str:
    """Return a name for a file, with a number if there is one already; it counts as taken then."""
    plain = slug(name)[:100]
    choice, number = plain, 1
    while choice in taken:
        number += 1
        choice = f"{plain}-{number}"
    taken.add(choice)
    return choice
