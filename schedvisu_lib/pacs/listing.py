"""List a day's studies and their series by C-FIND, with as few requests as the archive allows (design, 5.1)."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Final, TypeVar

from pydicom.dataset import Dataset

from schedvisu_lib.errors import PacsError, PacsUnreachable
from schedvisu_lib.pacs.caps import ListRefused, find_by_list, find_by_time, looks_capped
from schedvisu_lib.pacs.habits import Answering
from schedvisu_lib.pacs.queries import day_query, series_query, study_query
from schedvisu_lib.pacs.source import MODALITIES, ListedSeries
from schedvisu_lib.pacs.values import text, whole

_LOG = logging.getLogger(__name__)
_Thing = TypeVar("_Thing")

UIDS_PER_QUERY: Final = 150
"""Some archives forget the whole filter beyond 200 UIDs or 64 KB."""


def list_studies(archive: Answering, day: date) -> dict[str, Dataset]:
    """Return the STUDY answers of a day by Study Instance UID: one query for each modality, joined.

    Raises
    ------
    PacsError
        The studies could not be listed completely, or one is listed without its UID.
    """
    studies: dict[str, Dataset] = {}
    for modality in MODALITIES:
        for answer in find_by_time(archive.query, study_query(day, modality)):
            studies.setdefault(text(answer, "StudyInstanceUID"), answer)
    return studies


def list_series(archive: Answering, studies: dict[str, Dataset], day: date) -> list[ListedSeries]:
    """Return every series of a day's studies, in order of study and series UID.

    They are asked for by lists of Study Instance UIDs; where the archive refuses lists, all series of the day at once;
    then study by study what is still open. Studies whose series are all of other modalities are left out: the archive
    ignored that it was asked for ours alone.

    Raises
    ------
    PacsError
        A study's series could not be listed completely.
    """
    found: dict[str, ListedSeries] = {}

    def keep(answers: Sequence[Dataset], only: str = "") -> None:
        for answer in answers:
            study_uid, series_uid = text(answer, "StudyInstanceUID") or only, text(answer, "SeriesInstanceUID")
            # An archive that ignores the list answers with other studies, too.
            if study_uid in studies:
                if not series_uid:
                    raise PacsError("the archive listed a series without Series Instance UID; nothing is known of it")
                found.setdefault(series_uid, _listed(studies[study_uid], answer, study_uid, series_uid))

    if archive.habits.takes_lists:
        keep(by_lists(archive, list(studies), series_query))
    if studies and not archive.habits.takes_lists:
        keep(_of_the_day(archive, day))
    for uid in _incomplete(studies, found):
        keep(archive.query(series_query([uid])), uid)
    ours = {series.study_uid for series in found.values() if series.modality in (*MODALITIES, "")}
    kept = [series for series in found.values() if series.study_uid in ours]
    return sorted(kept, key=lambda series: (series.study_uid, series.series_uid))


def by_lists(
    archive: Answering, uids: Sequence[str], make_query: Callable[[Sequence[str]], Dataset], size: int = UIDS_PER_QUERY
) -> list[Dataset]:
    """Return the answers to queries by lists of UIDs; singly once the archive is known to refuse lists.

    The list that it refuses first stays without an answer.

    Raises
    ------
    PacsError
        The line broke, or the archive has too many answers even for one UID.
    """
    answers: list[Dataset] = []
    for part in chunks(uids, size if archive.habits.takes_lists else 1):
        try:
            answers += find_by_list(archive.query, part, make_query)
        except ListRefused as error:
            _LOG.info("%s: asked singly from now on", error)
            archive.habits.takes_lists = False
            break
    return answers


def chunks(things: Sequence[_Thing], size: int) -> Iterator[Sequence[_Thing]]:
    """Cut a list into parts of at most a size."""
    for begin in range(0, len(things), size):
        yield things[begin : begin + size]


def _of_the_day(archive: Answering, day: date) -> list[Dataset]:
    try:
        answers = archive.query(day_query(day))
    except PacsUnreachable:
        raise
    except PacsError as error:
        _LOG.info("%s: series are asked for study by study", error)
        return []
    return [] if looks_capped(len(answers)) else answers


def _listed(study: Dataset, answer: Dataset, study_uid: str, series_uid: str) -> ListedSeries:
    n_instances = whole(answer, "NumberOfSeriesRelatedInstances")
    return ListedSeries(study, answer, study_uid, series_uid, text(answer, "Modality"), n_instances)


def _incomplete(studies: dict[str, Dataset], found: dict[str, ListedSeries]) -> list[str]:
    """Return the studies of which fewer series were listed than the archive says that there are, or none."""
    counts: dict[str, int] = defaultdict(int)
    for series in found.values():
        counts[series.study_uid] += 1
    return [uid for uid, answer in studies.items() if counts[uid] < (whole(answer, "NumberOfStudyRelatedSeries") or 1)]
