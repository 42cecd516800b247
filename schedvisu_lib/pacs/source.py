"""What every source of header facts offers: a day's series, and ways to the headers of their first and last images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import TracebackType
from typing import Final, Protocol, Self

from pydicom.dataset import Dataset

MODALITIES: Final = ("PT", "NM", "CT")
"""Studies with a series of one of these are asked for; only these series have a begin and an end."""


@dataclass
class Traffic:
    """What went over the line so far."""

    requests: int = 0
    images: int = 0
    """Images that arrived, each with a confirmation of its own."""
    sent: int = 0
    received: int = 0
    """Bytes."""

    def since(self, before: Traffic) -> str:
        """Say what went over the line since an earlier state."""
        megabytes = (self.sent + self.received - before.sent - before.received) / 1e6
        return f"{self.requests - before.requests} requests, {self.images - before.images} images, {megabytes:.1f} MB"


@dataclass(frozen=True)
class ListedSeries:
    """A series as a source listed it, with what is known of its study."""

    study: Dataset = field(repr=False)  # holds the patient's ID
    answer: Dataset = field(repr=False)
    study_uid: str
    series_uid: str
    modality: str
    n_instances: int | None
    """None where the source does not tell."""


@dataclass(frozen=True)
class Found:
    """What a way gave of a series."""

    headers: tuple[Dataset, ...] = field(repr=False)
    """Of its first and last image, or of its only one; none, if they were not to be had."""
    n_instances: int
    complete: bool
    """Whether the headers hold all that stands before the pixels, not only what an archive chose to answer."""
    problem: str = ""
    """Why there are no headers."""


class Way(Protocol):
    """A way to header facts: a rung of the ladder on which each takes what the ones before left open."""

    @property
    def name(self) -> str:
        """Of the way, as reasons and ``schedvisu check`` print it."""

    def look_up(self, series: Sequence[ListedSeries]) -> Mapping[str, Found]:
        """Return what this way gives, by Series Instance UID; series of which it knows nothing are left out.

        Raises
        ------
        PacsUnreachable
            The source can no longer be reached.
        PacsError
            The images of a series could not be listed completely.
        """


class Source(Protocol):
    """Something that holds images: an archive that speaks DIMSE or DICOMweb, or a folder. For one thread."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    @property
    def traffic(self) -> Traffic:
        """What went over the line so far."""

    @property
    def ways(self) -> Sequence[Way]:
        """The ways to headers, cheapest first."""

    def list_day(self, day: date) -> list[ListedSeries]:
        """Return every series of a day's studies with one of ``MODALITIES``, in order of study and series UID.

        ``study`` holds at least the Patient ID, its issuer and the study's description, ``answer`` what is known of
        the series: modality, descriptions, protocol, model, station, institution, as far as the source tells.

        Raises
        ------
        PacsUnreachable
            The source cannot be reached, or does not let us in.
        PacsError
            The day could not be listed completely.
        """
