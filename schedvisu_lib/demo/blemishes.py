"""What goes wrong in single series of booked studies: missing times, odd numbers, odd texts, one foreign device."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

import numpy as np

from schedvisu_lib.config import OTHER
from schedvisu_lib.demo import catalogue
from schedvisu_lib.demo.machines import FOREIGN_CT
from schedvisu_lib.demo.records import Frames, Numbering, SimSeries, SimStudy, Sweep
from schedvisu_lib.tables import KEPT, NO_TIMING

_Edit = Callable[[SimStudy, np.random.Generator], SimStudy | None]
_EMISSION: Final = ("PT", "NM")


def blemish(studies: list[SimStudy], kinds: frozenset[str], rng: np.random.Generator) -> list[SimStudy]:
    """Return the studies with each due blemish in one of them; a study gets at most one."""
    studies = list(studies)
    untouched = [index for index, study in enumerate(studies) if not study.why]
    for kind, edit in _EDITS.items():
        if kind not in kinds:
            continue
        for place in rng.permutation(len(untouched)):
            index = untouched[int(place)]
            edited = edit(studies[index], rng)
            if edited is not None:
                studies[index] = edited
                untouched.remove(index)
                break
    return studies


def _swap(study: SimStudy, old: SimSeries, new: SimSeries) -> SimStudy:
    return replace(study, series=tuple(new if one is old else one for one in study.series))


def _pick(study: SimStudy, rng: np.random.Generator, fits: Callable[[SimSeries], bool]) -> SimSeries | None:
    series = [one for one in study.series if one.verdict == KEPT and fits(one)]
    return series[int(rng.integers(len(series)))] if series else None


def _unmapped(study: SimStudy, rng: np.random.Generator) -> SimStudy | None:
    if study.encounter:
        return None
    modality = "PT" if "PT" in study.modalities else "NM"
    return replace(study, description=catalogue.unmapped_description(modality, rng), exam_type=OTHER)


def _mixed(study: SimStudy, rng: np.random.Generator) -> SimStudy | None:  # noqa: ARG001 - the same call for every edit
    """Add a CT series of the radiology department to the study."""
    if study.encounter or any(one.take > 1 for one in study.series):
        return None
    start = min(one.timing.start for one in study.series).replace(microsecond=0) - timedelta(minutes=40)
    ct = SimSeries(
        "CT",
        "CT",
        FOREIGN_CT,
        "CT thorax injecté",
        "THORAX",
        ("ORIGINAL", "PRIMARY", "AXIAL"),
        Sweep(start, start + timedelta(seconds=8)),
        n_instances=210,
        institution=study.series[0].institution,
    )
    return replace(study, series=(*study.series, ct), why="mixed", registered=start - timedelta(minutes=5))


def _untimed(study: SimStudy, rng: np.random.Generator) -> SimStudy | None:
    """Take the times from a series that the exam can do without: another emission series of its take keeps them."""
    emissions = [one for one in study.series if one.verdict == KEPT and one.modality in _EMISSION]

    def spare(one: SimSeries) -> bool:
        return any(other is not one and other.take == one.take for other in emissions)

    one = _pick(study, rng, spare)
    return _swap(study, one, replace(one, timed=False, verdict=NO_TIMING)) if one else None


def _without_institution(study: SimStudy, rng: np.random.Generator) -> SimStudy | None:
    if len(study.series) < 2:
        return None
    one = _pick(study, rng, lambda one: one.storage in ("CT", "PT", "NM"))
    return _swap(study, one, replace(one, institution="")) if one else None


def _numbered(numbering: Callable[[int], Numbering]) -> _Edit:
    def edit(study: SimStudy, rng: np.random.Generator) -> SimStudy | None:
        one = _pick(study, rng, lambda one: one.n_instances > 20)
        return _swap(study, one, replace(one, numbering=numbering(one.n_instances))) if one else None

    return edit


def _trailing_dot(study: SimStudy, rng: np.random.Generator) -> SimStudy | None:
    one = _pick(study, rng, lambda one: one.device.time_format != "micro")
    return _swap(study, one, replace(one, time_format="trailing dot")) if one else None


def _without_seconds(study: SimStudy, rng: np.random.Generator) -> SimStudy | None:
    """Let an NM image begin at a full minute, and write that as HHMM."""
    one = _pick(study, rng, lambda one: isinstance(one.timing, Frames) and one.device.time_format != "micro")
    if one is None or not isinstance(one.timing, Frames):
        return None
    timing = replace(one.timing, start=one.timing.start.replace(second=0, microsecond=0))
    return _swap(study, one, replace(one, timing=timing, time_format="minutes"))


def _reconstructed_later(study: SimStudy, rng: np.random.Generator) -> SimStudy | None:
    one = _pick(study, rng, lambda one: one.storage == "PT")
    if one is None:
        return None
    next_day = one.timing.start.replace(hour=8, minute=40, second=12, microsecond=0) + timedelta(days=1)
    again = replace(one, description="PET Q.Clear", image_type=("DERIVED", "PRIMARY"), created=next_day)
    return replace(study, series=(*study.series, again))


_EDITS: Final[dict[str, _Edit]] = {
    "unmapped description": _unmapped,
    "second unmapped description": _unmapped,
    "mixed study": _mixed,
    "series without time": _untimed,
    "series without institution": _without_institution,
    "numbered from 0": _numbered(lambda n: Numbering(first=0)),  # noqa: ARG005 - the same call for every numbering
    "numbered with an offset": _numbered(lambda n: Numbering(first=100 + n)),
    "numbered with holes": _numbered(lambda n: Numbering(after=n // 3, holes=7)),
    "time with a trailing dot": _trailing_dot,
    "time without seconds": _without_seconds,
    "reconstructed the next day": _reconstructed_later,
}
