"""Give a browser orders through a pipe (DevTools protocol), and take the PDF that it prints piece by piece.

The option ``--print-to-pdf`` makes the browser load a page of its own, whose script holds the whole PDF as text: 90 MB
and a second more. A pipe needs no port that others on the machine could use.
"""

from __future__ import annotations

import base64
import json
import os
import select
import subprocess
from collections.abc import Iterator
from time import monotonic
from typing import Any, Final

PIPE: Final = "--remote-debugging-pipe"
"""The browser's option; it then reads orders from file descriptor 3 and answers on 4."""
_PRINT: Final = {
    "printBackground": True,
    "preferCSSPageSize": True,
    "generateTaggedPDF": True,
    "generateDocumentOutline": True,
    "transferMode": "ReturnAsStream",
}
_PIECE: Final = 1 << 20


class BrowserGone(Exception):
    """The browser ended, or refused an order; its words, if it had any, are the error's."""


class Pipe:
    """A browser that was started with :data:`PIPE`.

    Parameters
    ----------
    orders, answers
        File descriptors: to the browser, and from it.
    timeout
        Seconds after which :class:`subprocess.TimeoutExpired` is raised, wherever it is then.
    """

    def __init__(self, orders: int, answers: int, timeout: float) -> None:
        self._orders, self._answers = orders, answers
        self._timeout, self._until = timeout, monotonic() + timeout
        self._number = 0
        self._session: str | None = None
        self._rest = b""

    def print_page(self, address: str) -> Iterator[bytes]:
        """Open an address in the browser's first tab and yield its PDF; end the browser."""
        self._session = self._ask("Target.attachToTarget", targetId=self._first_tab(), flatten=True)["sessionId"]
        self._ask("Page.enable")
        self._ask("Page.navigate", url=address)
        while self._next_message().get("method") != "Page.loadEventFired":
            pass
        stream = self._ask("Page.printToPDF", **_PRINT)["stream"]
        at_end = False
        while not at_end:
            piece = self._ask("IO.read", handle=stream, size=_PIECE)
            at_end = piece["eof"]
            yield base64.b64decode(piece["data"])
        self._session = None
        self._ask("Browser.close")

    def _first_tab(self) -> str:
        """Return the tab that the browser began with; a new one, if it has not come to it yet."""
        tabs = [one["targetId"] for one in self._ask("Target.getTargets")["targetInfos"] if one["type"] == "page"]
        return str(tabs[0] if tabs else self._ask("Target.createTarget", url="about:blank")["targetId"])

    def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Give an order and return what it gives; events that come meanwhile are nobody's."""
        self._number += 1
        order = {"id": self._number, "method": method, "params": parameters}
        if self._session is not None:
            order["sessionId"] = self._session
        try:
            os.write(self._orders, json.dumps(order).encode() + b"\0")
        except OSError as error:
            raise BrowserGone from error
        while (answer := self._next_message()).get("id") != self._number:
            pass
        if "error" in answer:
            raise BrowserGone(f"{method}: {answer['error'].get('message', '')}")
        return dict(answer["result"])

    def _next_message(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            left = self._until - monotonic()
            if left <= 0 or not select.select([self._answers], [], [], left)[0]:
                raise subprocess.TimeoutExpired("browser", self._timeout)
            piece = os.read(self._answers, _PIECE)
            if not piece:
                raise BrowserGone
            self._rest += piece
        message, _, self._rest = self._rest.partition(b"\0")
        told = dict(json.loads(message))
        if told.get("method") == "Inspector.targetCrashed":
            raise BrowserGone("the page crashed")
        return told
