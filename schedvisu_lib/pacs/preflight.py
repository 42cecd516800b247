"""Find out why the other side cannot be reached: pynetdicom does not say why a connection failed."""

from __future__ import annotations

import socket
import ssl
from typing import Final

from schedvisu_lib.errors import PacsUnreachable
from schedvisu_lib.pacs.patience import NotNow
from schedvisu_lib.pacs.tls import in_words
from schedvisu_lib.settings.pacs import Peer

_MOMENT: Final = 1.0
"""Seconds in which a side that refuses our certificate says so."""


def server_name(peer: Peer) -> str:
    """Return the name that the other side's certificate has to hold."""
    return (peer.tls.server_name if peer.tls else None) or peer.host


def find_cause(peer: Peer, tls: ssl.SSLContext | None, where: str) -> None:
    """Connect without DICOM, after an association failed, and raise why; ``where`` is how messages name the other side.

    Raises
    ------
    NotNow
        It does not let us connect, which may pass.
    PacsUnreachable
        Its name is not known, or TLS fails.
    """
    try:
        connection = socket.create_connection((peer.host, peer.port), peer.connect_timeout)
    except socket.gaierror as error:
        raise PacsUnreachable(f"{where}: its name is not known ({error.strerror}); check pacs.host") from error
    except OSError as error:
        raise NotNow(
            f"{where} cannot be reached ({error.strerror or error}); check pacs.host and pacs.port, "
            "and that the archive runs"
        ) from error
    with connection:
        if tls is not None:
            with _shake_hands(connection, peer, tls, where) as encrypted:
                _show_certificate(encrypted, peer, where)


def _shake_hands(connection: socket.socket, peer: Peer, tls: ssl.SSLContext, where: str) -> ssl.SSLSocket:
    try:
        return tls.wrap_socket(connection, server_hostname=server_name(peer))
    except ssl.SSLCertVerificationError as error:
        raise PacsUnreachable(
            f"{where}: its certificate does not hold ({error.verify_message.rstrip('.')}); check tls.ca_file and "
            "tls.server_name"
        ) from error
    except ssl.SSLEOFError as error:
        raise NotNow(f"{where} hangs up on TLS; check that the port speaks TLS") from error
    except ssl.SSLError as error:
        raise PacsUnreachable(
            f"{where}: no TLS connection ({in_words(error)}); check that the port speaks TLS 1.2 or later, and "
            "tls.certificate"
        ) from error
    except OSError as error:
        raise NotNow(f"{where} hangs up on TLS ({in_words(error)}); check that the port speaks TLS") from error


def _show_certificate(encrypted: ssl.SSLSocket, peer: Peer, where: str) -> None:
    """Look whether the other side refuses our certificate: since TLS 1.3 it says so only after the handshake."""
    encrypted.settimeout(_MOMENT)
    try:
        encrypted.recv(1)
    except ssl.SSLEOFError:
        return
    except ssl.SSLError as error:
        ours = "refuses tls.certificate" if peer.tls and peer.tls.certificate else "wants a certificate of ours"
        raise PacsUnreachable(
            f"{where} {ours} ({in_words(error)}); check tls.certificate and tls.key with its administrator"
        ) from error
    except OSError:
        return
