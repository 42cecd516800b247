"""Who may talk to the explorer's server: the browser that was given the token, under the computer's own name."""

from __future__ import annotations

import hmac
from typing import Any, Final
from urllib.parse import parse_qsl

from tornado.httputil import HTTPServerRequest
from tornado.web import Application, RequestHandler

_LOCAL: Final = ("127.0.0.1", "localhost")
"""Names under which the server answers; a page of the internet whose name leads here has another one."""


class GatedApplication(Application):
    """An application that answers nothing, no file and no web socket, to who does not hold its token.

    ``/?token=...`` gives the browser a cookie and leads on to the page, so that the token stands neither in the
    address bar nor in what a kernel learns of the request.

    Parameters
    ----------
    token
        What opens the gate.
    port
        Where the server listens; names the cookie, because a browser keeps cookies of all ports together.
    refusal
        The page, in HTML, that those see who lack the token.
    """

    def __init__(self, *, token: str, port: int, refusal: str, **settings: Any) -> None:
        super().__init__(**settings)
        self.token = token
        self.cookie = f"schedvisu-{port}"
        self.refusal = refusal
        self._hosts = {f"{name}:{port}" for name in _LOCAL}

    def find_handler(self, request: HTTPServerRequest, **kwargs: Any) -> Any:
        """Return the handler of a request: that of its path to who holds the token, else the refusal."""
        if request.host.lower() not in self._hosts:
            return self.get_handler_delegate(request, _Refuse)
        asked = dict(parse_qsl(request.query)).get("token")
        if asked is not None and self._fits(asked) and request.method == "GET" and request.path == "/":
            return self.get_handler_delegate(request, _LetIn)
        morsel = request.cookies.get(self.cookie)
        if morsel is None or not self._fits(morsel.value):
            return self.get_handler_delegate(request, _Refuse)
        return super().find_handler(request, **kwargs)

    def _fits(self, offered: str) -> bool:
        return hmac.compare_digest(offered.encode(), self.token.encode())


class _LetIn(RequestHandler):
    def get(self) -> None:
        gate = self.application
        assert isinstance(gate, GatedApplication)  # noqa: S101 - says it to the type checker
        # Lax, not Strict: the browser comes here from a page of the disk, and has to bring the cookie along.
        self.set_cookie(gate.cookie, gate.token, httponly=True, samesite="Lax")
        self.redirect("/")


class _Refuse(RequestHandler):
    def prepare(self) -> None:
        gate = self.application
        assert isinstance(gate, GatedApplication)  # noqa: S101
        self.set_status(403)
        self.finish(gate.refusal)
