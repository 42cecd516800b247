"""The kernels behind the explorer's pages: started without a word, and talked to without the network."""

from __future__ import annotations

import sys
from pathlib import Path
from subprocess import DEVNULL
from typing import Any, Final, Literal

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

_LONGEST_SOCKET: Final = 100
"""Bytes of a socket's path that every system takes."""
_NAME: Final = "kernel-00000000-0000-0000-0000-000000000000-ipc-0"


class QuietKernels(AsyncMappingKernelManager):  # type: ignore[misc]
    """Kernels that write nothing on the terminal of the command that started them."""

    async def start_kernel(self, **options: Any) -> str:
        """Start a kernel and return its id."""
        return str(await super().start_kernel(**options, stdout=DEVNULL, stderr=DEVNULL))


def transport_in(folder: Path) -> Literal["ipc", "tcp"]:
    """Return how kernels are talked to: by sockets in a private folder, or where there are none, by signed messages."""
    fits = len(str(folder / _NAME).encode()) <= _LONGEST_SOCKET
    return "ipc" if fits and sys.platform != "win32" else "tcp"
