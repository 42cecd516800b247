"""The records of runs: ``<report.folder>/runs/<time>-<command>/run.json``; documented in ``docs/data.md``."""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import filelock
from pydantic import BaseModel, ConfigDict

from schedvisu_lib.config import Site
from schedvisu_lib.errors import SchedVisuError
from schedvisu_lib.logs import log_files
from schedvisu_lib.outcome import Status
from schedvisu_lib.periods import Period
from schedvisu_lib.steps import Step

_LOG = logging.getLogger(__name__)

RECORD: Final = "run.json"
LOCK: Final = "lock"
"""Held by a run as long as it lives, however it dies."""
NOTEBOOKS: Final = "notebooks"

RUNNING: Final = "running"
DID_NOT_END: Final = "did not end"
_WORDS: Final[dict[int, str]] = {Status.SUCCESS: "complete", Status.PARTIAL: "in part"}

_NAME: Final = re.compile(r"(\d{8}-\d{6})-[a-z]+(-\d+)?")
_STAMP: Final = "%Y%m%d-%H%M%S"


class _Part(BaseModel):
    """Base of a record and its parts: frozen, and deaf to what another version wrote besides."""

    model_config = ConfigDict(frozen=True)


class SiteUsed(_Part):
    """The site file, and the hashes of its settings that decide what is stored (retrieval) and what exams are made."""

    file: str
    retrieval: str
    rules: str


class Asked(_Part):
    """What the command was to do."""

    as_of: datetime | None = None
    """The moment as on which it worked; ``--end`` chooses another than its start."""
    periods: tuple[Period, ...] = ()
    scanners: tuple[str, ...] = ()
    """Empty for all of the site."""
    first: date | None = None
    last: date | None = None


class Days(_Part):
    """The days whose series were asked for."""

    asked: int
    first: date | None
    last: date | None
    retrieved: int
    failed: tuple[date, ...]
    """Asked for, and not stored."""


class PlanAsked(_Part):
    """What asking for the plan gave."""

    first: date
    last: date
    appointments: int


class Year(_Part):
    """A year whose exams were made anew."""

    year: int
    exams: int
    series: int


class PageTaken(_Part):
    """A page of the report and the seconds that its notebook took."""

    number: int
    name: str
    seconds: float
    error: str | None
    notebook: str | None
    """File in the folder ``notebooks`` beside the record."""


class ReportMade(_Part):
    """A report that was built; its files lie in ``report.folder``."""

    name: str
    html: str
    pdf: str | None
    pages: int
    missing: tuple[str, ...]
    """What its mail says is missing."""


class FileMade(_Part):
    """A file that a run made; the path is missing for a mail that a server took."""

    kind: str
    path: str | None
    bytes: int


class RunRecord(_Part):
    """What a run was to do, did and lacks, and how long it took; never a patient's data nor a password."""

    version: str
    python: str
    platform: str
    command: str
    site: SiteUsed
    asked: Asked
    started: datetime
    ended: datetime | None = None
    seconds: float | None = None
    status: int | None = None
    """The exit status; None as long as the run has not ended."""
    days: Days | None = None
    verdicts: dict[str, int] = {}
    """Series of the days retrieved, by what became of them."""
    planned: PlanAsked | None = None
    years: tuple[Year, ...] = ()
    pages: tuple[PageTaken, ...] = ()
    report: ReportMade | None = None
    files: tuple[FileMade, ...] = ()
    steps: tuple[Step, ...] = ()
    warnings: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    """What is missing; of a failed run last the error that ended it."""
    log: str | None = None
    """Name of its file in ``log.folder``."""

    @property
    def n_series(self) -> int:
        """How many series the days retrieved have."""
        return sum(self.verdicts.values())


@dataclass(frozen=True)
class Run:
    """A run of which there is a record."""

    folder: Path
    record: RunRecord
    is_running: bool = False

    @property
    def state(self) -> str:
        """How it ended, in words."""
        if self.record.status is None:
            return RUNNING if self.is_running else DID_NOT_END
        return _WORDS.get(self.record.status, "failed")


