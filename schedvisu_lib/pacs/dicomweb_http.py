"""Send requests to an archive's web services: what may pass is tried again, and no answer goes on for ever (PS3.18)."""

from __future__ import annotations

import ipaddress
import logging
import os
import ssl
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

import requests
import urllib3
from dicomweb_client.web import DICOMwebClient
from requests.adapters import HTTPAdapter
from requests.auth import HTTPBasicAuth

from schedvisu_lib.errors import PacsError, PacsUnreachable
from schedvisu_lib.pacs.patience import LineBroken, NotNow, patiently
from schedvisu_lib.pacs.source import Traffic
from schedvisu_lib.pacs.tls import client_context
from schedvisu_lib.settings.pacs import DicomWeb, Pacs

for _name in ("dicomweb_client", "retrying"):  # they repeat what servers say, of whomever
    logging.getLogger(_name).setLevel(logging.CRITICAL)

USER: Final = "SCHEDVISU_DICOMWEB_USER"
PASSWORD: Final = "SCHEDVISU_DICOMWEB_PASSWORD"  # noqa: S105 - the name of the variable that holds it
TOKEN: Final = "SCHEDVISU_DICOMWEB_TOKEN"  # noqa: S105
"""Environment variables with what the web services ask of a caller: a user with password, or a bearer token."""
LARGEST_ANSWER: Final = 256 * 2**20
"""Bytes; the answers for a day of a large hospital are some megabytes."""

_CHUNK: Final = 2**16
_REFUSED_CALLER: Final = (401, 403)
_MAY_PASS: Final = (429, 502, 503, 504)

Answer: TypeAlias = Mapping[str, Any]
"""A dataset in the DICOM JSON model (PS3.18 annex F)."""


class WebRefused(PacsError):
    """The web services answered one request with an error that would come again."""


