"""Asking the embedded archive for two years of the demo hospital over DICOM: some minutes, only when asked for."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import psutil

import schedvisu_lib as sv
from benchmarks import stores
from benchmarks.effort import Effort
from benchmarks.measure import Work, measure
from benchmarks.table import Figure, Part, Row, digits
from schedvisu_lib import pipeline
from schedvisu_lib.demo.session import serving

YEARS = 2


def retrieve(site_file: Path) -> Work:
    """Retrieve all days of the site's years, as a first load does."""
    site = sv.load_site(site_file)
    first = date(site.periods.first_year, 1, 1)

    def work() -> tuple[list[str], list[str]]:
        job = pipeline.retrieve(site, first, stores.LAST, now=stores.EVENING)
        return job.done, job.problems

    return work


def run(folder: Path, _effort: Effort) -> Part:
    """Measure."""
    file = stores.empty_site(folder / "demo", years=YEARS)
    with serving(sv.load_site(file)):
        [archive] = [child for child in psutil.Process().children() if "schedvisu_lib.demo" in child.cmdline()]
        spent = measure(retrieve, file)
        its_own = sum(archive.cpu_times()[:2])
    done, problems = spent.told
    figures = (Figure(spent.wall, "s"), Figure(spent.cpu, "s CPU"), Figure(spent.megabytes, "MB"))
    words = "; ".join([*done, *problems])
    details = f"The archive itself, in a process of its own: {digits(its_own)} s CPU. {words}.\n"
    return Part((Row(f"retrieve {YEARS} years from the embedded archive", figures),), details)
