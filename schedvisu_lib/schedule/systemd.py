"""The weekly task as a systemd timer: of the user, or of the system for root."""

from __future__ import annotations

import os
from contextlib import suppress
from getpass import getuser
from pathlib import Path
from typing import Final

from schedvisu_lib.errors import ScheduleError
from schedvisu_lib.files import write_atomically
from schedvisu_lib.schedule.calling import CallError, call
from schedvisu_lib.schedule.environment import environment_file, how_to_log_in, is_root, settings_folder
from schedvisu_lib.schedule.task import DESCRIPTION, NAME, NICE, Task
from schedvisu_lib.schedule.weekly import DAYS

MARK: Final = "# Written by schedvisu schedule: --install writes this file anew, --remove takes it away."
LINGERING: Final = Path("/var/lib/systemd/linger")
"""Holds a file for each user whose timers also run while nobody is logged in."""

_TIMER: Final = f"{NAME}.timer"


class UserTimer:
    """A timer of this user."""

    folder: Path
    manager: tuple[str, ...] = ("systemctl", "--user")

    def __init__(self) -> None:
        self.folder = settings_folder() / "systemd" / "user"

    @property
    def files(self) -> tuple[Path, Path]:
        """Where service and timer lie."""
        return self.folder / f"{NAME}.service", self.folder / _TIMER

    def units(self, task: Task) -> dict[Path, str]:
        """Return the text of each unit by its file."""
        service, timer = self.files
        return {service: self._service(task), timer: _timer(task)}

    def show(self, task: Task) -> str:
        """Return the units, each under a line with its file."""
        return "\n".join(f"# {file}\n{text}" for file, text in self.units(task).items())

    def install(self, task: Task) -> list[str]:
        """Write the units, start the timer, and return what was done.

        Raises
        ------
        ScheduleError
            systemd does not run here, or a unit of this name is not ours: nothing was written. Or the timer could
            not be started: the message says what is written and what is left to do.
        """
        self._ask_manager()
        units = self.units(task)
        for file in units:
            _see_to_it_that_it_is_ours(file)
        for file, text in units.items():
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
                write_atomically(file, text.encode())
            except OSError as error:
                raise ScheduleError(
                    f"{file}: cannot be written ({error.strerror}); no timer was started; check the folder"
                ) from error
        self._start()
        return [*(f"{file} is written" for file in units), f"{_TIMER} runs SchedVisu {task.when}", *self._advice()]

    def remove(self) -> list[str]:
        """Stop the timer, delete the units, and return what was done.

        Raises
        ------
        ScheduleError
            A unit of this name is not ours, or cannot be deleted.
        """
        files = [file for file in self.files if file.exists()]
        if not files:
            return [f"nothing to remove: {self.folder} has no units of schedvisu schedule"]
        for file in files:
            _see_to_it_that_it_is_ours(file)
        # Where no systemd runs there is nothing to stop, and the files go all the same.
        with suppress(CallError):
            call(*self.manager, "disable", "--now", _TIMER)
        wanted = self.folder / "timers.target.wants" / _TIMER
        for file in (*([wanted] if wanted.is_symlink() else []), *files):
            try:
                file.unlink()
            except OSError as error:
                raise ScheduleError(f"{file}: cannot be deleted ({error.strerror}); delete it by hand") from error
        with suppress(CallError):
            call(*self.manager, "daemon-reload")
        return [f"{file} is deleted" for file in files]

    def _ask_manager(self) -> None:
        try:
            call(*self.manager, "show", "--property=Version")
        except CallError as error:
            raise ScheduleError(
                f"{error}; nothing was written; install it where systemd runs, or choose --kind cron"
            ) from error

    def _start(self) -> None:
        steps = (("daemon-reload",), ("enable", _TIMER), ("restart", _TIMER))
        for number, step in enumerate(steps):
            try:
                call(*self.manager, *step)
            except CallError as error:
                left = " && ".join(" ".join((*self.manager, *rest)) for rest in steps[number:])
                raise ScheduleError(
                    f"{error}; {' and '.join(map(str, self.files))} are written, but no timer runs; do by hand: {left}"
                ) from error

    def _service(self, task: Task) -> str:
        command = " ".join([_program(str(task.program)), *map(_argument, task.arguments)])
        environment = environment_file()
        return "\n".join(
            [
                MARK,
                "[Unit]",
                f"Description={DESCRIPTION}",
                *self._after(),
                "",
                "[Service]",
                "Type=oneshot",
                *self._account(),
                f"ExecStart={command}",
                *(f"# {line}" for line in how_to_log_in(environment)),
                f"EnvironmentFile=-{_percent(str(environment))}",
                f"Nice={NICE}",
                "",
            ]
        )

    def _after(self) -> list[str]:
        return []  # the manager of a user does not know whether the network is up

    def _account(self) -> list[str]:
        return []

    def _advice(self) -> list[str]:
        user = getuser()
        if (LINGERING / user).exists():
            return []
        return [f"it runs only while {user} is logged in, until this is done once: loginctl enable-linger {user}"]


class SystemTimer(UserTimer):
    """A timer of the system, written by root; it runs as the user who called sudo, if one did."""

    manager = ("systemctl",)

    def __init__(self) -> None:
        self.folder = Path("/etc/systemd/system")

    def _after(self) -> list[str]:
        return ["Wants=network-online.target", "After=network-online.target"]

    def _account(self) -> list[str]:
        # Said even for root: with it comes HOME.
        return [f"User={os.environ.get('SUDO_USER') or 'root'}"]

    def _advice(self) -> list[str]:
        return []


def timer_of_this_user() -> UserTimer:
    """Return the system's timer for root, else the user's."""
    return SystemTimer() if is_root() else UserTimer()


def _timer(task: Task) -> str:
    days = ",".join(DAYS[day][:3].capitalize() for day in task.when.days)
    return "\n".join(
        [
            MARK,
            "[Unit]",
            f"Description={DESCRIPTION}",
            "",
            "[Timer]",
            f"OnCalendar={days} *-*-* {task.when.at:%H:%M}:00",
            "# A machine that was off runs it when it is on again.",
            "Persistent=true",
            "RandomizedDelaySec=0",
            "",
            "[Install]",
            "WantedBy=timers.target",
            "",
        ]
    )


def _percent(text: str) -> str:
    return text.replace("%", "%%")


def _program(path: str) -> str:
    """Write the first word of a command line, which systemd takes as it stands, but for quotes and backslashes."""
    return f"/usr/bin/env {_argument(path)}" if set(path) & set("'\"\\") else f'"{_percent(path)}"'


def _argument(text: str) -> str:
    """Write a further word, in which systemd would fill in variables."""
    return '"' + _percent(text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")) + '"'


def _see_to_it_that_it_is_ours(file: Path) -> None:
    try:
        if MARK in file.read_text(encoding="utf-8", errors="replace"):
            return
    except FileNotFoundError:
        return
    except OSError as error:
        raise ScheduleError(f"{file}: cannot be read ({error.strerror}); nothing was changed") from error
    raise ScheduleError(f"{file}: was not written by schedvisu schedule; rename or remove it; nothing was changed")
