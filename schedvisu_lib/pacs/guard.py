"""Keep pynetdicom from waiting without end, and from filling the memory, while it reads what the other side sends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pynetdicom import evt

MEGABYTE: Final = 1_000_000
_CHUNK: Final = 65_536
_LARGEST_GREETING: Final = MEGABYTE
"""Bytes of an association request or its answer: what a stranger can make us read."""
_GREETING: Final = frozenset({"Sta1", "Sta2", "Sta3", "Sta4", "Sta5"})
"""States of the upper layer in which the association is not negotiated yet (PS3.8 9.2)."""


class Guard:
    """Reads for an association in place of pynetdicom, which reads each PDU to the end that its head announces.

    That may be 4 GB, or never come: and while pynetdicom reads, the association can neither time out nor be aborted,
    so that an archive that falls silent in the middle of an answer would stop us for good.

    Parameters
    ----------
    association
        Whose connection has just opened.
    patience
        Seconds after which a silent connection is given up.
    largest
        Bytes of a message above which the line is cut.
    on_excess
        Called when it is cut.
    """

    def __init__(self, association: Any, patience: float, largest: float, on_excess: Callable[[], None]) -> None:
        self._association = association
        self._largest = largest
        self._on_excess = on_excess
        self._weight = 0
        self._transport = association.dul.socket
        self._transport.socket.settimeout(patience)
        self._transport.recv = self._read
        association.bind(evt.EVT_DIMSE_RECV, self._forget)

    def _read(self, n_bytes: int) -> bytearray:
        """Return the next bytes, fewer only if the connection was closed; pynetdicom takes an OSError for its loss."""
        is_greeting = self._association.dul.state_machine.current_state in _GREETING
        self._weight += n_bytes
        if self._weight > (_LARGEST_GREETING if is_greeting else self._largest):
            self._on_excess()
            raise ConnectionAbortedError("a message is too large")
        found = bytearray()
        while len(found) < n_bytes:
            if self._association._kill:  # noqa: SLF001 - the only sign that it was aborted meanwhile
                raise ConnectionAbortedError("aborted in the middle of a message")
            part = self._transport.socket.recv(min(_CHUNK, n_bytes - len(found)))
            if not part:
                break
            found += part
        return found

    def _forget(self, _event: evt.Event) -> None:
        """Weigh anew, now that a message is whole."""
        self._weight = 0


def put_guard(patience: float, largest: float, on_excess: Callable[[], None]) -> Callable[[evt.Event], None]:
    """Return a handler of EVT_CONN_OPEN that gives each association its guard."""

    def put(event: evt.Event) -> None:
        if event.assoc.dul.socket.socket is not None:
            Guard(event.assoc, patience, largest, on_excess)

    return put
