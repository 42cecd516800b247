"""Retrieve, consolidate and report years of the simulated hospital; print the times of each step as a table.

Usage: ``python benchmarks/two_years.py [--years 2] [--keep FOLDER]``; the years end with 2025. The archive runs in a
process of its own on the loopback; its CPU time is told apart from ours.
"""

from __future__ import annotations

import argparse
import platform
import resource
import sys
import tempfile
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from time import perf_counter

import psutil

import schedvisu_lib as sv
from schedvisu_lib import pipeline
from schedvisu_lib.choice import choose
from schedvisu_lib.demo.session import demo_site_file, serving
from schedvisu_lib.outcome import Outcome

END = date(2025, 12, 19)
"""The last Friday of a year with all its periods: weekly to multi-year."""


@dataclass(frozen=True)
class Row:
    """One step and what it took, in seconds."""

    step: str
    wall: float
    cpu: float
    what: str


def cpu_seconds() -> float:
    """Return the CPU seconds of this process and of its children that ended."""
    uses = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(use.ru_utime + use.ru_stime for use in uses)


def timed(step: str, work: Callable[[], Outcome]) -> Row:
    """Do a step, and say what it took and made."""
    wall, cpu = perf_counter(), cpu_seconds()
    outcome = work()
    row = Row(step, perf_counter() - wall, cpu_seconds() - cpu, "; ".join(outcome.done))
    for problem in outcome.problems:
        print(f"problem: {problem}", file=sys.stderr)
    return row


def moved_site(folder: Path, years: int) -> sv.Site:
    """Write the demo's site file with everything below a folder, and a first year so many years back."""
    text = demo_site_file().read_text(encoding="utf-8").replace("../demo-data", str(folder / "data"))
    text = text.replace("first_year: 2025", f"first_year: {END.year + 1 - years}")
    file = folder / "site.yaml"
    file.write_text(text, encoding="utf-8")
    return sv.load_site(file)


@contextmanager
def working_folder(keep: Path | None):
    """Give a folder that is removed afterwards, or one to keep."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)


def main() -> None:
    """Measure, and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--years", type=int, default=2)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    now = datetime.combine(END, time.max)
    with working_folder(options.keep) as folder:
        site = moved_site(folder, options.years)
        choice = choose(site, now)
        rows = []
        with serving(site):
            server = next(child for child in psutil.Process().children() if "schedvisu_lib.demo" in child.cmdline())
            rows.append(timed("retrieve", lambda: pipeline.retrieve(site, choice.first, END)))
            times = server.cpu_times()
            rows.append(Row("(the archive's own CPU)", 0, times.user + times.system, "in a process of its own"))
        rows.append(timed("consolidate", lambda: pipeline.consolidate_store(site)))
        rows.append(timed("report", lambda: pipeline.report(site, choice, now)))
        size = sum(file.stat().st_size for file in site.store.folder.rglob("*.parquet"))
        peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(f"\n{platform.machine()}, {psutil.cpu_count()} cores, Python {platform.python_version()}\n")
    print("| step | wall s | CPU s | what |\n|---|---|---|---|")
    for row in rows:
        print(f"| {row.step} | {row.wall:.1f} | {row.cpu:.1f} | {row.what.replace(str(folder), '…')} |")
    print(f"\nStore: {size / 1e6:.1f} MB; largest process: {peak / 1024:.0f} MB.")


if __name__ == "__main__":
    main()
