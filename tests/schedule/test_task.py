"""The command that is scheduled has absolute paths."""

from __future__ import annotations

import sysconfig
from pathlib import Path

import pytest

from schedvisu_lib.errors import ScheduleError
from schedvisu_lib.schedule.task import make_task
from schedvisu_lib.schedule.weekly import read_weekly

SATURDAY = read_weekly("sat 01:00")


def test_program_of_this_environment_runs_the_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    task = make_task(Path("params/../site.yaml"), SATURDAY)
    assert task.program.parent == Path(sysconfig.get_path("scripts"))
    assert task.program.is_file()
    assert task.arguments == ("run", "--site", str(tmp_path / "site.yaml"))


def test_a_link_to_the_site_file_stays_one(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").symlink_to(tmp_path / "site-2026.yaml")
    assert make_task(tmp_path / "site.yaml", SATURDAY).site_file == tmp_path / "site.yaml"


def test_path_with_a_line_break_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScheduleError, match=r"a\\nb.*: a path with a control character cannot be scheduled; rename it"):
        make_task(tmp_path / "a\nb" / "site.yaml", SATURDAY)


def test_environment_without_the_program_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ScheduleError, match="no program schedvisu here; install the package"):
        make_task(tmp_path / "site.yaml", SATURDAY)