class WebClient:
    """A line to web services, kept open for many requests; for one thread.

    Parameters
    ----------
    pacs
        The services' address, how patient we are with them, and how connections are encrypted.
    traffic
        Where to count; None for a count of its own.
    """

    def __init__(self, pacs: Pacs, traffic: Traffic | None = None) -> None:
        if pacs.dicomweb is None:
            raise PacsUnreachable("the site names no web services; write pacs.dicomweb.url")
        self._pacs = pacs
        self._web: DicomWeb = pacs.dicomweb
        self._session: requests.Session | None = None
        self.has_answered = False
        """Whether one request was answered as it should be."""
        self.traffic = Traffic() if traffic is None else traffic
        self.says_more = False
        """Whether the last answer came with a warning, as an answer does that is not whole (PS3.18 8.3.4.4)."""

    @property
    def where(self) -> str:
        """The services, as messages name them."""
        return f"DICOMweb at {self._web.url}"

    def close(self) -> None:
        """Close the connection."""
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def ask(self, what: str, request: Callable[[DICOMwebClient], Any]) -> list[Answer]:
        """Return what a request gives.

        Parameters
        ----------
        what
            The request, as messages name it.
        request
            Makes it.

        Raises
        ------
        PacsUnreachable
            The services cannot be reached, do not let us in, or are no DICOMweb services.
        WebRefused
            They answer this request with an error that would come again.
        PacsError
            Their answer cannot be read, did not come in time, or does not end.
        """
        return patiently(self._pacs, (NotNow, LineBroken), lambda: self._ask_once(what, request))

    def _ask_once(self, what: str, request: Callable[[DICOMwebClient], Any]) -> list[Answer]:
        client = self._open()
        self.traffic.requests += 1
        try:
            answers = request(client)
        except requests.RequestException as error:
            raise self._explain(what, error) from None
        except (ValueError, RecursionError):  # UIDs that are none, JSON that is nested without end
            raise WebRefused(f"{self.where}: {what} cannot be asked or read") from None
        if not isinstance(answers, list) or not all(isinstance(answer, dict) for answer in answers):
            raise WebRefused(f"{self.where}: the answer to {what} is not in the DICOM JSON model")
        self.has_answered = True
        return answers

    def _explain(self, what: str, error: requests.RequestException) -> PacsError:
        """Return our error for one of the library's; the library's text may quote what was asked."""
        if isinstance(error, requests.HTTPError) and error.response is not None:
            return self._explain_status(what, error.response)
        encryption = next((one for one in _causes(error) if isinstance(one, ssl.SSLError)), None)
        if encryption is not None:
            message = f"{self.where}: no encrypted connection ({_tls_reason(encryption)}); check pacs.tls"
            return NotNow(message) if isinstance(encryption, ssl.SSLEOFError) else PacsUnreachable(message)
        if isinstance(error, requests.ConnectTimeout):
            return NotNow(
                f"{self.where}: no connection within {self._pacs.connect_timeout:g} s; check pacs.dicomweb.url and the "
                "firewall"
            )
        if isinstance(error, requests.Timeout):
            return LineBroken(f"{self.where}: no answer to {what} within {self._pacs.answer_timeout:g} s")
        if isinstance(error, requests.ConnectionError) and _never_connected(error):
            return NotNow(
                f"{self.where}: cannot be reached ({_reason(error)}); check pacs.dicomweb.url, and whether it runs"
            )
        if isinstance(error, requests.TooManyRedirects):
            return PacsUnreachable(
                f"{self.where}: sends us to another address; write the final one in pacs.dicomweb.url"
            )
        if isinstance(error, requests.exceptions.InvalidHeader):
            return PacsUnreachable(f"{self.where}: {USER}, {PASSWORD} or {TOKEN} holds characters that cannot be sent")
        if isinstance(error, requests.exceptions.InvalidJSONError):
            if not self.has_answered:
                return PacsUnreachable(f"{self.where}: answers, but not with JSON; check pacs.dicomweb.url")
            return WebRefused(f"{self.where}: the answer to {what} is no JSON")
        return LineBroken(f"{self.where}: the connection was lost during {what}")

    def _explain_status(self, what: str, response: requests.Response) -> PacsError:
        status = response.status_code
        if status in _MAY_PASS:
            pause = response.headers.get("Retry-After", "")
            message = f"{self.where}: cannot answer at the moment (HTTP {status}); try again later"
            return NotNow(message, float(pause) if pause.isdecimal() else 0)
        if status == 401 or (status in _REFUSED_CALLER and not self.has_answered):
            return PacsUnreachable(f"{self.where}: does not let us in (HTTP {status}); {_credentials_hint()}")
        if status == 404 and not self.has_answered:
            return PacsUnreachable(f"{self.where}: no such service (HTTP 404); check pacs.dicomweb.url")
        return WebRefused(f"{self.where}: {what} was refused (HTTP {status})")

    def _open(self) -> DICOMwebClient:
        if self._session is None:
            self._session = self._new_session()
        client = DICOMwebClient(
            self._web.url.rstrip("/"),
            session=self._session,
            permissive_uid=True,
            timeout=(self._pacs.connect_timeout, self._pacs.answer_timeout),
        )
        client.set_http_retry_params(retry=False)
        return client

    def _new_session(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False  # neither a proxy nor .netrc: patients' data and passwords go nowhere else
        session.max_redirects = 0
        session.headers["User-Agent"] = "SchedVisu"
        _give_credentials(session, self._web.url)
        session.mount("http://", _Adapter(self))
        if self._web.url.startswith("https:"):
            tls = self._pacs.tls
            context = client_context(tls)
            if context.verify_mode == ssl.CERT_NONE:
                session.verify = False
                urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)  # the site file says so itself
            session.mount("https://", _Adapter(self, context, tls.server_name if tls else None))
        return session

    def count(self, response: requests.Response, received: int) -> None:
        """Count a request with its answer; lengths of header lines are near enough."""
        sent = response.request
        self.traffic.sent += len(f"GET {sent.path_url} HTTP/1.1\r\n\r\n") + _length(sent.headers)
        self.traffic.received += received + _length(response.headers)
        self.says_more = "Warning" in response.headers

    @property
    def deadline(self) -> float:
        """When an answer that is asked for now has to be whole, on the monotonic clock."""
        return time.monotonic() + self._pacs.request_timeout


