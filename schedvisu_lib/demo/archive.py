"""The embedded PACS: serves the simulated hospital over DIMSE, to try the tool with before touching a real archive."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian
from pynetdicom import AE, _config, build_context, evt
from pynetdicom.sop_class import (
    CompositeInstanceRetrieveWithoutBulkDataGet,
    ModalityWorklistInformationFind,
    StudyRootQueryRetrieveInformationModelFind,
    StudyRootQueryRetrieveInformationModelGet,
    StudyRootQueryRetrieveInformationModelMove,
    Verification,
)

from schedvisu_lib.config import Site
from schedvisu_lib.demo.datasets import make_dataset
from schedvisu_lib.demo.encoding import encode_header
from schedvisu_lib.demo.headers import SOP_CLASSES, Header
from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.demo.query import BadIdentifier, Query, TooMuchAsked
from schedvisu_lib.demo.records import SimSeries, SimStudy
from schedvisu_lib.demo.wire import PendingAnswers
from schedvisu_lib.demo.worklist import WorklistQuery
from schedvisu_lib.errors import PacsError
from schedvisu_lib.gate import put_gate

PENDING: Final = 0xFF00
CANCELLED: Final = 0xFE00
OUT_OF_RESOURCES: Final = 0xA700
IDENTIFIER_DOES_NOT_MATCH: Final = 0xA900
UNABLE_TO_PROCESS: Final = 0xC000

_QUICKACK: Final[int | None] = getattr(socket, "TCP_QUICKACK", None)
_IDLE_SECONDS: Final = 600
_TRANSFER_SYNTAXES: Final = (ExplicitVRLittleEndian, ImplicitVRLittleEndian)

_Query = TypeVar("_Query", Query, WorklistQuery)
Answer = tuple[int | Dataset, Dataset | None]
Instance = tuple[SimStudy, SimSeries, int]
"""What :func:`make_dataset` needs."""


class DemoArchive:
    """A DICOM archive on this machine that holds the simulated hospital.

    It answers C-ECHO, C-FIND, C-MOVE and C-GET in the Study Root model, at the levels STUDY, SERIES and IMAGE,
    relational queries included, and C-FIND in its Modality Worklist, to every calling AE: it holds no patient. Use it
    as a context manager, or call :meth:`start` and :meth:`stop`.

    Parameters
    ----------
    hospital
        What it holds.
    host
        The address to listen on.
    port
        0 takes any free port; :attr:`port` tells which.
    ae_title
        Its own AE title; calls to another title are answered as well.
    attributes
        True answers queries with every header attribute asked, as Orthanc does; False with the keys that the
        standard requires, as DCMTK's dcmqrscp does.
    without_bulk_data
        Whether it also sends images without their pixels (PS3.4 annex Z), as few archives do.
    destinations
        Address and port of each AE title that may be named as the destination of a C-MOVE.

    Notes
    -----
    Status of a C-FIND: 0xFF00 with each answer, then 0x0000; 0xFE00 after a C-CANCEL; 0xA900 for a level other
    than STUDY, SERIES and IMAGE or a malformed date; 0xA700 without a UID or a first day; 0xC000 for an identifier
    that cannot be decoded. C-GET and C-MOVE likewise, also 0xA900 without a UID, and 0xA801 for a destination that
    is unknown or does not answer. A range of dates without end ends today. Failures carry an Error Comment.

    Starting it switches off pynetdicom's logging of messages for the whole process: it costs more than the answers.
    """

    def __init__(
        self,
        hospital: Hospital,
        *,
        host: str = "127.0.0.1",
        port: int = 11104,
        ae_title: str = "DEMOPACS",
        attributes: bool = True,
        without_bulk_data: bool = False,
        destinations: Mapping[str, tuple[str, int]] | None = None,
    ) -> None:
        self.hospital = hospital
        self.host = host
        self.ae_title = ae_title
        self.attributes = attributes
        self.without_bulk_data = without_bulk_data
        self.destinations = dict(destinations or {})
        self._port = port
        self._server: Any = None

    @property
    def port(self) -> int:
        """The port that it listens on; before :meth:`start` the one it was given."""
        return int(self._server.server_address[1]) if self._server is not None else self._port

    def start(self) -> Self:
        """Listen in the background.

        Raises
        ------
        PacsError
            The address or port cannot be used.
        """
        if self._server is not None:
            return self
        _config.LOG_REQUEST_IDENTIFIERS = _config.LOG_RESPONSE_IDENTIFIERS = False
        _config.LOG_HANDLER_LEVEL = "none"
        try:
            self._server = self._entity().start_server(
                (self.host, self._port), block=False, ae_title=self.ae_title, evt_handlers=self._handlers()
            )
        except (OSError, OverflowError) as error:
            raise PacsError(
                f"the demo archive cannot listen on {self.host}:{self._port}: {error}; "
                "end the program that uses the port, or choose another in pacs.port"
            ) from error
        return self

    def stop(self) -> None:
        """End all associations and stop listening."""
        if self._server is None:
            return
        server, self._server = self._server, None
        for association in server.active_associations:
            association.abort()
        server.shutdown()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def _entity(self) -> Any:
        entity = AE(ae_title=self.ae_title)
        entity.maximum_associations = 32
        entity.maximum_pdu_size = 0
        entity.network_timeout = _IDLE_SECONDS
        for service in (
            Verification,
            ModalityWorklistInformationFind,
            StudyRootQueryRetrieveInformationModelFind,
            StudyRootQueryRetrieveInformationModelMove,
            StudyRootQueryRetrieveInformationModelGet,
        ):
            entity.add_supported_context(service, list(_TRANSFER_SYNTAXES))
        if self.without_bulk_data:
            entity.add_supported_context(CompositeInstanceRetrieveWithoutBulkDataGet, list(_TRANSFER_SYNTAXES))
        for sop_class in SOP_CLASSES.values():
            # For C-GET the caller is the one that stores, on the association that it opened.
            entity.add_supported_context(sop_class, list(_TRANSFER_SYNTAXES), scu_role=False, scp_role=True)
        return entity

    def _handlers(self) -> list[tuple[Any, Callable[..., Any]]]:
        return [
            *_PROMPT,
            (evt.EVT_C_ECHO, lambda event: 0x0000),  # noqa: ARG005 - an echo asks nothing
            (evt.EVT_C_FIND, self._find),
            (evt.EVT_C_GET, self._get),
            (evt.EVT_C_MOVE, self._move),
        ]

    def _find(self, event: Any) -> Iterator[Answer]:
        """Send the matches; yield only a final status that is not success."""
        is_worklist = event.request.AffectedSOPClassUID == ModalityWorklistInformationFind
        query = _read(event, WorklistQuery) if is_worklist else self._query(event)
        if isinstance(query, Dataset):
            yield query, None
            return
        answers = PendingAnswers(event)
        explicit = event.context.transfer_syntax == ExplicitVRLittleEndian
        try:
            for header in self._headers(query):
                if event.is_cancelled:
                    yield CANCELLED, None
                    return
                if not event.assoc.is_established:
                    return
                answers.send(encode_header(header, explicit=explicit))
        except TooMuchAsked as error:
            yield _failure(OUT_OF_RESOURCES, str(error)), None

    def _headers(self, query: Query | WorklistQuery) -> Iterator[Header]:
        """Return the response identifiers."""
        if isinstance(query, WorklistQuery):
            return query.answers(self.hospital)
        return (query.answer(hit, self.ae_title) for hit in query.hits(self.hospital, date.today()))

    def _get(self, event: Any) -> Iterator[Any]:
        wanted = self._instances(event)
        yield 1 if isinstance(wanted, Dataset) else len(wanted)
        yield from _send(event, wanted)

    def _move(self, event: Any) -> Iterator[Any]:
        destination = self.destinations.get(str(event.move_destination).strip())
        if destination is None:
            yield None, None
            return
        wanted = self._instances(event)
        contexts = [build_context(sop_class, list(_TRANSFER_SYNTAXES)) for sop_class in SOP_CLASSES.values()]
        # Here the archive is the one that waits for answers: without the gate it can miss one, and its caller is stuck.
        yield (*destination, {"contexts": contexts, "evt_handlers": [*_PROMPT, (evt.EVT_CONN_OPEN, put_gate)]})
        yield 1 if isinstance(wanted, Dataset) else len(wanted)
        yield from _send(event, wanted)

    def _instances(self, event: Any) -> list[Instance] | Dataset:
        """Return the instances that a retrieval asks for, or the failure to answer."""
        query = self._query(event)
        if isinstance(query, Dataset):
            return query
        if not query.names_uids:
            return _failure(IDENTIFIER_DOES_NOT_MATCH, f"a retrieval at level {query.level} names no UID")
        return [
            (hit.study, series, index)
            for hit in query.hits(self.hospital, date.today())
            for series in (hit.study.series if hit.series is None else (hit.series,))
            for index in (range(series.n_instances) if hit.index is None else (hit.index,))
        ]

    def _query(self, event: Any) -> Query | Dataset:
        return _read(event, lambda identifier: Query(identifier, attributes=self.attributes))


def _read(event: Any, make: Callable[[Dataset], _Query]) -> _Query | Dataset:
    """Return the query that an event's identifier makes, or the failure to answer."""
    try:
        identifier = event.identifier
        list(identifier.iterall())
    except Exception as error:  # pydicom raises whatever the bytes provoke
        return _failure(UNABLE_TO_PROCESS, f"the identifier cannot be decoded: {error}")
    try:
        return make(identifier)
    except BadIdentifier as error:
        return _failure(IDENTIFIER_DOES_NOT_MATCH, str(error))


