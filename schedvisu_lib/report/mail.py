"""Hand the mail over: to a folder, or to a mail server by way of an outbox that survives a server that is down."""

from __future__ import annotations

import os
import smtplib
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Final
from uuid import uuid4

from schedvisu_lib.config import Site
from schedvisu_lib.errors import MailError, StoreError
from schedvisu_lib.files import write_atomically
from schedvisu_lib.lock import locked
from schedvisu_lib.report.message import mail_settings
from schedvisu_lib.settings.mail import Mail

USER_VARIABLE: Final = "SCHEDVISU_MAIL_USER"
"""Environment variable that holds the login of the mail server, if it wants one."""
PASSWORD_VARIABLE: Final = "SCHEDVISU_MAIL_PASSWORD"  # noqa: S105  # the variable's name, not a password
"""Environment variable that holds the password of the mail server."""
TIMEOUT: Final = 30.0
"""Longest time to wait for an answer of the mail server, in seconds."""

PATIENCE: Final = 60.0
"""Longest time to wait for another run that is sending the mails of the same outbox, in seconds."""

_WAITING: Final = "waiting"
"""Ends the name of a mail that a server has not taken yet; what the folder transport wrote is never sent."""


def hand_over(site: Site, message: EmailMessage) -> Path | None:
    """Hand a mail over as ``mail.transport`` of the site says.

    ``folder`` writes it to the outbox. ``smtp`` writes it there too, and then sends all that wait there, oldest first:
    whatever happens on the way, the mail is kept until a server has taken it.

    Returns
    -------
    pathlib.Path or None
        The file of the mail; None if a server took it.

    Raises
    ------
    MailError
        The outbox cannot be written to, or the server did not take the mail; the message says where it lies.
    """
    return next(iter(hand_over_all(site, [message], "report")), None)


def hand_over_all(site: Site, messages: Sequence[EmailMessage], kind: str) -> list[Path]:
    """Hand several mails over as :func:`hand_over` does one, by a single connection.

    Parameters
    ----------
    site
        Gives transport and outbox.
    messages
        The mails.
    kind
        What they are; ends the names of the files that the folder transport writes.

    Returns
    -------
    list
        The files of the mails; empty if a server took them.

    Raises
    ------
    MailError
        As for one.
    """
    settings = mail_settings(site)
    if settings.transport == "folder":
        return [_keep(settings, message, kind) for message in messages]
    for message in messages:
        _keep(settings, message, _WAITING)
    send_outbox(site)
    return []


def send_outbox(site: Site) -> list[str]:
    """Send the mails that wait in the outbox, oldest first, and remove each that a server took.

    One run sends at a time: another one waits, and then finds only what the first one left.

    Returns
    -------
    list
        The subjects of the mails that went out.

    Raises
    ------
    MailError
        Some mails are still waiting; the message names server and cause, and says where they lie.
    """
    settings = mail_settings(site)
    if settings.transport != "smtp" or not _waiting(settings):
        return []
    try:
        with locked(settings.outbox, key="mail.outbox", patience=PATIENCE):
            return _send_all(settings, _waiting(settings))
    except StoreError as error:
        raise MailError(f"{error}; {_kept(settings, _waiting(settings))}") from error


def _waiting(settings: Mail) -> list[Path]:
    return sorted(settings.outbox.glob(f"*-{_WAITING}.eml"))


def _kept(settings: Mail, files: Sequence[Path]) -> str:
    names = ", ".join(file.name for file in files)
    return f"kept in {settings.outbox}: {names}; the next run or `schedvisu mail` sends what waits"


def _send_all(settings: Mail, waiting: Sequence[Path]) -> list[str]:
    """Send mails, and return the subjects of those that went out; ``MailError`` as :func:`send_outbox`."""
    sent: list[str] = []
    if not waiting:
        return sent
    troubles: list[str] = []
    try:
        with _connected(settings) as server:
            for file in waiting:
                try:
                    subject, refused = _send(server, file)
                except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
                    # One mail that the server does not want must not hold up the others.
                    troubles.append(_cause(error))
                else:
                    sent.append(subject)
                    troubles += refused
    except OSError as error:
        troubles.append(_cause(error))
    if troubles:
        told = f"mail server {settings.host}:{settings.port}: {'; '.join(dict.fromkeys(troubles))}"
        left = [file for file in waiting if file.exists()]
        raise MailError(f"{told}; {_kept(settings, left)}" if left else told)
    return sent


