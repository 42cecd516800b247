"""Do an export: bring the exams up to date, make the content, write the file, say what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

import pandas as pd

from schedvisu_lib import pipeline
from schedvisu_lib.config import Site
from schedvisu_lib.errors import StoreError
from schedvisu_lib.export.about import about, stated
from schedvisu_lib.export.csv_file import Dialect, csv_bytes
from schedvisu_lib.export.icalendar_file import agenda_bytes
from schedvisu_lib.export.page import export_pages
from schedvisu_lib.export.parquet_file import parquet_bytes
from schedvisu_lib.export.tables import Extent, export_table
from schedvisu_lib.export.target import TABLES, Format, Target, What
from schedvisu_lib.export.writing import write_export
from schedvisu_lib.export.xlsx_file import xlsx_bytes
from schedvisu_lib.job import Job
from schedvisu_lib.recording import recorded
from schedvisu_lib.report.pages import Page
from schedvisu_lib.runs import Asked
from schedvisu_lib.store import open_store


def export_tables(site: Site, what: What, extent: Extent, target: Target, *, now: datetime, dialect: Dialect) -> Job:
    """Write one table, or all of them as a workbook.

    Raises
    ------
    SchedVisuError
        The store cannot be read or the file not be written.
    """
    with _up_to_date(site, extent, now) as outcome:
        studies = open_store(site).studies(extent.first, extent.last)
        tables = {kind: export_table(kind, studies, site, extent) for kind in (TABLES if what is What.ALL else (what,))}
        write_export(target.file, _content(tables, site, extent, target.format, now, dialect, outcome.problems))
        outcome.add_file(
            target.format, target.file, ", ".join(f"{kind} {_rows(table)}" for kind, table in tables.items())
        )
    return outcome


def export_agenda(site: Site, extent: Extent, target: Target, *, now: datetime) -> Job:
    """Write the agenda as iCalendar.

    Raises
    ------
    SchedVisuError
        The store cannot be read or the file not be written.
    """
    with _up_to_date(site, extent, now) as outcome:
        exams = export_table(What.STUDIES, open_store(site).studies(extent.first, extent.last), site, extent)
        write_export(target.file, agenda_bytes(exams, site, extent, generated_at=now))
        outcome.add_file(target.format, target.file, f"agenda {_rows(exams)}")
    return outcome


def export_report_pages(
    site: Site,
    pages: Sequence[Page],
    extent: Extent,
    target: Target,
    *,
    now: datetime,
    dpi: int,
    on_step: Callable[[str], None] | None = None,
) -> Job:
    """Write pages of the report; ``on_step`` is told "execute", "convert" and "print" when these begin.

    Raises
    ------
    SchedVisuError
        A notebook, browser or program fail, or the file cannot be written.
    """
    with _up_to_date(site, extent, now) as outcome:
        if on_step is not None:
            outcome.steps.watch(on_step)
        files = export_pages(site, pages, target, dpi=dpi, executed_folder=outcome.notebooks, steps=outcome.steps)
        for file in files:
            outcome.add_file(target.format, file, ", ".join(page.name for page in pages))
    return outcome


@contextmanager
def _up_to_date(site: Site, extent: Extent, now: datetime) -> Iterator[Job]:
    """Give the outcome of an export, whose exams are made anew where a day or a rule changed, as the report does."""
    asked = Asked(as_of=now, scanners=extent.scanners, first=extent.first, last=extent.last)
    with recorded(site, "export", asked) as outcome:
        years = set(open_store(site).years_to_consolidate()) & set(range(extent.first.year, extent.last.year + 1))
        if years:
            try:
                outcome.problems += pipeline.consolidate_store(site).problems
            except StoreError as error:  # somebody writes just now, or we may only read
                changed = ", ".join(map(str, sorted(years)))
                outcome.lack(f"what changed in {changed} since its exams were made: {error}")
        pipeline.say_what_lacks(site, extent.first, extent.last, now, outcome)
        yield outcome


def _content(
    tables: Mapping[What, pd.DataFrame],
    site: Site,
    extent: Extent,
    form: Format,
    now: datetime,
    dialect: Dialect,
    missing: list[str],
) -> bytes:
    if form is Format.XLSX:
        return xlsx_bytes(tables, about(tables, site, extent, generated_at=now, missing=missing))
    [table] = tables.values()
    if form is Format.PARQUET:
        return parquet_bytes(table, stated(site, extent, generated_at=now, missing=missing))
    return csv_bytes(table, dialect)


def _rows(table: pd.DataFrame) -> str:
    return f"{len(table)} row{'' if len(table) == 1 else 's'}"
