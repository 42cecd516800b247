"""One log file per run, with the level that the site file asks for."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path

from schedvisu_lib.config import Site
from schedvisu_lib.errors import SchedVisuError


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
        handler = logging.FileHandler(file, encoding="utf-8")
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
