"""Compile what the planners search with, each in a process of its own, before workers that run side by side all do."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor

from schedvisu_lib.plan.appointments import propose
from schedvisu_lib.plan.roster.suite.solve import solve
from tests.plan.conftest import english_site
from tests.plan.published import FIRST, published_book
from tests.plan.roster.suite.instances import small


def appointments() -> None:
    """Plan the published sheet, by single moves and by whole days."""
    propose(published_book(), english_site(), first=FIRST, seconds=1)


def columns() -> None:
    """Solve a small instance."""
    solve(small(), seconds=0.5)


if __name__ == "__main__":
    with ProcessPoolExecutor() as pool:
        for made in [pool.submit(appointments), pool.submit(columns)]:
            made.result()
