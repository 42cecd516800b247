"""Making the exams of four years from scratch, beside reading, sorting and grouping the same rows with pandas."""

from __future__ import annotations

import shutil
from pathlib import Path

import schedvisu_lib as sv
from benchmarks import floors, stores
from benchmarks.effort import Effort
from benchmarks.measure import Work, compare, measure
from benchmarks.table import Figure, Part, Row
from schedvisu_lib import pipeline

YEARS = 4


def from_scratch(site_file: Path) -> Work:
    """Consolidate all that is stored, as the command does."""
    site = sv.load_site(site_file)
    shutil.rmtree(site.store.folder / "studies", ignore_errors=True)

    def work() -> tuple[int, int]:
        years = pipeline.consolidate_store(site).years
        return sum(year.series for year in years), sum(year.exams for year in years)

    return work


def run(folder: Path, effort: Effort) -> Part:
    """Measure."""
    file = stores.make_site(folder / "consolidation", years=YEARS)
    pair = compare(lambda: measure(from_scratch, file), lambda: measure(floors.read_sort_group, file, "*"), effort.runs)
    series, exams = pair.ours.told
    return Part((
        Row(
            f"consolidate {YEARS} years from scratch ({series:,} series, {exams:,} exams)",
            (Figure(pair.ours.cpu, "s CPU", 2), Figure(pair.ours.megabytes, "MB", 500)),
            (Figure(pair.floor.cpu, "s CPU"), "one pandas.read_parquet of the same files, sort, one groupby"),
            Figure(pair.ratio, "", 3),
        ),
    ))  # fmt: skip
