"""Measure speed and memory, and print what is asked, measured, and the least that it could take.

Usage: ``python -m benchmarks [--only PART ...] [--quick]``. The whole of it is written to ``benchmarks/results.md``;
parts and quick runs are only printed.
"""

from __future__ import annotations

import argparse
import tempfile
from importlib import import_module
from pathlib import Path
from time import perf_counter

import psutil

from benchmarks import machine
from benchmarks.effort import QUICK, WHOLE, Effort
from benchmarks.table import Part, main_table

PARTS = (
    "consolidation", "weeks_more", "report", "explorer", "imports", "retrieval", "memory", "growth",
    "appointments", "rosters", "rostering",
)  # fmt: skip
"""Modules of this folder; each has a function ``run``."""
ASKED_FOR = ("demo",)
"""Those that only run when they are asked for."""
RESULTS = Path(__file__).parent / "results.md"


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=(*PARTS, *ASKED_FOR), metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--quick", action="store_true", help="one run of each, small sizes")
    options = parser.parse_args()
    begin = perf_counter()
    where = machine.words()
    parts = measured(options.only or PARTS, QUICK if options.quick else WHOLE)
    minutes = (perf_counter() - begin) / 60
    text = "\n".join([
        "# Results\n\nWritten by `make bench`; [README.md](README.md) says how to read it.\n",
        where,
        main_table(parts),
        *(part.details for part in parts if part.details),
        f"Measured in {minutes:.0f} minutes; load average at the end {psutil.getloadavg()[0]:.1f}.\n",
    ])  # fmt: skip
    print(f"\n{text}")
    if not options.only and not options.quick:
        RESULTS.write_text(text, encoding="utf-8")


def measured(names: list[str] | tuple[str, ...], effort: Effort) -> list[Part]:
    """Measure parts one after the other; a part's module is imported only when its turn comes."""
    parts = []
    with tempfile.TemporaryDirectory(prefix="schedvisu-bench-") as folder:
        for name in names:
            print(f"== {name}", flush=True)
            part: Part = import_module(f"benchmarks.{name}").run(Path(folder), effort)
            print(main_table([part]) if part.rows else "", flush=True)
            parts.append(part)
    return parts


if __name__ == "__main__":
    main()
