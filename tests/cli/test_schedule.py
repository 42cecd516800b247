"""``schedvisu schedule``, as a user types it."""

from __future__ import annotations

import sysconfig
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner, Result

from schedvisu_lib.cli import app
from schedvisu_lib.schedule import environment
from tests.conftest import write_site_file

OK, FAILURE, USAGE = 0, 1, 2


def schedvisu(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["schedule", *map(str, arguments)])


@pytest.fixture(autouse=True)
def _a_home_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setattr(environment, "is_root", lambda: False)


@pytest.mark.parametrize(
    ("kind", "when", "time"),
    [
        ("systemd", [], "OnCalendar=Sat *-*-* 01:00:00"),
        ("systemd", ["--at", "mon,thu 6:30"], "OnCalendar=Mon,Thu *-*-* 06:30:00"),
        ("cron", [], "\n0 1 * * 6 "),
        ("cron", ["--at", "sun 23:05"], "\n5 23 * * 0 "),
        ("windows", [], "<Saturday />"),
    ],
)
def test_task_is_printed_and_nothing_else_goes_to_the_output(
    kind: str, when: list[str], time: str, tmp_path: Path
) -> None:
    file = write_site_file(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    result = schedvisu("--site", file, "--kind", kind, *when)
    assert result.exit_code == OK
    assert time in result.stdout
    assert str(Path(sysconfig.get_path("scripts")) / "schedvisu") in result.stdout
    assert str(file) in result.stdout
    assert "nothing was installed" not in result.stdout
    assert result.stderr == f"nothing was installed; `schedvisu schedule --kind {kind} --install` does it\n"
    assert sorted(tmp_path.rglob("*")) == before
    if kind == "windows":
        ET.fromstring(result.stdout)  # noqa: S314  # our own


def test_cron_of_a_user_is_installed_and_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program, crontab = tmp_path / "bin" / "crontab", tmp_path / "crontab"
    program.parent.mkdir()
    crontab.write_text("1 1 * * * mine\n")
    program.write_text(f'#!/bin/sh\ncase "$1" in -l) cat "{crontab}";; -) cat > "{crontab}";; esac\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    file = write_site_file(tmp_path)
    installed = schedvisu("--site", file, "--kind", "cron", "--install")
    assert installed.exit_code == OK
    assert installed.stdout.startswith("the crontab of this user runs SchedVisu sat 01:00\n")
    assert f"run --site {file}" in crontab.read_text()
    # The site's file is not looked at: it may be gone by then.
    removed = schedvisu("--site", tmp_path / "gone.yaml", "--kind", "cron", "--remove")
    assert removed.exit_code == OK
    assert crontab.read_text() == "1 1 * * * mine\n"


def test_scheduler_that_is_not_there_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write_site_file(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    for kind in ("systemd", "cron", "windows"):
        result = schedvisu("--site", file, "--kind", kind, "--install")
        assert result.exit_code == FAILURE
        assert result.stdout == ""
        assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--at", "noon"], '--at "noon" is no time of the week'),
        (["--install", "--remove"], "--install and --remove contradict each other"),
        (["--kind", "launchd"], "--kind"),
    ],
)
def test_wrong_use_is_told(arguments: list[str], words: str, tmp_path: Path) -> None:
    result = schedvisu("--site", write_site_file(tmp_path), *arguments)
    assert result.exit_code == USAGE
    assert words in result.stderr


def test_site_that_could_never_run_is_not_scheduled(tmp_path: Path) -> None:
    result = schedvisu("--site", write_site_file(tmp_path, store={"foldr": "x"}), "--kind", "cron", "--install")
    assert result.exit_code == USAGE
    assert "store.foldr: unknown key" in result.stderr
