"""What an archive was seen to do with queries, over DIMSE or over the web."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from pydicom.dataset import Dataset


@dataclass
class Habits:
    """What an archive was seen to do; learned from its answers, so that what it refuses is not asked again."""

    takes_lists: bool = True
    """Whether it answers queries for several UIDs."""
    takes_numbers: bool | None = None
    """Whether it answers queries for several Instance Numbers; None until one was tried."""
    tells_attributes: bool | None = None
    """Whether its IMAGE answers hold elements of the headers; None until one was asked for them."""
    refusals: dict[str, str] = field(default_factory=dict)
    """Why a service (SOP Class UID) is not asked for any more."""


class Answering(Protocol):
    """An archive that answers queries of the Study Root model (PS3.4 annex C)."""

    @property
    def habits(self) -> Habits:
        """What it was seen to do so far."""

    def query(self, query: Dataset) -> list[Dataset]:
        """Return every answer to a query; errors as those of :meth:`schedvisu_lib.pacs.line.Line.find`."""
