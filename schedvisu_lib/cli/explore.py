"""The command that opens the explorer."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from schedvisu_lib.cli.options import DEFAULT_SITE, From, SiteFile, To, choose, load
from schedvisu_lib.errors import SchedVisuError
from schedvisu_lib.outcome import Status

if TYPE_CHECKING:
    from schedvisu_lib.config import Site

Tell = Callable[[str, Path], None]
"""What is called with an address, and a file that leads there, once a browser may open one of them."""
_LIBRARIES: Final = ("voila", "jupyterlab", "jupyter_server", "ipywidgets", "tornado")


def explore(
    site_file: SiteFile = DEFAULT_SITE,
    scanners: Annotated[
        list[str] | None, typer.Option("--scanner", metavar="NAME", help="Begin with this scanner; may be repeated.")
    ] = None,
    first: From = None,
    last: To = None,
    period: Annotated[
        str | None, typer.Option("--period", metavar="NAME", help="Begin with this period of the site file.")
    ] = None,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Port of this computer; by default a free one.")
    ] = 0,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address.")] = False,
    lab: Annotated[
        bool, typer.Option("--lab", help="Open JupyterLab instead, with copies of the notebooks to change.")
    ] = False,
) -> None:
    """Explore the exams in a browser, on this computer alone; Ctrl-C here ends it."""
    site = load(site_file)
    os.environ["SCHEDVISU_ASK"] = _ask(site, scanners, first, last, period)

    def tell(url: str, way: Path) -> None:
        typer.echo(f"{url} opens the explorer; Ctrl-C ends it")
        if not no_browser and not open_browser(way):
            typer.echo("no browser was found; open this address in one", err=True)

    try:
        from schedvisu_lib.explorer.address import open_browser

        (_serve_lab if lab else _serve_page)(site, port, tell)
    except SchedVisuError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(Status.FAILURE) from None
    except ModuleNotFoundError as error:
        library = (error.name or "").partition(".")[0]
        if library not in _LIBRARIES:
            raise
        typer.echo(f"{library} is not installed here; install schedvisu again with all that it needs", err=True)
        raise typer.Exit(Status.FAILURE) from None


def _serve_page(site: Site, port: int, tell: Tell) -> None:
    from schedvisu_lib.explorer.address import listen_at
    from schedvisu_lib.explorer.shipped import EXPLORE, shipped_notebook

    sockets, notebook = listen_at(port), shipped_notebook(EXPLORE)
    from schedvisu_lib.explorer.server import serve  # takes seconds: not before what may go wrong at once
    from schedvisu_lib.explorer.words import Words

    os.environ["SCHEDVISU_SITE"] = str(site.file.resolve())
    serve(site, notebook, Words(site), sockets, tell)


def _serve_lab(site: Site, port: int, tell: Tell) -> None:
    from schedvisu_lib.explorer.address import free_port
    from schedvisu_lib.explorer.shipped import own_notebooks

    number, folder = free_port(port), own_notebooks(site)
    from schedvisu_lib.explorer.lab import serve_lab
    from schedvisu_lib.explorer.words import Words

    os.environ.pop("SCHEDVISU_SITE", None)  # what stands in a notebook is to count there
    serve_lab(folder, number, Words(site), tell)


def _ask(
    site: Site, scanners: list[str] | None, first: datetime | None, last: datetime | None, period: str | None
) -> str:
    """Return the first question; one that makes no sense ends the command."""
    from schedvisu_lib.explorer.question import as_text

    if first and period:
        typer.echo("--from and --period both say which days; leave one of them out", err=True)
        raise typer.Exit(Status.USAGE)
    choice = choose(site, datetime.now(), first, last, scanners, [period] if period else None)
    days = choice.shortest
    return as_text(choice.scanners or (), (days.first, days.last) if first else None, period)
