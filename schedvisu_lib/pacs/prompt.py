"""Send and acknowledge at once: delays that TCP makes by itself cost more than the answers of an archive."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import Final

from pynetdicom import evt

_QUICKACK: Final[int | None] = getattr(socket, "TCP_QUICKACK", None)


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
