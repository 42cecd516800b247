from __future__ import annotations

from typing import Any

from schedvisu_lib.plan.search import moves
from schedvisu_lib.plan.search.compiled import STAMP


def test_code_of_other_sources_is_not_taken_from_the_cache() -> None:
    """numba keys what it keeps by the free variables of the entry, not by what the entry calls."""
    work: Any = moves.work
    assert [cell.cell_contents for cell in work.py_func.__closure__] == [STAMP]
