"""A command that is at work: its steps fill in what they did, its record keeps it."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from schedvisu_lib.outcome import Outcome
from schedvisu_lib.report.build import BuiltReport
from schedvisu_lib.runs import Days, FileMade, PageTaken, PlanAsked, ReportMade, Year
from schedvisu_lib.steps import Steps

_LOG = logging.getLogger(__name__)


@dataclass
class Job(Outcome):
    """The outcome of a command, and all that its record tells besides."""

    notebooks: Path = field(kw_only=True)
    """Folder for the notebooks that it executes."""
    steps: Steps = field(default_factory=Steps, kw_only=True)
    warnings: list[str] = field(default_factory=list)
    """One line for each thing that looks wrong though nothing is missing."""
    report: BuiltReport | None = None
    days: Days | None = None
    verdicts: Counter[str] = field(default_factory=Counter)
    """Series of the days retrieved, by what became of them."""
    planned: PlanAsked | None = None
    years: list[Year] = field(default_factory=list)
    pages: list[PageTaken] = field(default_factory=list)
    made: ReportMade | None = None
    files: list[FileMade] = field(default_factory=list)

    def warn(self, warning: str) -> None:
        """Say, in log and record only, that something looks wrong."""
        _LOG.warning("%s", warning)
        self.warnings.append(warning)

    def add_file(self, kind: str, file: Path, words: str = "") -> None:
        """Say that a file was made, and in words what it holds."""
        self.done.append(f"{file}: {words}" if words else str(file))
        self.files.append(FileMade(kind=kind, path=str(file), bytes=file.stat().st_size))
