"""The task of Windows, as XML of the known structure; no Task Scheduler reads it here, only Windows could."""

from __future__ import annotations

import re
from datetime import datetime, time
from pathlib import Path, PureWindowsPath
from xml.etree import ElementTree as ET

import pytest

from schedvisu_lib.errors import ScheduleError
from schedvisu_lib.schedule.task import Task
from schedvisu_lib.schedule.weekly import Weekly
from schedvisu_lib.schedule.windows import WindowsTask

SUNDAY = datetime(2026, 11, 22, 8)
NAMESPACE = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"


@pytest.fixture
def windows_task() -> Task:
    # The paths are those of Windows; that they are pure ones does not matter to who only writes them down.
    folder = PureWindowsPath(r"C:\Médecine & <nucléaire>")
    program, site = folder / "Scripts" / "schedvisu.exe", folder / "my site.yaml"
    return Task(program, site, Weekly((0, 5), time(1, 5)))  # type: ignore[arg-type]


def read(content: bytes | str) -> dict[str, str | None]:
    """Return the text of each element by its path, without the namespace."""
    found: dict[str, str | None] = {}

    def walk(element: ET.Element, path: str) -> None:
        assert element.tag.startswith(NAMESPACE)
        here = f"{path}/{element.tag.removeprefix(NAMESPACE)}"
        assert here not in found
        found[here] = element.text if not len(element) else None
        for child in element:
            walk(child, here)

    walk(ET.fromstring(content), "")  # noqa: S314  # our own
    return found


def test_task_runs_the_program_on_its_days(windows_task: Task) -> None:
    task = read(WindowsTask(SUNDAY).file_content(windows_task))
    action = "/Task/Actions/Exec"
    assert task[f"{action}/Command"] == r"C:\Médecine & <nucléaire>\Scripts\schedvisu.exe"
    assert task[f"{action}/Arguments"] == r'run --site "C:\Médecine & <nucléaire>\my site.yaml"'
    assert task[f"{action}/WorkingDirectory"] == r"C:\Médecine & <nucléaire>"
    trigger = "/Task/Triggers/CalendarTrigger"
    assert task[f"{trigger}/StartBoundary"] == "2026-11-23T01:05:00"
    days = [path.rsplit("/", 1)[1] for path in task if path.startswith(f"{trigger}/ScheduleByWeek/DaysOfWeek/")]
    assert days == ["Monday", "Saturday"]
    assert task[f"{trigger}/ScheduleByWeek/WeeksInterval"] == "1"


def test_settings_of_an_unattended_task(windows_task: Task) -> None:
    task = read(WindowsTask(SUNDAY).file_content(windows_task))
    settings = {path.rsplit("/", 1)[1]: text for path, text in task.items() if path.startswith("/Task/Settings/")}
    assert settings == {
        "MultipleInstancesPolicy": "IgnoreNew",
        "DisallowStartIfOnBatteries": "false",
        "StopIfGoingOnBatteries": "false",
        "StartWhenAvailable": "true",
        "WakeToRun": "true",
        "Enabled": "true",
        "ExecutionTimeLimit": "PT72H",
        "Priority": "7",
    }
    assert task["/Task/Principals/Principal/RunLevel"] == "LeastPrivilege"


def test_parts_stand_in_the_order_of_the_schema(windows_task: Task) -> None:
    root = ET.fromstring(WindowsTask(SUNDAY).show(windows_task))  # noqa: S314  # our own
    parts = [child.tag.removeprefix(NAMESPACE) for child in root]
    assert parts == ["RegistrationInfo", "Triggers", "Principals", "Settings", "Actions"]
    assert root.attrib == {"version": "1.2"}
    principal, actions = root.find(f".//{NAMESPACE}Principal"), root.find(f"{NAMESPACE}Actions")
    assert principal is not None
    assert actions is not None
    assert principal.attrib["id"] == actions.attrib["Context"]


def test_file_is_utf_16_with_its_mark_and_the_lines_of_windows(windows_task: Task) -> None:
    content = WindowsTask(SUNDAY).file_content(windows_task)
    text = content.decode("utf-16")
    assert content.startswith(b"\xff\xfe")
    assert text.startswith('<?xml version="1.0" encoding="UTF-16"?>\r\n')
    assert not re.search(r"[^\r]\n", text)


def test_printed_one_may_be_saved_in_any_encoding(windows_task: Task) -> None:
    text = WindowsTask(SUNDAY).show(windows_task)
    same = read(WindowsTask(SUNDAY).file_content(windows_task))
    assert read(text.encode("utf-8")) == read(text.encode("utf-16")) == same


def test_install_hands_the_file_to_schtasks_and_replaces_a_former_task(task: Task, stand_in, tmp_path: Path) -> None:
    calls = stand_in("schtasks", f'[ "$1" = /Create ] && cp "$5" "{tmp_path}/taken.xml"; exit 0')
    told = WindowsTask(SUNDAY).install(task)
    assert told[0] == "the task SchedVisu of the Task Scheduler runs SchedVisu mon,sat 01:05"
    assert re.fullmatch(r"/Create /TN SchedVisu /XML \S+\.xml /F\n", calls.read_text())
    assert (tmp_path / "taken.xml").read_bytes() == WindowsTask(SUNDAY).file_content(task)


def test_remove_asks_first_whether_the_task_is_there(stand_in) -> None:
    calls = stand_in("schtasks")
    assert WindowsTask(SUNDAY).remove() == ["the task SchedVisu is out of the Task Scheduler"]
    assert calls.read_text().splitlines() == ["/Query", "/Query /TN SchedVisu", "/Delete /TN SchedVisu /F"]
    stand_in("schtasks", '[ "$2" = /TN ] && exit 1; exit 0')
    assert WindowsTask(SUNDAY).remove() == ["nothing to remove: the Task Scheduler has no task SchedVisu"]


def test_task_that_is_refused_is_told(task: Task, stand_in) -> None:
    stand_in("schtasks", 'echo "ERROR: Access is denied." >&2; exit 1')
    with pytest.raises(ScheduleError, match=r"^schtasks: ERROR: Access is denied\.; no task was made; on Windows"):
        WindowsTask(SUNDAY).install(task)


def test_system_without_task_scheduler_is_told(task: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ScheduleError, match=r"^schtasks: No such file or directory; no task was made"):
        WindowsTask(SUNDAY).install(task)
    with pytest.raises(ScheduleError, match=r"^schtasks: No such file or directory; nothing was removed$"):
        WindowsTask(SUNDAY).remove()
