"""Get whole answers from an archive that gives only so many: ask for less at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from pydicom.dataset import Dataset

from schedvisu_lib.errors import PacsError, PacsUnreachable
from schedvisu_lib.pacs.line import TooManyAnswers
from schedvisu_lib.pacs.patience import LineBroken
from schedvisu_lib.pacs.values import parse_time, text

_LOG = logging.getLogger(__name__)

_LEAST_CAP: Final = 100
_MINUTES: Final = 24 * 60


class ListRefused(PacsError):
    """The archive does not answer queries for several UIDs."""


def looks_capped(n_answers: int) -> bool:
    """Tell whether a number of answers is so round that the archive may have stopped there."""
    return n_answers >= _LEAST_CAP and n_answers % _LEAST_CAP == 0


def find_by_list(
    find: Callable[[Dataset], list[Dataset]], uids: Sequence[str], make_query: Callable[[Sequence[str]], Dataset]
) -> list[Dataset]:
    """Return the answers to a query for a list of UIDs, in halves where the archive gives only so many answers.

    Raises
    ------
    ListRefused
        The archive refuses the list.
    PacsError
        The query for a single UID failed, or the line broke.
    """
    try:
        answers = find(make_query(uids))
    except TooManyAnswers:
        if len(uids) == 1:
            raise
    except (PacsUnreachable, LineBroken):
        raise
    except PacsError as error:
        if len(uids) == 1:
            raise
        raise ListRefused(str(error)) from error
    else:
        if len(uids) == 1 or not looks_capped(len(answers)):
            return answers
    _LOG.info("a query for %d UIDs was answered in part: asked in halves", len(uids))
    middle = len(uids) // 2
    return [answer for half in (uids[:middle], uids[middle:]) for answer in find_by_list(find, half, make_query)]


def find_by_time(find: Callable[[Dataset], list[Dataset]], query: Dataset) -> list[Dataset]:
    """Return the answers to a STUDY query, split by time of day where the archive gives only so many.

    A number of answers that looks like a limit is checked by asking for both halves of the day. Studies without Study
    Time lie in no part of it: of an archive that gives only so many answers, they are known if they are among these.

    Raises
    ------
    TooManyAnswers
        Even one minute has more answers than the archive gives, or it does not heed times.
    PacsError
        A query failed.
    """
    return list(_between(find, query, 0, _MINUTES).values())


def _between(find: Callable[[Dataset], list[Dataset]], query: Dataset, begin: int, end: int) -> dict[str, Dataset]:
    """Return the answers by Study Instance UID; begin and end are minutes of the day."""
    narrowed = Dataset()
    narrowed.update(query)
    if (begin, end) != (0, _MINUTES):
        narrowed.StudyTime = f"{_clock(begin)}00-{_clock(end - 1)}59.999999"
    try:
        answers: Sequence[Dataset] = find(narrowed)
        says_so = False
    except TooManyAnswers as error:
        if end - begin == 1:
            raise
        answers, says_so = error.answers, True
    found = by_study(answers)
    may_be_all = not looks_capped(len(answers)) or end - begin == 1 or _ignores_time(answers, begin, end)
    if may_be_all and not says_so:
        return found
    _LOG.info("studies from %s to %s were listed in part: asked in halves", _clock(begin), _clock(end - 1))
    middle = (begin + end) // 2
    first = _between(find, query, begin, middle)
    if not says_so and first.keys() == found.keys() and not _minutes(found.values()):
        return found  # no study tells a time by which the archive could be seen to ignore it
    return found | first | _between(find, query, middle, end)


def _ignores_time(answers: Iterable[Dataset], begin: int, end: int) -> bool:
    """Tell whether studies of other minutes were listed, too: the archive does not heed for what it was asked."""
    return not all(begin <= minute < end for minute in _minutes(answers))


def _minutes(answers: Iterable[Dataset]) -> list[int]:
    """Return the minutes of the day of those studies that tell their time."""
    times = (parse_time(text(answer, "StudyTime")) for answer in answers)
    return [moment.hour * 60 + moment.minute for moment in times if moment]


def by_study(answers: Sequence[Dataset]) -> dict[str, Dataset]:
    """Return answers by Study Instance UID.

    Raises
    ------
    PacsError
        One has no UID: nothing is known of that study.
    """
    studies: dict[str, Dataset] = {}
    for answer in answers:
        uid = text(answer, "StudyInstanceUID")
        if not uid:
            raise PacsError("the archive listed a study without Study Instance UID; nothing is known of it")
        studies.setdefault(uid, answer)
    return studies


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}{minutes % 60:02d}"
