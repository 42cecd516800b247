"""The command that lists the runs there were, and shows one whole."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from schedvisu_lib.cli.options import DEFAULT_SITE, SiteFile, load
from schedvisu_lib.errors import SchedVisuError
from schedvisu_lib.outcome import Status

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from schedvisu_lib.runs import Run, RunRecord

_STYLES: Final = {"complete": "green", "in part": "yellow", "failed": "red", "did not end": "red", "running": "cyan"}
_SLOWEST: Final = 5
"""Pages that are shown with their time."""
_NARROW: Final = 90
"""Columns of a terminal on which the list needs all the room that there is."""
_WIDE: Final = 10_000
"""Columns of what is not a terminal."""


def runs(
    name: Annotated[
        str | None, typer.Argument(help="Show this run whole: its name or time, or how it begins (2026-05-22 23).")
    ] = None,
    site_file: SiteFile = DEFAULT_SITE,
    last: Annotated[int, typer.Option("--last", min=1, help="How many runs are listed.")] = 20,
) -> None:
    """List the runs there were, the newest first, or show one whole."""
    from schedvisu_lib.runs import recorded_runs, runs_folder

    site = load(site_file)
    try:
        known = recorded_runs(site)
    except SchedVisuError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(Status.FAILURE) from None
    if name is not None:
        _show(_console(), _the_one(known, name))
    elif known:
        console = _console()
        console.print(_table(known[:last], gap=2 if console.width > _NARROW else 1))
        if len(known) > last:
            typer.echo(f"{len(known) - last} older ones are not listed; --last shows more")
    else:
        typer.echo(f"there is no record of a run in {runs_folder(site)} yet")


def _console() -> Console:
    from rich.console import Console

    # Where nobody looks, nothing is wrapped or coloured: another program may read it.
    return Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else _WIDE)


def _the_one(known: list[Run], name: str) -> Run:
    """Return the run whose name or time begins like ``name``; none or several end the command."""
    wanted = _squeeze(name)
    exact = [run for run in known if run.folder.name == name]
    found = exact or [run for run in known if _squeeze(run.folder.name).startswith(wanted)]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(run.folder.name for run in found)
        typer.echo(f'{len(found)} runs begin with "{name}": {names}; write more of the name', err=True)
    else:
        typer.echo(f'no run begins with "{name}"; schedvisu runs lists them', err=True)
    raise typer.Exit(Status.USAGE)


def _squeeze(name: str) -> str:
    """Return a name or time as it is compared: letters and digits."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _table(known: Iterable[Run], gap: int) -> Table:
    table = _grid("when", "command", ">took", ">days", ">series", ">pages", "status", ">missing", gap=gap)
    for run in known:
        record = run.record
        table.add_row(
            f"{record.started:%Y-%m-%d %H:%M:%S}",
            record.command,
            _length(record.seconds),
            str(record.days.retrieved) if record.days else "",
            str(record.n_series) if record.days else "",
            str(len(record.pages)) if record.pages else "",
            _state(run),
            str(len(record.problems) or ""),
        )
    return table


def _show(console: Console, run: Run) -> None:
    record = run.record
    facts = _grid("", "")
    for label, words in _facts(run):
        facts.add_row(label, words)
    console.print(facts)
    if record.steps:
        steps = _grid("step", ">took")
        for step in record.steps:
            steps.add_row(step.name, _length(step.seconds))
        console.print()
        console.print(steps)
    if record.pages:
        pages = _grid(">page", "slowest pages", ">took")
        for page in sorted(record.pages, key=lambda page: -page.seconds)[:_SLOWEST]:
            pages.add_row(str(page.number), page.name, _length(page.seconds))
        console.print()
        console.print(pages)
    for title, lines in (("missing", record.problems), ("warnings", record.warnings)):
        if lines:
            console.print(f"\n{title}")
            for line in lines:
                console.print(f"- {line}")


def _facts(run: Run) -> Iterable[tuple[str, str | Text]]:
    record = run.record
    yield "run", run.folder.name
    yield "status", _state(run)
    yield "started", f"{record.started:%Y-%m-%d %H:%M:%S}"
    if record.ended:
        yield "ended", f"{record.ended:%Y-%m-%d %H:%M:%S} (took {_length(record.seconds)})"
    yield "asked for", _asked(record)
    if record.days:
        yield "days", f"{record.days.retrieved} of {record.days.asked} retrieved, {record.n_series} series"
    if record.verdicts:
        yield "series", ", ".join(f"{n} {verdict}" for verdict, n in record.verdicts.items())
    if record.planned:
        yield "planned", f"{record.planned.appointments} appointments"
    for year in record.years:
        yield "exams", f"{year.exams} in {year.year}, from {year.series} series"
    for file in record.files:
        yield file.kind, f"{file.path or 'taken by the server'} ({file.bytes / 1e6:.1f} MB)"
    site = record.site
    yield "site", f"{site.file} (retrieval {site.retrieval}, rules {site.rules})"
    yield "version", f"SchedVisu {record.version}, Python {record.python}, {record.platform}"
    if record.log:
        yield "log", record.log


def _asked(record: RunRecord) -> str:
    asked = record.asked
    parts = [", ".join(period.title for period in asked.periods), ", ".join(asked.scanners)]
    if asked.first and asked.last:
        parts.append(f"{asked.first} to {asked.last}")
    return "; ".join(part for part in (record.command, *parts) if part)


def _grid(*headings: str, gap: int = 2) -> Table:
    """Return a table without lines, its columns ``gap`` apart; a heading that begins with ">" is of numbers."""
    from rich.table import Table

    table = Table(box=None, show_header=any(headings), pad_edge=False, padding=(0, gap, 0, 0))
    for heading in headings:
        justify: Literal["left", "right"] = "right" if heading.startswith(">") else "left"
        table.add_column(heading.removeprefix(">"), justify=justify, overflow="fold")  # paths are there to be copied
    return table


def _state(run: Run) -> Text:
    from rich.text import Text

    return Text(run.state, style=_STYLES[run.state])


def _length(seconds: float | None) -> str:
    """Return a time as "0.4 s", "2 min 05 s" or "1 h 02 min"."""
    if seconds is None:
        return ""
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"
