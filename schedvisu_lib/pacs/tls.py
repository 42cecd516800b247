"""TLS for every connection with an archive: version 1.2 at least, certificates checked unless the site forbids it."""

from __future__ import annotations

import os
import ssl
from typing import Final

from schedvisu_lib.errors import PacsUnreachable
from schedvisu_lib.settings.pacs import Tls

KEY_PASSWORD: Final = "SCHEDVISU_TLS_KEY_PASSWORD"  # noqa: S105 - the name of the variable that holds it
"""Environment variable with the password of ``tls.key``, where it has one."""


def client_context(tls: Tls | None) -> ssl.SSLContext:
    """Return how we call: the other side's certificate is checked, ours is shown.

    Parameters
    ----------
    tls
        None for the system's authorities, without a certificate of ours.

    Raises
    ------
    PacsUnreachable
        A file cannot be used; the message names it.
    """
    context = _context(ssl.PROTOCOL_TLS_CLIENT, tls)
    if tls is not None and not tls.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def server_context(tls: Tls) -> ssl.SSLContext:
    """Return how we are called: the caller has to show a certificate, which is checked.

    Raises
    ------
    PacsUnreachable
        A file cannot be used, or there is no certificate of ours to show.
    """
    if tls.certificate is None:
        raise PacsUnreachable("pacs.tls names no certificate, which a C-MOVE needs: the archive calls back; add one")
    context = _context(ssl.PROTOCOL_TLS_SERVER, tls)
    context.verify_mode = ssl.CERT_REQUIRED if tls.verify else ssl.CERT_NONE
    return context


def _context(protocol: int, tls: Tls | None) -> ssl.SSLContext:
    context = ssl.SSLContext(protocol)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if tls is None or tls.ca_file is None:
        context.load_default_certs()
    else:
        try:
            context.load_verify_locations(tls.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise PacsUnreachable(f"{tls.ca_file}: no authorities ({in_words(error)}); check tls.ca_file") from None
    if tls is not None and tls.certificate is not None:
        # A function, since OpenSSL would ask the keyboard for a missing password.
        password = os.environ.get(KEY_PASSWORD, "")
        try:
            context.load_cert_chain(tls.certificate, tls.key, password=lambda: password)
        except (OSError, ssl.SSLError) as error:
            raise PacsUnreachable(
                f"{tls.certificate}: cannot be used ({in_words(error)}); check tls.certificate, tls.key and "
                f"{KEY_PASSWORD}"
            ) from None
    return context


def in_words(error: OSError) -> str:
    """Return the reason of an error of TLS, or of a file or connection that it needs, in words."""
    if not isinstance(error, ssl.SSLError):
        return str(error.strerror or error or type(error).__name__)
    # Without a reason, OpenSSL could not make sense of a file.
    return error.reason.replace("_", " ").lower() if error.reason else "no PEM file, or a wrong password"
