"""The public shift-scheduling suite: cost, bound and gap of each instance after some CPU seconds.

Usage: ``python -m benchmarks.rostering [--seconds 60] [--seed 1] FILE_OR_FOLDER...``. Best known costs are read from a
table in a ``README.md`` beside the files (columns *instance* and *best known cost*). The instances carry no licence
text and are not part of the project; as a part of the benchmarks the folder is named by ``SCHEDVISU_ROSTERING``.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.effort import WHOLE, Effort
from benchmarks.measure import measure
from benchmarks.table import Figure, Part, Row, markdown

FOLDER: Final = "SCHEDVISU_ROSTERING"
"""Environment variable: the folder of the instances."""
_MOST: Final = {**dict.fromkeys((1, 2, 3, 4), 0.0), **dict.fromkeys((5, 6, 7, 10, 16), 1.0), 12: 15.0}
"""Instance -> per cent above the best known cost that it may have after 60 CPU seconds."""
_HEADINGS: Final = ("instance", "cost", "bound", "gap", "best known", "above it", "wall", "CPU", "memory")
_SECONDS: Final = 60.0


@dataclass(frozen=True)
class _Result:
    number: int
    cost: int
    bound: float
    gap: float
    best: int | None
    wall: float
    cpu: float
    megabytes: float

    @property
    def above(self) -> float | None:
        """Per cent above the best known cost."""
        return None if self.best is None else 100.0 * (self.cost - self.best) / self.best

    @property
    def cells(self) -> tuple[str, ...]:
        return (
            str(self.number),
            f"{self.cost:,}",
            f"{self.bound:,.0f}",
            f"{self.gap:.2f} %",
            "" if self.best is None else f"{self.best:,}",
            "" if self.above is None else f"{self.above:.2f} %",
            f"{self.wall:.1f} s",
            f"{self.cpu:.1f} s",
            f"{self.megabytes:.0f} MB",
        )


def main() -> None:
    """Print the table of the instances that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rostering", description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, metavar="FILE_OR_FOLDER")
    parser.add_argument("--seconds", type=float, default=_SECONDS, help="CPU seconds of each instance (60)")
    parser.add_argument("--seed", type=int, default=1, help="of the random numbers (1)")
    options = parser.parse_args()
    files = [file for path in options.paths for file in _files(path)]
    if not files:
        sys.exit(f"no *.txt in {', '.join(map(str, options.paths))}; name files or folders of the suite")
    results = []
    for file in files:
        results.append(_measured(file, options.seconds, options.seed))
        print("  ".join(results[-1].cells), flush=True)
    print(f"\n{markdown(_HEADINGS, [result.cells for result in results])}")


def run(_folder: Path, effort: Effort) -> Part:
    """Measure."""
    folder = os.environ.get(FOLDER)
    if not folder or not Path(folder).is_dir():
        text = f"Left out: set {FOLDER} to the folder of the suite's instances."
        print(text, flush=True)
        return Part((), f"## Shift scheduling\n\n{text}")
    seconds = _SECONDS if effort == WHOLE else 3.0
    results = [_measured(file, seconds, seed=1) for file in _files(Path(folder))]
    rows = [
        Row(
            f"shift scheduling, instance {result.number}: above the best known cost, {seconds:.0f} CPU s",
            (Figure(result.above, "%", _MOST.get(result.number) if effort == WHOLE else None),),
        )
        for result in results
        if result.above is not None
    ]
    rows.append(Row("shift scheduling: memory", (Figure(max(one.megabytes for one in results), "MB", 1000.0),)))
    return Part(tuple(rows), f"## Shift scheduling\n\n{markdown(_HEADINGS, [result.cells for result in results])}")


def _files(path: Path) -> list[Path]:
    """Return a file, or those of a folder by their numbers."""
    return [path] if path.is_file() else sorted(path.glob("*.txt"), key=_number)


def _number(file: Path) -> int:
    return int("".join(re.findall(r"\d", file.stem)) or 0)


def _measured(file: Path, seconds: float, seed: int) -> _Result:
    spent = measure(_solved, str(file), seconds, seed)
    told = spent.told
    best = dict(_best_known(file.parent / "README.md")).get(_number(file))
    return _Result(
        _number(file), told["cost"], told["bound"], told["gap"], best, spent.wall, spent.cpu, spent.megabytes
    )


def _solved(file: str, seconds: float, seed: int) -> Callable[[], dict[str, Any]]:
    """Get ready to solve an instance; compiled code is loaded before."""
    from schedvisu_lib.plan.roster.suite.reading import read_instance
    from schedvisu_lib.plan.roster.suite.rules import broken_rules, cost_of
    from schedvisu_lib.plan.roster.suite.solve import solve

    instance = read_instance(file)
    solve(instance, seconds=1.0)

    def work() -> dict[str, Any]:
        solution = solve(instance, seconds=seconds, seed=seed)
        broken = broken_rules(instance, solution.roster)
        if broken or cost_of(instance, solution.roster) != solution.cost:
            raise AssertionError(f"{file}: {broken[:3]}")
        return {"cost": solution.cost, "bound": solution.bound, "gap": solution.gap}

    return work


def _best_known(readme: Path) -> Iterator[tuple[int, int]]:
    """Yield instance and cost of the rows of a table with two columns of numbers."""
    if readme.is_file():
        for found in re.finditer(r"^\|\s*(\d+)\s*\|\s*(\d+)\s*\|\s*$", readme.read_text(encoding="utf-8"), re.M):
            yield int(found[1]), int(found[2])


if __name__ == "__main__":
    main()
