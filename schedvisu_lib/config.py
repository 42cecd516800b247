"""``params/*.yaml`` -> one validated, frozen :class:`Site`; each key is explained in ``params/site.example.yaml``."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    Field,
    PrivateAttr,
    ValidationError,
    model_validator,
)

from schedvisu_lib.errors import ConfigError
from schedvisu_lib.mistakes import ContradictionsError, mistakes_of, shown
from schedvisu_lib.settings.base import FilePath, Settings, Text
from schedvisu_lib.settings.calendar import Calendar
from schedvisu_lib.settings.mail import Mail
from schedvisu_lib.settings.pacs import Pacs
from schedvisu_lib.settings.planned import Planned
from schedvisu_lib.settings.report import Periods, Report
from schedvisu_lib.settings.scanners import ExamType, Scanner
from schedvisu_lib.yaml_file import KeyPath, read_yaml

OTHER: Final = "OTHER"
"""Exam type of a study description that matches no pattern."""


def squeeze_model(name: str) -> str:
    """Return a model name as it is compared: lower case, without spaces and underscores (design 5.3.1)."""
    return re.sub(r"[\s_]", "", name).lower()


def squeeze_institution(name: str) -> str:
    """Return an institution name as it is compared: lower case, without spaces (design 5.1)."""
    return re.sub(r"\s", "", name).lower()


def squeeze_description(text: str) -> str:
    """Return a study description as it is compared: lower case, without spaces and ``_-^()+:.'`` (design 5.3.5)."""
    return re.sub(r"[\s_\-^()+:.']", "", text).lower()


class Department(Settings):
    """Whose scanners these are."""

    name: Text
    hospital: Text
    institutions: tuple[Text, ...] = Field(min_length=1)
    timezone: str = "Europe/Zurich"
    logo: FilePath | None = None

    @model_validator(mode="after")
    def _known_zone(self) -> Self:
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f'timezone "{self.timezone}" is unknown; write one like "Europe/Zurich"') from error
        return self


class StoreSettings(Settings):
    """Where the tables lie."""

    folder: FilePath
    retries: int = Field(3, ge=0)


class Privacy(Settings):
    """How patients are made unrecognisable."""

    key_file: FilePath


class Log(Settings):
    """What is written down of a run."""

    folder: FilePath
    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"


class Site(Settings):
    """Everything that a site file says, validated and frozen; made by :func:`load_site`.

    Examples
    --------
    >>> site = sv.load_site("params/demo.yaml")
    >>> site.scanner("Discovery 690").gap
    40.0
    >>> site
    Site(demo.yaml: Service de médecine nucléaire, Hôpital de démonstration; Discovery 690, Vision 600, ...)
    """

    department: Department
    pacs: Pacs
    store: StoreSettings
    privacy: Privacy
    calendar: Calendar
    scanners: tuple[Scanner, ...] = Field(min_length=1)
    exam_types: tuple[ExamType, ...] = ()
    planned: Planned | None = None
    periods: Periods
    report: Report
    mail: Mail | None = None
    log: Log

    _file: Path = PrivateAttr(default=Path())

    def __repr__(self) -> str:
        """Say whose site it is: servers, addresses and key files have no place in a notebook that is handed on."""
        whose = f"{self.department.name}, {self.department.hospital}"
        return f"Site({self.file.name}: {whose}; {', '.join(self.scanner_names)})"

    __str__ = __repr__

    @property
    def file(self) -> Path:
        """The YAML file that this site was read from."""
        return self._file

    @cached_property
    def scanner_of_model(self) -> dict[str, str]:
        """Name of the scanner of each squeezed model name."""
        return {squeeze_model(model): scanner.name for scanner in self.scanners for model in scanner.models}

    @cached_property
    def scanner_names(self) -> tuple[str, ...]:
        """Names of the scanners in the order of the site file."""
        return tuple(scanner.name for scanner in self.scanners)

    def scanner(self, name: str) -> Scanner:
        """Return a scanner by name; ``ValueError`` names the known ones."""
        for scanner in self.scanners:
            if scanner.name == name:
                return scanner
        raise ValueError(f'scanner "{name}" is unknown; {self.file.name} has: {", ".join(self.scanner_names)}')

    def exam_types_of(self, scanner: str) -> tuple[ExamType, ...]:
        """Return the exam types of a scanner in the order in which their patterns are tried."""
        return tuple(kind for kind in self.exam_types if kind.scanners is None or scanner in kind.scanners)

    def retrieval_fingerprint(self) -> str:
        """Return a hash of the settings that decide what a stored day of series holds."""
        return _fingerprint(
            self.pacs.model_dump(mode="json", include={"not_patients", "excluded_studies", "excluded_series"}),
            sorted(squeeze_institution(name) for name in self.department.institutions),
            self.department.timezone,
            sorted((squeeze_model(model), s.clock_offset) for s in self.scanners for model in s.models),
        )

    def rules_fingerprint(self) -> str:
        """Return a hash of the settings that decide what :func:`schedvisu_lib.consolidate` gives."""
        scanners = sorted(
            [s.name, sorted(squeeze_model(model) for model in s.models), s.preparation, s.take_gap]
            for s in self.scanners
        )
        types = [t.model_dump(mode="json", exclude={"color", "takes_apart"}) for t in self.exam_types]
        return _fingerprint(scanners, types)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        mistakes = [*_scanner_contradictions(self), *_exam_type_contradictions(self), *_planned_contradictions(self)]
        if self.privacy.key_file.is_relative_to(self.store.folder):
            mistakes.append((("privacy", "key_file"), f"lies inside the store ({self.store.folder}); put it elsewhere"))
        if mistakes:
            raise ContradictionsError(mistakes)
        return self