def _send(event: Any, wanted: list[Instance] | Dataset) -> Iterator[Answer]:
    """Yield each instance to store, or the failure."""
    if isinstance(wanted, Dataset):
        yield wanted, None
        return
    for instance in wanted:
        if event.is_cancelled:
            yield CANCELLED, None
            return
        yield PENDING, make_dataset(*instance)


def _failure(status: int, comment: str) -> Dataset:
    answer = Dataset()
    answer.Status = status
    answer.ErrorComment = comment[:64]
    return answer


def _answer_at_once(event: Any) -> None:
    """Send each answer without waiting for the acknowledgement of the one before (Nagle costs 40 ms a query)."""
    _socket(event).setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    _acknowledge_at_once(event)


def _acknowledge_at_once(event: Any) -> None:
    """Acknowledge at once, for callers that leave Nagle's algorithm on; Linux forgets it, so it is asked again."""
    if _QUICKACK is not None:
        with suppress(OSError, AttributeError):  # the caller has gone
            _socket(event).setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)


_PROMPT: Final = (
    (evt.EVT_CONN_OPEN, _answer_at_once),
    (evt.EVT_DATA_SENT, _acknowledge_at_once),
    (evt.EVT_DATA_RECV, _acknowledge_at_once),
)


def _socket(event: Any) -> socket.socket:
    connection: socket.socket = event.assoc.dul.socket.socket
    return connection


def start_demo_archive(site: Site, *, last_day: date | None = None, attributes: bool = True) -> DemoArchive:
    """Start the embedded PACS where the site's retrieval looks for it, and return it.

    Parameters
    ----------
    site
        Host, port and AE title are those of ``pacs``; a C-MOVE may go to ``pacs.calling_ae_title`` on this machine's
        ``pacs.receiver.port``.
    last_day
        Days after it hold nothing.
    attributes
        See :class:`DemoArchive`.
    """
    return DemoArchive(
        Hospital(site, last_day=last_day),
        host=site.pacs.host,
        port=site.pacs.port,
        ae_title=site.pacs.ae_title,
        attributes=attributes,
        destinations={site.pacs.calling_ae_title: ("127.0.0.1", site.pacs.receiver.port)},
    ).start()
