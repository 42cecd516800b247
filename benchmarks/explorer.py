"""Measure the explorer: the kernel's CPU time of each view, and what it sends to the screen; print a table.

Usage: ``python benchmarks/explorer.py [--years 4] [--keep FOLDER]``; the years end with 2025. The store is filled from
the simulated hospital without an archive, in a minute or two; a kept one is used again.
"""

from __future__ import annotations

import argparse
import json
import platform
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from itertools import count
from pathlib import Path
from statistics import median
from time import process_time

import matplotlib.pyplot as plt
import psutil
from ipywidgets import Widget
from two_years import END, moved_site, working_folder

import schedvisu_lib as sv
from schedvisu_lib import pipeline
from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.demo.truth import true_series
from schedvisu_lib.explorer.busy import Busy
from schedvisu_lib.explorer.desk import Desk
from schedvisu_lib.explorer.mapping import MappingPanel
from schedvisu_lib.explorer.question import Question
from schedvisu_lib.explorer.sight import View, sight_of
from schedvisu_lib.explorer.views import VIEWS
from schedvisu_lib.explorer.what_if import WhatIfPanel
from schedvisu_lib.figures.html import Html
from schedvisu_lib.periods import working_days
from schedvisu_lib.studies.selection import of_scanner

WIDTH = 280.0
"""Of a place on the screen, in millimetres."""
RUNS = 3


def fill(site: sv.Site, first: date) -> None:
    """Store what the simulated hospital did from a day on, as if an archive had been asked."""
    hospital, store = Hospital(site, last_day=END), sv.open_store(site)
    for day in working_days(site.calendar, first, END):
        store.write_day(day, true_series(hospital, day))
    pipeline.consolidate_store(site)


def look(desk: Desk, view: View, question: Question) -> tuple[float, int]:
    """Return the milliseconds of CPU that an answer takes, and the bytes that it sends."""

    def show() -> int:
        shown = [view.show(sight_of(desk, question, name), WIDTH) for name in question.scanners]
        return sum(map(sent, shown))

    return milliseconds(show), show()


def bare(desk: Desk, view: View, question: Question) -> float:
    """Return the milliseconds that the same takes without the explorer: the lines that it offers, and what they drew.

    Reading the store is left out on both sides.
    """
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

    return milliseconds(draw)


def milliseconds(work: Callable[[], object]) -> float:
    """Return the milliseconds of CPU that a piece of work takes, the median of some runs after a first one."""
    times = []
    for _ in range(RUNS + 1):
        begin = process_time()
        work()
        times.append((process_time() - begin) * 1000)
        Widget.close_all()
    return median(times[1:])


def change(desk: Desk, question: Question) -> float:
    """Return the milliseconds from a slot that is typed into the what-if panel to its new tables."""
    panel = WhatIfPanel(desk, Busy())
    panel.ask(question)
    field = panel.fields(question.scanners[0]).field("slots", "all")
    slots = count(15)
    return milliseconds(lambda: setattr(field, "value", str(next(slots))))


def preview(desk: Desk, question: Question) -> float:
    """Return the milliseconds from a tick at a description to what its mapping would change."""
    panel = MappingPanel(desk, Busy())
    panel.ask(question)
    panel.kind.value = desk.site.exam_types[0].name  # since all descriptions of the demo have a type
    panel.exam_type.value = desk.site.exam_types[1].name
    return milliseconds(lambda: panel.lines.tick(0))


def sent(shown: Html | Widget) -> int:
    """Return the bytes of what the kernel sends for an answer."""
    if isinstance(shown, Html):
        return len(shown.text.encode())
    parts = [shown, *getattr(shown, "children", ())]
    return sum(len(json.dumps(part.get_state(), default=str)) for part in parts)


def main() -> None:
    """Measure, and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--years", type=int, default=4)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    with working_folder(options.keep) as folder:
        site = moved_site(folder, options.years)
        if sv.open_store(site).is_empty():
            fill(site, date(END.year + 1 - options.years, 1, 1))
        begin = process_time()
        desk = Desk(site)
        read = (process_time() - begin) * 1000
        first = desk.stored[0]
        spans = {"a week": END - timedelta(days=4), "a year": END - timedelta(days=364), "all": first}
        one, all_of_them = tuple(site.scanner_names[:1]), tuple(site.scanner_names)
        columns = {f"{name}, one scanner": Question(one, day, END) for name, day in spans.items()}
        every = Question(all_of_them, first, END)
        print(f"\n{platform.machine()}, {psutil.cpu_count()} cores, load {psutil.getloadavg()[0]:.1f}, "
              f"Python {platform.python_version()}")  # fmt: skip
        print(f"{len(desk.studies)} exams from {first} to {END}, read in {read:.0f} ms\n")
        heads = [*columns, f"all, {len(every.scanners)} scanners", "bare, all, one scanner", "ratio"]
        print(f"| view | {' | '.join(heads)} |\n|---|{'---|' * len(heads)}")
        for view in VIEWS:
            found = [look(desk, view, question) for question in (*columns.values(), every)]
            floor = bare(desk, view, columns["all, one scanner"])
            cells = [f"{ms:.0f} ms, {size / 1e6:.2f} MB" for ms, size in found]
            print(f"| {view.name} | {' | '.join(cells)} | {floor:.0f} ms | {found[2][0] / floor:.2f} |")
        print()
        for name, question in columns.items():
            print(f"{name}: a change of the what-if panel {change(desk, question):.0f} ms, "
                  f"a preview of the mapping panel {preview(desk, question):.0f} ms")  # fmt: skip


if __name__ == "__main__":
    main()
