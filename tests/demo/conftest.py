from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pynetdicom import AE, evt
from pynetdicom.sop_class import StudyRootQueryRetrieveInformationModelFind

from schedvisu_lib.config import Site, load_site
from schedvisu_lib.demo.archive import DemoArchive
from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.demo.records import SimStudy
from schedvisu_lib.gate import put_gate

MONDAY = date(2025, 3, 3)
DAY = "20250303"
Find = Callable[..., tuple[list[Dataset], Dataset]]


@pytest.fixture(scope="session")
def site() -> Site:
    return load_site(Path(__file__).parents[2] / "params" / "demo.yaml")


@pytest.fixture(scope="session")
def hospital(site: Site) -> Hospital:
    return Hospital(site)


@pytest.fixture(scope="session")
def month() -> list[date]:
    """Four whole weeks with no holiday."""
    return [MONDAY + timedelta(days=n) for n in range(28)]


@pytest.fixture(scope="session")
def archive(hospital: Hospital) -> Iterator[DemoArchive]:
    with DemoArchive(hospital, port=0, destinations={"NOBODY": ("127.0.0.1", free_port())}) as running:
        yield running


@pytest.fixture(scope="session")
def bare_archive(hospital: Hospital) -> Iterator[DemoArchive]:
    """Answers no more than the standard requires."""
    with DemoArchive(hospital, port=0, attributes=False) as running:
        yield running


@pytest.fixture
def find(archive: DemoArchive) -> Iterator[Find]:
    yield from finder(archive)


def finder(archive: DemoArchive) -> Iterator[Find]:
    model = StudyRootQueryRetrieveInformationModelFind
    caller = AE(ae_title="ANYONE")
    caller.add_requested_context(model)
    association = caller.associate("127.0.0.1", archive.port, evt_handlers=[(evt.EVT_CONN_OPEN, at_once)])
    assert association.is_established

    def ask(level: str | None, **keys: Any) -> tuple[list[Dataset], Dataset]:
        """Return the answers and the last status."""
        answers: list[Dataset] = []
        status = Dataset()
        for answered, identifier in association.send_c_find(identifier_of(level, **keys), model):
            status = answered
            if identifier is not None:
                answers.append(identifier)
        return answers, status

    yield ask
    association.release()


def identifier_of(level: str | None, **keys: Any) -> Dataset:
    identifier = Dataset()
    if level is not None:
        identifier.QueryRetrieveLevel = level
    for keyword, value in keys.items():
        setattr(identifier, keyword, value)
    return identifier


def at_once(event: Any) -> None:
    """Let a caller (EVT_CONN_OPEN) neither wait for acknowledgements nor miss an answer."""
    put_gate(event)
    event.assoc.dul.socket.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def all_studies(hospital: Hospital, month: list[date]) -> list[SimStudy]:
    """Every study of four weeks."""
    return [study for day in month for study in hospital.studies_on(day)]


@pytest.fixture
def find_bare(bare_archive: DemoArchive) -> Iterator[Find]:
    yield from finder(bare_archive)
