"""Try the ways to header facts on a few series, to tell which of them an archive answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from schedvisu_lib.config import Site
from schedvisu_lib.errors import PacsError
from schedvisu_lib.pacs.ladder import NO_WAY, settle
from schedvisu_lib.pacs.source import MODALITIES, ListedSeries, Source, Way
from schedvisu_lib.pacs.verdicts import why_excluded

_SERIES_OF_EACH: Final = 3
"""How many series of each modality are tried."""


@dataclass(frozen=True)
class Trial:
    """What one way gave."""

    way: str
    n_settled: int
    n_series: int
    problem: str = ""
    """Why it gave nothing of the others."""

    @property
    def words(self) -> str:
        """The trial in a few words."""
        if not self.n_settled and not self.problem:
            return "not offered"
        counted = f"tells {self.n_settled} of {self.n_series} series"
        return f"{counted} ({self.problem})" if self.problem else counted


def latest_series(source: Source, site: Site, days: Iterable[date]) -> tuple[date, list[ListedSeries]] | None:
    """Return a few series of each modality of the first of the days that has any, and that day; None if none has.

    Raises
    ------
    PacsUnreachable
        The source cannot be reached.
    PacsError
        A day could not be listed.
    """
    for day in days:
        by_modality: dict[str, list[ListedSeries]] = defaultdict(list)
        for series in source.list_day(day):
            if not why_excluded(series, site):
                by_modality[series.modality].append(series)
        sample = [series for modality in MODALITIES for series in by_modality[modality][:_SERIES_OF_EACH]]
        if sample:
            return day, sample
    return None


def try_ways(ways: Sequence[Way], sample: Sequence[ListedSeries], zone: ZoneInfo) -> Iterator[Trial]:
    """Ask each way for the headers of all series, whatever another one gave."""
    for way in ways:
        try:
            found = settle([way], sample, zone)
        except PacsError as error:
            yield Trial(way.name, 0, len(sample), str(error))
        else:
            problems = sorted({one.problem for one in found.values() if one.problem and one.way != NO_WAY})
            yield Trial(way.name, sum(bool(one.headers) for one in found.values()), len(sample), "; ".join(problems))
