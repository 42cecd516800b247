"""Where an archive brings the images of a C-MOVE: whoever else calls is turned away before anything is read."""

from __future__ import annotations

import ipaddress
import logging
import socket
import time
from collections.abc import Collection
from socketserver import TCPServer
from threading import Thread
from typing import Any, Final, Self

from pynetdicom.transport import ThreadedAssociationServer

from schedvisu_lib.errors import PacsUnreachable
from schedvisu_lib.pacs.tls import in_words

_LOG = logging.getLogger(__name__)

_POLL: Final = 0.05
"""Seconds until the server notices that it shall end."""
_GRACE: Final = 0.3
"""Seconds that the archive has to take its leave."""


class StorageScp(ThreadedAssociationServer):  # type: ignore[misc]
    """Listens for associations of known hosts, as a context manager; made by ``AE.make_server``.

    A TLS handshake is done in the caller's own thread: in pynetdicom, a caller that stays silent keeps everybody else
    out, and the server from ending. What is still connected at the end has a moment to take its leave.

    Parameters
    ----------
    settings, more
        Those of pynetdicom's server.
    known
        Addresses from which callers are let in.
    """

    daemon_threads = True

    def __init__(self, *settings: Any, known: Collection[str], **more: Any) -> None:
        super().__init__(*settings, **more)
        self._known = known

    def __enter__(self) -> Self:
        Thread(target=self.serve_forever, args=(_POLL,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        TCPServer.shutdown(self)
        self.server_close()
        until = time.monotonic() + _GRACE
        while self.active_associations and time.monotonic() < until:
            time.sleep(_POLL / 5)
        for association in self.active_associations:
            if association.is_established:
                association.abort()
            else:
                association.dul.socket.close()  # it has not said who it is, and pynetdicom aborts no such one

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002 - as socketserver calls it
        """Tell whether a caller is known."""
        address = one_spelling(str(client_address[0]))
        if address in self._known:
            return True
        _LOG.warning("%s called, which is not the archive, and was turned away; see pacs.receiver.senders", address)
        return False

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept a connection."""
        connection, address = self.socket.accept()
        connection.settimeout(self.ae.acse_timeout)
        return connection, address

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve a caller; with TLS, after the handshake."""
        if self.ssl_context is not None:
            try:
                request = self.ssl_context.wrap_socket(request, server_side=True)
            except OSError as error:
                _LOG.warning("the archive called without TLS that holds (%s); see pacs.tls", in_words(error))
                self.shutdown_request(request)
                return
        super().process_request_thread(request, client_address)


def addresses(hosts: Collection[str]) -> set[str]:
    """Return the addresses of hosts.

    Raises
    ------
    PacsUnreachable
        The name of one is not known.
    """
    known: set[str] = set()
    for host in hosts:
        try:
            known |= {one_spelling(str(found[4][0])) for found in socket.getaddrinfo(host, None)}
        except OSError as error:
            raise PacsUnreachable(
                f"{host}: its name is not known ({error.strerror}); check pacs.host and pacs.receiver.senders"
            ) from error
    return known


def one_spelling(address: str) -> str:
    """Return an address in one spelling: IPv4 addresses also come wrapped in IPv6."""
    found = ipaddress.ip_address(address.partition("%")[0])
    return str(getattr(found, "ipv4_mapped", None) or found)


def way_out(host: str, port: int) -> str:
    """Return our address on the network of a host; nothing is sent to it."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.connect(address)
        return str(probe.getsockname()[0])
