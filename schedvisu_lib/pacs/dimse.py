"""Talk to an archive over DIMSE: one association, kept for many requests (PS3.4 annexes A, B and C)."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from threading import Lock
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from pydicom import config as pydicom_config
from pydicom.dataset import Dataset
from pydicom.uid import UID
from pynetdicom import AE, Association, build_role, evt
from pynetdicom import _config as pynetdicom_config
from pynetdicom.sop_class import (
    StudyRootQueryRetrieveInformationModelFind,
    StudyRootQueryRetrieveInformationModelGet,
    StudyRootQueryRetrieveInformationModelMove,
    Verification,
)

from schedvisu_lib.config import Pacs
from schedvisu_lib.errors import PacsError, PacsUnreachable
from schedvisu_lib.pacs.gate import put_gate
from schedvisu_lib.pacs.inbox import IMAGES, SYNTAXES, HeaderInbox

# Odd values of real archives are looked at by the rules; the library's warnings would only fill the log.
pydicom_config.settings.reading_validation_mode = pydicom_config.IGNORE
logging.getLogger("pynetdicom").setLevel(logging.CRITICAL)
# Its texts of queries and answers are made even if nobody logs them, take half of the time, and name patients.
pynetdicom_config.LOG_REQUEST_IDENTIFIERS = False
pynetdicom_config.LOG_RESPONSE_IDENTIFIERS = False

_LOG = logging.getLogger(__name__)
_Answer = TypeVar("_Answer")

_QUICKACK: Final[int | None] = getattr(socket, "TCP_QUICKACK", None)
_SUCCESS: Final = 0x0000
_PENDING: Final = (0xFF00, 0xFF01)
_SOME_FAILED: Final = 0xB000
_STATUS: Final = {
    0x0110: "processing failure",
    0x0122: "SOP class not supported",
    0x0124: "not authorised",
    0xA700: "out of resources: too many answers",
    0xA701: "out of resources: cannot count the images",
    0xA702: "out of resources: cannot send the images",
    0xA801: "move destination unknown: the archive must know our AE title, host and port",
    0xA900: "identifier does not match the SOP class",
    0xFE00: "cancelled by the archive: too many answers",
}
_REFUSED: Final = (0x0122, 0x0124, 0xA801)
"""Said whatever a request asks for: the archive or our settings have to change before it is worth asking again."""
_MOVING: Final = Lock()
"""Held during a C-MOVE: the images of all threads come to the same port."""


class Archive:
    """A PACS that answers C-ECHO, C-FIND and C-GET (or C-MOVE); opens its association when it is first needed.

    Use it as a context manager, from one thread. A request that meets a broken association is asked once more on a
    fresh one, since a lost answer looks like a lost connection.
    """

    def __init__(self, settings: Pacs) -> None:
        self._settings = settings
        self._association: Association | None = None
        self._inbox = HeaderInbox()
        self.requests = 0
        """How many requests were sent."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the association."""
        association, self._association = self._association, None
        if association is not None and association.is_established:
            association.release()

    def echo(self) -> None:
        """Ask whether the archive is there (C-ECHO).

        Raises
        ------
        PacsUnreachable
            It is not, or does not accept us.
        PacsError
            It answers with a failure.
        """

        def ask(association: Association) -> None:
            status = association.send_c_echo()
            self._expect_success(status, "C-ECHO")

        self._retried(ask)

    def find(self, query: Dataset) -> list[Dataset]:
        """Return every answer to a query in the Study Root model (C-FIND).

        Raises
        ------
        PacsError
            The archive ended with any status but success (0x0000), so that the answers are not complete.
        """
        what = f"C-FIND at level {query.QueryRetrieveLevel}"

        def ask(association: Association) -> list[Dataset]:
            answers: list[Dataset | None] = []
            status = Dataset()
            for status, identifier in association.send_c_find(query, StudyRootQueryRetrieveInformationModelFind):
                if getattr(status, "Status", None) in _PENDING:
                    answers.append(identifier)
            self._expect_success(status, what)
            whole = [answer for answer in answers if answer is not None]
            if len(whole) < len(answers):
                raise PacsError(f"{self._where}: an answer to the {what} cannot be decoded")
            return whole

        return self._retried(ask)

    def fetch(self, queries: Iterable[Dataset]) -> dict[str, Dataset]:
        """Return the headers of the images that queries name, by SOP Instance UID (C-GET, or C-MOVE as the site says).

        Pixel data are never kept. What the archive did not send is missing from the result; the caller counts.

        Raises
        ------
        PacsUnreachable
            The archive can no longer be reached.
        """
        self._inbox.headers = {}
        for query in queries:
            wanted = set(_uids(query))
            try:
                self._retrieve(query)
            except PacsUnreachable:
                raise
            except PacsError as error:
                _LOG.warning("%s", error)
            missing = wanted - self._inbox.headers.keys()
            if missing and len(wanted) > 1:
                _LOG.info("%d of %d images did not arrive: asked one by one", len(missing), len(wanted))
                self._fetch_singly(query, missing)
        return self._inbox.headers

    def _fetch_singly(self, query: Dataset, uids: Iterable[str]) -> None:
        for uid in sorted(uids):
            single = Dataset()
            single.update(query)
            single.SOPInstanceUID = uid
            try:
                self._retrieve(single)
            except PacsUnreachable:
                raise
            except PacsError as error:
                _LOG.warning("one image: %s", error)

    def _retrieve(self, query: Dataset) -> None:
        def ask_get(association: Association) -> None:
            self._drain(association.send_c_get(query, StudyRootQueryRetrieveInformationModelGet), "C-GET")

        def ask_move(association: Association) -> None:
            us = self._settings.calling_ae_title
            self._drain(association.send_c_move(query, us, StudyRootQueryRetrieveInformationModelMove), "C-MOVE")

        if self._settings.retrieve == "move":
            with _MOVING, self._inbox.listening(self._settings):
                self._retried(ask_move)
        else:
            self._retried(ask_get)

    def _drain(self, answers: Iterator[tuple[Dataset, Dataset | None]], what: str) -> None:
        status = Dataset()
        for status, _ in answers:  # noqa: B007 - the last one counts
            pass
        # Which images failed is seen by counting what arrived.
        if getattr(status, "Status", None) != _SOME_FAILED:
            self._expect_success(status, what)

    def _retried(self, ask: Callable[[Association], _Answer]) -> _Answer:
        try:
            return self._asked(ask)
        except PacsUnreachable:
            raise
        except PacsError as error:
            if self._association is not None and self._association.is_established:
                raise  # The archive answered with a failure: it would do so again.
            _LOG.info("%s: asked once more on a fresh association", error)
            return self._asked(ask)

    def _asked(self, ask: Callable[[Association], _Answer]) -> _Answer:
        association = self._open()
        self.requests += 1
        try:
            return ask(association)
        except ValueError as error:  # pynetdicom raises it where no context was accepted for the request
            raise PacsUnreachable(
                f"{self._where} does not offer what we ask for ({error}); see pacs.retrieve, and ask its administrator"
            ) from error
        except RuntimeError as error:  # and this where the peer left just now
            self._drop()
            raise PacsError(f"{self._where}: {error}") from error
        except PacsError:
            if not association.is_established:
                self._drop()
            raise

    def _open(self) -> Association:
        """Return the association, opened if it is not; a refusal can be lost on its way, so that a second try tells."""
        if self._association is not None and self._association.is_established:
            return self._association
        self._knock()
        association = self._associate()
        if not association.is_established and not association.is_rejected:
            association = self._associate()
        if not association.is_established:
            raise PacsUnreachable(self._refusal(association))
        self._association = association
        return association

    def _associate(self) -> Association:
        settings = self._settings
        entity = AE(ae_title=settings.calling_ae_title)
        entity.connection_timeout = settings.connect_timeout
        entity.acse_timeout = settings.connect_timeout
        entity.dimse_timeout = settings.answer_timeout
        entity.network_timeout = settings.answer_timeout
        entity.maximum_pdu_size = 0
        entity.add_requested_context(Verification)
        entity.add_requested_context(StudyRootQueryRetrieveInformationModelFind)
        if settings.retrieve == "move":
            entity.add_requested_context(StudyRootQueryRetrieveInformationModelMove)
        else:
            entity.add_requested_context(StudyRootQueryRetrieveInformationModelGet)
            for image in IMAGES:
                for syntax in SYNTAXES:
                    entity.add_requested_context(image, syntax)
        return entity.associate(
            settings.host,
            settings.port,
            ae_title=settings.ae_title,
            ext_neg=[] if settings.retrieve == "move" else [build_role(image, scp_role=True) for image in IMAGES],
            evt_handlers=[
                (evt.EVT_C_STORE, self._inbox.keep),
                (evt.EVT_CONN_OPEN, put_gate),
                (evt.EVT_CONN_OPEN, _answer_at_once),
                (evt.EVT_DATA_SENT, _acknowledge_at_once),
                (evt.EVT_DATA_RECV, _acknowledge_at_once),
            ],
        )

    def _knock(self) -> None:
        """Connect once without DICOM: pynetdicom does not say why a connection failed."""
        try:
            socket.create_connection((self._settings.host, self._settings.port), self._settings.connect_timeout).close()
        except OSError as error:
            raise PacsUnreachable(
                f"{self._where} cannot be reached ({error.strerror or error}); check pacs.host and pacs.port, "
                "and that the archive runs"
            ) from error

    def _refusal(self, association: Association) -> str:
        if association.is_rejected:
            primitive = association.acceptor.primitive
            return (
                f"{self._where} rejected the association ({primitive.result_str}, {primitive.reason_str}); check "
                f"pacs.ae_title and that the archive knows us as {self._settings.calling_ae_title}"
            )
        return (
            f"{self._where} accepts connections but no association; check that it is a DICOM port without TLS, "
            f"and that the archive knows us as {self._settings.calling_ae_title}"
        )

    def _drop(self) -> None:
        association, self._association = self._association, None
        if association is not None:
            with suppress(Exception):
                association.abort()

    @property
    def _where(self) -> str:
        return f"PACS {self._settings.ae_title} at {self._settings.host}:{self._settings.port}"

    def _expect_success(self, status: Dataset, what: str) -> None:
        code = getattr(status, "Status", None)
        if code is None:
            self._drop()
            raise PacsError(f"{self._where}: the connection was lost during {what}")
        if code != _SUCCESS:
            meaning = _STATUS.get(code, "failure")
            kind = PacsUnreachable if code in _REFUSED else PacsError
            raise kind(f"{self._where}: {what} ended with status 0x{code:04X} ({meaning})")


