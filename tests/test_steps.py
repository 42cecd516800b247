"""Steps are timed, also those that fail."""

from __future__ import annotations

from time import sleep

import pytest

from schedvisu_lib.steps import Steps


def test_steps_are_kept_in_the_order_in_which_they_end_with_their_times(library_log: pytest.LogCaptureFixture) -> None:
    steps = Steps()
    with steps.step("report"), steps.step("print"):
        sleep(0.05)
    assert [step.name for step in steps.ended] == ["print", "report"]
    inner, outer = (step.seconds for step in steps.ended)
    assert 0.05 <= inner <= outer < 5
    said = [f"print took {inner:.1f} s", f"report took {outer:.1f} s"]
    assert [record.getMessage() for record in library_log.records] == said


def test_a_step_that_fails_has_its_time_too_and_each_change_is_told() -> None:
    known: list[list[str]] = []
    steps = Steps(lambda: known.append([step.name for step in steps.ended]))

    def retrieve() -> None:
        with steps.step("retrieve"):
            raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - none of our words
        retrieve()
    assert [step.name for step in steps.ended] == ["retrieve"]
    assert known == [[], ["retrieve"]]


def test_who_watches_is_told_each_step_when_it_begins() -> None:
    steps, told = Steps(), []
    steps.watch(lambda name: told.append((name, len(steps.ended))))
    for name in ("execute", "print"):
        with steps.step(name):
            pass
    assert told == [("execute", 0), ("print", 1)]
