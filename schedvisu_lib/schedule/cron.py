"""The weekly task as a line of cron, between two marks, so that it never touches the user's other lines."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Final

from schedvisu_lib.errors import ScheduleError
from schedvisu_lib.schedule.calling import CallError, call
from schedvisu_lib.schedule.environment import environment_file, how_to_log_in
from schedvisu_lib.schedule.task import NICE, Task

BEGIN: Final = "# BEGIN schedvisu schedule (--install writes these lines anew, --remove takes them away)"
END: Final = "# END schedvisu schedule"


class Cron:
    """The crontab of this user."""

    def show(self, task: Task) -> str:
        """Return the lines of the crontab."""
        environment = environment_file()
        comments = [f"# {line}" for line in how_to_log_in(environment)]
        return "\n".join([BEGIN, *comments, _line(task, environment), END]) + "\n"

    def install(self, task: Task) -> list[str]:
        """Write the lines into the crontab, in the place of former ones, and return what was done.

        Raises
        ------
        ScheduleError
            The crontab cannot be read or written; it is as it was.
        """
        others = _without_ours(_crontab())
        if others and not others.endswith("\n"):
            others += "\n"
        _write(others + self.show(task))
        return [
            f"the crontab of this user runs SchedVisu {task.when}",
            "cron does not make up for a time at which the machine was off; a systemd timer does",
        ]

    def remove(self) -> list[str]:
        """Take the lines out of the crontab and return what was done.

        Raises
        ------
        ScheduleError
            The crontab cannot be read or written; it is as it was.
        """
        before = _crontab()
        others = _without_ours(before)
        if others == before:
            return ["nothing to remove: the crontab of this user has no lines of schedvisu schedule"]
        _write(others)
        return ["the lines of schedvisu schedule are out of the crontab of this user"]


def _line(task: Task, environment: Path) -> str:
    days = ",".join(str((day + 1) % 7) for day in task.when.days)  # cron counts from Sunday
    file = shlex.quote(str(environment))
    command = shlex.join([str(task.program), *task.arguments])
    # A shell reads the file: all that it sets goes to the environment of the program.
    line = f"[ ! -r {file} ] || {{ set -a; . {file}; set +a; }}; exec nice -n {NICE} {command}"
    # To cron a bare % is a new line, wherever it stands. The empty quotes part it from a backslash before it.
    quoted = line.replace("\\%", "\\''%").replace("%", "\\%")
    return f"{task.when.at.minute} {task.when.at.hour} * * {days} {quoted}"


def _crontab() -> str:
    try:
        return call("crontab", "-l")
    except CallError as error:
        if "no crontab for" in str(error):
            return ""
        raise _failed(error) from error


def _write(text: str) -> None:
    try:
        call("crontab", "-", text=text) if text else call("crontab", "-r")
    except CallError as error:
        raise _failed(error) from error


def _failed(error: CallError) -> ScheduleError:
    return ScheduleError(
        f"{error}; the crontab is as it was; install cron and allow this user to use it, or print the lines with "
        "`schedvisu schedule --kind cron`"
    )


def _without_ours(crontab: str) -> str:
    """Return a crontab without our lines; ``ScheduleError`` if a mark lost its counterpart."""
    kept: list[str] = []
    inside = False
    for line in crontab.splitlines(keepends=True):
        mark = line.rstrip()
        if mark in {BEGIN, END}:
            if inside == (mark == BEGIN):
                raise _torn()
            inside = mark == BEGIN
        elif not inside:
            kept.append(line)
    if inside:
        raise _torn()
    return "".join(kept)


def _torn() -> ScheduleError:
    return ScheduleError(
        f'the crontab has only one of the two marks "{BEGIN}" and "{END}"; remove the lines of schedvisu with '
        "`crontab -e`; nothing was changed"
    )
