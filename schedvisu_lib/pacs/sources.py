"""Which source of header facts a site has, and by which ways."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from types import TracebackType
from typing import Final, Self

from schedvisu_lib.pacs.dicomweb import DicomWebSource, DicomWebWay
from schedvisu_lib.pacs.dimse import Archive
from schedvisu_lib.pacs.folder import FolderIndex, FolderSource
from schedvisu_lib.pacs.images import FirstAndLast
from schedvisu_lib.pacs.listing import list_series, list_studies
from schedvisu_lib.pacs.source import ListedSeries, Source, Traffic, Way
from schedvisu_lib.pacs.ways import KINDS, ImageAnswers, Retrieval, SeriesAnswers
from schedvisu_lib.settings.pacs import Pacs, WayName

_WAYS: Final[tuple[WayName, ...]] = ("series", "image", "headers", "get", "move")
_WAYS_WITH_WEB: Final[tuple[WayName, ...]] = ("series", "image", "dicomweb")
"""Where the archive has web services, images are not sent."""


class DimseSource:
    """An archive that speaks DIMSE, with the ways that the site names, or all that the archive offers."""

    def __init__(self, pacs: Pacs) -> None:
        self.archive = Archive(pacs)
        self._ends = FirstAndLast(self.archive)
        self._web = DicomWebWay(pacs, traffic=self.archive.traffic) if pacs.dicomweb is not None else None
        names = pacs.ways or (_WAYS_WITH_WEB if self._web else _WAYS)
        self.ways: Sequence[Way] = [self._way(name, names) for name in names]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.archive.close()
        if self._web is not None:
            self._web.close()

    @property
    def traffic(self) -> Traffic:
        """What went over the line so far."""
        return replace(self.archive.traffic, images=self.archive.inbox.n_images)

    def list_day(self, day: date) -> list[ListedSeries]:
        """Return every series of a day's studies; errors as those of :class:`Source`."""
        self._ends.forget()
        return list_series(self.archive, list_studies(self.archive, day), day)

    def _way(self, name: WayName, names: Sequence[WayName]) -> Way:
        if name == "series":
            return SeriesAnswers()
        if name == "image":
            return ImageAnswers(self.archive, self._ends)
        if name == "dicomweb" and self._web is not None:
            return self._web
        return Retrieval(self.archive, self._ends, KINDS[name], [KINDS[one] for one in names if one in KINDS])


def open_sources(pacs: Pacs) -> Callable[[], Source]:
    """Return what opens a source for a thread: a folder, web services, or an archive that speaks DIMSE."""
    if pacs.folder is not None:
        index = FolderIndex(pacs.folder)  # made once, for all threads
        return lambda: FolderSource(index)
    if not pacs.host:
        return lambda: DicomWebSource(pacs)
    return lambda: DimseSource(pacs)
