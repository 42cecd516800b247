"""What runs every week: the program of this environment, with the site's file."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from schedvisu_lib.errors import ScheduleError
from schedvisu_lib.schedule.weekly import Weekly

NAME: Final = "schedvisu"
"""Of the units, of the lines in the crontab and of the task."""
DESCRIPTION: Final = "SchedVisu: the weekly report of the scanners"
NICE: Final = 10
"""How far the task steps back behind other programs of the machine."""
LOGIN: Final = ("SCHEDVISU_MAIL_USER", "SCHEDVISU_MAIL_PASSWORD")
"""What a mail server that wants a login needs in the task's environment; never written into the task itself."""


@dataclass(frozen=True)
class Task:
    """The command ``schedvisu run`` with absolute paths, and when it runs."""

    program: Path
    site_file: Path
    when: Weekly

    @property
    def arguments(self) -> tuple[str, ...]:
        """What follows the program on the command line."""
        return ("run", "--site", str(self.site_file))


def make_task(site_file: Path, when: Weekly) -> Task:
    """Return the task for a site file, with the program of this environment.

    Raises
    ------
    ScheduleError
        There is no program ``schedvisu`` in this environment, or a path has a control character.
    """
    # Not resolved: a link to the site's file, or to the environment, may point elsewhere by next week.
    file = Path(os.path.abspath(site_file.expanduser()))  # noqa: PTH100
    task = Task(_program(), file, when)
    for path in (task.program, task.site_file):
        if not str(path).isprintable():
            raise ScheduleError(f"{str(path)!r}: a path with a control character cannot be scheduled; rename it")
    return task


def _program() -> Path:
    folder = sysconfig.get_path("scripts")
    found = shutil.which(NAME, path=folder) or shutil.which(NAME)
    if found is None:
        raise ScheduleError(
            f"{folder}: no program {NAME} here; install the package into the environment of {sys.executable}"
        )
    return Path(os.path.abspath(found))  # noqa: PTH100
