"""Write files so that a reader finds either the old content or the new one, whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

HALF = ".*.half"
"""Pattern of the files that a killed process leaves half written."""


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write into that takes the place of ``path`` in the end; an error leaves what was there before."""
    # Hidden, and with the process in its name: two that write the same file do not write into each other's half.
    half = path.with_name(f".{path.name}.{os.getpid()}.half")
    try:
        with half.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        half.replace(path)
    except BaseException:
        with suppress(OSError):
            half.unlink(missing_ok=True)
        raise


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file whole; ``OSError`` leaves what was there before."""
    with replacing(path) as stream:
        stream.write(content)
