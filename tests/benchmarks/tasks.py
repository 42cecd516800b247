"""Tasks to measure, in a module that is quickly imported: each is done in a fresh process."""

from __future__ import annotations

import subprocess
import sys
from time import process_time

from benchmarks.measure import Work


def spin_for(ready: float, seconds: float) -> Work:
    spin(ready)
    return lambda: spin(seconds)


def spin(seconds: float) -> str:
    begin = process_time()
    while process_time() < begin + seconds:
        pass
    return "told"


def start(*programs: str) -> Work:
    return lambda: [subprocess.run([sys.executable, "-c", one], check=True).returncode for one in programs]


def hold(megabytes: int) -> Work:
    return lambda: len(bytearray(megabytes * 1_000_000))


def hold_in_a_child(megabytes: int) -> Work:
    return start(f"import time; held = bytes({megabytes} * 1_000_000).replace(b'\\0', b'x'); time.sleep(0.5)")


def fail() -> Work:
    raise ValueError("no scanner")
