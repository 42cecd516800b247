"""What the tests of the archive's floor share: a small hospital, archives that hold it, and a proxy that cuts."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

import schedvisu_lib as sv
from schedvisu_lib.config import Site
from schedvisu_lib.demo.archive import DemoArchive
from schedvisu_lib.demo.hospital import Hospital, _file
from schedvisu_lib.demo.records import Numbering, SimSeries, SimStudy
from schedvisu_lib.pacs.retrieve import SeriesRow, retrieve_day
from schedvisu_lib.pacs.sources import open_sources
from schedvisu_lib.settings.pacs import Receiver
from tests.conftest import free_port
from tests.pacs import servers
from tests.pacs.faulty import CuttingProxy

ROOT = Path(__file__).parents[2]
MONDAY = date(2026, 5, 11)
TUESDAY = date(2026, 5, 12)
DAYS = (MONDAY, TUESDAY)
"""Between them they have almost every oddity: see `Hospital` and `rota.due`."""
QUICK: dict[str, Any] = {"connect_timeout": 5, "association_timeout": 5, "answer_timeout": 20, "retry_pause": 0.05}
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


def with_pacs(site: Site, *, move_port: int | None = None, **settings: Any) -> Site:
    """The site with other settings of its archive; `move_port` is the port of its receiver."""
    if move_port is not None:
        settings["receiver"] = Receiver(port=move_port)
    return site.model_copy(update={"pacs": site.pacs.model_copy(update={"host": "127.0.0.1"} | settings)})


@pytest.fixture(scope="session")
def site_of(base_site: Site) -> Callable[..., Site]:
    """The demo's site with an archive at a port: `site_of(port, ways=("move",), move_port=104)`."""

    def make(port: int, **settings: Any) -> Site:
        # Tests that run at the same time must not wait for each other's receiver.
        return with_pacs(base_site, port=port, **(QUICK | {"move_port": free_port()} | settings))

    return make


def plain(_issuer: str, patient_id: str, study_uid: str) -> str:
    """A pseudonymiser that shows what it was given; what archives say of issuers differs."""
    return patient_id or study_uid


Rows = dict[str, SeriesRow]


def rows_of(site: Site, *days: date) -> Rows:
    """Retrieve days and return their rows by Series Instance UID; each series has one."""
    rows: list[SeriesRow] = []
    with open_sources(site.pacs)() as source:
        for day in days:
            rows += retrieve_day(source, site, day, plain)
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
    """The rows without what only a header would tell of series that are never fetched, and without the ways."""
    unknown = dict.fromkeys(FETCHED, "")
    return {
        uid: replace(row, reason=without_way(row), **(unknown if _never_fetched(row) else {}))  # type: ignore[arg-type]
        for uid, row in rows.items()
    }


def without_way(row: SeriesRow) -> str:
    """The reason without the way by which the header came."""
    return re.sub(r" ?\[.*\]$", "", row.reason)


def _never_fetched(row: SeriesRow) -> bool:
    return row.verdict == "excluded" and not row.reason.startswith("series description")


# Real servers


def written_once(studies: Callable[[], Iterable[SimStudy]], name: str, factory: pytest.TempPathFactory) -> Path:
    """Return a folder with every image of studies, written once for all test processes: nobody may change it."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            part = folder.with_suffix(".part")
            part.mkdir()
            servers.write_images(studies(), part).rename(folder)
    return folder


@pytest.fixture(scope="session")
def files(hospital: Hospital, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every image of the days."""
    return written_once(
        lambda: [study for day in DAYS for study in hospital.studies_on(day)], "images-of-days", tmp_path_factory
    )


@pytest.fixture(scope="session")
def orthanc_move_port() -> int:
    """Where each Orthanc sends the images of a C-MOVE to SCHEDVISU."""
    return free_port()


@pytest.fixture(scope="session")
def start_orthanc(orthanc_move_port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., int]]:
    """Starts an Orthanc with a folder's images: `start_orthanc(files, StorageAccessOnFind="Never")` gives its port."""
    with ExitStack() as running:

        def start(files: Path | None = None, **settings: Any) -> int:
            folder = tmp_path_factory.mktemp("orthanc")
            try:
                return running.enter_context(servers.orthanc(folder, files, move_port=orthanc_move_port, **settings))
            except servers.NotInstalled as error:
                pytest.skip(str(error))

        yield start


@pytest.fixture(scope="session")
def orthanc(files: Path, start_orthanc: Callable[..., int]) -> int:
    """The port of an Orthanc that holds the days and knows SCHEDVISU at `orthanc_move_port`."""
    return start_orthanc(files)


@pytest.fixture(scope="session")
def dcmqrscp_move_port() -> int:
    return free_port()


@pytest.fixture(scope="session")
def dcmqrscp(files: Path, dcmqrscp_move_port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of DCMTK's archive, which holds the days and knows SCHEDVISU at `dcmqrscp_move_port`."""
    with ExitStack() as running:
        try:
            archive = servers.dcmqrscp(tmp_path_factory.mktemp("dcmqrscp"), files, move_port=dcmqrscp_move_port)
            port = running.enter_context(archive)
        except servers.NotInstalled as error:
            pytest.skip(str(error))
        yield port


# A broken line


@pytest.fixture
def cutting() -> Iterator[Callable[..., CuttingProxy]]:
    """Starts proxies that cut: `cutting(port, limit=20_000, cuts=1)`."""
    with ExitStack() as running:
        yield lambda target, **how: running.enter_context(CuttingProxy(target, **how))


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
