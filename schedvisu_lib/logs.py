"""One log file per run, with the level that the site file asks for."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from schedvisu_lib.config import Site
from schedvisu_lib.errors import SchedVisuError

_NAME: Final = re.compile(r"[a-z]+-(\d{8}-\d{6})\.log")
_STAMP: Final = "%Y%m%d-%H%M%S"


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
    file = site.log.folder / f"{command}-{now:{_STAMP}}.log"
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


def current_log() -> Path | None:
    """Return the file that the library logs to just now; None if it does not."""
    handlers = logging.getLogger("schedvisu_lib").handlers
    return next((Path(handler.baseFilename) for handler in handlers if isinstance(handler, _LogFile)), None)


def log_files(site: Site) -> Iterator[tuple[Path, datetime]]:
    """Yield the files of ``log.folder`` that bear a name of ours, with the time in it."""
    for file in sorted(site.log.folder.glob("*.log")):
        match = _NAME.fullmatch(file.name)
        if match and file.is_file():
            try:
                yield file, datetime.strptime(match[1], _STAMP)
            except ValueError:  # digits that are no time
                continue
