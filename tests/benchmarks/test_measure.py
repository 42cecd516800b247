"""What the benchmarks measure with counts everything; how fast something is, no test asks."""

from __future__ import annotations

import sys

import pytest

from benchmarks.measure import WorkFailed, measure
from tests.benchmarks.tasks import fail, hold, hold_in_a_child, spin_for, start

SPIN = "import time\nwhile time.process_time() < 0.4: pass"
ORPHAN = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {SPIN!r}])"
"""Ends at once; what it has started goes on."""


def test_getting_ready_does_not_count_and_what_the_work_returns_is_told() -> None:
    spent = measure(spin_for, 0.5, 0.1)
    assert 0.1 <= spent.cpu < 0.5
    assert spent.told == "told"


@pytest.mark.parametrize("program", [SPIN, f"import subprocess, sys; subprocess.run([sys.executable, '-c', {SPIN!r}])"])
def test_cpu_of_children_and_grandchildren_counts(program: str) -> None:
    assert measure(start, program).cpu >= 0.4


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody can adopt orphans")
def test_cpu_of_a_process_that_outlives_its_parent_counts() -> None:
    assert measure(start, ORPHAN).cpu >= 0.4


def test_memory_that_was_held_for_a_moment_is_seen() -> None:
    without, with_200 = (measure(hold, megabytes).megabytes for megabytes in (0, 200))
    assert 150 < with_200 - without < 250


def test_memory_of_children_is_added() -> None:
    without, with_200 = (measure(hold_in_a_child, megabytes) for megabytes in (0, 200))
    assert 150 < with_200.megabytes - without.megabytes < 250
    assert sum(with_200.holders.values()) == pytest.approx(with_200.megabytes)


def test_what_fails_is_no_figure() -> None:
    with pytest.raises(WorkFailed, match="ValueError: no scanner"):
        measure(fail)
