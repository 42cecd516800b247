"""The memory of the weekly run: it asks the embedded archive for a week, and makes the whole report of years."""

from __future__ import annotations

from pathlib import Path

import schedvisu_lib as sv
from benchmarks import stores
from benchmarks.effort import Effort
from benchmarks.measure import Spent, Work, measure
from benchmarks.table import Figure, Part, Row, digits, markdown
from schedvisu_lib import pipeline
from schedvisu_lib.demo.session import serving

MOST = 1000
FLAT = 1.25
"""How much more is still flat: the exams of all years lie in the memory while their page is drawn."""


def weekly_run(site_file: Path) -> Work:
    """Retrieve the last week, consolidate, report and mail, as every Saturday."""
    site = sv.load_site(site_file)

    def work() -> tuple[list[str], list[str]]:
        job = pipeline.run(site, stores.whole_report(site), stores.EVENING)
        return job.done, job.problems

    return work


def spent(folder: Path, years: int) -> Spent:
    """Measure the run with so many stored years; the archive does not count, which is a hospital's own."""
    file = stores.make_consolidated(folder / f"memory-{years}", years=years)
    stores.take_last_week(file)
    with serving(sv.load_site(file)):
        found = measure(weekly_run, file)
    done, problems = found.told
    if problems or "retrieved 5 of 5 days" not in done[0]:
        raise SystemExit(f"the weekly run of {years} years was not whole: {done} {problems}")
    return found


def run(folder: Path, effort: Effort) -> Part:
    """Measure."""
    found = {years: spent(folder, years) for years in effort.years}
    few, many = min(found), max(found)
    row = Row(
        f"memory of the weekly run, {few} to {many} years stored",
        (Figure(max(one.megabytes for one in found.values()), "MB", MOST),),
        (Figure(found[few].megabytes, "MB"), f"the same with {few} year stored"),
        Figure(found[many].megabytes / found[few].megabytes, "", FLAT),
    )
    table = markdown(
        ["years stored", "MB", "of which", "s CPU", "s"],
        [(str(n), digits(one.megabytes), _holders(one), digits(one.cpu), digits(one.wall)) for n, one in found.items()],
    )
    return Part((row,), f"## The weekly run: five days from the archive, exams, report, mail\n\n{table}")


def _holders(one: Spent) -> str:
    return ", ".join(f"{name} {digits(megabytes)}" for name, megabytes in sorted(one.holders.items()))