class _Adapter(HTTPAdapter):
    """Encrypts as the site says, and reads answers whole, as long as they end."""

    def __init__(
        self, client: WebClient, context: ssl.SSLContext | None = None, server_name: str | None = None
    ) -> None:
        self._client = client
        self._context = context
        self._server_name = server_name
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        if self._context is not None:
            kwargs |= {"ssl_context": self._context}
        if self._server_name is not None:
            kwargs |= {"server_hostname": self._server_name}
        super().init_poolmanager(*args, **kwargs)

    def cert_verify(self, *args: Any, **kwargs: Any) -> None:
        """Leave it to our context: the library would add the authorities of browsers to the site's own."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        request.headers.pop("Host", None)  # the client library's lacks the port
        deadline = self._client.deadline
        response = super().send(request, *args, **(kwargs | {"stream": True}))
        try:
            response._content = self._body(response, deadline)  # noqa: SLF001
            response._content_consumed = True  # noqa: SLF001
        finally:
            self._client.count(response, response.raw.tell())
            response.close()
        return response

    def _body(self, response: requests.Response, deadline: float) -> bytes:
        body = bytearray()
        try:
            while chunk := response.raw.read1(_CHUNK, decode_content=True):
                body += chunk
                if len(body) > LARGEST_ANSWER or time.monotonic() > deadline:
                    raise PacsError(f"{self._client.where}: an answer does not end")
        except urllib3.exceptions.ReadTimeoutError as error:
            raise requests.ReadTimeout(error) from None
        except urllib3.exceptions.HTTPError as error:
            raise requests.exceptions.ChunkedEncodingError(error) from None
        return bytes(body)


def _give_credentials(session: requests.Session, url: str) -> None:
    token, user, password = (os.environ.get(name, "").strip() for name in (TOKEN, USER, PASSWORD))
    if bool(user) != bool(password):
        raise PacsUnreachable(f"only one of {USER} and {PASSWORD} is set; set both, or none")
    if not (token or user):
        return
    if not url.startswith("https:") and not _is_this_computer(url):
        raise PacsUnreachable(
            f"DICOMweb at {url}: is not encrypted, so that everybody on the network could read "
            f"{TOKEN if token else PASSWORD}; write an address with https:// in pacs.dicomweb.url"
        )
    if token:
        session.headers["Authorization"] = f"Bearer {token}"
    else:
        session.auth = HTTPBasicAuth(user.encode(), password.encode())


def _is_this_computer(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _credentials_hint() -> str:
    given = [name for name in (USER, PASSWORD, TOKEN) if os.environ.get(name)]
    if given:
        return f"check the environment variables {' and '.join(given)}"
    return f"set the environment variables {USER} and {PASSWORD}, or {TOKEN}"


def _length(headers: Mapping[str, Any]) -> int:
    return sum(len(name) + len(value) + 4 for name, value in headers.items())


def _never_connected(error: requests.ConnectionError) -> bool:
    return any(isinstance(one, urllib3.exceptions.NewConnectionError) for one in _causes(error))


def _reason(error: Exception) -> str:
    """Return the operating system's word for it: the library's own text quotes the address that was asked."""
    words = [one.strerror for one in _causes(error) if isinstance(one, OSError) and one.strerror]
    return words[-1] if words else "unknown name or no network"


def _tls_reason(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate: {error.verify_message}"
    if isinstance(error, ssl.SSLEOFError):
        return "the other side hung up; it may want a certificate of ours"
    return (error.reason or "unknown").replace("_", " ").lower()


def _causes(error: BaseException) -> list[BaseException]:
    """Return an error and what the libraries wrapped in it."""
    found: list[BaseException] = []
    waiting: list[Any] = [error]
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, BaseException) and one not in found:
            found.append(one)
            waiting += [getattr(one, "reason", None), one.__cause__, one.__context__, *one.args]
    return found
