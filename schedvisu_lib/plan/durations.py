"""How long procedures take, by the exams that were measured."""

from __future__ import annotations

from math import ceil
from typing import Any, Final

import numpy as np
import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.errors import BookError
from schedvisu_lib.plan.book.model import Book, Procedure
from schedvisu_lib.tables import require

FEWEST: Final = 20
"""Exams from which on a percentile of their durations is taken."""
COLUMNS: Final = {
    "procedure": "str",
    "exam_type": "str",
    "percentile": "Int64",
    "n": "Int64",
    "minutes": "int64",
    "source": "str",
}
"""Columns of the table and their types; ``percentile`` and ``n`` are missing where nothing was to be measured."""


def with_durations(book: Book, studies: pd.DataFrame, site: Site) -> tuple[Book, pd.DataFrame]:
    """Give each procedure with an exam type its ``percentile`` of the measured durations, rounded up to the grid.

    Measured is the time from the first to the last image (end - start), all takes alike, on the scanners that the
    procedure's resources name; on all of the site's if they name none. Preparation and exit stay those of the
    procedure, not the site's. With fewer than 20 exams the minutes of its own row stand.

    Parameters
    ----------
    book
        As it was read.
    studies
        The studies table; all of its days count.
    site
        Gives the scanners.

    Returns
    -------
    tuple of Book and DataFrame
        The book with minutes for each procedure; and a row per procedure, in the book's order: ``procedure``,
        ``exam_type`` ("" where it has none), ``percentile``, ``n`` (exams), ``minutes``, ``source`` ("measured",
        "fallback" where exams were too few, "given" where there is no exam type).

    Raises
    ------
    BookError
        Exams are too few for a procedure that has no minutes of its own; it names each.
    TableError
        A column of the studies is missing.
    """
    exams = require(studies, "scanner", "exam_type", "start", "end")
    procedures, rows, mistakes = [], [], []
    for procedure in book.procedures:
        row = _duration(procedure, book, exams, site)
        if row["minutes"] is None:
            mistakes.append(
                f'sheet "procedures", "{procedure.name}", column "minutes": missing, and {row["n"]} exams of '
                f"{procedure.exam_type} are too few to measure ({FEWEST} are needed); write minutes to fall back on"
            )
        procedures.append(procedure.model_copy(update={"minutes": row["minutes"]}))
        rows.append(row)
    if mistakes:
        raise BookError(None, mistakes)
    # A copy would keep the procedures that the book has cached by name.
    filled = Book(**{**{name: getattr(book, name) for name in Book.model_fields}, "procedures": tuple(procedures)})
    return filled, pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def _duration(procedure: Procedure, book: Book, exams: pd.DataFrame, site: Site) -> dict[str, Any]:
    """Return the row of a procedure; its minutes are None where nothing tells them."""
    row = {"procedure": procedure.name, "exam_type": procedure.exam_type or "", "minutes": procedure.minutes}
    if procedure.exam_type is None:
        return row | {"percentile": pd.NA, "n": pd.NA, "source": "given"}
    lengths = _measured(procedure, book, exams, site)
    row |= {"percentile": procedure.percentile, "n": len(lengths)}
    if len(lengths) < FEWEST:
        return row | {"source": "fallback"}
    minutes = np.percentile(lengths / np.timedelta64(1, "m"), procedure.percentile)
    steps = max(ceil(round(float(minutes), 6) / book.grid), 1)  # rounded: 20.000000001 minutes are 20
    return row | {"minutes": steps * book.grid, "source": "measured"}


def _measured(procedure: Procedure, book: Book, exams: pd.DataFrame, site: Site) -> Any:
    """Return how long the exams of a procedure's type lasted on its scanners."""
    scanners = {book.resource[name].scanner for name in procedure.resources} - {None}
    own = exams[(exams["exam_type"] == procedure.exam_type) & exams["scanner"].isin(scanners or site.scanner_names)]
    return (own["end"] - own["start"]).to_numpy()
