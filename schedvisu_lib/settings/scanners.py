"""The sections ``scanners`` and ``exam_types`` of a site file: the machines, and what is done on them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from schedvisu_lib.settings.base import FilePath, Pattern, Settings, Text
from schedvisu_lib.settings.calendar import Closure, HoursText, Weekday, stretch


def _service(value: Any) -> Any:
    """Read days out of service; hours may follow a single day: ``2026-05-06 12:00-17:00``."""
    if isinstance(value, str) and " " in value.strip():
        day, hours = value.split(maxsplit=1)
        return {"first": day, "last": day, "hours": hours}
    return stretch(value)


class Service(Closure):
    """A stretch of days, or part of each, on which a scanner is out of service."""

    hours: HoursText | None = None

    def includes(self, day: date) -> bool:
        """Tell whether the scanner is out of service on a day, wholly or in part."""
        return self.first <= day <= self.last


class Scanner(Settings):
    """One machine as people speak of it; often two DICOM devices."""

    name: Text
    models: tuple[Text, ...] = Field(min_length=1)
    hours: dict[Weekday, HoursText] = Field(min_length=1)
    slots: dict[Weekday, Annotated[int, Field(ge=0)]]
    gap: float = Field(30, gt=0)
    preparation: float = Field(5, ge=0, allow_inf_nan=False)
    take_gap: float = Field(3540, ge=0)
    lunch: HoursText | None = None
    service: tuple[Annotated[Service, BeforeValidator(_service)], ...] = ()
    clock_offset: float = 0
    picture: FilePath | None = None


class ExamType(Settings):
    """The department's own short name for what was done."""

    name: Text
    patterns: tuple[Pattern, ...] = Field(min_length=1)
    scanners: tuple[Text, ...] | None = None
    color: str | None = Field(None, pattern=r"^#[0-9a-fA-F]{6}$")
    takes_apart: bool = False
    one_encounter: Literal["day"] | Annotated[float, Field(gt=0)] | None = None
