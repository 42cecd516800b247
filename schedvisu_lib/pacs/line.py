"""A line to another DICOM application: one association, kept for many requests, opened anew when it broke."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from pydicom.dataset import Dataset
from pynetdicom import AE, Association, evt
from pynetdicom import _config as pynetdicom_config
from pynetdicom.presentation import PresentationContext
from pynetdicom.sop_class import Verification

from schedvisu_lib.errors import PacsError, PacsUnreachable
from schedvisu_lib.gate import put_gate
from schedvisu_lib.pacs.guard import MEGABYTE, put_guard
from schedvisu_lib.pacs.patience import LineBroken, NotNow, patiently
from schedvisu_lib.pacs.pending import take_answers_quickly
from schedvisu_lib.pacs.preflight import find_cause, server_name
from schedvisu_lib.pacs.prompt import acknowledge_at_once, answer_at_once, read_at_once
from schedvisu_lib.pacs.source import Traffic
from schedvisu_lib.pacs.statuses import PENDING, REFUSED, SUCCESS, TOO_MANY, meaning
from schedvisu_lib.pacs.tls import client_context
from schedvisu_lib.settings.pacs import Peer

logging.getLogger("pynetdicom").setLevel(logging.CRITICAL)
# Its texts of queries and answers are made even if nobody logs them, take half of the time, and name patients.
pynetdicom_config.LOG_HANDLER_LEVEL = "none"
pynetdicom_config.LOG_REQUEST_IDENTIFIERS = False
pynetdicom_config.LOG_RESPONSE_IDENTIFIERS = False

_Result = TypeVar("_Result")

MOST_ANSWERS: Final = 200_000
"""An archive that sends more to one query does not know where to end."""
_FAREWELL: Final = 10
"""Bytes of an abort or a release: all that comes from an archive that hangs up instead of answering."""
_REJECTED_FOR_NOW: Final = 0x02


class TooManyAnswers(PacsError):
    """The archive has more answers than it gives; a narrower query gets them.

    Parameters
    ----------
    message
        What to say.
    answers
        Those that it gave.
    """

    def __init__(self, message: str, answers: Sequence[Dataset] = ()) -> None:
        super().__init__(message)
        self.answers = answers


class Line:
    """An association with a DICOM application; opened when it is first needed, and again when it broke.

    Use it as a context manager, from one thread. What may pass (a lost connection, a server that is starting again, a
    rejection "for now") is tried up to ``tries`` times, with pauses that double from ``retry_pause`` seconds; what will
    not pass (a failure status, an unknown name, a certificate that does not hold) is not.

    Parameters
    ----------
    peer
        Whom to call, as whom, and how long to wait.
    contexts
        What is proposed beside C-ECHO.
    negotiation
        Further items of the association request: roles, extended negotiation.
    handlers
        Of pynetdicom's events.
    largest
        Size of a message, in megabytes, above which the line is cut before it fills the memory.
    """

    def __init__(
        self,
        peer: Peer,
        contexts: Sequence[PresentationContext],
        *,
        negotiation: Sequence[Any] = (),
        handlers: Sequence[tuple[Any, Callable[..., Any]]] = (),
        largest: float = 100,
    ) -> None:
        self.peer = peer
        self.traffic = Traffic()
        self._contexts = contexts
        self._negotiation = negotiation
        self._handlers = handlers
        self._association: Association | None = None
        self._tls = client_context(peer.tls) if peer.tls is not None else None
        self._largest = largest
        self._began = 0.0
        self._was_cut = False
        self._answered: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def where(self) -> str:
        """The other side, as messages name it."""
        return f"PACS {self.peer.ae_title} at {self.peer.host}:{self.peer.port}"

    @property
    def is_open(self) -> bool:
        """Whether there is an association just now."""
        return self._association is not None and bool(self._association.is_established)

    @property
    def _is_overdue(self) -> bool:
        return time.monotonic() - self._began > self.peer.request_timeout

    @property
    def _is_late(self) -> bool:
        """Whether the request that runs has lasted long enough for an answer to be overdue."""
        return time.monotonic() - self._began >= self.peer.answer_timeout

    def close(self) -> None:
        """Release the association."""
        association, self._association = self._association, None
        if association is not None and association.is_established:
            association.release()

    def echo(self) -> None:
        """Ask whether the other side is there (C-ECHO).

        Raises
        ------
        PacsUnreachable
            It is not, or does not accept us.
        PacsError
            It answers with a failure.
        """
        self.ask("C-ECHO", Verification, lambda association: self.expect_success(association.send_c_echo(), "C-ECHO"))

    def offers(self, service: str) -> bool:
        """Tell whether the other side accepted a service (its SOP Class UID) for this association.

        Raises
        ------
        PacsUnreachable
            It cannot be reached or does not accept us.
        """
        return any(
            context.abstract_syntax == service for context in patiently(self.peer, NotNow, self._open).accepted_contexts
        )

    def find(self, query: Dataset, model: str) -> list[Dataset]:
        """Return every answer to a query in an information model (C-FIND).

        Raises
        ------
        PacsUnreachable
            The other side cannot be reached or does not let us ask.
        TooManyAnswers
            It says that there are more answers than it gives.
        PacsError
            It ended with any status but success (0x0000), or did not end, so that the answers are not complete.
        """
        what = f"C-FIND at level {query.QueryRetrieveLevel}" if "QueryRetrieveLevel" in query else "C-FIND"

        def send(association: Association) -> list[Dataset]:
            answers: list[Dataset | None] = []
            status = Dataset()
            for status, identifier in association.send_c_find(query, model):
                if identifier is not None or getattr(status, "Status", None) in PENDING:
                    answers.append(identifier)
                    self.expect_an_end(what, len(answers))
            whole = [answer for answer in answers if answer is not None]
            try:
                self.expect_success(status, what)
            except TooManyAnswers as error:
                raise TooManyAnswers(str(error), whole) from None
            if len(whole) < len(answers):
                raise PacsError(f"{self.where}: an answer to the {what} cannot be decoded")
            return whole

        return self.ask(what, model, send)

    def ask(self, what: str, service: str, send: Callable[[Association], _Result]) -> _Result:
        """Send a request over the association; what may pass is tried again.

        Parameters
        ----------
        what
            The request, as messages name it.
        service
            SOP Class UID of the context that it needs.
        send
            Sends it, and ends with :meth:`expect_success`.
        """
        ignored: list[bool] = []

        def once() -> _Result:
            association = patiently(self.peer, NotNow, self._open)
            if not any(context.abstract_syntax == service for context in association.accepted_contexts):
                raise PacsUnreachable(
                    f"{self.where} does not offer {what}; ask its administrator to allow it for "
                    f"{self.peer.calling_ae_title}"
                )
            self.traffic.requests += 1
            self._began = time.monotonic()
            before = self.traffic.received
            try:
                return send(association)
            except (RuntimeError, ValueError) as error:  # pynetdicom's, where the peer left just now
                self.drop()
                raise LineBroken(f"{self.where}: the connection was lost during {what}") from error
            finally:
                ignored.append(self.traffic.received - before <= _FAREWELL and not self._is_late)
                if not association.is_established:
                    self.drop()

        try:
            result = patiently(self.peer, LineBroken, once)
        except LineBroken as error:
            if service not in self._answered and all(ignored):
                self._open()  # or it is down
                raise PacsUnreachable(
                    f"{self.where} lets us in, but hangs up at each {what}; ask its administrator to allow it for "
                    f"{self.peer.calling_ae_title}"
                ) from error
            raise
        self._answered.add(service)
        return result

    def expect_success(self, status: Dataset, what: str) -> None:
        """Raise the error that a final status means, if it is not success."""
        code = getattr(status, "Status", None)
        if code is None:
            was_late, was_cut = self._is_late, self._was_cut
            self.drop()
            if was_cut:
                raise PacsError(
                    f"{self.where}: more than {self._largest:g} MB at once came for {what}; the line was cut"
                )
            self.expect_an_end(what)
            if was_late:
                raise LineBroken(
                    f"{self.where}: no answer to {what} within {self.peer.answer_timeout:g} s; see answer_timeout"
                )
            raise LineBroken(f"{self.where}: the connection was lost during {what}")
        if code != SUCCESS:
            kind = PacsUnreachable if code in REFUSED else TooManyAnswers if code in TOO_MANY else PacsError
            raise kind(f"{self.where}: {what} ended with status 0x{code:04X} ({meaning(code)})")

    def expect_an_end(self, what: str, n_answers: int = 0) -> None:
        """Raise and hang up if a request does not come to its end: too many answers, or too slow ones."""
        if self._is_overdue:
            self.drop()
            raise PacsError(
                f"{self.where}: {what} did not end within {self.peer.request_timeout:g} s; see request_timeout"
            )
        if n_answers > MOST_ANSWERS:
            self.drop()
            raise PacsError(f"{self.where}: {what} did not end after {MOST_ANSWERS} answers; ask its administrator")

    def end_if_overdue(self) -> None:
        """End the request that runs if it took longer than ``request_timeout``; also from another thread."""
        association = self._association
        if association is not None and self._is_overdue:
            association.dimse.msg_queue.put((None, None))  # as pynetdicom says that the other side fell silent

    def drop(self) -> None:
        """Abort the association; the next request opens a fresh one."""
        association, self._association = self._association, None
        if association is not None:
            with suppress(Exception):
                association.abort()

    def _open(self) -> Association:
        if self._association is not None and self.is_open:
            return self._association
        self._was_cut = False
        association = self._associate()
        if association is None or not association.is_established:
            # That it was rejected can be lost on its way: pynetdicom then shows an abort, and the next attempt tells.
            if association is None or not association.is_rejected:
                find_cause(self.peer, self._tls, self.where)
                raise NotNow(self._no_association())
            for_now = association.acceptor.primitive.result == _REJECTED_FOR_NOW
            raise (NotNow if for_now else PacsUnreachable)(self._rejection(association.acceptor.primitive, for_now))
        self._association = association
        return association

    def _associate(self) -> Association | None:
        """Return a new association, established or not; None if there is no such host."""
        peer = self.peer
        entity = AE(ae_title=peer.calling_ae_title)
        entity.connection_timeout = peer.connect_timeout
        entity.acse_timeout = peer.association_timeout
        entity.dimse_timeout = peer.answer_timeout
        entity.network_timeout = peer.answer_timeout
        entity.maximum_pdu_size = 0
        entity.add_requested_context(Verification)
        entity.requested_contexts = [*entity.requested_contexts, *self._contexts]
        try:
            return entity.associate(
                peer.host,
                peer.port,
                ae_title=peer.ae_title,
                ext_neg=list(self._negotiation),
                tls_args=(self._tls, server_name(peer)) if self._tls is not None else None,
                evt_handlers=[
                    *self._handlers,
                    (evt.EVT_CONN_OPEN, put_gate),
                    (evt.EVT_CONN_OPEN, put_guard(peer.answer_timeout, self._largest * MEGABYTE, self._cut)),
                    (evt.EVT_CONN_OPEN, answer_at_once),
                    (evt.EVT_CONN_OPEN, read_at_once),
                    (evt.EVT_CONN_OPEN, take_answers_quickly),
                    (evt.EVT_DATA_SENT, self._count_sent),
                    (evt.EVT_DATA_RECV, self._count_received),
                ],
            )
        except OSError:
            return None

    def _rejection(self, said: Any, for_now: bool) -> str:
        advice = (
            "it may be busy: try again later, or lower pacs.parallel"
            if for_now
            else f"check pacs.ae_title and that the archive knows us as {self.peer.calling_ae_title}"
        )
        return f"{self.where} rejected the association ({said.result_str}, {said.reason_str}); {advice}"

    def _no_association(self) -> str:
        kind = "with TLS, that it accepts tls.certificate" if self._tls is not None else "without TLS"
        return (
            f"{self.where} accepts connections but no association; check that it is a DICOM port {kind}, "
            f"and that the archive knows us as {self.peer.calling_ae_title}"
        )

    def _cut(self) -> None:
        self._was_cut = True

    def _count_sent(self, event: evt.Event) -> None:
        self.traffic.sent += len(event.data)
        acknowledge_at_once(event)

    def _count_received(self, event: evt.Event) -> None:
        self.traffic.received += len(event.data)
        acknowledge_at_once(event)
