"""The section ``pacs`` of a site file: the archive, how to talk to it, and what to leave out of it."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from schedvisu_lib.settings.base import FilePath, Pattern, Settings, Text, read_span

WayName = Literal["series", "image", "headers", "get", "move", "dicomweb"]
"""A way to get header facts, as the site file calls it."""


def _window(value: Any) -> Any:
    return read_span(value, ("begins", "ends"), 'write a window of the night as "20:00-06:00"')


class Tls(Settings):
    """How connections are encrypted, and how both sides prove who they are."""

    ca_file: FilePath | None = None
    certificate: FilePath | None = None
    key: FilePath | None = None
    verify: bool = True
    server_name: str | None = None

    @model_validator(mode="after")
    def _key_with_certificate(self) -> Self:
        if self.key is not None and self.certificate is None:
            raise ValueError("key without certificate; name the certificate that it belongs to")
        return self


class Peer(Settings):
    """A DICOM application that we call, and how patient we are with it."""

    host: str = ""
    port: int = Field(104, ge=1, le=65535)
    ae_title: str = Field("", max_length=16)
    calling_ae_title: str = Field("SCHEDVISU", min_length=1, max_length=16)
    tls: Tls | None = None
    connect_timeout: float = Field(10, gt=0)
    association_timeout: float = Field(30, gt=0)
    answer_timeout: float = Field(120, gt=0)
    request_timeout: float = Field(1800, gt=0)
    tries: int = Field(4, ge=1, le=20)
    retry_pause: float = Field(1, ge=0)


class Receiver(Settings):
    """Where we listen for the images of a C-MOVE, and from whom we take them."""

    port: int = Field(11112, ge=1, le=65535)
    interface: str | None = None
    senders: tuple[Text, ...] = ()


class DicomWeb(Settings):
    """An archive's web services."""

    url: Annotated[str, Field(pattern=r"^https?://[^\s?#@]+$")]


class Window(Settings):
    """A stretch of the day, which may run past midnight."""

    begins: time
    ends: time

    def holds(self, moment: time) -> bool:
        """Tell whether a time of day lies in it; both ends alike is the whole day."""
        if self.begins < self.ends:
            return self.begins <= moment < self.ends
        return moment >= self.begins or moment < self.ends


class LongLoads(Settings):
    """How loads of many days are kept out of the archive's busy hours."""

    days: int = Field(20, ge=0)
    window: Annotated[Window, BeforeValidator(_window)] | None = None
    pause: float = Field(0, ge=0)


class Pacs(Peer):
    """The archive and what to leave out of it."""

    folder: FilePath | None = None
    dicomweb: DicomWeb | None = None
    ways: tuple[WayName, ...] | None = Field(None, min_length=1)
    receiver: Receiver = Receiver()
    parallel: int = Field(2, ge=1, le=8)
    images_per_request: int = Field(50, ge=1, le=200)
    largest_image: float = Field(2000, gt=0)
    long_loads: LongLoads = LongLoads()
    not_patients: tuple[Pattern, ...] = ()
    excluded_studies: tuple[Pattern, ...] = ()
    excluded_series: tuple[Pattern, ...] = ()

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if self.folder is not None:
            if self.host or self.dicomweb is not None:
                raise ValueError("folder beside host or dicomweb; keep the one from which the headers shall come")
        elif not self.host and self.dicomweb is None:
            raise ValueError("names no archive; write host and ae_title, dicomweb.url, or folder")
        elif self.host and not self.ae_title:
            raise ValueError("host without ae_title; write the archive's AE title")
        if "dicomweb" in (self.ways or ()) and self.dicomweb is None:
            raise ValueError("ways names dicomweb, but there is no dicomweb.url")
        over_dimse = [way for way in self.ways or () if way in ("headers", "get", "move")]
        if over_dimse and not self.host:
            raise ValueError(f"ways names {over_dimse[0]}, but there is no host; web services know dicomweb alone")
        return self

    @property
    def shown(self) -> str:
        """The archive, as messages name it."""
        if self.folder is not None:
            return f"the folder {self.folder}"
        if not self.host and self.dicomweb is not None:
            return f"DICOMweb at {self.dicomweb.url}"
        return f"{self.ae_title} at {self.host}:{self.port}"
