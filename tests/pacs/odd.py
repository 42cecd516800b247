"""An archive with habits of its own, as hospitals have them: what it refuses, ignores, and how much it answers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from copy import deepcopy
from datetime import date
from typing import Any

from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.uid import ExplicitVRLittleEndian

from schedvisu_lib.demo.archive import DemoArchive
from schedvisu_lib.demo.encoding import encode_header
from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.demo.wire import PendingAnswers

NOT_MATCHING, TOO_MANY, CANCELLED, SUCCESS = 0xA900, 0xA700, 0xFE00, 0x0000

Rule = Callable[[Dataset], int | None]
"""Gives the status with which a query is refused; or changes the query into what the archive makes of it."""


class OddArchive(DemoArchive):
    """The demo archive on a free port; it remembers the queries, and misbehaves as it is told.

    Parameters
    ----------
    rule
        What it makes of a query.
    most
        How many answers it gives.
    ends_with
        Status where it would have more.
    lacks
        Services (SOP Class UIDs) that it does not offer.
    fails
        Status with which it ends every "C-GET" or "C-MOVE".
    withholds
        SOP Instance UIDs that it does not send.
    """

    def __init__(
        self,
        hospital: Hospital,
        rule: Rule = lambda query: None,
        *,
        most: int | None = None,
        ends_with: int = SUCCESS,
        lacks: Collection[str] = (),
        fails: Mapping[str, int] | None = None,
        withholds: Collection[str] = (),
        **settings: Any,
    ) -> None:
        super().__init__(hospital, port=0, **settings)
        self.rule, self.most, self.ends_with = rule, most, ends_with
        self.lacks, self.fails, self.withholds = lacks, fails or {}, withholds
        self.finds: list[Dataset] = []
        self.retrievals: list[tuple[str, int]] = []
        """Service, and how many images were asked for."""
        self.sent: list[str] = []
        """SOP Instance UIDs."""

    def _entity(self) -> Any:
        entity = super()._entity()
        for service in self.lacks:
            entity.remove_supported_context(service)
        return entity

    def _instances(self, event: Any) -> Any:
        service = event.event.name.removeprefix("EVT_").replace("_", "-")
        uids = event.identifier.get("SOPInstanceUID") or []
        self.retrievals.append((service, len(uids) if isinstance(uids, MultiValue) else 1))
        if service in self.fails:
            failure = Dataset()
            failure.Status = self.fails[service]
            return failure
        instances = super()._instances(event)
        if isinstance(instances, Dataset):
            return instances
        given = [one for one in instances if one[1].instance_uid(one[2]) not in self.withholds]
        self.sent += [series.instance_uid(index) for _, series, index in given]
        return given

    def _find(self, event: Any) -> Iterator[Any]:
        query = event.identifier
        self.finds.append(deepcopy(query))
        status = self.rule(query)
        if status is not None:
            yield status, None
        elif self.most is None:
            yield from super()._find(event)
        else:
            yield from self._find_some(event, self.most)

    def _find_some(self, event: Any, most: int) -> Iterator[Any]:
        query, answers = self._query(event), PendingAnswers(event)
        hits = list(query.hits(self.hospital, date.today()))
        for hit in hits[:most]:
            row = query.answer(hit, self.ae_title)
            answers.send(encode_header(row, explicit=event.context.transfer_syntax == ExplicitVRLittleEndian))
        if len(hits) > most:
            yield self.ends_with, None

    def count(self, level: str) -> int:
        """Return how many queries of a level came."""
        return sum(query.QueryRetrieveLevel == level for query in self.finds)


def several(query: Dataset, keyword: str) -> bool:
    """Tell whether a key has several values."""
    return isinstance(query.get(keyword), MultiValue)


def refuses_lists(query: Dataset) -> int | None:
    """Refuse queries for several UIDs."""
    uids = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")
    return NOT_MATCHING if any(several(query, keyword) for keyword in uids) else None


def takes_first_of_lists(query: Dataset) -> None:
    """Heed the first of several UIDs alone."""
    for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
        if several(query, keyword):
            setattr(query, keyword, query[keyword].value[0])


def ignores(*keywords: str) -> Rule:
    """Make an archive that takes some keys for empty ones."""

    def rule(query: Dataset) -> None:
        for keyword in keywords:
            if query.get(keyword):
                setattr(query, keyword, None)

    return rule


def both(first: Rule, second: Rule) -> Rule:
    """Make an archive with two habits."""

    def rule(query: Dataset) -> int | None:
        status = first(query)
        return second(query) if status is None else status

    return rule
