"""The errors that a user can cause; each message names the cause and says what to do next."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from pathlib import Path


class SchedVisuError(Exception):
    """Base of all errors of SchedVisu; its text is one line that is fit for a user to read.

    Examples
    --------
    >>> site = sv.load_site("params/demo.yaml")
    >>> studies = sv.open_store(site).studies("2026-05-18", "2026-05-22")
    >>> try:
    ...     sv.find_gaps(studies.drop(columns="prepared_from"), site)
    ... except sv.SchedVisuError as error:
    ...     print(error)
    table lacks the column(s) prepared_from; see docs/data.md for what it must hold
    """


class ConfigError(SchedVisuError):
    """A site file that cannot be used.

    Parameters
    ----------
    file
        The YAML file.
    mistakes
        One line for each mistake: line or key path, what was found, what is allowed.

    Examples
    --------
    >>> try:
    ...     sv.load_site("params/nowhere.yaml")
    ... except sv.ConfigError as error:
    ...     print(len(error.mistakes), "mistake:", error.mistakes[0])
    1 mistake: no such file; copy params/site.example.yaml and fill it in
    """

    def __init__(self, file: Path, mistakes: Sequence[str]) -> None:
        self.file = file
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(f"{file}: {mistake}" for mistake in self.mistakes))


class PacsError(SchedVisuError):
    """The archive did not answer a request completely."""


class PacsUnreachable(PacsError):
    """The archive cannot be reached or refuses to talk to us: asking for other days would not help."""


class StoreError(SchedVisuError):
    """A file or folder of the store that cannot be read or written."""


class StoreLocked(StoreError):
    """Another run of SchedVisu is writing to the store."""


class TableError(SchedVisuError):
    """A table that lacks columns of its schema or holds values of another type."""


class ReportError(SchedVisuError):
    """A part of the report that could not be executed or rendered."""


class ExportError(SchedVisuError):
    """A file of an export that could not be made or written."""


class MailError(SchedVisuError):
    """A mail that could not be handed over."""


class MailTemplateError(MailError):
    """A template of the mail's body that cannot be filled in."""


class ScheduleError(SchedVisuError):
    """A weekly task that cannot be made, installed or removed."""


class ExplorerError(SchedVisuError):
    """The explorer could not be opened."""


class PlanError(SchedVisuError):
    """A book or an appointment of the planner that cannot be as it is asked for."""


class BookError(PlanError):
    """A book of the planner that cannot be used.

    Parameters
    ----------
    file
        The workbook or YAML file; None where the book came from no file.
    mistakes
        One line for each mistake: sheet, row and column (YAML: line and key path), what was found, what is allowed.
        None of them names a patient.
    """

    def __init__(self, file: Path | None, mistakes: Sequence[str]) -> None:
        self.file = file
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(f"{file}: {mistake}" if file else mistake for mistake in self.mistakes))


def unforeseen(error: Exception) -> SchedVisuError:
    """Word an error that nobody foresaw by its kind and place: its own text might hold a patient's data."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return SchedVisuError(
        f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}: a mistake of SchedVisu; report it"
    )
