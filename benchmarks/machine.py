"""On what it was measured: machine, system, versions."""

from __future__ import annotations

import os
import platform
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

import psutil

import schedvisu_lib as sv

_PACKAGES: Final = (
    "pandas", "numpy", "pyarrow", "matplotlib", "pydicom", "pynetdicom", "papermill", "nbclient", "ipykernel",
    "nbconvert", "ipywidgets", "pikepdf", "pydantic", "typer", "rich",
)  # fmt: skip


def words() -> str:
    """Return the machine, its load, and what runs on it, as paragraphs of Markdown."""
    load = ", ".join(f"{one:.1f}" for one in psutil.getloadavg())
    memory = psutil.virtual_memory().total / 2**30
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return (
        f"{datetime.now():%Y-%m-%d %H:%M}, {_system()}, {platform.machine()} ({_processor()}), "
        f"{len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else psutil.cpu_count()} cores, "
        f"{memory:.0f} GiB; load average at the start {load}.\n\n"
        f"SchedVisu {sv.__version__}, Python {platform.python_version()}; {packages}.\n"
    )


def _system() -> str:
    try:
        return f"{platform.freedesktop_os_release()['PRETTY_NAME']}, {platform.system()} {platform.release()}"
    except OSError:
        return platform.platform()


def _processor() -> str:
    """Return the name of the processor, which Python knows on few systems."""
    with_names = Path("/proc/cpuinfo")
    lines = with_names.read_text(encoding="utf-8").splitlines() if with_names.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown processor"
