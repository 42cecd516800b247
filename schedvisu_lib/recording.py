"""Keep a record of a command from its start to its end, however it ends."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from time import perf_counter

import filelock

from schedvisu_lib import __version__
from schedvisu_lib.config import Site
from schedvisu_lib.errors import SchedVisuError, unforeseen
from schedvisu_lib.files import write_atomically
from schedvisu_lib.job import Job
from schedvisu_lib.logs import current_log
from schedvisu_lib.runs import LOCK, NOTEBOOKS, RECORD, Asked, RunRecord, SiteUsed, new_folder, prune_runs, runs_folder
from schedvisu_lib.steps import Steps

_PATIENCE = 5.0
"""Seconds to wait for the lock of a new folder: who lists the runs just now looks at it, too."""


@contextmanager
def recorded(site: Site, command: str, asked: Asked) -> Iterator[Job]:
    """Give the job that a command fills, and keep it in a record of its own under ``<report.folder>/runs``.

    The record is written at the start, before and after each step, and at the end, also when an error or Ctrl-C ends
    the command; then runs and logs that are too old are removed. A record that cannot be written is one problem more,
    and nothing else is lost by it.
    """
    record = _Record(site, command, asked)
    try:
        yield record.job
    except BaseException as error:
        record.job.failed = True
        record.job.lack(_ending(error))
        raise
    finally:
        record.end()
        prune_runs(site, datetime.now())


def _ending(error: BaseException) -> SchedVisuError | str:
    if isinstance(error, SchedVisuError):
        return error
    # Its own text might hold anything.
    return unforeseen(error) if isinstance(error, Exception) else "interrupted"


class _Record:
    """The record of a command that is running."""

    def __init__(self, site: Site, command: str, asked: Asked) -> None:
        self._began = perf_counter()
        log = current_log()
        self._start = RunRecord(
            version=__version__,
            python=platform.python_version(),
            platform=platform.platform(),
            command=command,
            site=SiteUsed(file=site.file.name, retrieval=site.retrieval_fingerprint(), rules=site.rules_fingerprint()),
            asked=asked,
            started=datetime.now(),
            log=log.name if log else None,
        )
        self._file = runs_folder(site)
        self._lock: filelock.BaseFileLock | None = None
        self._elsewhere: str | None = None
        self._trouble: str | None = None
        folder = self._make_folder(site)
        self.job = Job(notebooks=folder / NOTEBOOKS, steps=Steps(self._write))
        self._write()

    def end(self) -> None:
        """Write the record for the last time, and let go of its folder."""
        seconds = round(perf_counter() - self._began, 3)
        self._write(ended=datetime.now(), seconds=seconds, status=int(self.job.status))
        if self._trouble:
            self.job.lack(self._trouble)
        if self._lock is not None:
            self._lock.release()
            with suppress(OSError):  # somebody looks at it just now: it tells no more than that it is not held
                Path(self._lock.lock_file).unlink()
        if self._elsewhere is not None:
            rmtree(self._elsewhere, ignore_errors=True)

    def _make_folder(self, site: Site) -> Path:
        """Make the run's folder; where that fails, its notebooks go elsewhere for the time of the run."""
        try:
            folder = new_folder(site, self._start.command, self._start.started)
            self._file = folder / RECORD
            self._lock = filelock.FileLock(folder / LOCK, timeout=_PATIENCE)
            self._lock.acquire()
        except OSError as error:
            self._lock = None
            self._complain(error)
            self._elsewhere = mkdtemp(prefix="schedvisu-")
            return Path(self._elsewhere)
        return folder

    def _write(self, **end: object) -> None:
        if self._elsewhere is not None:
            return
        job = self.job
        now = {
            "days": job.days,
            "verdicts": dict(sorted(job.verdicts.items())),
            "planned": job.planned,
            "years": tuple(job.years),
            "pages": tuple(sorted(job.pages, key=lambda page: page.number)),
            "report": job.made,
            "files": tuple(job.files),
            "steps": tuple(job.steps.ended),
            "warnings": tuple(job.warnings),
            "problems": tuple(job.problems),
        }
        record = self._start.model_copy(update=now | end)
        try:
            write_atomically(self._file, record.model_dump_json(indent=1).encode())
        except OSError as error:
            self._complain(error)
        else:
            self._trouble = None

    def _complain(self, error: OSError) -> None:
        self._trouble = (
            f"{self._file}: the record of this run cannot be written ({error.strerror or error}), so that "
            "schedvisu runs and schedvisu mail do not know of it; check report.folder"
        )
