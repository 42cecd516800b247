"""The weekly task of the Windows Task Scheduler, as the XML that ``schtasks /Create /XML`` takes."""

from __future__ import annotations

import subprocess
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from xml.sax.saxutils import escape

from schedvisu_lib.errors import ScheduleError
from schedvisu_lib.schedule.calling import CallError, call
from schedvisu_lib.schedule.task import DESCRIPTION, LOGIN, Task
from schedvisu_lib.schedule.weekly import DAYS

TASK_NAME: Final = "SchedVisu"

_BODY: Final = """\
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Author>schedvisu schedule</Author>
    <Description>{description}</Description>
    <URI>\\{name}</URI>
  </RegistrationInfo>
  <Triggers>
    <CalendarTrigger>
      <StartBoundary>{start}</StartBoundary>
      <Enabled>true</Enabled>
      <ScheduleByWeek>
        <DaysOfWeek>{days}</DaysOfWeek>
        <WeeksInterval>1</WeeksInterval>
      </ScheduleByWeek>
    </CalendarTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <WakeToRun>true</WakeToRun>
    <Enabled>true</Enabled>
    <ExecutionTimeLimit>PT72H</ExecutionTimeLimit>
    <Priority>7</Priority>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{program}</Command>
      <Arguments>{arguments}</Arguments>
      <WorkingDirectory>{folder}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"""


class WindowsTask:
    """The task ``SchedVisu`` of this user; it runs while the user is logged on, behind a locked screen too."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def show(self, task: Task) -> str:
        """Return the XML, without the name of an encoding: whoever saves it chooses one."""
        return '<?xml version="1.0"?>\n' + self._body(task)

    def file_content(self, task: Task) -> bytes:
        """Return the XML as schtasks reads it: UTF-16 with its mark, lines as Windows ends them."""
        text = '<?xml version="1.0" encoding="UTF-16"?>\n' + self._body(task)
        return b"\xff\xfe" + text.replace("\n", "\r\n").encode("utf-16-le")

    def install(self, task: Task) -> list[str]:
        """Give the task to the Task Scheduler, in the place of a former one, and return what was done.

        Raises
        ------
        ScheduleError
            There is no Task Scheduler, or it refuses the task.
        """
        with TemporaryDirectory() as folder:
            file = Path(folder) / "schedvisu.xml"
            file.write_bytes(self.file_content(task))
            try:
                call("schtasks", "/Create", "/TN", TASK_NAME, "/XML", str(file), "/F")
            except CallError as error:
                raise ScheduleError(
                    f"{error}; no task was made; on Windows, print it with `schedvisu schedule --kind windows` into a "
                    "file and import that in the Task Scheduler"
                ) from error
        return [
            f"the task {TASK_NAME} of the Task Scheduler runs SchedVisu {task.when}",
            "it runs while you are logged on (the screen may be locked); to run it logged off too: "
            f"schtasks /Change /TN {TASK_NAME} /RU %USERNAME% /RP *",
        ]

    def remove(self) -> list[str]:
        """Take the task from the Task Scheduler and return what was done.

        Raises
        ------
        ScheduleError
            There is no Task Scheduler, or it refuses to.
        """
        try:
            call("schtasks", "/Query")
        except CallError as error:
            raise ScheduleError(f"{error}; nothing was removed") from error
        try:
            call("schtasks", "/Query", "/TN", TASK_NAME)
        except CallError:
            return [f"nothing to remove: the Task Scheduler has no task {TASK_NAME}"]
        try:
            call("schtasks", "/Delete", "/TN", TASK_NAME, "/F")
        except CallError as error:
            raise ScheduleError(f"{error}; delete the task {TASK_NAME} in the Task Scheduler") from error
        return [f"the task {TASK_NAME} is out of the Task Scheduler"]

    def _body(self, task: Task) -> str:
        user, password = LOGIN
        return _BODY.format(
            name=TASK_NAME,
            description=escape(
                f"{DESCRIPTION}. If the mail server wants a login: setx {user} ... and setx {password} ..., "
                "as the user of this task."
            ),
            start=f"{task.when.next_time(self._now):%Y-%m-%dT%H:%M:%S}",
            days="".join(f"<{DAYS[day].capitalize()} />" for day in task.when.days),
            program=escape(str(task.program)),
            arguments=escape(subprocess.list2cmdline(task.arguments)),
            folder=escape(str(task.site_file.parent)),
        )
