"""The units of systemd: read by the real ``systemd-analyze`` where there is one, installed through ``systemctl``."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import time
from pathlib import Path

import pytest

from schedvisu_lib.errors import ScheduleError
from schedvisu_lib.schedule import environment, systemd
from schedvisu_lib.schedule.kinds import BOOTED
from schedvisu_lib.schedule.systemd import MARK, SystemTimer, UserTimer, timer_of_this_user
from schedvisu_lib.schedule.task import Task
from schedvisu_lib.schedule.weekly import Weekly

ANALYZE = shutil.which("systemd-analyze")
needs_analyze = pytest.mark.skipif(ANALYZE is None, reason="no systemd-analyze on this machine (Debian: systemd)")
SYSTEMCTL = shutil.which("systemctl")


def verify(*files: Path) -> tuple[int, str]:
    """Return the exit status of ``systemd-analyze verify`` and what it says."""
    command = [str(ANALYZE), "--man=no", "verify", *map(str, files)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    return checked.returncode, checked.stderr


@pytest.fixture(autouse=True)
def _nobody_lingers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(systemd, "LINGERING", tmp_path / "linger")
    monkeypatch.setenv("USER", "u")
    monkeypatch.setenv("LOGNAME", "u")


def units(task: Task, home: Path) -> tuple[str, str]:
    service, timer = UserTimer().units(task).values()
    return service, timer


def value(text: str, key: str) -> str:
    [found] = re.findall(rf"^{key}=(.*)$", text, re.MULTILINE)
    return str(found)


def test_units_lie_where_systemd_looks_for_them(home: Path, monkeypatch: pytest.MonkeyPatch, task: Task) -> None:
    assert [str(file.relative_to(home)) for file in UserTimer().files] == [
        ".config/systemd/user/schedvisu.service",
        ".config/systemd/user/schedvisu.timer",
    ]
    monkeypatch.setattr(systemd, "is_root", lambda: False)
    assert type(timer_of_this_user()) is UserTimer
    monkeypatch.setattr(systemd, "is_root", lambda: True)
    system = timer_of_this_user()
    assert [str(file) for file in system.files] == [
        "/etc/systemd/system/schedvisu.service",
        "/etc/systemd/system/schedvisu.timer",
    ]
    assert system.manager == ("systemctl",)


def test_command_quotes_what_systemd_would_read_otherwise(task: Task, home: Path) -> None:
    service, _ = units(Task(Path("/a b%/$x"), Path('/c "d"/\\e/$f/100%.yaml'), task.when), home)
    # The program is taken as it stands, save for %; in the arguments $ begins a variable.
    assert value(service, "ExecStart") == r'"/a b%%/$x" "run" "--site" "/c \"d\"/\\e/$$f/100%%.yaml"'


def test_service_names_the_file_for_the_login_and_no_password(task: Task, home: Path) -> None:
    service, _ = units(task, home)
    assert value(service, "EnvironmentFile") == f"-{home}/.config/schedvisu/environment"
    assert "# SCHEDVISU_MAIL_PASSWORD='...'\n" in service
    assert value(service, "Nice") == "10"


def test_timer_makes_up_for_a_machine_that_was_off(task: Task, home: Path) -> None:
    _, timer = units(task, home)
    assert value(timer, "OnCalendar") == "Mon,Sat *-*-* 01:05:00"
    assert value(timer, "Persistent") == "true"
    assert value(timer, "RandomizedDelaySec") == "0"


def test_service_of_the_system_runs_as_who_called_sudo(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "is_root", lambda: True)
    monkeypatch.setenv("SUDO_USER", "physicist")
    service, _ = SystemTimer().units(task).values()
    assert value(service, "User") == "physicist"
    assert value(service, "After") == "network-online.target"
    assert value(service, "EnvironmentFile") == "-/etc/schedvisu/environment"
    monkeypatch.delenv("SUDO_USER")
    service, _ = SystemTimer().units(task).values()
    assert value(service, "User") == "root"


@needs_analyze
@pytest.mark.parametrize("kind", [UserTimer, SystemTimer])
def test_systemd_finds_no_fault_in_the_units(kind: type[UserTimer], task: Task, home: Path, tmp_path: Path) -> None:
    program = tmp_path / "100% été $x" / "schedvisu"
    program.parent.mkdir()
    program.touch(0o755)
    task = Task(program, tmp_path / "$x 100% \\ \"é'" / "site.yaml", task.when)
    files = []
    for file, text in kind().units(task).items():
        files.append(tmp_path / file.name)
        files[-1].write_text(text, encoding="utf-8")
    assert verify(*files) == (0, "")

    # It does look: a program that is not there is a fault.
    program.unlink()
    checked = subprocess.run(
        [str(ANALYZE), "--man=no", "verify", files[0]], capture_output=True, text=True, check=False
    )
    assert f"Command {program} is not executable" in checked.stderr


@needs_analyze
def test_systemd_takes_a_program_with_quotes_in_its_path_by_way_of_env(task: Task, home: Path, tmp_path: Path) -> None:
    service, _ = units(Task(Path("/l'été/schedvisu"), Path("/a"), task.when), home)
    assert value(service, "ExecStart") == """/usr/bin/env "/l'été/schedvisu" "run" "--site" "/a\""""
    file = tmp_path / "schedvisu.service"
    file.write_text(units(task, home)[0], encoding="utf-8")
    assert verify(file) == (0, "")


