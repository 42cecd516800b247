"""The commands that do the weekly job, or a step of it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from schedvisu_lib.cli.options import (
    DAY,
    DEFAULT_SITE,
    DryRun,
    End,
    From,
    PeriodNames,
    Scanners,
    SiteFile,
    To,
    choose,
    do,
    load,
    moment,
    print_lines,
    sensible,
)
from schedvisu_lib.outcome import Status


def run(
    site_file: SiteFile = DEFAULT_SITE,
    end: End = None,
    first: From = None,
    last: To = None,
    scanners: Scanners = None,
    period_names: PeriodNames = None,
    dry_run: DryRun = False,
) -> None:
    """Do the weekly job: retrieve, consolidate, report, mail."""
    from schedvisu_lib import pipeline

    site, now = load(site_file), moment(end)
    choice = choose(site, now, first, last, scanners, period_names)
    if dry_run:
        print_lines(pipeline.plan(site, choice, now))
        return
    do(site, "run", lambda: pipeline.run(site, choice, now))


def retrieve(
    site_file: SiteFile = DEFAULT_SITE,
    first: From = None,
    last: To = None,
    end: End = None,
    again: Annotated[bool, typer.Option("--again", help="Also ask for days that are complete.")] = False,
    stop_at: Annotated[
        datetime | None,
        typer.Option("--stop-at", formats=["%H:%M"], metavar="TIME", help="Begin no day after this time, as 06:00."),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Ask the archive for the days that the store lacks."""
    from schedvisu_lib import pipeline
    from schedvisu_lib.choice import last_day_over
    from schedvisu_lib.pace import next_moment

    site, now = load(site_file), moment(end)
    begin = first.date() if first else choose(site, now, None, None, None, None).first
    if last and last.date() < begin:
        typer.echo(f"the last day ({last.date()}) lies before the first one ({begin}); check --from and --to", err=True)
        raise typer.Exit(Status.USAGE)
    until = min(last.date() if last else last_day_over(now), last_day_over(now))
    if dry_run:
        days = pipeline.days_to_ask(site, begin, until, again=again)
        print_lines([f"retrieve: {len(days)} days", *map(str, days)])
        return
    stop = next_moment(datetime.now(), stop_at.time()) if stop_at else None
    planned = (first.date(), last.date() if last else until) if first else None
    do(
        site,
        "retrieve",
        lambda: pipeline.retrieve(site, begin, until, again=again, stop_at=stop, planned=planned, now=now),
    )


def consolidate(site_file: SiteFile = DEFAULT_SITE) -> None:
    """Rebuild the exams of each year of which a day or a rule changed."""
    from schedvisu_lib import pipeline

    site = load(site_file)
    do(site, "consolidate", lambda: pipeline.consolidate_store(site))


def report(
    site_file: SiteFile = DEFAULT_SITE,
    end: End = None,
    first: From = None,
    last: To = None,
    scanners: Scanners = None,
    period_names: PeriodNames = None,
    png: Annotated[bool, typer.Option("--png", help="Also write each page of the PDF as a picture.")] = False,
) -> None:
    """Build the report from the store: the site's periods, or --from/--to for any days."""
    from schedvisu_lib import pipeline

    site, now = load(site_file), moment(end)
    choice = choose(site, now, first, last, scanners, period_names)
    do(site, "report", lambda: pipeline.report(site, choice, now, png=png))


def mail(
    site_file: SiteFile = DEFAULT_SITE,
    end: End = None,
    first: From = None,
    last: To = None,
    scanners: Scanners = None,
    period_names: PeriodNames = None,
) -> None:
    """Mail a report that was built before, and what still waits in the outbox."""
    from schedvisu_lib import pipeline

    site, now = load(site_file), moment(end)
    choice = choose(site, now, first, last, scanners, period_names)
    do(site, "mail", lambda: pipeline.mail_report(site, choice, now))


def check(site_file: SiteFile = DEFAULT_SITE, end: End = None) -> None:
    """Look whether the site can work, and say what to do about each fault."""
    from schedvisu_lib.check import check_site

    site, now = load(site_file), moment(end)
    faults = 0
    for finding in check_site(site, now.date()):
        faults += not finding.ok
        typer.echo(f"{'ok   ' if finding.ok else 'FAULT'}  {finding.subject}: {finding.words}")
    if faults:
        typer.echo(f"{faults} fault(s); mend what the lines say and check again", err=True)
        raise typer.Exit(Status.FAILURE)


def demo(
    site_file: Annotated[
        Path | None, typer.Option("--site", metavar="FILE", help="Another site file than demo.yaml.")
    ] = None,
    end: Annotated[
        datetime | None,
        typer.Option("--end", formats=DAY, metavar="DAY", callback=sensible, help="The evening on which the job runs."),
    ] = None,
    serve: Annotated[
        bool, typer.Option("--serve", help="Only run the simulated hospital's archive, until Ctrl-C.")
    ] = False,
) -> None:
    """Run the weekly job against an archive with a simulated hospital."""
    from schedvisu_lib import pipeline
    from schedvisu_lib.demo import session

    site = load(site_file or session.demo_site_file())
    if serve:
        with session.serving(site):
            typer.echo(f"{site.pacs.ae_title} serves on {site.pacs.host}:{site.pacs.port}; end with Ctrl-C")
            session.wait_for_interrupt()
        return
    now = moment(end or session.DEMO_END)
    choice = choose(site, now, None, None, None, None)
    do(
        site,
        "demo",
        lambda: pipeline.run(site, choice, now, command="demo", beside=session.serving(site)),
    )
    typer.echo(f"ask your own questions: schedvisu explore --site {site.file}")