def image_queries(images: Sequence[tuple[str, str, str]], size: int) -> Iterator[Dataset]:
    """Make identifiers that name at most ``size`` images each; images are (study, series, SOP Instance) UIDs."""
    for begin in range(0, len(images), size):
        studies, series, uids = zip(*images[begin : begin + size], strict=True)
        query = Dataset()
        query.QueryRetrieveLevel = "IMAGE"
        query.StudyInstanceUID = list(dict.fromkeys(studies))
        query.SeriesInstanceUID = list(dict.fromkeys(series))
        query.SOPInstanceUID = list(uids)
        yield query


def _uids(query: Dataset) -> list[str]:
    uids: Any = query.SOPInstanceUID
    return [str(uids)] if isinstance(uids, str | UID) else [str(uid) for uid in uids]


def _answer_at_once(event: evt.Event) -> None:
    """Send small requests without waiting for more (Nagle costs 40 ms each way)."""
    connection = event.assoc.dul.socket.socket
    if connection is not None:
        with suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    _acknowledge_at_once(event)


def _acknowledge_at_once(event: evt.Event) -> None:
    """Acknowledge at once: Orthanc and DCMTK wait for it before they go on; Linux forgets it, so it is asked again."""
    transport = event.assoc.dul.socket
    if _QUICKACK is not None and transport is not None and transport.socket is not None:
        with suppress(OSError):
            transport.socket.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)
