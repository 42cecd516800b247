"""The nursery: a process that holds the imports of the report's notebooks, and forks a kernel for each notebook.

Started by :class:`schedvisu_lib.report.forking.Nursery`, with the number of a socket as its argument. It holds
imports only: no shell, no ZMQ context, no event loop, no thread of Python's. So what one notebook does to its process
never reaches another, and a kernel differs from one started afresh in nothing but the time that it took.
"""

from __future__ import annotations

import gc
import json
import os
import random
import signal
import socket
import sys
import threading
import warnings
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import date
from importlib import import_module
from typing import Final

LAUNCHER: Final = "ipykernel_launcher"
"""The module that stock kernels are started with."""

PRELOADED: Final = (
    "ipykernel.kernelapp",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "PIL.JpegImagePlugin",
    "holidays.countries",
    "sqlite3",
    "tornado.platform.asyncio",
    "tornado.queues",
    "matplotlib.backends.backend_svg",
    "pandas.core.reshape.reshape",
    "pyarrow.pandas_compat",
    "schedvisu_lib.store",
    "schedvisu_lib.figures.checks",
    "schedvisu_lib.figures.overview",
    "schedvisu_lib.figures.overview_hours",
    "schedvisu_lib.figures.page",
    "schedvisu_lib.figures.plan_page",
    "schedvisu_lib.figures.quality",
)
"""What kernels would import before and while they execute the report's notebooks."""


@dataclass(frozen=True)
class Order:
    """What a kernel is started with, as it would be by its command.

    Parameters
    ----------
    arguments
        Those of the kernel's application (``-f <connection file> ...``).
    environment
        All of its environment variables.
    folder
        Where it works.
    """

    arguments: Sequence[str]
    environment: dict[str, str]
    folder: str

    def send(self, line: socket.socket) -> None:
        """Write the order to a kernel's line."""
        line.sendall(json.dumps(asdict(self)).encode() + b"\n")

    @classmethod
    def receive(cls, line: socket.socket) -> Order | None:
        """Read the order from a kernel's line; None if the driver went before it was written."""
        with line.makefile("rb") as stream:
            written = stream.readline()
        return cls(**json.loads(written)) if written.endswith(b"\n") else None


def main() -> None:
    """Be the nursery, or, after a fork, a kernel."""
    driver = socket.socket(fileno=int(sys.argv[1]))
    variables = preload()
    line = serve(driver)
    order = line and Order.receive(line)
    if line and order:
        become_kernel(line, replace(order, environment=variables | order.environment))


def preload() -> dict[str, str]:
    """Import what the notebooks need, and return the environment variables that imports set."""
    before = set(os.environ)
    for module in PRELOADED:
        with suppress(Exception):  # what cannot be imported is told by the notebook that needs it, as by any kernel
            import_module(module)
    _read_catalogues()
    # The package of this module bars one that is slow to import; in kernels nothing is barred.
    if sys.modules.get("rfc3987_syntax", ...) is None:
        del sys.modules["rfc3987_syntax"]
    gc.collect()
    gc.freeze()  # kernels need not look through all this for garbage
    return {name: value for name, value in os.environ.items() if name not in before}


def _read_catalogues() -> None:
    """Compile the texts of all languages, which are then remembered: each page would do it again."""
    from schedvisu_lib.language import language
    from schedvisu_lib.settings.report import known_languages

    for code in known_languages():
        language(code).day(date(2000, 1, 1))


def serve(driver: socket.socket) -> socket.socket | None:
    """Fork a kernel for each socket (its line) that the driver sends, until the driver is gone.

    Returns
    -------
    socket or None
        In a forked process the kernel's line; in the nursery None.
    """
    kernels: set[int] = set()
    while True:
        _, received, _, _ = socket.recv_fds(driver, 1, 1)
        if not received:
            # The driver is gone. Kernels end by themselves then, unless one hangs in a call for which Python waits.
            for pid in kernels:
                with suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)
            return None
        kernels -= _ended(kernels)
        line = socket.socket(fileno=received[0])
        line.set_inheritable(False)
        pid = _fork()
        if not pid:
            driver.close()
            return line
        kernels.add(pid)
        line.close()


def _fork() -> int:
    with warnings.catch_warnings():
        # From 3.12 Python warns of any thread, also those of libraries that mind forks (OpenBLAS, jemalloc).
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _ended(kernels: set[int]) -> set[int]:
    """Return the kernels that ended since, and let the system forget them."""
    return {pid for pid in kernels if os.waitpid(pid, os.WNOHANG)[0]}


def become_kernel(line: socket.socket, order: Order) -> None:
    """Turn this forked process into an IPython kernel; return when it is shut down.

    Parameters
    ----------
    line
        Its line to the driver, which learns by its end that the kernel ended, and the other way round.
    order
        What it is started with.
    """
    import numpy as np
    from ipykernel.kernelapp import IPKernelApp

    os.setsid()  # so that an interrupt reaches what the notebook started, too, and nothing else
    os.environ.clear()
    os.environ.update(order.environment)
    os.chdir(order.folder)
    sys.argv = [f"{LAUNCHER}.py", *order.arguments]
    random.seed()
    np.random.seed()  # noqa: NPY002 - notebooks may use the old generator, which was seeded by the import
    line.sendall(f"{os.getpid()}\n".encode())
    os.register_at_fork(after_in_child=line.close)  # what the notebook forks must not keep the line open
    threading.Thread(target=_end_with_driver, args=(line,), name="end-with-driver", daemon=True).start()
    # Parent 1 means that nobody polls for the end of the nursery: kernels live as long as the driver does.
    IPKernelApp.launch_instance([*order.arguments, "--IPKernelApp.parent_handle=1"])


def _end_with_driver(line: socket.socket) -> None:
    with suppress(OSError):
        line.recv(1)
    os.killpg(0, signal.SIGKILL)  # with what the notebook started
