"""Where a server of the explorer listens, how its page is opened in a browser, and when it ends."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import threading
import webbrowser
from contextlib import suppress
from pathlib import Path
from typing import Final

from tornado.netutil import bind_sockets

from schedvisu_lib.errors import ExplorerError

ADDRESS: Final = "127.0.0.1"
"""The computer's own address, which no other one reaches."""
_SIGNALS: Final = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""Ctrl-C, the end of a session, a closed terminal, and Ctrl-Break; not every system has all of them."""


def listen_at(port: int) -> list[socket.socket]:
    """Return sockets that listen at a port of this computer, 0 for a free one.

    Raises
    ------
    ExplorerError
        The port cannot be used.
    """
    try:
        return bind_sockets(port, ADDRESS)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        why = "is taken by another program" if taken else f"cannot be used ({error.strerror})"
        raise ExplorerError(f"--port {port} {why}; choose another one, or leave it out for a free one") from None


def free_port(port: int) -> int:
    """Return the number of a port on which :func:`listen_at` could listen just now, for a server that binds it itself.

    Raises
    ------
    ExplorerError
        The port cannot be used.
    """
    sockets = listen_at(port)
    number = int(sockets[0].getsockname()[1])
    for bound in sockets:
        bound.close()
    return number


def open_browser(file: Path) -> bool:
    """Open a page of the disk in the user's browser and return at once; tell whether there is one."""
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return False
    # One that writes in the terminal would take it over, unless the user asks for it by BROWSER.
    if type(browser) is webbrowser.GenericBrowser and "BROWSER" not in os.environ:
        return False
    threading.Thread(target=browser.open, args=[file.as_uri()], daemon=True).start()
    return True


def end_at_a_signal() -> asyncio.Event:
    """Return what is set once the process is told to end, which from now on ends nothing by itself."""
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    for name in _SIGNALS:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: loop.call_soon_threadsafe(ended.set))
    return ended


async def until(ended: asyncio.Event) -> None:
    """Wait until it is set."""
    while not ended.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), 1)  # again and again: on Windows a signal does not wake the loop
