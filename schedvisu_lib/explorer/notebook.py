"""What ``explore.ipynb`` calls: the explorer of a site, which shows itself in JupyterLab and as a local web page."""

from __future__ import annotations

import logging
import os
from datetime import datetime
from html import escape
from pathlib import Path

from IPython.display import display
from ipywidgets import HTML, Widget

from schedvisu_lib.config import Site, load_site
from schedvisu_lib.errors import SchedVisuError
from schedvisu_lib.explorer.desk import Desk
from schedvisu_lib.explorer.look import look
from schedvisu_lib.explorer.screen import Screen
from schedvisu_lib.logs import start_log

SITE = "SCHEDVISU_SITE"
"""Environment variable with the site file; ``schedvisu explore`` sets it, and it wins over the notebook's."""
ASK = "SCHEDVISU_ASK"
"""Environment variable with the question to begin with."""


class Explorer:
    """A screen that shows itself in a notebook, and as text says what it holds.

    Parameters
    ----------
    widget
        The screen.
    words
        What is told where there are no widgets: in a terminal, and in the file of an executed notebook.
    """

    def __init__(self, widget: Widget, words: str, language: str = "en") -> None:
        self.widget = widget
        self.words = words
        self._language = language

    def __repr__(self) -> str:
        return self.words

    def _ipython_display_(self) -> None:
        # The look is an output of its own: scripts within a widget never run.
        display({"text/html": look(self._language).text, "text/plain": ""}, raw=True)
        shown = {"version_major": 2, "version_minor": 0, "model_id": self.widget.model_id}
        display({"text/plain": self.words, "application/vnd.jupyter.widget-view+json": shown}, raw=True)


def explore(site_file: str | Path = "") -> Explorer:
    """Explore the exams of a site: choose scanners, days and exams, and look at them as the report does.

    Parameters
    ----------
    site_file
        The site's YAML file. The environment variable ``SCHEDVISU_SITE``, which ``schedvisu explore`` sets, wins.

    Returns
    -------
    Explorer
        Shows itself in a notebook. A site file or store that cannot be read is told there, and raises nothing.

    Notes
    -----
    What the library logs goes to a file in ``log.folder`` from then on, for the rest of the session.

    Examples
    --------
    >>> sv.explore("params/demo.yaml")
    Explorer: ... exams of 5 scanners, ... to 2026-05-22
    """
    file = os.environ.get(SITE) or str(site_file)
    if not file:
        return sorry('Name the site file: sv.explore("params/site.yaml").')
    try:
        site = load_site(Path(file))
        keep_log(site)
        desk = Desk(site)
    except SchedVisuError as error:
        return sorry(str(error))
    return Explorer(Screen(desk, os.environ.get(ASK, "")).widget, _words(desk), desk.t.code)


def keep_log(site: Site) -> None:
    """Send what the library logs to a file; nothing of it below the cell, also where no file can be written."""
    try:
        start_log(site, "explore", datetime.now())
    except SchedVisuError:
        logging.getLogger("schedvisu_lib").addHandler(logging.NullHandler())


def _words(desk: Desk) -> str:
    n_scanners = len(desk.site.scanners)
    scanners = f"{n_scanners} scanner{'s' if n_scanners != 1 else ''}"
    if desk.is_empty:
        return f"Explorer: no exam of {scanners}. {desk.notice}".rstrip()
    days = desk.studies["date"]
    return f"Explorer: {len(days):,} exams of {scanners}, {days.min():%Y-%m-%d} to {days.max():%Y-%m-%d}"


def sorry(words: str, name: str = "Explorer") -> Explorer:
    """Return an explorer that shows but a sentence."""
    shown = HTML(f'<p class="sv-banner">{escape(words)}</p>')
    shown.add_class("sv-screen")
    return Explorer(shown, f"{name}: {words}")
