"""The process of the embedded PACS: ``python -m schedvisu_lib.demo SITE_FILE``; ends when its standard input closes."""

from __future__ import annotations

import signal
import sys

from schedvisu_lib.config import load_site
from schedvisu_lib.demo.archive import start_demo_archive
from schedvisu_lib.demo.session import READY
from schedvisu_lib.errors import SchedVisuError


def main() -> None:
    """Serve until standard input closes; the first line printed says whether it listens."""
    # Ctrl-C is meant for the job, which closes our input when it is done.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        archive = start_demo_archive(load_site(sys.argv[1]))
    except SchedVisuError as error:
        sys.stdout.write(f"{error}\n")
        sys.exit(1)
    sys.stdout.write(f"{READY}\n")
    sys.stdout.flush()
    sys.stdin.read()
    archive.stop()


if __name__ == "__main__":
    main()
