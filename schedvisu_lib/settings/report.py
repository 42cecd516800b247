"""The sections ``periods`` and ``report`` of a site file: what the report shows, how it looks, where it goes."""

from __future__ import annotations

from importlib.resources import files
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from schedvisu_lib.settings.base import FilePath, Settings, Text

BUILTIN_PERIODS: Final = ("weekly", "biweekly", "monthly", "quarterly", "half-yearly", "yearly", "multi-year")

Engine = Literal["auto", "fork", "stock"]
"""How kernels start: ``fork`` from one process with the imports done, ``stock`` each by itself, ``auto`` as it goes."""


def known_languages() -> tuple[str, ...]:
    """Return the codes of the languages that the report can speak: English, and each one with a catalogue."""
    catalogues = (file.name for file in files("schedvisu_lib").joinpath("locale").iterdir())
    return tuple(sorted({"en", *(name.removesuffix(".po") for name in catalogues if name.endswith(".po"))}))


def _language(value: str) -> str:
    if value not in known_languages():
        raise ValueError(f'"{value}" has no catalogue; allowed: {", ".join(known_languages())}')
    return value


class Periods(Settings):
    """Which stretches of days the report shows."""

    report: tuple[Text, ...] = BUILTIN_PERIODS
    first_year: int = Field(ge=1990, le=2200)
    own: dict[Text, Annotated[str, Field(pattern=r"^[1-9]\d*w$")]] = Field({})

    @model_validator(mode="after")
    def _known_periods(self) -> Self:
        known = (*BUILTIN_PERIODS, *self.own)
        for name in self.own:
            if name in BUILTIN_PERIODS:
                raise ValueError(f'own period "{name}" has the name of a built-in one; choose another name')
        for name in self.report:
            if name not in known:
                raise ValueError(f'period "{name}" is unknown; allowed: {", ".join(known)}')
            if self.report.count(name) > 1:
                raise ValueError(f'period "{name}" is listed twice; keep one')
        return self


class StandsOut(Settings):
    """From when something stands out, and is told on the overview; ``None`` for never."""

    occupancy: float | None = Field(60, ge=0)
    gap: float | None = Field(180, gt=0)
    overtime: float | None = Field(60, gt=0)
    empty_days: bool = True
    duration: float | None = Field(99, gt=50, lt=100)
    most: int = Field(12, ge=1, le=20)


class Quality(Settings):
    """From when an exam, a day or a clock is doubted on the pages of data quality."""

    longest_exam: float = Field(240, gt=0)
    few_exams: float = Field(50, ge=0, le=100)
    clock: float = Field(5, gt=0)


class Report(Settings):
    """How the report looks and where it goes."""

    folder: FilePath
    language: Annotated[str, AfterValidator(_language)] = "fr"
    title: str = "SchedVisu"
    other_color: str = Field("#999999", pattern=r"^#[0-9a-fA-F]{6}$")
    browser: str | None = None
    workers: int = Field(2, ge=1, le=16)
    engine: Engine = "auto"
    notebook_timeout: int = Field(300, ge=10)
    keep_runs: int = Field(90, ge=1)
    stands_out: StandsOut = StandsOut()
    quality: Quality = Quality()
