"""What the commands that plan share: reading a book, writing an empty one, formats, mistakes on the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import typer

from schedvisu_lib.outcome import Status

if TYPE_CHECKING:
    from pydantic import BaseModel

    from schedvisu_lib.config import Site
    from schedvisu_lib.plan.sheets.file import BookRead

    Book = TypeVar("Book", bound=BaseModel)


def need_solvers(*names: str) -> None:
    """End the command where the libraries that plan are not installed, before anything is read."""
    missing = [name for name in names if find_spec(name) is None]
    if missing:
        typer.echo(f'the planner needs {" and ".join(missing)}: pip install "schedvisu[plan]"', err=True)
        raise typer.Exit(Status.FAILURE)


@contextmanager
def usage_errors() -> Iterator[None]:
    """End the command with the line of a ``ValueError``."""
    try:
        yield
    except ValueError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(Status.USAGE) from None


def formats_of(wanted: list[str] | None, allowed: Sequence[str]) -> list[str]:
    """Return the formats that are wanted, XLSX by default; ``ValueError`` names one that is not allowed."""
    for name in wanted or ():
        if name not in allowed:
            raise ValueError(f'--format "{name}" is unknown; allowed: {", ".join(allowed)}')
    return wanted or ["xlsx"]


def book_of(read: Callable[[Path, Site], BookRead[Book]], file: Path | None, site: Site) -> Book:
    """Return the validated book, and tell its notes; its mistakes end the command."""
    from schedvisu_lib.errors import BookError

    with usage_errors():
        if file is None:
            raise ValueError("--book is missing: name the book, or write an empty one with --template FILE")
    try:
        book, notes = read(file, site)
    except BookError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(Status.USAGE) from None
    for note in notes:
        typer.echo(f"note: {note}", err=True)
    return book


def write_template(write: Callable[[], Path]) -> None:
    """Write an empty book, and say where it lies."""
    from schedvisu_lib.errors import BookError

    try:
        typer.echo(f"{write()}: an empty book; fill it in, then plan with --book")
    except BookError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(Status.FAILURE) from None
