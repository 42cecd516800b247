"""Measure a piece of work in a fresh process: CPU and memory of it and of everything that it starts."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import resource
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from time import monotonic, perf_counter, sleep
from typing import Any, Final

import psutil

Work = Callable[[], Any]
Task = Callable[..., Work]
"""A function of a module that gets ready (imports, reads the site) and returns the work, which alone is measured."""

_BETWEEN_LOOKS: Final = 0.05
"""Seconds between two looks at the memory; more, where a look itself takes long."""
_UNTIL_THEY_END: Final = 10.0
"""Seconds that the processes which the work has started may still take to end."""
_SUBREAPER: Final = 36
"""PR_SET_CHILD_SUBREAPER of Linux: orphans become our children, so that their CPU is counted."""


@dataclass(frozen=True)
class Spent:
    """What a piece of work took.

    Parameters
    ----------
    wall, cpu
        Seconds; CPU is user and system of the process and of all its descendants.
    megabytes
        The most that the process and its descendants held at once: the sum of their proportional shares (PSS; RSS
        where the system knows none), or what the process held alone between two looks (its high-water RSS).
    holders
        The same by name of program, as it was seen at the worst look.
    told
        What the work returned.
    """

    wall: float
    cpu: float
    megabytes: float
    holders: Mapping[str, float]
    told: Any = None


class WorkFailed(Exception):
    """The work raised; the text is its traceback."""


def measure(task: Task, *arguments: object) -> Spent:
    """Measure a task in a fresh process.

    Raises
    ------
    WorkFailed
        It raised, or its process died.
    """
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_work, args=(there, task, arguments))
    process.start()
    there.close()
    try:
        _answer(here)
        here.send("go")
        most: Mapping[str, float] = {}
        pause = _BETWEEN_LOOKS
        while not here.poll(pause):
            begin = perf_counter()
            most = max(most, memory_of(process.pid or 0), key=_sum)
            pause = max(_BETWEEN_LOOKS, 5 * (perf_counter() - begin))
        wall, cpu, high, told = _answer(here)
    finally:
        here.close()
        process.join()
    return Spent(wall, cpu, max(_sum(most), high), most, told)


def memory_of(pid: int) -> dict[str, float]:
    """Return the megabytes of a process and its descendants by program: their proportional shares of what they hold."""
    megabytes: dict[str, float] = {}
    with suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        for process in (root, *root.children(recursive=True)):
            with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                held = process.memory_full_info()
                name = process.name()
                megabytes[name] = megabytes.get(name, 0) + getattr(held, "pss", held.rss) / 1e6
    return megabytes


def _sum(megabytes: Mapping[str, float]) -> float:
    return sum(megabytes.values())


def command_cpu(command: Sequence[str]) -> float:
    """Return the CPU seconds of a command and all that it waited for; Python may keep what it compiles.

    Raises
    ------
    WorkFailed
        It did not end with status 0.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise WorkFailed(f"{' '.join(command)}: exit status {process.returncode}")
    return usage.ru_utime + usage.ru_stime


@dataclass(frozen=True)
class Pair:
    """A thing and its floor, each as the median of its runs.

    The ratio of CPU seconds is the median of the ratios of neighbours: both of a pair ran one after the other.
    """

    ours: Spent
    floor: Spent
    ratio: float


def compare(ours: Work, floor: Work, runs: int) -> Pair:
    """Measure two things in turn; each is a call of :func:`measure`."""
    pairs = [(ours(), floor()) for _ in range(runs)]
    return Pair(
        middle([one for one, _ in pairs]),
        middle([other for _, other in pairs]),
        median(one.cpu / other.cpu for one, other in pairs),
    )


def middle(runs: Sequence[Spent]) -> Spent:
    """Return the median of each number; what the last run told."""
    return Spent(
        median(run.wall for run in runs),
        median(run.cpu for run in runs),
        median(run.megabytes for run in runs),
        runs[-1].holders,
        runs[-1].told,
    )


# In the process that works


def _work(pipe: Connection, task: Task, arguments: Sequence[object]) -> None:
    _adopt_orphans()
    try:
        work = task(*arguments)
        pipe.send(("ready", None))
        pipe.recv()
        wall, cpu = perf_counter(), cpu_seconds()
        told = work()
        wall = perf_counter() - wall
        cpu += wait_for_descendants()
        pipe.send((None, (wall, cpu_seconds() - cpu, _high_water(), told)))
    except BaseException:
        pipe.send(("failed", traceback.format_exc()))


def _answer(pipe: Connection) -> Any:
    try:
        word, told = pipe.recv()
    except EOFError:
        raise WorkFailed("its process died") from None
    if word == "failed":
        raise WorkFailed(told)
    return told


def cpu_seconds() -> float:
    """Return the CPU seconds of this process and of its descendants that ended and were waited for."""
    uses = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(use.ru_utime + use.ru_stime for use in uses)


def wait_for_descendants() -> float:
    """Wait until no descendant is left; return minus the CPU seconds of those that do not end."""
    deadline = monotonic() + _UNTIL_THEY_END
    while monotonic() < deadline:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                sleep(0.01)
        except ChildProcessError:
            return 0.0
    left = psutil.Process().children(recursive=True)
    return -float(sum(times.user + times.system for times in (process.cpu_times() for process in left)))


def _adopt_orphans() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def _high_water() -> float:
    """Return the most megabytes that this process held at once."""
    status = Path("/proc/self/status")
    if (
        status.exists()
    ):  # what the system tells of resources may be the parent's there: it outlives the start of a program
        [line] = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
        return int(line.split()[1]) * 1024 / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
