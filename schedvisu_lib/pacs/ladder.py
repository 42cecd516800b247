"""Go from the cheapest way to header facts to the dearest; each takes only what the ones before left open."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from pydicom.dataset import Dataset
from pydicom.uid import UID

from schedvisu_lib.pacs.inbox import IMAGES
from schedvisu_lib.pacs.source import Found, ListedSeries, Way
from schedvisu_lib.pacs.timing import Timing, is_derived, lacks_frames, time_series
from schedvisu_lib.pacs.values import text

_LOG = logging.getLogger(__name__)

NO_WAY: Final = "no way"
"""Stands for the way of a series that no way knew anything of."""
_UNTIMED: Final = Timing("")


@dataclass(frozen=True)
class Settled:
    """What is known of a series in the end, and by which way (those that were tried in vain, if by none)."""

    headers: tuple[Dataset, ...]
    n_instances: int | None
    way: str
    problem: str = ""
    """Why there are no headers to judge by."""
    timing: Timing = _UNTIMED
    """When the series began and ended by its headers."""


def settle(ways: Iterable[Way], series: Sequence[ListedSeries], zone: ZoneInfo) -> dict[str, Settled]:
    """Return what the ways give of each series, by Series Instance UID; a way is not asked once nothing is open.

    Parameters
    ----------
    ways
        Cheapest first.
    series
        Those whose headers are wanted.
    zone
        The site's, for times with an offset from UTC.

    Raises
    ------
    PacsUnreachable
        The source can no longer be reached.
    PacsError
        The images of a series could not be listed completely.
    """
    settled: dict[str, Settled] = {}
    tried: dict[str, list[str]] = {one.series_uid: [] for one in series}
    last: dict[str, Found] = {}
    left = list(series)
    for way in ways:
        if not left:
            break
        found = way.look_up(left)
        for one in left:
            if one.series_uid not in found:
                continue
            given = last[one.series_uid] = found[one.series_uid]
            tried[one.series_uid].append(way.name)
            if not given.headers:
                continue
            timing = time_series(one.modality, given.headers, zone)
            if given.complete or _suffices(one, given.headers, timing):
                settled[one.series_uid] = Settled(given.headers, given.n_instances, way.name, timing=timing)
        left = [one for one in left if one.series_uid not in settled]
        _LOG.debug("%s: %d series left open", way.name, len(left))
    for one in left:
        settled[one.series_uid] = _unsettled(one, tried[one.series_uid], last.get(one.series_uid))
    return settled


def why_no_image(headers: Iterable[Dataset]) -> str:
    """Tell which storage class, if it is named, makes a series one of raw data or reports; else ""."""
    classes = (text(header, "SOPClassUID") for header in headers)
    foreign = next((uid for uid in classes if uid and uid not in IMAGES), "")
    return f"no images ({UID(foreign).name})" if foreign else ""


def _unsettled(series: ListedSeries, tried: Sequence[str], found: Found | None) -> Settled:
    n_instances = found.n_instances if found else series.n_instances
    problem = (found.problem if found else "") or "the archive tells no times of it in its answers"
    return Settled((), n_instances, ", ".join(tried) or NO_WAY, problem)


def _suffices(series: ListedSeries, answers: Sequence[Dataset], timing: Timing) -> bool:
    """Tell whether query answers hold all that the rules read; an empty one may be what the archive keeps back."""
    if why_no_image(answers):
        return True
    if not all(text(answer, "ImageType") for answer in answers) or any(lacks_frames(answer) for answer in answers):
        return False
    model = text(series.answer, "ManufacturerModelName")
    if not all(model or text(answer, "ManufacturerModelName") for answer in answers):
        return False
    if any(is_derived(answer) for answer in answers):
        return True
    if series.modality == "PT" and not all(text(answer, "ActualFrameDuration") for answer in answers):
        return False
    return timing.start is not None
