"""Call the programs of the system that keep its tasks."""

from __future__ import annotations

import os
import subprocess

from schedvisu_lib.errors import ScheduleError


class CallError(ScheduleError):
    """A program that is not there, or that failed; the text is the last line that it said."""


def call(*command: str, text: str = "") -> str:
    """Call a program with a text as its input and return what it prints.

    Raises
    ------
    CallError
        The program is not there or failed.
    """
    # Bytes that are no UTF-8 (a user's own lines in a crontab) come back as they were.
    given = text.encode("utf-8", "surrogateescape")
    try:
        done = subprocess.run(command, input=given, capture_output=True, check=False, env=os.environ | {"LC_ALL": "C"})
    except OSError as error:
        raise CallError(f"{command[0]}: {error.strerror}") from error
    if done.returncode:
        said = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
        raise CallError(f"{command[0]}: {said[-1].strip() if said else f'exit status {done.returncode}'}")
    return done.stdout.decode("utf-8", "surrogateescape")
