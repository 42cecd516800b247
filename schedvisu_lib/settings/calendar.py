"""The section ``calendar`` of a site file, and how hours and stretches of days are written in all sections."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Any, Final, Literal, Self

import holidays
from pydantic import BeforeValidator, Field, model_validator

from schedvisu_lib.settings.base import Settings, Text, read_span

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: Final[tuple[Weekday, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""In the order of ``datetime.date.weekday``."""


def _hours(value: Any) -> Any:
    return read_span(value, ("opens", "closes"), 'write hours as "08:00-17:00"')


def stretch(value: Any) -> Any:
    """Read a day, or a stretch of days as ``first..last``."""
    if isinstance(value, str) and ".." in value:
        first, _, last = value.partition("..")
        return {"first": first.strip(), "last": last.strip()}
    return value if isinstance(value, dict) else {"first": value, "last": value}


class Hours(Settings):
    """Hours of one day, such as those in which a scanner is open."""

    opens: time
    closes: time

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.closes <= self.opens:
            raise ValueError("closes before it opens")
        return self


HoursText = Annotated[Hours, BeforeValidator(_hours)]
"""Written as "08:00-17:00"."""


class Closure(Settings):
    """A stretch of days on which the department is closed, both ends included."""

    first: date
    last: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"ends ({self.last}) before it begins ({self.first})")
        return self


class Calendar(Settings):
    """When the department works."""

    country: Text
    subdivision: str | None = None
    workdays: tuple[Weekday, ...] = Field(WEEKDAYS[:5], min_length=1)
    closures: tuple[Annotated[Closure, BeforeValidator(stretch)], ...] = ()

    @model_validator(mode="after")
    def _known_country(self) -> Self:
        try:
            holidays.country_holidays(self.country, subdiv=self.subdivision)
        except NotImplementedError as error:
            known = holidays.list_supported_countries().get(self.country)
            if known is None:
                raise ValueError(
                    f'country "{self.country}" is unknown; allowed: an ISO code like CH, FR, BE, CA'
                ) from error
            raise ValueError(
                f'subdivision "{self.subdivision}" of {self.country} is unknown; allowed: {", ".join(known) or "none"}'
            ) from error
        return self
