"""Archives that nobody here wrote, started on free ports of this machine: Orthanc, and DCMTK's dcmqrscp."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from schedvisu_lib.demo.datasets import make_dataset
from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.demo.records import SimSeries, SimStudy
from tests.conftest import free_port

NO_DELAY = os.environ | {"TCP_NODELAY": "1"}
"""DCMTK's programs wait 40 ms for each message otherwise."""
ORTHANC = "ORTHANC"
DCMQRSCP = "DCMQRSCP"
CALLER = "SCHEDVISU"


class NotInstalled(Exception):
    """A server's program is not on this machine."""


class FewerImages(Hospital):
    """The simulated hospital with fewer images, but with as many different numbers of images as there truly are."""

    def _simulate(self, day: date) -> tuple[SimStudy, ...]:
        studies = super()._simulate(day)
        counts = sorted({1, 2} | {series.n_instances for study in studies for series in study.series})

        def fewer(series: SimSeries) -> SimSeries:
            n_instances = counts.index(series.n_instances) + 1
            numbering = replace(series.numbering, after=min(series.numbering.after, n_instances // 2))
            return replace(series, n_instances=n_instances, numbering=numbering)

        return tuple(replace(study, series=tuple(map(fewer, study.series))) for study in studies)


def write_images(studies: Iterable[SimStudy], folder: Path) -> Path:
    """Write a file for every image of studies of the simulated hospital."""
    for study in studies:
        for series in study.series:
            for index in range(series.n_instances):
                image = make_dataset(study, series, index)
                image.save_as(folder / f"{image.SOPInstanceUID}.dcm", enforce_file_format=True)
    return folder


@contextmanager
def orthanc(
    folder: Path, files: Path | None, *, move_port: int, sending: Sequence[str] = (), **further: Any
) -> Iterator[int]:
    """Run an Orthanc with the images of a folder that moves images to CALLER at a port; give its own port.

    `sending` holds further options of DCMTK's storescu, which brings the images; without files it is empty.
    """
    port = free_port()
    settings = {
        "Name": "Test",
        "StorageDirectory": str(folder / "db"),
        "IndexDirectory": str(folder / "db"),
        "HttpServerEnabled": False,
        "DicomAet": ORTHANC,
        "DicomPort": port,
        "DicomAlwaysAllowEcho": True,
        "DicomAlwaysAllowFind": True,
        "DicomAlwaysAllowGet": True,
        "DicomAlwaysAllowMove": True,
        "DicomAlwaysAllowStore": True,
        "DicomModalities": {"us": [CALLER, "127.0.0.1", move_port]},
        "DicomThreadsCount": 2,
        "Plugins": [],
    } | further
    sender = _program("/usr/bin/storescu", "storescu")  # not the one of pynetdicom
    config = folder / "orthanc.json"
    config.write_text(json.dumps(settings))
    with running([_program("Orthanc", "/usr/sbin/Orthanc"), str(config)], port, folder / "log"):
        if files is not None:
            send = [sender, *sending, "-aec", ORTHANC, "+sd", "+r", "127.0.0.1", str(port), str(files)]
            subprocess.run(send, check=True, env=NO_DELAY)
        yield port


@contextmanager
def dcmqrscp(folder: Path, files: Path, *, move_port: int) -> Iterator[int]:
    """Run DCMTK's archive with the images of a folder; it moves images to CALLER at a port; give its own port."""
    program, register = _program("dcmqrscp"), _program("dcmqridx")
    port = free_port()
    stored = [str(file) for file in shutil.copytree(files, folder / "db").iterdir()]
    subprocess.run([register, str(folder / "db"), *stored], check=True)
    config = folder / "dcmqrscp.cfg"
    config.write_text(
        f"NetworkTCPPort = {port}\nMaxPDUSize = 16384\nMaxAssociations = 16\n"
        f"HostTable BEGIN\nus = ({CALLER}, 127.0.0.1, {move_port})\nHostTable END\n"
        "VendorTable BEGIN\nVendorTable END\n"
        f"AETable BEGIN\n{DCMQRSCP} {folder / 'db'} RW (500, 1024mb) ANY\nAETable END\n"
    )
    with running([program, "-c", str(config)], port, folder / "log"):
        yield port


@contextmanager
def running(command: Sequence[str], port: int, log: Path) -> Iterator[None]:
    """Run a server until the end of the block, which begins when its port takes connections."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, cwd=log.parent, env=NO_DELAY)
    try:
        _wait_for(port, process, log)
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.05)
    raise RuntimeError(f"no server on port {port} (status {process.poll()}); see {log}")


def _program(*names: str) -> str:
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        raise NotInstalled(f"{names[0]} is not installed")
    return found
