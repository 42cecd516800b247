"""What the tests of the archive's floor share: a small hospital, archives that hold it, and a proxy that cuts."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

import schedvisu_lib as sv
from schedvisu_lib.config import Site
from schedvisu_lib.demo.archive import DemoArchive
from schedvisu_lib.demo.datasets import make_dataset
from schedvisu_lib.demo.hospital import Hospital, _file
from schedvisu_lib.demo.records import Numbering, SimSeries, SimStudy
from schedvisu_lib.pacs.dimse import Archive
from schedvisu_lib.pacs.retrieve import SeriesRow, retrieve_day

ROOT = Path(__file__).parents[2]
MONDAY = date(2026, 5, 11)
TUESDAY = date(2026, 5, 12)
DAYS = (MONDAY, TUESDAY)
"""Between them they have almost every oddity: see `Hospital` and `rota.due`."""
NO_DELAY = os.environ | {"TCP_NODELAY": "1"}
"""DCMTK's programs wait 40 ms for each message otherwise."""
IMAGES = 6
"""Of each CT and PT series."""


class SmallHospital(Hospital):
    """The simulated hospital with each oddity and each exam type once, and few images."""

    def __init__(self, site: Site, edit: Callable[[SimStudy], SimStudy] = lambda study: study) -> None:
        super().__init__(site)
        self._edit = edit

    def _simulate(self, day: date) -> tuple[SimStudy, ...]:
        chosen: dict[object, SimStudy] = {}
        for study in super()._simulate(day):
            odd = {one.numbering for one in study.series} - {Numbering()}
            odd |= {one.time_format for one in study.series} - {None}
            odd |= {one.verdict for one in study.series if not study.why} - {"kept", "derived", "excluded"}
            odd |= {study.registered.hour // 23, any(not one.institution for one in study.series)} - {0}
            chosen.setdefault((study.scanner, study.exam_type, study.why, frozenset(odd)), study)
        return _file(self.seed, day, [self._edit(_small(study)) for study in chosen.values()])


def _small(study: SimStudy) -> SimStudy:
    def fewer(one: SimSeries) -> SimSeries:
        numbering = replace(one.numbering, after=2 if one.numbering.holes else 0)
        return replace(one, n_instances=min(one.n_instances, IMAGES), numbering=numbering)

    return replace(study, series=tuple(fewer(one) for one in study.series))


@pytest.fixture(scope="session")
def base_site() -> Site:
    return sv.load_site(ROOT / "params" / "demo.yaml")


@pytest.fixture(scope="session")
def hospital(base_site: Site) -> SmallHospital:
    return SmallHospital(base_site)


@pytest.fixture(scope="session")
def archive(hospital: Hospital) -> Iterator[DemoArchive]:
    """Answers every attribute."""
    with DemoArchive(hospital, port=0) as running:
        yield running


@pytest.fixture(scope="session")
def bare_archive(hospital: Hospital) -> Iterator[DemoArchive]:
    """Answers no more than the standard requires."""
    with DemoArchive(hospital, port=0, attributes=False) as running:
        yield running


def with_pacs(site: Site, **settings: Any) -> Site:
    """The site with other settings of its archive."""
    return site.model_copy(update={"pacs": site.pacs.model_copy(update={"host": "127.0.0.1"} | settings)})


@pytest.fixture(scope="session")
def site_of(base_site: Site) -> Callable[..., Site]:
    """The demo's site with an archive at a port: `site_of(port, retrieve="move")`."""

    def make(port: int, **settings: Any) -> Site:
        return with_pacs(base_site, port=port, **({"connect_timeout": 5, "answer_timeout": 20} | settings))

    return make


def plain(_issuer: str, patient_id: str, study_uid: str) -> str:
    """A pseudonymiser that shows what it was given; what archives say of issuers differs."""
    return patient_id or study_uid


Rows = dict[str, SeriesRow]


def rows_of(site: Site, *days: date) -> Rows:
    """Retrieve days and return their rows by Series Instance UID; each series has one."""
    rows: list[SeriesRow] = []
    with Archive(site.pacs) as archive:
        for day in days:
            rows += retrieve_day(archive, site, day, plain)
    by_uid = {row.series_uid: row for row in rows}
    assert len(by_uid) == len(rows)
    return by_uid


@pytest.fixture(scope="session")
def rows_with_attributes(archive: DemoArchive, site_of: Callable[..., Site]) -> Rows:
    """What the days give where the archive answers all attributes."""
    return rows_of(site_of(archive.port), *DAYS)


@pytest.fixture(scope="session")
def without_attributes(hospital: Hospital, site_of: Callable[..., Site]) -> tuple[Rows, list[str]]:
    """What the days give where the archive answers no attributes, and the SOP Instance UIDs that it sent."""
    with RecordingArchive(hospital, attributes=False) as running:
        return rows_of(site_of(running.port), *DAYS), running.sent


FETCHED = ("model", "station", "institution", "series_description", "protocol", "n_instances")


def as_far_as_told(rows: Rows) -> Rows:
    """The rows without what only a header would tell of series that are never fetched."""
    unknown = dict.fromkeys(FETCHED, "")
    return {
        uid: replace(row, **unknown) if _never_fetched(row) else row  # type: ignore[arg-type]
        for uid, row in rows.items()
    }


def _never_fetched(row: SeriesRow) -> bool:
    return row.verdict == "excluded" and not row.reason.startswith("series description")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# Real servers


def _answers(port: int, ae_title: str, process: subprocess.Popen[bytes], seconds: float = 20) -> None:
    """Wait until a server answers an association request."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.05)
    raise RuntimeError(f"{ae_title} does not listen on port {port} (status {process.poll()})")


@contextmanager
def _server(command: list[str], port: int, ae_title: str, log: Path) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, cwd=log.parent, env=NO_DELAY)
    try:
        _answers(port, ae_title, process)
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _program(*names: str) -> str:
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(f"{names[0]} is not installed")
    return found


@pytest.fixture(scope="session")
def files(hospital: Hospital, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every image of the days."""
    folder = tmp_path_factory.mktemp("images")
    for study in (study for day in DAYS for study in hospital.studies_on(day)):
        for series in study.series:
            for index in range(series.n_instances):
                image = make_dataset(study, series, index)
                image.save_as(folder / f"{image.SOPInstanceUID}.dcm", enforce_file_format=True)
    return folder


@pytest.fixture(scope="session")
def orthanc(files: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of an Orthanc that holds the days."""
    program, sender = _program("Orthanc", "/usr/sbin/Orthanc"), _program("/usr/bin/storescu", "storescu")
    folder, port = tmp_path_factory.mktemp("orthanc"), free_port()
    settings = {
        "Name": "Test",
        "StorageDirectory": str(folder / "db"),
        "IndexDirectory": str(folder / "db"),
        "HttpServerEnabled": False,
        "DicomAet": "ORTHANC",
        "DicomPort": port,
        "DicomAlwaysAllowEcho": True,
        "DicomAlwaysAllowFind": True,
        "DicomAlwaysAllowGet": True,
        "DicomAlwaysAllowMove": True,
        "DicomAlwaysAllowStore": True,
        "DicomThreadsCount": 2,
        "Plugins": [],
    }
    config = folder / "orthanc.json"
    config.write_text(json.dumps(settings))
    with _server([program, str(config)], port, "ORTHANC", folder / "log"):
        send = [sender, "-aec", "ORTHANC", "+sd", "127.0.0.1", str(port), str(files)]
        subprocess.run(send, check=True, env=NO_DELAY)
        yield port


@pytest.fixture(scope="session")
def dcmqrscp_move_port() -> int:
    return free_port()


@pytest.fixture(scope="session")
def dcmqrscp(files: Path, dcmqrscp_move_port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of DCMTK's archive, which holds the days and knows SCHEDVISU at `dcmqrscp_move_port`."""
    program, register = _program("dcmqrscp"), _program("dcmqridx")
    folder, port = tmp_path_factory.mktemp("dcmqrscp"), free_port()
    stored = [str(file) for file in shutil.copytree(files, folder / "db").iterdir()]
    subprocess.run([register, str(folder / "db"), *stored], check=True)
    config = folder / "dcmqrscp.cfg"
    config.write_text(
        f"NetworkTCPPort = {port}\nMaxPDUSize = 16384\nMaxAssociations = 16\n"
        f"HostTable BEGIN\nus = (SCHEDVISU, 127.0.0.1, {dcmqrscp_move_port})\nHostTable END\n"
        "VendorTable BEGIN\nVendorTable END\n"
        f"AETable BEGIN\nDCMQRSCP {folder / 'db'} RW (500, 1024mb) ANY\nAETable END\n"
    )
    with _server([program, "-c", str(config)], port, "DCMQRSCP", folder / "log"):
        yield port


# A broken line


class CuttingProxy:
    """Passes bytes on to a port and cuts the line once `limit` bytes of answers have passed, `cuts` times in all."""

    def __init__(self, target: int, limit: int, cuts: int, *, then_close: bool = False) -> None:
        self.cuts_left = cuts
        self.connections = 0
        self._target, self._limit, self._then_close = target, limit, then_close
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self._open: list[socket.socket] = []
        Thread(target=self._accept, daemon=True).start()

    def close_port(self) -> None:
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def close(self) -> None:
        self.close_port()
        for one in self._open:
            one.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._server.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
                self._open += [client, server]
                self.connections += 1
                Thread(target=self._pass_on, args=(client, server, None), daemon=True).start()
                Thread(target=self._pass_on, args=(server, client, self._limit), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, limit: int | None) -> None:
        passed = 0
        with suppress(OSError):
            while data := source.recv(4096):
                passed += len(data)
                if limit is not None and passed > limit and self.cuts_left > 0:
                    self.cuts_left -= 1
                    sink.sendall(data[: len(data) // 2])
                    if self._then_close and not self.cuts_left:
                        self.close_port()
                    break
                sink.sendall(data)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def cutting() -> Iterator[Callable[..., CuttingProxy]]:
    """Starts proxies that cut: `cutting(port, limit=20_000, cuts=1)`."""
    proxies: list[CuttingProxy] = []

    def start(target: int, *, limit: int, cuts: int, then_close: bool = False) -> CuttingProxy:
        proxies.append(CuttingProxy(target, limit, cuts, then_close=then_close))
        return proxies[-1]

    yield start
    for proxy in proxies:
        proxy.close()


class RecordingArchive(DemoArchive):
    """The demo archive, that remembers what it was asked for and what it sent, and can be told to misbehave."""

    def __init__(self, hospital: Hospital, **settings: Any) -> None:
        super().__init__(hospital, port=0, **settings)
        self.sent: list[str] = []
        """SOP Instance UIDs."""
        self.finds: list[Dataset] = []
        self.withheld: set[str] = set()
        """SOP Instance UIDs that it does not send."""
        self.refuses_lists = False

    def _instances(self, event: Any) -> Any:
        instances = super()._instances(event)
        if isinstance(instances, Dataset):
            return instances
        given = [one for one in instances if one[1].instance_uid(one[2]) not in self.withheld]
        self.sent += [series.instance_uid(index) for _, series, index in given]
        return given

    def _find(self, event: Any) -> Any:
        identifier = event.identifier
        self.finds.append(identifier)
        uids = identifier.get("SeriesInstanceUID") or identifier.get("StudyInstanceUID")
        if self.refuses_lists and isinstance(uids, MultiValue):
            yield 0xC320, None
            return
        yield from super()._find(event)


@pytest.fixture
def recording(base_site: Site, hospital: Hospital) -> Iterator[Callable[..., RecordingArchive]]:
    """Starts archives that remember: `recording(attributes=False, edit=...)`; `edit` changes each study."""
    running: list[RecordingArchive] = []

    def start(edit: Callable[[SimStudy], SimStudy] | None = None, **settings: Any) -> RecordingArchive:
        held = SmallHospital(base_site, edit) if edit else hospital
        running.append(RecordingArchive(held, **settings))
        running[-1].start()
        return running[-1]

    yield start
    for one in running:
        one.stop()


@pytest.fixture(scope="session")
def retrieved() -> Callable[..., Rows]:
    """Retrieves days: `retrieved(site, MONDAY)` gives the rows by Series Instance UID."""
    return rows_of


@pytest.fixture(scope="session")
def told() -> Callable[[Rows], Rows]:
    """Leaves out what archives without attributes cannot tell of series that are never fetched."""
    return as_far_as_told


@pytest.fixture(name="free_port")
def _free_port() -> int:
    return free_port()
