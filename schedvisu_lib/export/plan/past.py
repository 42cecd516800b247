"""Past plans against the exams that came: how often the planned durations held."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.errors import PlanError
from schedvisu_lib.export.csv_file import csv_bytes, dialect_of
from schedvisu_lib.export.plan.read_back import read_plan
from schedvisu_lib.export.plan.xlsx_file import held_xlsx
from schedvisu_lib.export.writing import write_export
from schedvisu_lib.outcome import Outcome
from schedvisu_lib.plan.book.model import Book
from schedvisu_lib.plan.held import held
from schedvisu_lib.store import open_store

_ENDINGS: Final = (".xlsx", ".csv")


def held_of(files: Sequence[Path], book: Book, site: Site) -> pd.DataFrame:
    """Return what :func:`schedvisu_lib.plan.held.held` tells of plans that were written to files.

    A session that several of them hold counts once, as the last of them has it.

    Raises
    ------
    SchedVisuError
        A plan or the store cannot be used.
    """
    plans = [read_plan(file, book, site) for file in files]
    faults = [f"{file}: {fault}" for file, plan in zip(files, plans, strict=True) for fault in plan.faults]
    if faults:
        raise PlanError("\n".join(faults))
    rows = pd.concat([plan.appointments for plan in plans]).drop_duplicates("appointment_id", keep="last")
    placed = rows.loc[rows["start"].notna()]
    first, last = placed["start"].min(), placed["end"].max()
    if pd.isna(first):
        raise PlanError(f"{', '.join(map(str, files))}: no appointment with a time; take a plan whose days are over")
    return held(placed, open_store(site).studies(first.date(), last.date()), site, book)


def tell_held(site: Site, book: Book, files: Sequence[Path], out: Path | None = None) -> Outcome:
    """Tell by procedure and week whether the durations of past plans held, and write the table if asked to.

    Raises
    ------
    SchedVisuError
        A plan or the store cannot be used, or the file not be written.
    """
    if out is not None and out.suffix.lower() not in _ENDINGS:
        raise PlanError(f"{out}: written as {' or '.join(_ENDINGS)} only; give the file one of these endings")
    table = held_of(files, book, site)
    outcome = Outcome(list(_lines(table, book)))
    if not table["matched"].sum():
        outcome.lack("no appointment of a measured procedure met an exam; take plans whose days are in the store")
    if out is not None:
        is_csv = out.suffix.lower() == ".csv"
        write_export(out, csv_bytes(table, dialect_of(site.report.language)) if is_csv else held_xlsx(table, site))
        outcome.done.append(str(out))
    return outcome


def _lines(table: pd.DataFrame, book: Book) -> Iterator[str]:
    """Say each row in words, then all of them."""
    for row in table.itertuples():
        longer = f", the others took {row.over:.1f} min longer" if pd.notna(row.over) else ""
        share = f"{row.held:.0%} held p{book.procedure[row.procedure].percentile}{longer}"
        met = f"{row.matched} of {row.planned} appointments met an exam"
        yield f"{row.procedure}, {row.week}: {met}{f'; {share}' if row.matched else ''}"
    matched = int(table["matched"].sum())
    if matched:
        all_held = float((table["held"] * table["matched"]).sum()) / matched
        yield f"all: {matched} of {table['planned'].sum()} appointments met an exam; {all_held:.0%} held"
