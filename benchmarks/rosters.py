"""The duty roster planner: 40 physicians, 25 nurses in three shifts, 400 in 80 units, and a physician who falls ill."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from math import isnan
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any, Final

from benchmarks.effort import WHOLE, Effort
from benchmarks.measure import Spent, measure
from benchmarks.staff_books import FIRST, LAST, hospital, of_two_levels, physicians, ward
from benchmarks.table import Figure, Part, Row, markdown

if TYPE_CHECKING:
    from schedvisu_lib.plan.roster.book.model import StaffBook

_SITE: Final = Path(__file__).parents[1] / "params" / "demo.yaml"
_WEEK: Final = timedelta(days=7)
_ILL: Final = ("LE02", "CL03", "PA04", "AD01")
"""One of each level, ill for the second week."""


def _planned(make_book: Callable[[], StaffBook], seconds: float) -> Callable[[], dict[str, Any]]:
    """Get ready to plan a book."""
    import schedvisu_lib as sv
    from schedvisu_lib.plan.roster.roster import plan_roster

    site, book = sv.load_site(_SITE), make_book()

    def work() -> dict[str, Any]:
        return _told(plan_roster(book, site, FIRST, LAST, seconds=seconds), len(book.staff))

    return work


def _replanned(seed: int) -> Callable[[], dict[str, Any]]:
    """Get ready to plan anew around physicians who fall ill, one after the other, what was before them locked."""
    import schedvisu_lib as sv
    from schedvisu_lib.plan.roster.change.substitutes import absent
    from schedvisu_lib.plan.roster.roster import plan_roster

    site, book = sv.load_site(_SITE), physicians(seed)
    table = plan_roster(book, site, FIRST, LAST).table
    cases = []
    for name in _ILL:
        gone = absent(table, book, site, FIRST, LAST, name, FIRST + _WEEK, FIRST + 2 * _WEEK)
        past = (gone.table["date"].dt.date < FIRST + _WEEK) & (gone.table["person"] != "")
        cases.append((gone.book, gone.table.assign(locked=gone.table["locked"] | past), len(gone.open)))

    def work() -> dict[str, Any]:
        lines, most, most_cpu = [], 0.0, 0.0
        for (after, kept, n_open), name in zip(cases, _ILL, strict=True):
            begin = process_time()
            made = plan_roster(after, site, FIRST, LAST, keep=kept, seconds=20)
            cpu = process_time() - begin
            most, most_cpu = max(most, made.seconds), max(most_cpu, cpu)
            lines.append(
                (name, str(n_open), str(made.changes), str(made.empty), str(made.proved), f"{made.seconds:.2f} s",
                 f"{cpu:.2f} s")
            )  # fmt: skip
        return {"lines": lines, "seconds": most, "cpu": most_cpu}

    return work


def _told(made: Any, persons: int) -> dict[str, Any]:
    kinds = ("nights", "weekends", "holidays", "total")
    return {
        "persons": persons,
        "seats": len(made.table),
        "empty": made.empty,
        "score": tuple(made.score),
        "bound": tuple(made.bound),
        "gap": 100 * made.gap,
        "proved": sum(part.proved for part in made.parts),
        "parts": len(made.parts),
        "repeatable": made.repeatable,
        "seconds": made.seconds,
        "spread": tuple(max(tally[kind] for tally in made.spread.values()) for kind in kinds),
    }


def run(_folder: Path, effort: Effort) -> Part:
    """Measure."""
    whole = effort == WHOLE
    lines, rows = [], []
    for name, make_book, seconds in _cases(whole):
        spent = measure(_planned, make_book, seconds)
        lines.append(_line(name, spent))
        rows += _rows(f"{name}, 28 days", spent, seconds)
        lines.append(_line("the same at once", measure(_planned, make_book, 0.0)))
    ill = measure(_replanned, 1)
    rows.append(
        Row(
            "absence of one of 40, fewest changes (the slowest of four)",
            (Figure(ill.told["seconds"], "s", 3.0), Figure(ill.told["cpu"], "s CPU")),
        )
    )
    headings = (
        "roster", "persons", "seats", "empty", "lacking", "cost", "bound", "gap", "parts proved", "repeatable",
        "seconds", "CPU", "spread",
    )  # fmt: skip
    absences = ("ill", "open duties", "changes", "empty", "proved", "seconds", "CPU")
    text = (
        "## Duty rosters\n\nSpread: the largest minus the smallest number of nights / weekends / holidays / duties in a"
        " pool, with what was before (part-time, leave and exemptions included).\n\n"
        f"{markdown(headings, lines)}\n{markdown(absences, ill.told['lines'])}"
    )
    return Part(tuple(rows), text)


def _cases(whole: bool) -> list[tuple[str, Callable[[], StaffBook], float]]:
    """Return name and book of each roster, and the seconds in which it has to be proved."""
    seeds, units = ((1, 2, 3), 80) if whole else ((1,), 8)
    kinds: tuple[tuple[str, Callable[[int], StaffBook]], ...] = (
        ("40 physicians, 4 levels", physicians),
        ("40 physicians, a quarter of them with two of 4 levels", of_two_levels),
        ("25 nurses, 3 shifts", ward),
    )
    books = [(f"{name}, book {seed}", partial(make, seed), 60.0) for name, make in kinds for seed in seeds]
    return [*books, (f"{5 * units} physicians in {units} units", partial(hospital, units), 300.0)]


def _rows(name: str, spent: Spent, most: float) -> list[Row]:
    told = spent.told
    return [
        Row(f"{name}: time until proved best", (Figure(told["seconds"], "s", most), Figure(spent.cpu, "s CPU"))),
        Row(f"{name}: parts not proved", (Figure(told["parts"] - told["proved"], "", 0.0),)),
    ]


def _line(name: str, spent: Spent) -> tuple[str, ...]:
    told = spent.told
    return (
        name,
        str(told["persons"]),
        str(told["seats"]),
        str(told["empty"]),
        f"{told['score'][1]:g}",
        f"{told['score'][3]:.1f}",
        f"{told['bound'][3]:.1f}",
        "no bound" if isnan(told["gap"]) else f"{told['gap']:.2f} %",
        f"{told['proved']} of {told['parts']}",
        "yes" if told["repeatable"] else "no",
        f"{told['seconds']:.1f} s",
        f"{spent.cpu:.1f} s",
        " / ".join(map(str, told["spread"])),
    )