@needs_analyze
@pytest.mark.parametrize(
    ("when", "normal"),
    [
        (Weekly((5,), time(1)), "Sat *-*-* 01:00:00"),
        (Weekly((0, 3), time(6, 30)), "Mon,Thu *-*-* 06:30:00"),
        (Weekly((0, 1, 2, 3, 4), time(22)), "Mon..Fri *-*-* 22:00:00"),
        (Weekly((0, 1, 2, 3, 4, 5, 6), time(0, 5)), "*-*-* 00:05:00"),
    ],
)
def test_systemd_reads_the_time_as_meant(when: Weekly, normal: str, task: Task, home: Path) -> None:
    _, timer = units(Task(task.program, task.site_file, when), home)
    read = subprocess.check_output([str(ANALYZE), "calendar", value(timer, "OnCalendar")], text=True)
    assert f"Normalized form: {normal}\n" in read or f"Original form: {normal}\n" in read


def test_install_writes_and_starts_and_tells_of_lingering(task: Task, home: Path, stand_in, tmp_path: Path) -> None:
    calls = stand_in("systemctl")
    service, timer = UserTimer().files
    assert UserTimer().install(task) == [
        f"{service} is written",
        f"{timer} is written",
        "schedvisu.timer runs SchedVisu mon,sat 01:05",
        "it runs only while u is logged in, until this is done once: loginctl enable-linger u",
    ]
    assert [line for line in calls.read_text().splitlines() if "show" not in line] == [
        "--user daemon-reload",
        "--user enable schedvisu.timer",
        "--user restart schedvisu.timer",
    ]
    assert (service.read_text(), timer.read_text()) == units(task, home)
    (tmp_path / "linger").mkdir()
    (tmp_path / "linger" / "u").touch()
    assert len(UserTimer().install(task)) == 3


def test_remove_takes_its_own_units_only(task: Task, home: Path, stand_in) -> None:
    calls = stand_in("systemctl")
    UserTimer().install(task)
    service, timer = UserTimer().files
    other = service.with_name("other.service")
    other.write_text("[Unit]\n")
    calls.unlink()
    assert UserTimer().remove() == [f"{service} is deleted", f"{timer} is deleted"]
    assert list(service.parent.iterdir()) == [other]
    assert calls.read_text().splitlines() == ["--user disable --now schedvisu.timer", "--user daemon-reload"]
    assert UserTimer().remove() == [f"nothing to remove: {service.parent} has no units of schedvisu schedule"]


def test_unit_of_somebody_else_is_never_touched(task: Task, home: Path, stand_in) -> None:
    stand_in("systemctl")
    _, timer = UserTimer().files
    timer.parent.mkdir(parents=True)
    timer.write_text("[Timer]\nOnCalendar=hourly\n")
    for action in (lambda: UserTimer().install(task), UserTimer().remove):
        with pytest.raises(ScheduleError, match=r"schedvisu\.timer: was not written by .*; nothing was changed"):
            action()
    assert list(timer.parent.iterdir()) == [timer]
    assert "hourly" in timer.read_text()


def test_step_that_fails_leaves_the_files_and_says_what_to_do(task: Task, home: Path, stand_in) -> None:
    stand_in("systemctl", 'case "$2" in enable) echo "first line" >&2; echo "no way" >&2; exit 1;; esac')
    service, timer = UserTimer().files
    with pytest.raises(ScheduleError) as error:
        UserTimer().install(task)
    assert str(error.value) == (
        f"systemctl: no way; {service} and {timer} are written, but no timer runs; do by hand: "
        "systemctl --user enable schedvisu.timer && systemctl --user restart schedvisu.timer"
    )
    assert MARK in service.read_text()


@pytest.mark.skipif(SYSTEMCTL is None or BOOTED.exists(), reason="only where systemctl is, and systemd does not run")
def test_where_systemd_does_not_run_nothing_is_written(task: Task, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    words = r"^systemctl: Failed to connect to .*; nothing was written; .* choose --kind cron$"
    with pytest.raises(ScheduleError, match=words):
        UserTimer().install(task)
    assert list(home.iterdir()) == []


@pytest.mark.skipif(SYSTEMCTL is None or BOOTED.exists(), reason="only where systemctl is, and systemd does not run")
def test_where_systemd_does_not_run_the_files_can_be_removed(task: Task, home: Path) -> None:
    service, timer = UserTimer().files
    wanted = timer.parent / "timers.target.wants" / timer.name
    wanted.parent.mkdir(parents=True)
    for file, text in UserTimer().units(task).items():
        file.write_text(text)
    wanted.symlink_to(timer)
    assert len(UserTimer().remove()) == 2
    assert not wanted.is_symlink()
    assert not timer.exists()
    assert not service.exists()


def test_folder_that_cannot_be_written_is_told(task: Task, home: Path, stand_in) -> None:
    calls = stand_in("systemctl")
    (home / ".config").write_text("in the way")
    with pytest.raises(ScheduleError, match=r"schedvisu\.service: cannot be (written|read) \(.*\); .*"):
        UserTimer().install(task)
    assert "enable" not in calls.read_text()
    assert [file.name for file in home.iterdir()] == [".config"]
