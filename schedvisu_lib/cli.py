"""The command line ``schedvisu``: parse, call, print."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from schedvisu_lib.errors import ConfigError, SchedVisuError

if TYPE_CHECKING:
    from schedvisu_lib.config import Site
    from schedvisu_lib.pipeline import Choice, Outcome

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="See the effective schedule of hospital scanners from the headers of their images.",
    epilog="Exit status: 0 success, 1 failure, 2 wrong command line or site file, 3 done in part.",
)

_FAILURE, _USAGE = 1, 2
_DAY = ["%Y-%m-%d"]

SiteFile = Annotated[Path, typer.Option("--site", help="The site file (YAML).", envvar="SCHEDVISU_SITE")]
From = Annotated[datetime | None, typer.Option("--from", formats=_DAY, help="First day.")]
To = Annotated[datetime | None, typer.Option("--to", formats=_DAY, help="Last day (included).")]
End = Annotated[
    datetime | None, typer.Option("--end", formats=_DAY, help="Work as on the evening of this day; today by default.")
]
Scanners = Annotated[list[str] | None, typer.Option("--scanner", help="Only this scanner; may be repeated.")]
PeriodNames = Annotated[list[str] | None, typer.Option("--period", help="Only this period; may be repeated.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")]

_DEFAULT_SITE = Path("params/site.yaml")


@app.command()
def run(
    site_file: SiteFile = _DEFAULT_SITE,
    end: End = None,
    first: From = None,
    last: To = None,
    scanners: Scanners = None,
    period_names: PeriodNames = None,
    dry_run: DryRun = False,
) -> None:
    """Do the weekly job: retrieve, consolidate, report, mail."""
    from schedvisu_lib import pipeline

    site, now = _load(site_file), _moment(end)
    choice = _choose(site, now, first, last, scanners, period_names)
    if dry_run:
        _print_lines(pipeline.plan(site, choice, now))
        return
    _do(site, "run", lambda: pipeline.run(site, choice, now))


@app.command()
def retrieve(
    site_file: SiteFile = _DEFAULT_SITE,
    first: From = None,
    last: To = None,
    end: End = None,
    again: Annotated[bool, typer.Option("--again", help="Also ask for days that are complete.")] = False,
    stop_at: Annotated[
        datetime | None, typer.Option("--stop-at", formats=["%H:%M"], help="Begin no day after this time, as 06:00.")
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Ask the archive for the days that the store lacks."""
    from schedvisu_lib import pipeline
    from schedvisu_lib.pace import next_moment

    site, now = _load(site_file), _moment(end)
    begin = first.date() if first else _choose(site, now, None, None, None, None).first
    until = min(last.date() if last else pipeline.last_day_over(now), pipeline.last_day_over(now))
    if dry_run:
        days = pipeline.days_to_ask(site, begin, until, again=again)
        _print_lines([f"retrieve: {len(days)} days", *map(str, days)])
        return
    stop = next_moment(datetime.now(), stop_at.time()) if stop_at else None
    planned = (first.date(), last.date() if last else until) if first else None
    _do(
        site,
        "retrieve",
        lambda: pipeline.retrieve(site, begin, until, again=again, stop_at=stop, planned=planned, now=now),
    )


@app.command()
def consolidate(site_file: SiteFile = _DEFAULT_SITE) -> None:
    """Rebuild the exams of each year of which a day or a rule changed."""
    from schedvisu_lib import pipeline

    site = _load(site_file)
    _do(site, "consolidate", lambda: pipeline.consolidate_store(site))


@app.command()
def report(
    site_file: SiteFile = _DEFAULT_SITE,
    end: End = None,
    first: From = None,
    last: To = None,
    scanners: Scanners = None,
    period_names: PeriodNames = None,
    png: Annotated[bool, typer.Option("--png", help="Also write each page of the PDF as a picture.")] = False,
) -> None:
    """Build the report from the store: the site's periods, or --from/--to for any days."""
    from schedvisu_lib import pipeline

    site, now = _load(site_file), _moment(end)
    choice = _choose(site, now, first, last, scanners, period_names)
    _do(site, "report", lambda: pipeline.report(site, choice, now, png=png))


