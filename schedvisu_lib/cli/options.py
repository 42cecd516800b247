"""What the commands share: their options, and how a job is done, told and ended."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path
from traceback import format_tb
from typing import TYPE_CHECKING, Annotated, Final

import typer

from schedvisu_lib.errors import ConfigError, SchedVisuError, unforeseen
from schedvisu_lib.outcome import Status

if TYPE_CHECKING:
    from schedvisu_lib.choice import Choice
    from schedvisu_lib.config import Site
    from schedvisu_lib.outcome import Outcome

DAY = ["%Y-%m-%d"]
_YEARS: Final = range(1990, 2201)
"""Of days that make sense; far outside of them calendars break."""


def sensible(day: datetime | None) -> datetime | None:
    """Return a day of the command line; one in a year that makes no sense ends the command."""
    if day is not None and day.year not in _YEARS:
        raise typer.BadParameter(f"{day.date()}: the year must be {_YEARS[0]} to {_YEARS[-1]}")
    return day


SiteFile = Annotated[
    Path, typer.Option("--site", metavar="FILE", help="The site file (YAML).", envvar="SCHEDVISU_SITE")
]
From = Annotated[
    datetime | None,
    typer.Option("--from", formats=DAY, metavar="DAY", callback=sensible, help="First day, as 2026-05-18."),
]
To = Annotated[
    datetime | None, typer.Option("--to", formats=DAY, metavar="DAY", callback=sensible, help="Last day (included).")
]
End = Annotated[
    datetime | None,
    typer.Option(
        "--end",
        formats=DAY,
        metavar="DAY",
        callback=sensible,
        help="Work as on the evening of this day; by default as of now.",
    ),
]
Scanners = Annotated[
    list[str] | None, typer.Option("--scanner", metavar="NAME", help="Only this scanner; may be repeated.")
]
PeriodNames = Annotated[
    list[str] | None,
    typer.Option("--period", metavar="NAME", help="Only this period of the site file; may be repeated."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")]

DEFAULT_SITE = Path("params/site.yaml")


def load(site_file: Path) -> Site:
    """Return the validated site; its mistakes end the command."""
    from schedvisu_lib.config import load_site

    try:
        return load_site(site_file)
    except ConfigError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(Status.USAGE) from None


def moment(end: datetime | None) -> datetime:
    """Return the moment at which a command works: the evening of ``--end``, else now."""
    return datetime.combine(end.date(), time(23)) if end else datetime.now().replace(microsecond=0)


def choose(
    site: Site,
    now: datetime,
    first: datetime | None,
    last: datetime | None,
    scanners: list[str] | None,
    period_names: list[str] | None,
) -> Choice:
    """Return what a report is to show; a choice that makes no sense ends the command."""
    from schedvisu_lib import choice

    try:
        return choice.choose(
            site,
            now,
            periods=period_names or (),
            scanners=scanners or (),
            first=first.date() if first else None,
            last=last.date() if last else None,
        )
    except ValueError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(Status.USAGE) from None


def do(site: Site, command: str, job: Callable[[], Outcome]) -> None:
    """Do a job with a log; print what was done and what is missing, and exit with its status."""
    from schedvisu_lib.logs import start_log

    try:
        log = start_log(site, command, datetime.now())
        outcome = job()
    except SchedVisuError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(Status.FAILURE) from None
    except Exception as error:
        # Its own text, and the lines of a traceback that end with it, might hold a patient's data.
        logging.getLogger(__name__).critical("%s\n%s", unforeseen(error), "".join(format_tb(error.__traceback__)))
        typer.echo(str(unforeseen(error)), err=True)
        raise typer.Exit(Status.FAILURE) from None
    except KeyboardInterrupt:
        typer.echo("interrupted; what was complete is kept, and the same command goes on from there", err=True)
        raise typer.Exit(Status.FAILURE) from None
    print_lines(outcome.done)
    for line in outcome.problems:
        typer.echo(f"missing: {line}", err=True)
    if outcome.status:
        typer.echo(f"{'failed' if outcome.failed else 'done in part'}; log: {log}", err=True)
        raise typer.Exit(outcome.status)


def print_lines(lines: list[str]) -> None:
    """Print lines on the terminal."""
    for line in lines:
        typer.echo(line)
