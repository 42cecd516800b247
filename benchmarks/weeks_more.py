"""Making the exams anew after one more week, beside reading the series of the current year."""

from __future__ import annotations

from pathlib import Path

import schedvisu_lib as sv
from benchmarks import floors, stores
from benchmarks.consolidation import YEARS
from benchmarks.effort import Effort
from benchmarks.measure import Spent, Work, compare, measure
from benchmarks.table import Figure, Part, Row
from schedvisu_lib import pipeline


def consolidate(site_file: Path) -> Work:
    """Consolidate what changed, as the command does."""
    site = sv.load_site(site_file)
    return lambda: [year.year for year in pipeline.consolidate_store(site).years]


def after_a_week(site_file: Path) -> Spent:
    """Measure the consolidation of a store that had its exams, and now has one week more."""
    stores.give_back(site_file, stores.take_last_week(site_file))
    return measure(consolidate, site_file)


def run(folder: Path, effort: Effort) -> Part:
    """Measure."""
    file = stores.make_consolidated(folder / "weeks-more", years=YEARS)
    year = str(stores.LAST.year)
    pair = compare(lambda: after_a_week(file), lambda: measure(floors.read, file, year), effort.runs)
    return Part((
        Row(
            "consolidate after one new week, at the end of the year",
            (Figure(pair.ours.cpu, "s CPU", 0.3),),
            (Figure(pair.floor.cpu, "s CPU"), "one pandas.read_parquet of the current year"),
            Figure(pair.ratio, ""),
        ),
    ))  # fmt: skip
