"""The section report: how notebooks are started."""

from __future__ import annotations

from pathlib import Path

import pytest

import schedvisu_lib as sv
from schedvisu_lib.settings.report import Report
from tests.conftest import write_site_file


def test_engine_is_chosen_by_the_system_unless_the_site_says_how(tmp_path: Path) -> None:
    assert Report(folder=tmp_path).engine == "auto"
    assert sv.load_site(write_site_file(tmp_path, report={"engine": "stock"})).report.engine == "stock"


def test_unknown_engine_is_a_mistake_that_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(sv.ConfigError) as caught:
        sv.load_site(write_site_file(tmp_path, report={"engine": "spawn"}))
    [line] = caught.value.mistakes
    assert line.endswith("report.engine: input should be 'auto', 'fork' or 'stock', found 'spawn'")
