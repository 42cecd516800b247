"""The scripts behind ``make setup`` and ``make system``: what is missing is one clear line, never a question."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

CI = Path(__file__).parents[1] / ".ci"
BASH = shutil.which("bash")
pytestmark = pytest.mark.skipif(BASH is None or os.name == "nt", reason="these scripts are for bash")


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder of programs that is all of the path: those that the scripts call, and an ordinary user."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("env", "bash"):
        (folder / name).symlink_to(str(shutil.which(name)))
    add(folder, "id", "echo 1000")
    add(folder, "fc-list", "echo DejaVuSans.ttf")
    return folder


def add(folder: Path, name: str, script: str = "") -> None:
    file = folder / name
    file.write_text(f"#!{BASH}\n{script}\n", encoding="utf-8")
    file.chmod(0o755)


def call(script: str, *arguments: str, programs: Path, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    # In a folder of its own, without .venv; the scripts call each other relative to it.
    if not (cwd / ".ci").exists():
        (cwd / ".ci").symlink_to(CI)
    return subprocess.run(
        [str(BASH), f".ci/{script}", *arguments],
        cwd=cwd,
        env={"PATH": str(programs), **more},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def fake_python(programs: Path, name: str, *, fits: bool) -> None:
    add(programs, name, f"exit {0 if fits else 1}")


def test_what_is_missing_is_one_line_with_the_command_that_helps(programs: Path, tmp_path: Path) -> None:
    done = call("system-packages", "run", programs=programs, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        "Missing on this machine: python3 python3-venv chromium. "
        "Install with: sudo apt-get install --no-install-recommends python3 python3-venv chromium\n"
    )


def test_an_ordinary_user_with_the_packages_goes_on(programs: Path, tmp_path: Path) -> None:
    fake_python(programs, "python3", fits=True)
    add(programs, "google-chrome")
    done = call("system-packages", "run", programs=programs, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_only_tests_need_archives(programs: Path, tmp_path: Path) -> None:
    fake_python(programs, "python3", fits=True)
    add(programs, "chromium")
    assert call("system-packages", "run", programs=programs, cwd=tmp_path).returncode == 0
    add(programs, "Orthanc")
    done = call("system-packages", "tests", programs=programs, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("Missing on this machine: dcmtk cron poppler-utils. ")


def test_an_environment_that_is_there_needs_no_other_python(programs: Path, tmp_path: Path) -> None:
    add(programs, "msedge")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    add(tmp_path / ".venv" / "bin", "python")
    assert call("system-packages", "run", programs=programs, cwd=tmp_path).returncode == 0


def test_the_first_python_that_is_new_enough_is_taken(programs: Path, tmp_path: Path) -> None:
    fake_python(programs, "python3", fits=False)
    fake_python(programs, "python3.12", fits=True)
    fake_python(programs, "python3.11", fits=True)
    done = call("find-python", programs=programs, cwd=tmp_path)
    assert done.stdout.strip() == str(programs / "python3.12")


def test_a_python_of_ones_own_choice_is_taken(programs: Path, tmp_path: Path) -> None:
    fake_python(programs, "python3", fits=True)
    fake_python(programs, "my-python", fits=True)
    done = call("find-python", programs=programs, cwd=tmp_path, PYTHON="my-python")
    assert done.stdout.strip() == str(programs / "my-python")


def test_no_python_is_one_clear_line(programs: Path, tmp_path: Path) -> None:
    fake_python(programs, "python3", fits=False)
    done = call("find-python", programs=programs, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("Python 3.11 or newer with its venv module is missing; install it")
    assert len(done.stderr.splitlines()) == 1
