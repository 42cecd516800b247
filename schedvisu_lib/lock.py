"""One run at a time: the lock of a folder, and who holds it."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Final

import filelock

from schedvisu_lib.errors import StoreError, StoreLocked
from schedvisu_lib.files import write_atomically

HOLDER: Final = "lock.json"
"""Says who holds the lock. The lock itself is one of the system, on the file ``lock``: it ends with its process."""


@contextmanager
def locked(folder: Path, *, key: str = "store.folder", patience: float = 0) -> Iterator[None]:
    """Keep other runs from writing to a folder, which is made if it is not there.

    Parameters
    ----------
    folder
        The folder.
    key
        The setting that names it, for messages.
    patience
        How many seconds to wait for another run to end.

    Raises
    ------
    StoreLocked
        Another run is at work; the message says since when, and which process on which machine.
    StoreError
        The folder cannot be written.
    """
    lock = filelock.FileLock(folder / "lock", timeout=patience)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except filelock.Timeout:
        raise StoreLocked(
            f"{folder}: another run of schedvisu is at work here{_holder(folder)}; this one leaves; "
            "try again when the other one ended"
        ) from None
    except OSError as error:
        raise StoreError(f"{folder}: cannot be written ({error.strerror}); check {key}") from error
    holder = {"process": os.getpid(), "machine": socket.gethostname(), "since": f"{datetime.now():%Y-%m-%d %H:%M}"}
    try:
        with suppress(OSError):  # only tells others; a full disk is told where something is lost
            write_atomically(folder / HOLDER, json.dumps(holder).encode())
        yield
    finally:
        with suppress(OSError):
            (folder / HOLDER).unlink()
        lock.release()


def _holder(folder: Path) -> str:
    """Return in words who holds the lock; nothing, if that is not written down."""
    try:
        holder = json.loads((folder / HOLDER).read_text(encoding="utf-8"))
        return f" since {holder['since']} (process {holder['process']} on {holder['machine']})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""
