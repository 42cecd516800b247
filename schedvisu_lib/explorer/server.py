"""The explorer as a local web page: Voilà with the code hidden, for the user of this computer alone."""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from tornado.httpserver import HTTPServer
from traitlets.config import Config
from voila.app import Voila
from voila.configuration import VoilaConfiguration

from schedvisu_lib.config import Site
from schedvisu_lib.explorer.address import ADDRESS, end_at_a_signal, until
from schedvisu_lib.explorer.gate import GatedApplication
from schedvisu_lib.explorer.kernels import transport_in
from schedvisu_lib.explorer.page import Page
from schedvisu_lib.explorer.stamp import stamp
from schedvisu_lib.explorer.words import TEMPLATE, Words

CULL_AFTER: Final = 120
"""Seconds after which the kernel of a lost page is ended; one that is closed ends its kernel at once."""

# Whatever a notebook shows, the browser asks nobody else for anything. Widgets bring scripts along as text ("blob:").
_POLICY: Final = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; frame-ancestors 'none'; form-action 'self'"
)
_EXTENSIONS: Final = ["@jupyter-widgets/jupyterlab-manager", "@voila-dashboards/widgets-manager8", "anywidget"]
"""What the page loads: widgets, those of itables too; no other extension that happens to be installed."""
_SILENT: Final = logging.CRITICAL + 1
"""What a page's kernel tells may hold a patient's data; nothing of it goes to the terminal."""


def serve(
    site: Site,
    notebook: Path,
    words: Words,
    sockets: list[socket.socket],
    listening: Callable[[str, Path], None],
    cull_after: float = CULL_AFTER,
) -> None:
    """Serve a notebook as a page until the process is told to end; then end all kernels.

    Parameters
    ----------
    site
        Its files tell when a kernel that was made ready is out of date.
    notebook
        What is shown; it learns the rest from the environment of this process.
    words
        What the server says by itself.
    sockets
        Where to listen: :func:`schedvisu_lib.explorer.address.listen_at`.
    listening
        Is called with the page's address, and a file that leads there, when a browser may open one of them.
    cull_after
        Seconds.
    """
    with (
        tempfile.TemporaryDirectory(prefix="schedvisu-", ignore_cleanup_errors=True) as private,
        asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner,  # on Windows too: zmq needs it
    ):
        server = _Server(site, notebook, words, sockets[0].getsockname()[1], Path(private), cull_after)
        runner.run(server.run(sockets, listening))


class _Server(Voila):  # type: ignore[misc]
    """Voilà without its command line, its configuration files, its search for a port and its login."""

    def __init__(self, site: Site, notebook: Path, words: Words, port: int, private: Path, cull_after: float) -> None:
        self._site = site
        self._private = private
        self._words = words
        super().__init__(
            config=_config(self._words, private, cull_after),
            log_level=logging.CRITICAL,
            notebook_path=str(notebook),
            ip=ADDRESS,
            port=port,
            open_browser=False,
            connection_dir=str(private),
        )
        self.voila_configuration = VoilaConfiguration(parent=self)
        self.setup_template_dirs()
        self.template_paths.insert(0, str(TEMPLATE))

    def init_settings(self) -> dict[str, Any]:
        """Return Voilà's settings, of which those that open it to other computers are closed."""
        own: dict[str, Any] = {
            "allow_remote_access": False,
            "headers": {"Content-Security-Policy": _POLICY, "X-Content-Type-Options": "nosniff"},
            "jinja2_env": self._words.pages,
            "stamp": stamp(self._site),
        }
        return {**super().init_settings(), **own}

    def init_handlers(self) -> list[Any]:
        """Return Voilà's handlers; that of the page looks after the kernel that waits for the next one."""
        *others, (path, _, options) = super().init_handlers()
        return [*others, (path, Page, options | {"site": self._site})]

    async def run(self, sockets: list[socket.socket], listening: Callable[[str, Path], None]) -> None:
        """Serve until a signal comes."""
        ended = end_at_a_signal()
        for name in ("tornado", self.log.name, "asyncio"):
            logging.getLogger(name).setLevel(_SILENT)
        token = secrets.token_urlsafe(32)
        settings = self.init_settings()
        self.app = GatedApplication(token=token, port=self.port, refusal=self._words.refusal(), **settings)
        self.app.add_handlers(".*$", self.init_handlers())
        http = HTTPServer(self.app)
        http.add_sockets(sockets)
        try:
            url = f"http://{ADDRESS}:{self.port}/?token={token}"
            listening(url, self._words.write_way(self._private, url))
            await until(ended)
        finally:
            http.stop()
            await self._end_kernels()

    async def _end_kernels(self) -> None:
        # One that is just starting cannot be ended before it has started: ask again then.
        for _ in range(3):
            with suppress(Exception):
                await self.kernel_manager.shutdown_all(now=True)
            if not self.kernel_manager.list_kernel_ids():
                return


def _config(words: Words, private: Path, cull_after: float) -> Config:
    return Config(
        {
            "VoilaConfiguration": {
                "allow_template_override": "NO",
                "allow_theme_override": "NO",
                "file_allowlist": [],
                "extension_allowlist": _EXTENSIONS,
                "extension_denylist": [],
                "extension_config": {},
                "multi_kernel_manager_class": "schedvisu_lib.explorer.kernels.QuietKernels",
                "preheat_kernel": True,
                "default_pool_size": 1,
                "resources": {
                    "words": words.texts,
                    "metadata": {"name": words.texts["title"]},
                },
                "show_tracebacks": False,
            },
            "HTMLExporter": {"language_code": words.texts["language"]},
            "KernelManager": {"transport": transport_in(private)},
            "MappingKernelManager": {
                "cull_idle_timeout": int(cull_after),
                "cull_interval": max(1, int(cull_after) // 4),
                "cull_connected": False,  # whoever looks at a page for an hour without a click keeps it
                "cull_busy": False,
            },
        }
    )
