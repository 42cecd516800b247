"""The explorer: the kernel's CPU time of each view, and what it sends to the screen.

Beside it the lines of Python that the view offers, with the figure saved once as SVG; reading the store is left out on
both sides.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from itertools import count
from pathlib import Path
from statistics import median
from time import process_time

import matplotlib.pyplot as plt
from ipywidgets import Widget

import schedvisu_lib as sv
from benchmarks import stores
from benchmarks.effort import Effort
from benchmarks.measure import Work, measure
from benchmarks.table import Figure, Part, Row, digits, markdown
from schedvisu_lib.explorer.busy import Busy
from schedvisu_lib.explorer.desk import Desk
from schedvisu_lib.explorer.mapping import MappingPanel
from schedvisu_lib.explorer.question import Question
from schedvisu_lib.explorer.sight import View, sight_of
from schedvisu_lib.explorer.views import VIEWS
from schedvisu_lib.explorer.what_if import WhatIfPanel
from schedvisu_lib.figures.html import Html
from schedvisu_lib.studies.selection import of_scanner

YEARS = 4
WIDTH = 280.0
"""Of a place on the screen, in millimetres."""


@dataclass(frozen=True)
class Look:
    """What an answer takes: milliseconds of CPU, and megabytes that are sent."""

    milliseconds: float
    megabytes: float

    @property
    def words(self) -> str:
        """Both as one cell."""
        return f"{digits(self.milliseconds)} ms, {self.megabytes:.2f} MB"


@dataclass(frozen=True)
class Looks:
    """What each view takes, by the words for a question; the bare lines; and the panels, by what is done there."""

    views: dict[str, dict[str, Look]]
    bare: dict[str, float]
    panels: dict[str, float]


ALL_ONE = "all days, one scanner"


def look_around(site_file: Path, runs: int) -> Work:
    """Ask each view for a week, a year and all days of a scanner, and for all days of all scanners."""
    desk = Desk(sv.load_site(site_file))
    first = desk.stored[0]
    one, every = tuple(desk.site.scanner_names[:1]), tuple(desk.site.scanner_names)
    week = Question(one, stores.WEEK, stores.LAST)
    whole = Question(one, first, stores.LAST)
    questions = {
        "a week, one scanner": week,
        "a year, one scanner": Question(one, stores.LAST - timedelta(days=364), stores.LAST),
        ALL_ONE: whole,
        f"all days, {len(every)} scanners": Question(every, first, stores.LAST),
    }

    def work() -> Looks:
        return Looks(
            {view.name: {name: look(desk, view, asked, runs) for name, asked in questions.items()} for view in VIEWS},
            {view.name: bare(desk, view, whole, runs) for view in VIEWS},
            {
                "a change of the what-if panel, a week": change(desk, week, runs),
                "all days": change(desk, whole, runs),
                "a preview of the mapping panel, a week": preview(desk, week, runs),
                "all days of the mapping panel": preview(desk, whole, runs),
            },
        )

    return work


def look(desk: Desk, view: View, question: Question, runs: int) -> Look:
    """Return what an answer takes."""

    def show() -> int:
        shown = [view.show(sight_of(desk, question, name), WIDTH) for name in question.scanners]
        return sum(map(sent, shown))

    return Look(milliseconds(show, runs), show() / 1e6)


def bare(desk: Desk, view: View, question: Question, runs: int) -> float:
    """Return the milliseconds of the lines that the view offers, and of what they drew as SVG."""
    [scanner] = question.scanners
    lines = [line for line in view.code(question, scanner) if not line.startswith(("known =", "stored ="))]
    exams = of_scanner(desk.studies, scanner, question.first, question.last)
    known = {"sv": sv, "site": desk.site, "studies": exams, "known": desk.studies, "stored": desk.stored}
    code = compile("\n".join(lines).replace("sv.open_store(site).stored_days()", "stored"), view.name, "exec")

    def draw() -> None:
        exec(code, dict(known))
        for number in plt.get_fignums():
            plt.figure(number).savefig(BytesIO(), format="svg")
        plt.close("all")

    return milliseconds(draw, runs)


def milliseconds(work: Callable[[], object], runs: int) -> float:
    """Return the milliseconds of CPU that a piece of work takes, the median of some runs after a first one."""
    times = []
    for _ in range(runs + 1):
        begin = process_time()
        work()
        times.append((process_time() - begin) * 1000)
        Widget.close_all()
    return median(times[1:])


def change(desk: Desk, question: Question, runs: int) -> float:
    """Return the milliseconds from a slot that is typed into the what-if panel to its new tables."""
    panel = WhatIfPanel(desk, Busy())
    panel.ask(question)
    field = panel.fields(question.scanners[0]).field("slots", "all")
    slots = count(15)
    return milliseconds(lambda: setattr(field, "value", str(next(slots))), runs)


def preview(desk: Desk, question: Question, runs: int) -> float:
    """Return the milliseconds from a tick at a description to what its mapping would change."""
    panel = MappingPanel(desk, Busy())
    panel.ask(question)
    panel.kind.value = desk.site.exam_types[0].name  # since all descriptions of the demo have a type
    panel.exam_type.value = desk.site.exam_types[1].name
    return milliseconds(lambda: panel.lines.tick(0), runs)


def sent(shown: Html | Widget) -> int:
    """Return the bytes of what the kernel sends for an answer."""
    if isinstance(shown, Html):
        return len(shown.text.encode())
    parts = [shown, *getattr(shown, "children", ())]
    return sum(len(json.dumps(part.get_state(), default=str)) for part in parts)


def run(folder: Path, effort: Effort) -> Part:
    """Measure."""
    file = stores.make_consolidated(folder / "explorer", years=YEARS)
    looks: Looks = measure(look_around, file, effort.runs).told
    rows = tuple(
        Row(
            f"explorer, {YEARS} years of a scanner: {name}",
            (Figure(seen[ALL_ONE].milliseconds, "ms CPU", 300),),
            (Figure(looks.bare[name], "ms"), "the same lines and figure in plain Python, once"),
            Figure(seen[ALL_ONE].milliseconds / looks.bare[name], ""),
        )
        for name, seen in looks.views.items()
    )
    questions = list(next(iter(looks.views.values())))
    table = markdown(
        ["view", *questions],
        [(name, *(seen[question].words for question in questions)) for name, seen in looks.views.items()],
    )
    panels = "; ".join(f"{what} {digits(took)} ms" for what, took in looks.panels.items())
    return Part(rows, f"## The explorer's views, {YEARS} years\n\n{table}\n{panels[0].upper()}{panels[1:]}.\n")
