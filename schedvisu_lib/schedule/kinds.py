"""The kinds of schedulers, and which of them this system has."""

from __future__ import annotations

import shutil
import sys
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

from schedvisu_lib.schedule.task import Task

BOOTED: Final = Path("/run/systemd/system")
"""Is there where systemd runs the machine (man sd_booted)."""


class Kind(StrEnum):
    """A kind of scheduler."""

    SYSTEMD = "systemd"
    CRON = "cron"
    WINDOWS = "windows"


class Scheduler(Protocol):
    """What each kind can do; ``ScheduleError`` says what failed and what was changed."""

    def show(self, task: Task) -> str:
        """Return the task as text."""

    def install(self, task: Task) -> list[str]:
        """Install the task in the place of a former one, and return what was done."""

    def remove(self) -> list[str]:
        """Take the task away, and nothing else, and return what was done."""


def kind_of_this_system() -> Kind:
    """Return Windows on Windows, systemd where it runs the machine, else cron."""
    if sys.platform == "win32":
        return Kind.WINDOWS
    if BOOTED.is_dir() and shutil.which("systemctl"):
        return Kind.SYSTEMD
    return Kind.CRON


def scheduler_of(kind: Kind, now: datetime) -> Scheduler:
    """Return the scheduler of a kind; ``now`` is when the task is made."""
    # Loaded when needed, so that the help of the command line stays fast.
    if kind is Kind.SYSTEMD:
        from schedvisu_lib.schedule.systemd import timer_of_this_user

        return timer_of_this_user()
    if kind is Kind.CRON:
        from schedvisu_lib.schedule.cron import Cron

        return Cron()
    from schedvisu_lib.schedule.windows import WindowsTask

    return WindowsTask(now)
