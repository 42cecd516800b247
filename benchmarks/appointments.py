"""The appointments planner: the published sheet, sheets of 10 and 20 positions, and a day-book of 300 patients."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from math import nan
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from benchmarks.books import FIRST, day_book, sheet
from benchmarks.effort import WHOLE, Effort
from benchmarks.measure import measure
from benchmarks.table import Figure, Part, Row, markdown

_SITE: Final = Path(__file__).parents[1] / "params" / "demo.yaml"
_MODES: Final = ("early", "late", "near", "any")
_BOOKS: Final = (1, 2, 3)
"""Seeds of the sheets' books."""
_PROOF: Final = 30.0
"""Seconds for the bound of a sheet, at most."""


def _planned(
    n_positions: int, mode: str, n_patients: int, seconds: float, shared: int = 0, seed: int = 1
) -> Callable[[], dict[str, Any]]:
    """Get ready to plan a sheet, or a day-book if there are patients; compiled code is loaded before."""
    import schedvisu_lib as sv
    from schedvisu_lib.plan.search.bound import bound_of
    from schedvisu_lib.plan.search.problem import make_problem
    from schedvisu_lib.plan.search.proof import best_of
    from schedvisu_lib.plan.search.search import search
    from schedvisu_lib.plan.terms import Terms, Wish

    site = sv.load_site(_SITE)
    book = day_book(n_patients, seed, shared=shared) if n_patients else sheet(n_positions, seed)
    terms = Terms(FIRST, Wish(mode, time(14) if mode == "near" else None))  # type: ignore[arg-type]
    asked = {(row.patient, row.sheet, row.position) for row in book.prescriptions}

    def problem() -> Any:
        return make_problem(book, site, terms, asked, range(len(book.prescriptions)))

    search(problem(), seconds=0 if n_patients else 1)

    def work() -> dict[str, Any]:
        begin = perf_counter()
        made = problem()
        ready = perf_counter() - begin
        found = search(made, seconds=seconds)
        begin = perf_counter()
        bound = bound_of(made, found.limits, found.score.lost) if n_patients else best_of(made, found, _PROOF)[1]
        return {
            "sessions": made.sessions.n_visits,
            "first": ready + found.first_seconds,
            "first_score": tuple(found.first_score),
            "score": tuple(found.score),
            "bound": tuple(bound),
            "bounding": perf_counter() - begin,
            "moves": found.moves,
            "unplaced": made.sessions.n_visits - sum(map(len, found.slots)),
            "no_slot": made.sessions.n_visits - int(found.limits.most.sum()),
        }

    return work


def _checked(n_patients: int, seconds: float) -> Callable[[], dict[str, Any]]:
    """Get ready to plan a day-book as a user does, with the check of every rule."""
    import schedvisu_lib as sv
    from schedvisu_lib.plan.appointments import plan
    from schedvisu_lib.plan.check import check
    from schedvisu_lib.plan.terms import Terms

    site, book = sv.load_site(_SITE), day_book(n_patients, seed=1)

    def work() -> dict[str, Any]:
        table = plan(book, site, first=FIRST, seconds=seconds).table
        return {"broken": len(check(table, book, site, Terms(FIRST))), "sessions": len(table)}

    return work


def _published(mode: str) -> Callable[[], dict[str, Any]]:
    """Get ready to plan the published sheet, with proof."""
    from schedvisu_lib.plan.appointments import plan
    from tests.plan.conftest import english_site
    from tests.plan.published import FIRST as MONDAY
    from tests.plan.published import published_book

    book, site, at = published_book(), english_site(), "14:00" if mode == "near" else None

    def work() -> dict[str, Any]:
        made = plan(book, site, mode, at, first=MONDAY, seconds=1.0, bound="exact")  # type: ignore[arg-type]
        return {
            "sessions": len(made.table),
            "first": made.first_seconds,
            "first_score": tuple(made.first_score),
            "score": tuple(made.score),
            "bound": tuple(made.bound),
            "moves": made.moves,
            "unplaced": made.unplaced,
            "no_slot": made.no_slot,
        }

    return work


