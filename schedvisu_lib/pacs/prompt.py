"""Send, read and acknowledge at once: delays that TCP and pynetdicom make cost more than the answers of an archive."""

from __future__ import annotations

import select
import socket
import ssl
import time
from contextlib import suppress
from typing import Final

from pynetdicom import evt

_QUICKACK: Final[int | None] = getattr(socket, "TCP_QUICKACK", None)
_LOOK: Final = 0.001
"""Seconds after which pynetdicom looks whether we want to send something."""


def answer_at_once(event: evt.Event) -> None:
    """Send small requests without waiting for more (Nagle costs 40 ms each way)."""
    connection = event.assoc.dul.socket.socket
    if connection is not None:
        with suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    acknowledge_at_once(event)


def acknowledge_at_once(event: evt.Event) -> None:
    """Acknowledge at once: Orthanc and DCMTK wait for it before they go on; Linux forgets it, so it is asked again."""
    transport = event.assoc.dul.socket
    if _QUICKACK is not None and transport is not None and transport.socket is not None:
        with suppress(OSError):
            transport.socket.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)


def read_at_once(event: evt.Event) -> None:
    """Wait for bytes, where pynetdicom sleeps for a millisecond and then looks: a fifth of the time of a query."""
    provider = event.assoc.dul
    read = provider._is_transport_event  # noqa: SLF001

    def wait_and_read() -> bool:
        _wait_for_bytes(provider.socket.socket if provider.socket is not None else None)
        return bool(read())

    provider._is_transport_event = wait_and_read  # noqa: SLF001
    provider._run_loop_delay = 0  # noqa: SLF001


def _wait_for_bytes(connection: socket.socket | None) -> None:
    if isinstance(connection, ssl.SSLSocket) and connection.pending():
        return
    if connection is not None:
        with suppress(OSError, ValueError):  # closed just now
            select.select([connection], [], [], _LOOK)
            return
    time.sleep(_LOOK)
