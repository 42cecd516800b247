"""Two runs at once: the second one says so and leaves."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

import schedvisu_lib as sv
from schedvisu_lib.errors import StoreLocked
from schedvisu_lib.lock import HOLDER, locked

from .conftest import write_site_file


def test_second_program_names_the_first_process_and_leaves(tmp_path: Path) -> None:
    """This process is at work on the store; the other one is the real program, as a timer starts it."""
    file = write_site_file(tmp_path)
    command = [sys.executable, "-c", "from schedvisu_lib.cli import main; main()", "run", "--site", str(file)]
    with sv.open_store(sv.load_site(file)).locked():
        second = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert second.returncode == 1
    assert second.stdout == ""
    [line] = second.stderr.splitlines()
    assert re.fullmatch(
        rf"{re.escape(str(tmp_path / 'store'))}: another run of schedvisu is at work here since 20..-..-.. ..:.. "
        rf"\(process {os.getpid()} on {re.escape(socket.gethostname())}\); this one leaves; "
        "try again when the other one ended",
        line,
    )
    assert not (tmp_path / "mail").exists()  # and it mails nothing


def test_what_a_killed_run_left_is_no_lock(tmp_path: Path) -> None:
    (tmp_path / HOLDER).write_text('{"process": 1, "machine": "pc", "since": "2026-01-01 01:00"}')
    (tmp_path / "lock").touch()
    with locked(tmp_path):
        assert json.loads((tmp_path / HOLDER).read_text())["process"] == os.getpid()


def test_holder_is_told_as_long_as_it_holds(tmp_path: Path) -> None:
    with locked(tmp_path):
        assert time.strptime(json.loads((tmp_path / HOLDER).read_text())["since"], "%Y-%m-%d %H:%M")
        with pytest.raises(StoreLocked, match=rf"since .* \(process {os.getpid()} on "), locked(tmp_path):
            pass
        # The one that was kept out changed nothing.
        assert json.loads((tmp_path / HOLDER).read_text())["process"] == os.getpid()
    assert not (tmp_path / HOLDER).exists()


@pytest.mark.parametrize("content", [None, b"", b"[]", b"{}", b"\xff"])
def test_lock_whose_holder_is_not_known_is_told_all_the_same(content: bytes | None, tmp_path: Path) -> None:
    words = f"{tmp_path}: another run of schedvisu is at work here; this one leaves; try again when the other one ended"
    with locked(tmp_path):
        (tmp_path / HOLDER).unlink()
        if content is not None:
            (tmp_path / HOLDER).write_bytes(content)
        with pytest.raises(StoreLocked, match=f"^{re.escape(words)}$"), locked(tmp_path):
            pass
