"""What the tests of the scheduler share: a task with awkward paths, a home of its own, and stand-ins on the path.

``systemctl`` works only where systemd runs the machine, ``schtasks`` only on Windows: their stand-ins write down how
they were called. What they are given is judged by real programs (``systemd-analyze``, ``sh``) where there are any.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from pathlib import Path

import pytest

from schedvisu_lib.schedule import environment
from schedvisu_lib.schedule.task import Task
from schedvisu_lib.schedule.weekly import Weekly

StandIn = Callable[..., Path]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of an ordinary user, with a space in its name."""
    folder = tmp_path / "home of u"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setattr(environment, "is_root", lambda: False)
    return folder


@pytest.fixture
def task(tmp_path: Path) -> Task:
    """A task with a program that writes down its arguments and login, and with all that needs quotes in its paths."""
    program = tmp_path / "100% été 'x' $HOME" / "schedvisu"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\nexec > "{tmp_path}/ran"\n'
        'for word in "$0" "$@" "$SCHEDVISU_MAIL_USER" "$SCHEDVISU_MAIL_PASSWORD" "$(nice)"; do echo "$word"; done\n'
    )
    program.chmod(0o755)
    site_file = tmp_path / 'a b\\%c "d" $(e) %' / "site.yaml"
    return Task(program, site_file, Weekly((0, 5), time(1, 5)))


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """Puts a program on the path: ``stand_in("systemctl", "exit 1")``; each call is a line of the file returned."""

    def make(name: str, script: str = "") -> Path:
        folder, calls = tmp_path / "bin", tmp_path / f"{name}.calls"
        folder.mkdir(exist_ok=True)
        file = folder / name
        file.write_text(f'#!/bin/sh\necho "$@" >> "{calls}"\n{script}\n')
        file.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
        return calls

    return make