def load_site(path: str | Path) -> Site:
    """Read and validate a site file; relative paths in it count from the file's folder.

    Parameters
    ----------
    path
        The YAML file; from a notebook in ``notebooks/`` the demo's is ``"../params/demo.yaml"``.

    Raises
    ------
    ConfigError
        Lists every mistake, one line each: file, line, key path, what is allowed.

    Examples
    --------
    >>> site = sv.load_site("params/demo.yaml")
    >>> site.scanner_names
    ('Discovery 690', 'Vision 600', 'Discovery 670', 'Symbia Intevo', 'Millennium')
    """
    file = Path(path).expanduser().resolve()
    document = read_yaml(file)
    if not isinstance(document.content, dict):
        raise ConfigError(file, ["holds no settings; copy params/site.example.yaml and fill it in"])
    try:
        site = Site.model_validate(document.content, context={"folder": file.parent})
    except ValidationError as error:
        mistakes = [
            f"line {document.line(key)}: {shown(key)}{text}" for key, text in mistakes_of(error, document.content, Site)
        ]
        raise ConfigError(file, list(dict.fromkeys(mistakes))) from None
    site._file = file  # noqa: SLF001  (ours: pydantic knows no constructor argument that is no setting)
    return site


def _repeated(names: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield position and name of each name that stood before."""
    return ((position, name) for position, name in enumerate(names) if name in names[:position])


def _scanner_contradictions(site: Site) -> Iterator[tuple[KeyPath, str]]:
    for position, name in _repeated(site.scanner_names):
        yield ("scanners", position, "name"), f'"{name}" is the name of two scanners; names must differ'
    owner: dict[str, str] = {}
    for position, scanner in enumerate(site.scanners):
        for rank, model in enumerate(scanner.models):
            other = owner.setdefault(squeeze_model(model), scanner.name)
            if other != scanner.name:
                yield (
                    ("scanners", position, "models", rank),
                    f'"{model}" belongs to both "{other}" and "{scanner.name}" (compared without case, spaces and '
                    "underscores); a model belongs to one scanner",
                )
        for day, slots in scanner.slots.items():
            if slots and day not in scanner.hours:
                yield (
                    ("scanners", position, "slots", day),
                    f'"{scanner.name}" has slots on {day} but no opening hours; add hours.{day}',
                )


def _exam_type_contradictions(site: Site) -> Iterator[tuple[KeyPath, str]]:
    for position, name in _repeated([kind.name for kind in site.exam_types]):
        yield ("exam_types", position, "name"), f'"{name}" is the name of two exam types; names must differ'
    for position, kind in enumerate(site.exam_types):
        for rank, name in enumerate(kind.scanners or ()):
            if name not in site.scanner_names:
                yield (
                    ("exam_types", position, "scanners", rank),
                    f'scanner "{name}" is unknown; allowed: {", ".join(site.scanner_names)}',
                )


def _planned_contradictions(site: Site) -> Iterator[tuple[KeyPath, str]]:
    planned = site.planned
    if planned is None:
        return
    for word, name in planned.scanners.items():
        if name not in site.scanner_names:
            yield (
                ("planned", "scanners", word),
                f'scanner "{name}" is unknown; allowed: {", ".join(site.scanner_names)}',
            )
    types = [kind.name for kind in site.exam_types]
    for name in planned.minutes:
        if name not in types:
            yield (
                ("planned", "minutes", name),
                f'exam type "{name}" is unknown; allowed: {", ".join(types) or "none, since there are no exam_types"}',
            )
    if planned.worklist is not None:
        peer = planned.worklist.peer(site.pacs)
        for key in ("host", "ae_title"):
            if not getattr(peer, key):
                yield ("planned", "worklist", key), f"missing, and pacs has no {key} either; write whom to ask"


def _fingerprint(*parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]