def runs_folder(site: Site) -> Path:
    """Return the folder of the records."""
    return site.report.folder / "runs"


def new_folder(site: Site, command: str, started: datetime) -> Path:
    """Make a folder for a run that is like no other's; ``OSError`` if it cannot be made."""
    parent = runs_folder(site)
    parent.mkdir(parents=True, exist_ok=True)
    name = f"{started:{_STAMP}}-{command}"
    folder, number = parent / name, 1
    while True:
        try:
            folder.mkdir()
        except FileExistsError:
            if not folder.is_dir():
                raise
            number += 1
            folder = parent / f"{name}-{number}"
        else:
            return folder


def recorded_runs(site: Site) -> list[Run]:
    """Return the runs that have a readable record, the newest first.

    Raises
    ------
    SchedVisuError
        The folder of the records cannot be read.
    """
    runs = []
    for folder, _ in _folders(site):
        try:
            record = RunRecord.model_validate_json((folder / RECORD).read_bytes())
        except (OSError, ValueError):
            continue
        runs.append(Run(folder, record, record.status is None and _is_running(folder)))
    return sorted(runs, key=lambda run: (run.record.started, run.folder.name), reverse=True)


def last_run_of_report(site: Site, name: str) -> Run | None:
    """Return the newest run that built the report of a name."""
    return next((run for run in recorded_runs(site) if run.record.report and run.record.report.name == name), None)


def prune_runs(site: Site, now: datetime) -> None:
    """Remove the folders of runs and the log files that are older than ``report.keep_runs`` days.

    Kept whatever their age are the newest record of each report that still lies in ``report.folder`` and all runs that
    have not ended, with their logs. What cannot be looked through or removed is a warning.
    """
    try:
        _prune(site, now)
    except (SchedVisuError, OSError) as error:
        _LOG.warning("what is too old cannot be looked for: %s", error)


def _prune(site: Site, now: datetime) -> None:
    oldest = now - timedelta(days=site.report.keep_runs)
    kept = list(_always_kept(site, recorded_runs(site)))
    folders = {run.folder for run in kept}
    logs = {run.record.log for run in kept}
    for folder, started in _folders(site):
        if started < oldest and folder not in folders and not _is_running(folder):
            _remove(folder)
    for log, started in log_files(site):
        if started < oldest and log.name not in logs:
            _remove(log)


def _always_kept(site: Site, runs: Iterable[Run]) -> Iterator[Run]:
    reports = set()
    for run in runs:
        report = run.record.report
        if run.is_running:
            yield run
        elif report and report.name not in reports and (site.report.folder / report.html).exists():
            reports.add(report.name)
            yield run


def _folders(site: Site) -> Iterator[tuple[Path, datetime]]:
    """Yield the folders that bear a name of ours, with the time in it."""
    parent = runs_folder(site)
    try:
        folders = sorted(path for path in parent.iterdir() if path.is_dir() and not path.is_symlink())
    except FileNotFoundError:
        return
    except OSError as error:
        raise SchedVisuError(f"{parent}: cannot be read ({error.strerror}); check report.folder") from error
    for folder in folders:
        match = _NAME.fullmatch(folder.name)
        if match:
            try:
                yield folder, datetime.strptime(match[1], _STAMP)
            except ValueError:  # digits that are no time
                continue


def _is_running(folder: Path) -> bool:
    lock = folder / LOCK
    if not lock.exists():
        return False
    try:
        with filelock.FileLock(lock, timeout=0):
            return False
    except filelock.Timeout:
        return True
    except OSError:  # a folder that we may only read
        return False


def _remove(path: Path) -> None:
    try:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        _LOG.warning("%s: is too old, but cannot be removed (%s)", path, error.strerror or error)
