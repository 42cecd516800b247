"""The command line ``schedvisu``: parse, call, print."""

from __future__ import annotations

import typer

from schedvisu_lib.cli import explore, export, jobs, plan, runs, schedule
from schedvisu_lib.lean_imports import skip_unused_renderers

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="See the effective schedule of hospital scanners from the headers of their images.",
    epilog="Exit status: 0 success, 1 failure, 2 wrong command line or site file, 3 done in part.",
)
for command in (
    jobs.run,
    jobs.retrieve,
    jobs.consolidate,
    jobs.report,
    jobs.mail,
    jobs.check,
    jobs.demo,
    explore.explore,
    export.export,
    runs.runs,
    schedule.schedule,
):
    app.command()(command)
app.add_typer(plan.plan, name="plan")


def main() -> None:
    """Run the command line."""
    skip_unused_renderers()
    app()
