"""The command that makes the weekly job run by itself."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from schedvisu_lib.cli.options import DEFAULT_SITE, SiteFile, load, print_lines
from schedvisu_lib.errors import ScheduleError
from schedvisu_lib.outcome import Status
from schedvisu_lib.schedule.kinds import Kind, kind_of_this_system, scheduler_of


def schedule(
    site_file: SiteFile = DEFAULT_SITE,
    at: Annotated[
        str, typer.Option("--at", help='Days and time: "sat 01:00", "mon,thu 06:30", "mon-fri 22:00", "daily 01:00".')
    ] = "sat 01:00",
    kind: Annotated[
        Kind | None, typer.Option("--kind", help="Which scheduler; by default what the system has.")
    ] = None,
    install: Annotated[bool, typer.Option("--install", help="Install the task in the place of a former one.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take the task away.")] = False,
) -> None:
    """Print, install or remove the weekly task that runs `schedvisu run`: systemd timer, cron or Windows task."""
    from schedvisu_lib.schedule.task import make_task
    from schedvisu_lib.schedule.weekly import read_weekly

    if install and remove:
        typer.echo("--install and --remove contradict each other; give one of them", err=True)
        raise typer.Exit(Status.USAGE)
    chosen = kind or kind_of_this_system()
    scheduler = scheduler_of(chosen, datetime.now())
    try:
        if remove:
            print_lines(scheduler.remove())
            return
        try:
            when = read_weekly(at)
        except ScheduleError as error:
            typer.echo(f"--at {error}", err=True)
            raise typer.Exit(Status.USAGE) from None
        load(site_file)  # a task that fails every week is no use
        task = make_task(site_file, when)
        if install:
            print_lines(scheduler.install(task))
            return
        typer.echo(scheduler.show(task), nl=False)
    except ScheduleError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(Status.FAILURE) from None
    typer.echo(f"nothing was installed; `schedvisu schedule --kind {chosen} --install` does it", err=True)