@app.command()
def mail(
    site_file: SiteFile = _DEFAULT_SITE,
    end: End = None,
    first: From = None,
    last: To = None,
    scanners: Scanners = None,
    period_names: PeriodNames = None,
) -> None:
    """Mail a report that was built before, and what still waits in the outbox."""
    from schedvisu_lib import pipeline

    site, now = _load(site_file), _moment(end)
    choice = _choose(site, now, first, last, scanners, period_names)
    _do(site, "mail", lambda: pipeline.mail_report(site, choice))


@app.command()
def check(site_file: SiteFile = _DEFAULT_SITE, end: End = None) -> None:
    """Look whether the site can work, and say what to do about each fault."""
    from schedvisu_lib.check import check_site

    site, now = _load(site_file), _moment(end)
    faults = 0
    for finding in check_site(site, now.date()):
        faults += not finding.ok
        typer.echo(f"{'ok   ' if finding.ok else 'FAULT'}  {finding.subject}: {finding.words}")
    if faults:
        typer.echo(f"{faults} fault(s); mend what the lines say and check again", err=True)
        raise typer.Exit(_FAILURE)


@app.command()
def demo(
    site_file: Annotated[Path | None, typer.Option("--site", help="Another site file than demo.yaml.")] = None,
    end: Annotated[
        datetime | None, typer.Option("--end", formats=_DAY, help="The evening on which the job runs.")
    ] = None,
    serve: Annotated[
        bool, typer.Option("--serve", help="Only run the simulated hospital's archive, until Ctrl-C.")
    ] = False,
) -> None:
    """Run the weekly job against an archive with a simulated hospital."""
    from schedvisu_lib import pipeline
    from schedvisu_lib.demo import session

    site = _load(site_file or session.demo_site_file())
    if serve:
        with session.serving(site):
            typer.echo(f"{site.pacs.ae_title} serves on {site.pacs.host}:{site.pacs.port}; end with Ctrl-C")
            session.wait_for_interrupt()
        return
    now = _moment(end or session.DEMO_END)
    choice = _choose(site, now, None, None, None, None)

    def job() -> Outcome:
        with session.serving(site):
            return pipeline.run(site, choice, now)

    _do(site, "demo", job)


def main() -> None:
    """Run the command line."""
    app()


def _load(site_file: Path) -> Site:
    from schedvisu_lib.config import load_site

    try:
        return load_site(site_file)
    except ConfigError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(_USAGE) from None


def _moment(end: datetime | None) -> datetime:
    """Return the moment at which a command works: the evening of ``--end``, else now."""
    return datetime.combine(end.date(), time(23)) if end else datetime.now().replace(microsecond=0)


def _choose(
    site: Site,
    now: datetime,
    first: datetime | None,
    last: datetime | None,
    scanners: list[str] | None,
    period_names: list[str] | None,
) -> Choice:
    from schedvisu_lib import pipeline

    try:
        return pipeline.choose(
            site,
            now,
            periods=period_names or (),
            scanners=scanners or (),
            first=first.date() if first else None,
            last=last.date() if last else None,
        )
    except ValueError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(_USAGE) from None


def _do(site: Site, command: str, job: Callable[[], Outcome]) -> None:
    """Do a job with a log; print what was done and what is missing, and exit with its status."""
    from schedvisu_lib.logs import start_log

    try:
        log = start_log(site, command, datetime.now())
        outcome = job()
    except SchedVisuError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(_FAILURE) from None
    except KeyboardInterrupt:
        typer.echo("interrupted; what was complete is kept, and the same command goes on from there", err=True)
        raise typer.Exit(_FAILURE) from None
    _print_lines(outcome.done)
    for line in outcome.problems:
        typer.echo(f"missing: {line}", err=True)
    if outcome.status:
        typer.echo(f"{'failed' if outcome.failed else 'done in part'}; log: {log}", err=True)
        raise typer.Exit(outcome.status)


def _print_lines(lines: list[str]) -> None:
    for line in lines:
        typer.echo(line)
