"""Every error that a user can cause is one of ours, and fit to be read."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from schedvisu_lib import errors
from schedvisu_lib.errors import ConfigError, SchedVisuError

ALL = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if kind.__module__ == errors.__name__]


@pytest.mark.parametrize("kind", ALL)
def test_all_errors_have_one_base_class(kind: type[Exception]) -> None:
    assert issubclass(kind, SchedVisuError)


def test_a_config_error_says_the_file_in_each_line() -> None:
    error = ConfigError(Path("site.yaml"), ["line 3: pacs.port: wrong", "line 9: log: missing"])
    assert str(error).splitlines() == ["site.yaml: line 3: pacs.port: wrong", "site.yaml: line 9: log: missing"]
    assert error.mistakes == ("line 3: pacs.port: wrong", "line 9: log: missing")
    assert error.file == Path("site.yaml")


def test_an_archive_out_of_reach_is_told_from_a_failed_request() -> None:
    assert issubclass(errors.PacsUnreachable, errors.PacsError)


def test_a_locked_store_is_told_from_a_broken_one() -> None:
    assert issubclass(errors.StoreLocked, errors.StoreError)