def probe(site: Site) -> str:
    """Try the transport without sending anything, and return one line that says what was found.

    Raises
    ------
    MailError
        The outbox cannot be written to, or the server cannot be reached, refuses TLS or the login.
    """
    settings = mail_settings(site)
    _try_outbox(settings)
    if settings.transport == "folder":
        return f"mails are written to {settings.outbox}"
    try:
        with _connected(settings) as server:
            server.noop()
    except OSError as error:
        raise MailError(
            f"mail server {settings.host}:{settings.port}: {_cause(error)}; correct the mail section of {site.file}"
        ) from error
    login = ", login accepted" if os.environ.get(USER_VARIABLE) else ""
    return f"mail server {settings.host}:{settings.port} answers (security: {settings.security}{login})"


def _keep(settings: Mail, message: EmailMessage, state: str) -> Path:
    # Sorted by name, the oldest comes first; the random part keeps two mails of one moment apart.
    file = settings.outbox / f"{datetime.now():%Y%m%d-%H%M%S-%f}-{uuid4().hex[:4]}-{state}.eml"
    try:
        settings.outbox.mkdir(parents=True, exist_ok=True)
        write_atomically(file, message.as_bytes(policy=SMTP))
    except OSError as error:
        raise MailError(f"cannot write the mail to {settings.outbox}: {error.strerror or error}") from error
    return file


def _try_outbox(settings: Mail) -> None:
    trial = settings.outbox / f"trial-{uuid4().hex[:8]}.tmp"
    try:
        settings.outbox.mkdir(parents=True, exist_ok=True)
        write_atomically(trial, b"")
        trial.unlink()
    except OSError as error:
        raise MailError(f"cannot write mails to {settings.outbox}: {error.strerror or error}") from error


@contextmanager
def _connected(settings: Mail) -> Iterator[smtplib.SMTP]:
    """Connect, encrypt and log in as the site says; certificates are always verified."""
    user = os.environ.get(USER_VARIABLE)
    if user and settings.security == "none":
        raise MailError(
            f"{USER_VARIABLE} is set, but mail.security is none: the password would travel readable; "
            "set mail.security to starttls or ssl"
        )
    if settings.security == "ssl":
        context = ssl.create_default_context()
        server: smtplib.SMTP = smtplib.SMTP_SSL(settings.host, settings.port, timeout=TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(settings.host, settings.port, timeout=TIMEOUT)
    with server:
        if settings.security == "starttls":
            server.starttls(context=ssl.create_default_context())
        server.ehlo_or_helo_if_needed()
        if user:
            server.login(user, os.environ.get(PASSWORD_VARIABLE, ""))
        yield server


def _send(server: smtplib.SMTP, file: Path) -> tuple[str, list[str]]:
    """Send one mail and remove it; return its subject and a line if some recipients were refused."""
    message = message_from_bytes(file.read_bytes(), policy=SMTP)
    refused = server.send_message(message)
    # The others have it: sending it again would give them a second one.
    file.unlink()
    line = f"did not take the mail for {', '.join(refused)} ({_replies(refused)}); correct mail.recipients"
    return str(message["Subject"]), [line] if refused else []


def _cause(error: OSError) -> str:
    """Say in a few words why a connection or a mail failed."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return f"refused every recipient, {', '.join(error.recipients)} ({_replies(error.recipients)})"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"refused the login of {USER_VARIABLE} ({_reply(error.smtp_code, error.smtp_error)})"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"refused ({_reply(error.smtp_code, error.smtp_error)})"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({error.verify_message})"
    if isinstance(error, ssl.SSLError):
        return f"no TLS on this port ({error.reason}); mail.security or mail.port may be wrong"
    if isinstance(error, socket.gaierror):
        return "unknown host name"
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens on this port"
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return f"no answer within {TIMEOUT:.0f} s"
    return error.strerror or str(error) or type(error).__name__


def _replies(refused: dict[str, tuple[int, bytes]]) -> str:
    return "; ".join(dict.fromkeys(_reply(code, text) for code, text in refused.values()))


def _reply(code: int, text: bytes | str) -> str:
    shown = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(shown.split())}"
