"""Kernels that are forked from one process with the imports done: a papermill engine that halves what a page takes.

Each notebook still has a process of its own. The driver (this process) holds one end of a socket for each kernel, its
line: its end tells the driver that the kernel ended, and the kernel that the driver did.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Final, Self

import papermill  # noqa: F401 - before its engines, which import it
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from papermill.engines import NBClientEngine, papermill_engines

from schedvisu_lib.report.nursery import LAUNCHER, Order

FORKING: Final = "schedvisu-forking"
"""Name of papermill's engine whose kernels come from a nursery."""

# As ipykernel's launcher does: a file in the folder where somebody works may have the name of a module.
_START: Final = "import sys; sys.path[0] or sys.path.pop(0); from schedvisu_lib.report.nursery import main; main()"
_LONGEST_START: Final = 60.0
_LONGEST_END: Final = 5.0
_GONE: Final = -1


def can_fork() -> bool:
    """Whether the system can fork processes and hand sockets to them: Linux and macOS can, Windows cannot."""
    return hasattr(os, "fork") and hasattr(socket, "send_fds")


class NurseryError(Exception):
    """The nursery did not give a kernel."""


class Nursery:
    """The driver's end of a process that forks kernels (:mod:`schedvisu_lib.report.nursery`); a context manager.

    It starts at once and imports while the driver goes on; kernels asked for meanwhile wait.

    Parameters
    ----------
    warn
        Called with one line when it fails for the first time; kernels are then started afresh.
    """

    def __init__(self, warn: Callable[[str], None]) -> None:
        self._warn = warn
        self._lock = Lock()
        self._has_failed = False
        self._process: subprocess.Popen[bytes] | None = None
        self._driver, theirs = socket.socketpair()
        command = [sys.executable, "-c", _START, str(theirs.fileno())]
        with theirs, suppress(OSError):  # the first kernel that is asked for will tell
            self._process = subprocess.Popen(
                command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, start_new_session=True
            )

    def fork(self, order: Order) -> ForkedKernel:
        """Return a new kernel.

        Raises
        ------
        NurseryError
            The nursery could not be started, has ended or is stuck; from then on it is not asked any more.
        """
        if self._has_failed:
            raise NurseryError
        ours, theirs = socket.socketpair()
        try:
            ours.settimeout(_LONGEST_START)
            with theirs, self._lock:
                socket.send_fds(self._driver, [b"k"], [theirs.fileno()])
            order.send(ours)
            with ours.makefile("rb") as stream:
                answer = stream.readline()
            if not answer.endswith(b"\n"):
                raise NurseryError("it ended")
            return ForkedKernel(int(answer), ours)
        except (OSError, NurseryError) as error:
            ours.close()
            self._tell(error)
            raise NurseryError from error

    def _tell(self, error: Exception) -> None:
        with self._lock:
            told, self._has_failed = self._has_failed, True
        if not told:
            reason = getattr(error, "strerror", None) or error
            self._warn(f"kernels cannot be forked ({reason}): each page starts its own; set report.engine to stock")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process, and the kernels that are left."""
        self._driver.close()
        if self._process is None:
            return
        try:
            self._process.wait(_LONGEST_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class ForkedKernel:
    """A kernel's process, with the part of :class:`subprocess.Popen` that kernel managers use.

    Parameters
    ----------
    pid
        Its number, also that of its process group.
    line
        The socket that ends with it.
    """

    stdin = stdout = stderr = None

    def __init__(self, pid: int, line: socket.socket) -> None:
        self.pid = pid
        self._line = line
        self._line.setblocking(False)

    def poll(self) -> int | None:
        """Return None while it runs; how it ended nobody knows but that it did."""
        try:
            ended = not self._line.recv(1)
        except BlockingIOError:
            return None
        except OSError:
            ended = True
        if ended:
            self._line.close()
        return _GONE if ended else None

    def wait(self) -> int:
        """Block until it has ended."""
        while self.poll() is None:
            select.select([self._line], [], [])
        return _GONE

    def send_signal(self, signum: int) -> None:
        """Send a signal to it and to what it started, unless it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signum)
            if signum == signal.SIGKILL:  # comes at once; who asked for it would look again after 0.1 s only
                select.select([self._line], [], [], 1)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


class ForkingProvisioner(LocalProvisioner):
    """Gives a kernel manager a process from a nursery; one started afresh where the nursery has none to give."""

    nursery: Nursery

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Start a kernel; return its connection information."""
        folder = kwargs.get("cwd") or Path.cwd()
        # A kernel of another Python, or not of IPython, is not what the nursery holds.
        if cmd[0] == sys.executable and LAUNCHER in cmd:
            arguments = cmd[cmd.index(LAUNCHER) + 1 :]
            environment = {**kwargs["env"], "JPY_PARENT_PID": str(os.getpid())}
            with suppress(NurseryError):
                kernel = self.nursery.fork(Order(arguments, environment, str(folder)))
                self.process = kernel  # type: ignore[assignment]  # it has what is used of Popen
                self.pid = kernel.pid
                self.cwd = folder
                return self.connection_info
        return await super().launch_kernel(cmd, **kwargs)


class ForkingEngine(NBClientEngine):  # type: ignore[misc]  # papermill has no types
    """papermill's own engine, with kernels from a nursery that it is given as the option ``nursery``."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, *, nursery: Nursery, **options: Any) -> Any:
        """Execute a notebook in a forked kernel.

        papermill would write the notebook, figures and all, before and after each cell: nearly half of the driver's
        time. Here it is written once when all is done, or when it fails.
        """
        target, nb_man.output_path = nb_man.output_path, None

        class Manager(AsyncKernelManager):
            def __init__(self, **settings: Any) -> None:
                super().__init__(**settings)
                self.provisioner = ForkingProvisioner(parent=self, kernel_spec=self.kernel_spec)
                self.provisioner.nursery = nursery

        try:
            return super().execute_managed_notebook(nb_man, kernel_name, kernel_manager_class=Manager, **options)
        except BaseException:
            nb_man.output_path = target
            raise


papermill_engines.register(FORKING, ForkingEngine)
