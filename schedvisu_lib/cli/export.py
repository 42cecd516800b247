"""The command that writes files for other programs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from schedvisu_lib.cli.options import (
    DEFAULT_SITE,
    End,
    From,
    Scanners,
    SiteFile,
    To,
    choose,
    do,
    load,
    moment,
)
from schedvisu_lib.export.target import Format, Target, What, choose_target, file_name
from schedvisu_lib.outcome import Status

if TYPE_CHECKING:
    from datetime import datetime

    from schedvisu_lib.choice import Choice
    from schedvisu_lib.config import Site
    from schedvisu_lib.export.tables import Extent
    from schedvisu_lib.outcome import Outcome

Job = Callable[[], "Outcome"]


def export(
    what: Annotated[What, typer.Argument(help="A table, all tables as one workbook, the agenda, or a page.")],
    site_file: SiteFile = DEFAULT_SITE,
    first: From = None,
    last: To = None,
    end: End = None,
    scanners: Scanners = None,
    period: Annotated[
        str | None, typer.Option("--period", metavar="NAME", help="These days; by default the shortest of the report.")
    ] = None,
    wanted: Annotated[
        Format | None, typer.Option("--format", help="By default that of --out's ending, else csv, ics or pdf.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="PATH", help="The file, or the folder where it goes; by default this folder."),
    ] = None,
    delimiter: Annotated[
        str | None,
        typer.Option(
            "--delimiter", metavar="SIGN", help='Of CSV: "," or ";" or tab; by default that of report.language.'
        ),
    ] = None,
    page: Annotated[
        str,
        typer.Option(
            "--page",
            metavar="NAME",
            help="Which page: scanner-page, overview, overview-hours, plan-and-effect, data-quality or exams-to-check.",
        ),
    ] = "scanner-page",
    dpi: Annotated[int, typer.Option("--dpi", min=20, max=1200, help="Of PNG, in dots per inch.")] = 150,
) -> None:
    """Write studies, counts, durations, gaps, the agenda or a page to a file for other programs."""
    site, now = load(site_file), moment(end)
    names = list(dict.fromkeys(scanners or ()))
    choice = choose(site, now, first, last, names, [period] if period and not first else None)
    wishes = Wishes(wanted, out, delimiter, page, dpi)
    try:
        if first and period:
            raise ValueError("--from and --period both say which days; leave one of them out")
        job = (_page_job if what is What.PAGE else _data_job)(site, choice, now, what, wishes)
    except ValueError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(Status.USAGE) from None
    do(site, "export", job)


class Wishes(NamedTuple):
    """How the file is to be, and where."""

    format: Format | None
    out: Path | None
    delimiter: str | None
    page: str
    dpi: int


def _data_job(site: Site, choice: Choice, now: datetime, what: What, wishes: Wishes) -> Job:
    from schedvisu_lib.export import job
    from schedvisu_lib.export.csv_file import dialect_of

    target = _target(what, choice, wishes, what, choice.scanners or ())
    if wishes.delimiter is not None and target.format is not Format.CSV:
        raise ValueError(f"--delimiter is for csv, not for {target.format}; leave it out")
    extent = _extent(site, choice)
    if what is What.AGENDA:
        return lambda: job.export_agenda(site, extent, target, now=now)
    dialect = dialect_of(site.report.language, wishes.delimiter)
    return lambda: job.export_tables(site, what, extent, target, now=now, dialect=dialect)


def _page_job(site: Site, choice: Choice, now: datetime, what: What, wishes: Wishes) -> Job:
    from schedvisu_lib.export import job
    from schedvisu_lib.export.page import find_page

    page = find_page(site, choice.shortest, now, kind=wishes.page, scanners=choice.scanners)
    target = _target(what, choice, wishes, page.kind, [page.scanner] if page.scanner else ())
    extent = _extent(site, choice)
    return lambda: job.export_report_pages(site, [page], extent, target, now=now, dpi=wishes.dpi)


def _target(what: What, choice: Choice, wishes: Wishes, name: str, scanners: Sequence[str]) -> Target:
    days = choice.shortest
    usual = file_name(name, days.first, days.last, scanners)
    return choose_target(what, usual, wanted=wishes.format, out=wishes.out)


def _extent(site: Site, choice: Choice) -> Extent:
    from schedvisu_lib.export.tables import Extent

    days = choice.shortest
    return Extent(days.first, days.last, choice.scanners or site.scanner_names)