def run(_folder: Path, effort: Effort) -> Part:
    """Measure."""
    made = [_published_sheet(effort), _sheets(effort), _day_book(effort)]
    lines, rows = [line for part, _ in made for line in part], [row for _, part in made for row in part]
    headings = ("plan", "sessions", "first plan", "first fit", "found", "bound", "gap", "unplaced (no slot)", "moves")
    return Part(tuple(rows), f"## Appointments\n\nLost weight / distance in minutes.\n\n{markdown(headings, lines)}")


def _published_sheet(effort: Effort) -> tuple[list[tuple[str, ...]], list[Row]]:
    lines, rows = [], []
    for mode in _MODES if effort == WHOLE else _MODES[:1]:
        told = measure(_published, mode).told
        lines.append(_line(f"published sheet, {mode}, 1 s", told))
        rows.append(Row(f"published sheet, {mode}: gap after 1 s", (Figure(_gap(told), "%", 0.0),)))
    return lines, rows


def _sheets(effort: Effort) -> tuple[list[tuple[str, ...]], list[Row]]:
    lines, rows = [], []
    for n_positions, most in ((10, 1.0), (20, 3.5)):
        for mode in _MODES if effort == WHOLE else _MODES[:1]:
            for seed in _BOOKS if effort == WHOLE else _BOOKS[:1]:
                told = measure(_planned, n_positions, mode, 0, 3.0, 0, seed).told
                name = f"sheet of {n_positions} positions, {mode}, book {seed}"
                lines.append(_line(f"{name}, 3 s", told))
                first, gap = Figure(told["first"], "s", 0.5), Figure(_gap(told), "%", most)
                rows += [Row(f"{name}: gap after 3 s", (gap,)), Row(f"{name}: first complete plan", (first,))]
    return lines, rows


def _day_book(effort: Effort) -> tuple[list[tuple[str, ...]], list[Row]]:
    lines, rows = [], []
    for seconds in (3.0, 10.0, 30.0, 60.0) if effort == WHOLE else (3.0,):
        spent = measure(_planned, 0, "any", 300, seconds)
        lines.append(_line(f"day-book, {seconds:.0f} s", spent.told))
        gap = Figure(_gap(spent.told), "%", 2.0 if seconds == 60 else None)
        rows.append(Row(f"day-book of 300 patients: gap after {seconds:.0f} s", (gap,)))
    lost = Figure(spent.told["score"][0] - spent.told["bound"][0], "", 0.0)
    mixed = measure(_planned, 0, "any", 300, 60.0 if effort == WHOLE else 3.0, 20).told
    lines.append(_line("day-book, rooms shared by procedures of two lengths", mixed))
    checked = measure(_checked, 300, 3.0)
    rows += [
        Row("day-book: first complete plan", (Figure(spent.told["first"], "s", 0.5),)),
        Row("day-book: weight lost beyond what no plan can place", (lost,)),
        Row("day-book: memory", (Figure(spent.megabytes, "MB", 1000.0),)),
        Row("day-book with shared rooms: gap", (Figure(_gap(mixed), "%"),)),
        Row("day-book: rules broken, by the checker", (Figure(checked.told["broken"], "", 0.0),)),
        Row("day-book: plan of 3 s with its check and reasons", (Figure(checked.wall, "s"),)),
    ]
    return lines, rows


def _gap(told: dict[str, Any]) -> float:
    """Return by which part the distance may be too large; as many sessions lost as in the bound, or nothing is told."""
    if told["score"][0] > told["bound"][0]:
        return nan
    return 100.0 * float(told["score"][1] - told["bound"][1]) / max(abs(told["bound"][1]), 1)


def _line(name: str, told: dict[str, Any]) -> tuple[str, ...]:
    return (
        name,
        str(told["sessions"]),
        f"{told['first']:.2f} s",
        *("{} / {:,}".format(*told[key][:2]) for key in ("first_score", "score", "bound")),
        f"{_gap(told):.2f} %",
        f"{told['unplaced']} ({told['no_slot']})",
        f"{told['moves']:,}",
    )
