"""The section ``planned`` of a site file: where appointments are booked, and whose they are."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from schedvisu_lib.settings.base import FilePath, Pattern, Settings, Text
from schedvisu_lib.settings.pacs import Pacs, Peer
from schedvisu_lib.tables import PlannedStatus


class Worklist(Settings):
    """A Modality Worklist; what is left out is as in ``pacs``."""

    host: Text | None = None
    port: int | None = Field(None, ge=1, le=65535)
    ae_title: str | None = Field(None, min_length=1, max_length=16)
    calling_ae_title: str | None = Field(None, min_length=1, max_length=16)
    tls: bool = True

    def peer(self, pacs: Pacs) -> Peer:
        """Return the application to call: with the timeouts, tries and certificates of the archive."""
        tls = pacs.tls if self.tls else None
        if tls is not None and self.host not in (None, pacs.host):
            tls = tls.model_copy(update={"server_name": None})  # that is the name of the archive
        settings = {name: getattr(pacs, name) for name in Peer.model_fields} | {"tls": tls}
        return Peer(**(settings | self.model_dump(exclude={"tls"}, exclude_none=True)))


class CsvColumns(Settings):
    """The headings of the columns of a CSV file."""

    start: Text
    date: Text | None = None
    end: Text | None = None
    minutes: Text | None = None
    scanner: Text | None = None
    description: Text | None = None
    status: Text | None = None
    patient: Text | None = None
    study_uid: Text | None = None
    id: Text | None = None


class CsvPlan(Settings):
    """CSV files that a booking system exports."""

    path: FilePath
    pattern: Text = "*.csv"
    columns: CsvColumns


class CalendarPlan(Settings):
    """iCalendar files that a booking system exports."""

    path: FilePath
    pattern: Text = "*.ics"
    description: Pattern | None = None


class Planned(Settings):
    """The appointments that a department books, from one or several sources."""

    worklist: Worklist | None = None
    csv: CsvPlan | None = None
    icalendar: CalendarPlan | None = None
    scanners: dict[Text, Text] = Field({})
    statuses: dict[Text, PlannedStatus] = Field({})
    minutes: dict[Text, Annotated[float, Field(gt=0, le=1440)]] = Field({})
    issuer: str = ""
    days_back: int = Field(7, ge=0, le=60)
    days_ahead: int = Field(14, ge=0, le=60)
    tolerance: float = Field(45, gt=0)

    @model_validator(mode="after")
    def _some_source(self) -> Self:
        if self.worklist is None and self.csv is None and self.icalendar is None:
            raise ValueError("names no source; write worklist, csv or icalendar, or leave this part out")
        return self
