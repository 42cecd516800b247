"""JupyterLab with the user's own notebooks, for the user of this computer alone, and without its calls to others."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Final

from jupyter_core.paths import jupyter_runtime_dir
from jupyterlab.labapp import LabApp

from schedvisu_lib.explorer.address import ADDRESS
from schedvisu_lib.explorer.kernels import transport_in
from schedvisu_lib.explorer.shipped import EXPLORE
from schedvisu_lib.explorer.words import Words

_CONFIG: Final = Path(__file__).parent / "jupyter"
"""Switches the news off, the search for extensions and the language servers: they ask other computers."""
_WORKSPACES: Final = ".workspaces"
"""Where JupyterLab keeps which notebooks are open: the user's own one would open those of other folders here."""
_SILENT: Final = logging.CRITICAL + 1


def serve_lab(folder: Path, port: int, words: Words, listening: Callable[[str, Path], None]) -> None:
    """Serve JupyterLab until the process is told to end; then end all kernels.

    Parameters
    ----------
    folder
        Of the notebooks; nothing outside of it is shown.
    port
        Of this computer; nobody listens there.
    words
        Of the page that leads the browser there.
    listening
        Is called with JupyterLab's address, and a file that leads there, when a browser may open one of them.
    """
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(
        filter(None, (str(_CONFIG), os.environ.get("JUPYTER_CONFIG_PATH")))
    )
    warnings.simplefilter("ignore")  # of JupyterLab's own parts about each other
    token = secrets.token_urlsafe(32)
    # As a command line, which wins over the user's own configuration; only this process sees it.
    server = LabApp.initialize_server(argv=[f"--{name}={value}" for name, value in _options(folder, port, token)])
    # Jupyter itself heeds Ctrl-C only with a terminal, and by a thread that stops what the loop still runs.
    signal.signal(signal.SIGINT, lambda *_: server.stop(from_signal=True))
    for name in ("ServerApp", "LabApp", "tornado", "asyncio", server.log.name):
        logging.getLogger(name).setLevel(_SILENT)
    url = f"http://{ADDRESS}:{port}/lab/tree/{EXPLORE}?token={token}"
    with tempfile.TemporaryDirectory(prefix="schedvisu-", ignore_cleanup_errors=True) as private:
        server.io_loop.add_callback(listening, url, words.write_way(Path(private), url))  # it listens only by then
        server.start()


def _options(folder: Path, port: int, token: str) -> list[tuple[str, object]]:
    return [
        ("ServerApp.ip", ADDRESS),
        ("ServerApp.port", port),
        ("ServerApp.port_retries", 0),
        ("ServerApp.root_dir", folder),
        ("ServerApp.allow_root", True),
        ("ServerApp.allow_remote_access", False),
        ("ServerApp.allow_origin", ""),
        ("ServerApp.allow_unauthenticated_access", False),
        ("ServerApp.open_browser", False),
        ("ServerApp.kernel_manager_class", "schedvisu_lib.explorer.kernels.QuietKernels"),
        ("KernelManager.transport", transport_in(Path(jupyter_runtime_dir()))),
        ("ServerApp.log_level", "CRITICAL"),
        ("LabApp.log_level", "CRITICAL"),
        ("IdentityProvider.token", token),
        ("LabApp.workspaces_dir", folder / _WORKSPACES),
        ("LabApp.news_url", "None"),
        ("LabApp.check_for_updates_class", "jupyterlab.NeverCheckForUpdate"),
        ("LabApp.extension_manager", "readonly"),
    ]
