"""How time and memory grow with the years that are stored, and with the scanners of the site."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import schedvisu_lib as sv
from benchmarks import stores
from benchmarks.consolidation import from_scratch
from benchmarks.effort import Effort
from benchmarks.linear import TOLERANCE, worse_than_linear
from benchmarks.measure import Spent, Work, measure
from benchmarks.pages import draw
from benchmarks.table import Part, digits, markdown
from benchmarks.weeks_more import after_a_week
from schedvisu_lib import pipeline
from schedvisu_lib.report.pages import Page, report_pages

Sizes = Mapping[int, Spent]
Thing = Callable[[Path], Spent]


def opening(site_file: Path) -> Work:
    """Open the store, look which days it has, and read all exams."""
    site = sv.load_site(site_file)

    def work() -> int:
        store = sv.open_store(site)
        days = store.stored_days()
        return len(store.studies(days[0], days[-1]))

    return work


def page(site_file: Path, notebook: str, period: str) -> Work:
    """Draw one page of the report: the first of a notebook and, of scanner pages, of a period."""
    site = sv.load_site(site_file)
    pages = report_pages(site, stores.whole_report(site).periods, generated_at=stores.EVENING)
    asked: Page = next(
        one for one in pages if one.notebook == notebook and one.parameters.get("title", period) == period
    )
    return lambda: len(draw(asked))


def report(site_file: Path) -> Work:
    """Build the report of one scanner, as the command does."""
    site = sv.load_site(site_file)

    def work() -> list[str]:
        job = pipeline.report(site, stores.whole_report(site, site.scanner_names[:1]), stores.EVENING)
        return job.problems

    return work


def view(site_file: Path, name: str) -> Work:
    """Open the explorer on all days of the first scanner and look at one view."""
    from benchmarks.explorer import WIDTH, sent
    from schedvisu_lib.explorer.desk import Desk
    from schedvisu_lib.explorer.question import Question
    from schedvisu_lib.explorer.sight import sight_of
    from schedvisu_lib.explorer.views import VIEWS

    site = sv.load_site(site_file)
    one = next(view for view in VIEWS if view.name == name)

    def work() -> int:
        desk = Desk(site)
        asked = Question(tuple(site.scanner_names[:1]), desk.stored[0], stores.LAST)
        return sent(one.show(sight_of(desk, asked, site.scanner_names[0]), WIDTH))

    return work


THINGS: Final[dict[str, Thing]] = {
    "consolidate from scratch": lambda file: measure(from_scratch, file),
    "consolidate after a week": after_a_week,
    "open the store, read all exams": lambda file: measure(opening, file),
    "weekly page of a scanner": lambda file: measure(page, file, "scanner_page", "weekly"),
    "yearly page of a scanner": lambda file: measure(page, file, "scanner_page", "yearly"),
    "multi-year page of a scanner": lambda file: measure(page, file, "scanner_page", "multi-year"),
    "overview": lambda file: measure(page, file, "overview", ""),
    "overview, hours": lambda file: measure(page, file, "overview_hours", ""),
    "data quality": lambda file: measure(page, file, "data_quality", ""),
    "exams to check": lambda file: measure(page, file, "exams_to_check", ""),
    "explorer: open, agenda of all days": lambda file: measure(view, file, "agenda"),
    "explorer: open, trend of all days": lambda file: measure(view, file, "trend"),
    "report of one scanner, HTML and PDF": lambda file: measure(report, file),
}
"""What is measured, each in a process of its own, from the site file of a store that has its exams."""


def run(folder: Path, effort: Effort) -> Part:
    """Measure."""
    years = {n: stores.make_consolidated(folder / f"growth-{n}-years", years=n) for n in effort.years}
    scanners = {
        n * stores.SCANNERS: stores.make_consolidated(folder / f"growth-{n}-hospitals", years=1, hospitals=n)
        for n in effort.hospitals
    }
    return Part(
        details="\n".join([
            "## Growth\n",
            "CPU seconds of each, in parentheses per year or per scanner; then the same of the megabytes of memory. "
            f"Worse than linear is what costs over {TOLERANCE:g} times as much per unit in the largest size as in the "
            "cheapest smaller one; such a thing is measured a second time, and the smaller figures count.\n",
            _tables("year", years, "with 5 scanners"),
            _tables("scanner", scanners, "with one year"),
        ])
    )  # fmt: skip


def _tables(unit: str, files: Mapping[int, Path], words: str) -> str:
    found = {name: grown(thing, files) for name, thing in THINGS.items()}
    headings = [*(f"{n} {unit}{'s' if n > 1 else ''}" for n in files), "worse than linear"]
    parts = [f"### From {min(files)} to {max(files)} {unit}s, {words}\n"]
    for what, value in (("s CPU", _cpu), ("MB", _megabytes)):
        lines = [_line(name, {n: value(spent) for n, spent in sizes.items()}) for name, sizes in found.items()]
        parts.append(markdown([what, *headings], lines))
    return "\n".join(parts)


def grown(thing: Thing, files: Mapping[int, Path]) -> Sizes:
    """Measure a thing in each size; once more, if it looks worse than linear."""
    sizes = {n: thing(file) for n, file in files.items()}
    if any(worse_than_linear({n: value(spent) for n, spent in sizes.items()}) for value in (_cpu, _megabytes)):
        again = {n: thing(file) for n, file in files.items()}
        sizes = {n: _smaller(sizes[n], again[n]) for n in files}
    return sizes


def _smaller(one: Spent, other: Spent) -> Spent:
    return replace(one, cpu=min(one.cpu, other.cpu), megabytes=min(one.megabytes, other.megabytes))


def _line(name: str, values: Mapping[int, float]) -> Sequence[str]:
    cells = [f"{digits(value)} ({digits(value / n)})" for n, value in values.items()]
    return [name, *cells, "**yes**" if worse_than_linear(values) else "no"]


def _cpu(spent: Spent) -> float:
    return spent.cpu


def _megabytes(spent: Spent) -> float:
    return spent.megabytes
