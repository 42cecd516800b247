"""One log file per run, with the level that the site file asks for."""

from __future__ import annotations

import logging
import sys
from datetime import datetime
from pathlib import Path

from schedvisu_lib.config import Site
from schedvisu_lib.errors import SchedVisuError


class _LogFile(logging.FileHandler):
    """Says once that the log cannot be written any more, where logging shows a traceback for each line."""

    def __init__(self, file: Path) -> None:
        super().__init__(file, encoding="utf-8")
        self._has_complained = False

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - as logging calls it
        """Tell why a line cannot be written."""
        error = sys.exc_info()[1]
        if not self._has_complained:
            self._has_complained = True
            why = getattr(error, "strerror", None) or type(error).__name__
            sys.stderr.write(f"{self.baseFilename}: the log ends here ({why}); check free space of log.folder\n")


def start_log(site: Site, command: str, now: datetime) -> Path:
    """Send what the library logs to ``<log.folder>/<command>-<time>.log`` and return that file.

    Raises
    ------
    SchedVisuError
        The folder cannot be written.
    """
    file = site.log.folder / f"{command}-{now:%Y%m%d-%H%M%S}.log"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handler = _LogFile(file)
    except OSError as error:
        raise SchedVisuError(f"{file}: cannot be written ({error.strerror}); check log.folder") from error
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s"))
    logger = logging.getLogger("schedvisu_lib")
    for old in list(logger.handlers):
        logger.removeHandler(old)
        old.close()
    logger.addHandler(handler)
    logger.setLevel(site.log.level)
    logger.propagate = False
    return file
