"""The lines of cron: what they run, and that a user's other lines are safe; checked by a real ``crontab`` too."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from schedvisu_lib.errors import ScheduleError
from schedvisu_lib.schedule.cron import BEGIN, END, Cron
from schedvisu_lib.schedule.task import NICE, Task

CRONTAB = shutil.which("crontab", path="/usr/bin:/bin")
needs_crontab = pytest.mark.skipif(CRONTAB is None, reason="no crontab on this machine (Debian: package cron)")
OTHERS = "# m h dom mon dow command\nMAILTO=me\n\n5 4 * * * tidy --all # every night"


def cron_reads(line: str) -> tuple[str, str]:
    """Return the five fields and the command of a line as cron takes it: up to a bare %, with each \\% as %."""
    *fields, command = line.split(" ", 5)
    taken, signs = "", iter(command)
    for sign in signs:
        if sign == "\\":
            following = next(signs)
            taken += following if following == "%" else sign + following
        elif sign == "%":
            break
        else:
            taken += sign
    return " ".join(fields), taken


def only_line(text: str) -> str:
    [line] = [line for line in text.splitlines() if not line.startswith("#")]
    return line


def run_as_cron(line: str) -> None:
    _, command = cron_reads(line)
    subprocess.run(["/bin/sh", "-c", command], check=True, env={"PATH": "/usr/bin:/bin"}, cwd="/")


@pytest.mark.skipif(os.name == "nt", reason="needs a shell")
def test_line_runs_the_program_with_its_paths_nicely(task: Task, home: Path, tmp_path: Path) -> None:
    line = only_line(Cron().show(task))
    assert cron_reads(line)[0] == "5 1 * * 1,6"  # Monday and Saturday
    run_as_cron(line)
    nice_before = int(subprocess.check_output(["nice"]))
    assert (tmp_path / "ran").read_text().splitlines() == [
        str(task.program),
        "run",
        "--site",
        str(task.site_file),
        "",
        "",
        str(min(nice_before + NICE, 19)),
    ]


@pytest.mark.skipif(os.name == "nt", reason="needs a shell")
def test_login_comes_from_the_users_own_file(task: Task, home: Path, tmp_path: Path) -> None:
    file = home / ".config" / "schedvisu" / "environment"
    file.parent.mkdir(parents=True)
    file.write_text("SCHEDVISU_MAIL_USER='u'\nSCHEDVISU_MAIL_PASSWORD='p%\"$x y'\n")
    text = Cron().show(task)
    assert f"# {file}\n" in text
    run_as_cron(only_line(text))
    assert (tmp_path / "ran").read_text().splitlines()[4:6] == ["u", 'p%"$x y']


@pytest.fixture
def crontab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A crontab of the test's own: a real one cannot be touched, it may be the user's; this one keeps it in a file."""
    folder, file = tmp_path / "bin", tmp_path / "crontab"
    folder.mkdir()
    program = folder / "crontab"
    program.write_text(
        "#!/bin/sh\n"
        f'case "$1" in\n-l) cat "{file}" 2>/dev/null || {{ echo "no crontab for u" >&2; exit 1; }} ;;\n'
        f'-r) rm "{file}" ;;\n-) cat > "{file}" ;;\nesac\n'
    )
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return file


@pytest.mark.parametrize("others", ["", OTHERS, OTHERS + "\n", "# \xff été\n\n"])
def test_other_lines_are_as_they_were_after_install_twice_and_remove(
    others: str, crontab: Path, task: Task, home: Path
) -> None:
    before = others.encode("latin-1")
    if before:
        crontab.write_bytes(before)
    Cron().install(task)
    once = crontab.read_bytes()
    assert once.startswith(before)
    assert once.count(BEGIN.encode()) == once.count(END.encode()) == 1
    Cron().install(task)
    assert crontab.read_bytes() == once
    assert Cron().remove() == ["the lines of schedvisu schedule are out of the crontab of this user"]
    if before:
        assert crontab.read_bytes() == before + (b"" if before.endswith(b"\n") else b"\n")
    else:
        assert not crontab.exists()


def test_lines_after_ours_stay_too(crontab: Path, task: Task, home: Path) -> None:
    Cron().install(task)
    with crontab.open("a") as file:
        file.write("1 1 * * * later\n")
    Cron().install(task)
    lines = crontab.read_text().splitlines()
    assert lines[0] == "1 1 * * * later"
    assert lines[1] == BEGIN
    assert sum("schedvisu" in line and not line.startswith("#") for line in lines) == 1


def test_nothing_to_remove_changes_nothing(crontab: Path) -> None:
    crontab.write_text(OTHERS)
    assert Cron().remove()[0].startswith("nothing to remove")
    assert crontab.read_text() == OTHERS


@pytest.mark.parametrize("torn", [f"{BEGIN}\n1 1 * * * x\n", f"1 1 * * * x\n{END}\n", f"{BEGIN}\n{BEGIN}\n{END}\n"])
def test_a_mark_without_its_counterpart_is_never_guessed(torn: str, crontab: Path, task: Task, home: Path) -> None:
    crontab.write_text(torn)
    for action in (lambda: Cron().install(task), Cron().remove):
        with pytest.raises(ScheduleError, match=r"only one of the two marks .* with `crontab -e`; nothing was changed"):
            action()
    assert crontab.read_text() == torn


def test_crontab_that_may_not_be_read_is_never_overwritten(stand_in, task: Task, home: Path) -> None:
    calls = stand_in("crontab", "echo 'You (u) are not allowed to use this program' >&2; exit 1")
    with pytest.raises(
        ScheduleError, match=r"^crontab: You \(u\) are not allowed .*; the crontab is as it was; install"
    ):
        Cron().install(task)
    assert calls.read_text() == "-l\n"


def test_system_without_cron_is_told(task: Task, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(home))
    with pytest.raises(ScheduleError, match=r"^crontab: No such file or directory; .* install cron"):
        Cron().install(task)


@needs_crontab
def test_real_crontab_takes_the_lines(task: Task, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "lines"
    file.write_text(f"{OTHERS}\n{Cron().show(task)}", encoding="utf-8")
    # Only checked, never installed: with the option of cronie, else with that of Debian's cron.
    for option in ("-T", "-n"):
        checked = subprocess.run([str(CRONTAB), option, str(file)], capture_output=True, text=True, check=False)
        if "usage" not in checked.stderr:
            break
    assert checked.returncode == 0, checked.stderr
    file.write_text(file.read_text(encoding="utf-8").replace("5 1 * * 1,6", "5 1 * * 1,8"), encoding="utf-8")
    checked = subprocess.run([str(CRONTAB), option, str(file)], capture_output=True, text=True, check=False)
    assert checked.returncode != 0  # it does look
