"""Run the embedded PACS beside the job, in a process of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Final, cast

import schedvisu_lib
from schedvisu_lib.config import Site
from schedvisu_lib.errors import SchedVisuError

DEMO_END: Final = datetime(2026, 5, 22)
"""The Friday on whose evening the demo's job runs: always the same report, with Ascension in its second week."""
READY: Final = "ready"
"""What the process of the PACS prints when it listens."""


def demo_site_file() -> Path:
    """Return the site file of the simulated hospital: of the checkout, else of the installed wheel.

    Raises
    ------
    SchedVisuError
        Neither exists.
    """
    package = Path(schedvisu_lib.__file__).resolve().parent
    for file in (package.parent / "params" / "demo.yaml", package / "_shipped" / "params" / "demo.yaml"):
        if file.is_file():
            return file
    raise SchedVisuError(f"params/demo.yaml is missing beside {package}; install schedvisu again, or give --site")


@contextmanager
def serving(site: Site) -> Iterator[None]:
    """Serve the simulated hospital on the site's PACS address meanwhile.

    The process reads its standard input and ends when that closes, so that it never outlives this one.

    Raises
    ------
    SchedVisuError
        It cannot listen there.
    """
    command = [sys.executable, "-m", "schedvisu_lib.demo", str(site.file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        its_input, its_output = cast("IO[str]", process.stdin), cast("IO[str]", process.stdout)
        first_line = its_output.readline().strip()
        if first_line != READY:
            its_input.close()
            raise SchedVisuError(first_line or f"the demo PACS of {site.file.name} ended; start the demo again")
        try:
            yield
        finally:
            its_input.close()


def wait_for_interrupt() -> None:
    """Wait until Ctrl-C, or until the process is asked to end."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        signal.pause() if hasattr(signal, "pause") else sys.stdin.read()
    except KeyboardInterrupt:
        return
