"""The worklist over real associations: the embedded PACS, DCMTK's wlmscpfs, Orthanc."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian
from pynetdicom import AE, evt
from pynetdicom.sop_class import ModalityWorklistInformationFind

import schedvisu_lib as sv
from schedvisu_lib.demo.appointments import Bookings, SimAppointment
from schedvisu_lib.demo.archive import DemoArchive
from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.errors import PacsError, PacsUnreachable
from schedvisu_lib.planned.listing import Listing
from schedvisu_lib.planned.worklist import open_worklist, read_worklist, worklist_query
from tests.conftest import free_port

from .conftest import SiteWith

MONDAY, TUESDAY = date(2026, 5, 18), date(2026, 5, 19)
MEANS = {"DEPARTED": "completed", "SCHEDULED": "scheduled", "CANCELED": "cancelled"}
NO_DELAY = os.environ | {"TCP_NODELAY": "1"}

Ask = Callable[..., Listing]


@pytest.fixture
def ask(site_with: SiteWith, clerk_of: Callable[..., Any]) -> Ask:
    """Asks the worklist at a port: ``ask(port, first, last, ae_title=..., scanners=...)``."""

    def read(port: int, first: date = MONDAY, last: date = MONDAY, ae_title: str = "RIS", **planned: Any) -> Listing:
        site = site_with(worklist={"host": "127.0.0.1", "port": port, "ae_title": ae_title}, **planned)
        quick = site.pacs.model_copy(update={"connect_timeout": 5, "answer_timeout": 20, "tries": 2, "retry_pause": 0})
        assert site.planned is not None
        assert site.planned.worklist is not None
        with open_worklist(site.planned.worklist, quick) as line:
            return read_worklist(line, clerk_of(site), first, last)

    return read


@pytest.fixture(scope="module")
def hospital() -> Hospital:
    return Hospital(sv.load_site(Path(__file__).parents[2] / "params" / "demo.yaml"))


@pytest.fixture(scope="module")
def archive(hospital: Hospital) -> Iterator[DemoArchive]:
    with DemoArchive(hospital, port=0) as running:
        yield running


def facts(appointment: SimAppointment) -> tuple[object, ...]:
    return (
        appointment.scanner,
        appointment.slot.start,
        appointment.slot.minutes,
        appointment.description,
        appointment.study_uid,
        f"{appointment.patient.issuer}|{appointment.patient.id}",
        MEANS[appointment.status],
    )


def found(listing: Listing) -> list[tuple[object, ...]]:
    return [
        (one.scanner, one.start, one.minutes, one.description, one.study_uid, one.patient, one.status)
        for one in listing.appointments
    ]


def test_every_appointment_of_the_simulated_hospital_is_read(
    ask: Ask, archive: DemoArchive, hospital: Hospital
) -> None:
    listing = ask(archive.port, MONDAY, TUESDAY)
    meant = [facts(one) for day in (MONDAY, TUESDAY) for one in Bookings(hospital).appointments_on(day)]
    assert len(meant) > 60
    assert found(listing) == meant
    assert listing.days == {MONDAY, TUESDAY}
    assert len({one.appointment_id for one in listing.appointments}) == len(meant)
    assert listing.problems() == []


def test_stations_are_named_by_the_site_file(ask: Ask, archive: DemoArchive) -> None:
    everywhere = ask(archive.port).appointments
    listing = ask(archive.port, scanners={"hddpt690": "Millennium", "RADUS1": "Vision 600"})
    assert sum(one.scanner == "Millennium" for one in listing.appointments) == sum(
        one.scanner in ("Discovery 690", "Millennium") for one in everywhere
    )
    assert any(one.description == "Échographie abdominale" for one in listing.appointments)


def test_no_identifier_of_a_patient_gets_into_the_rows(ask: Ask, archive: DemoArchive, hospital: Hospital) -> None:
    text = repr(ask(archive.port))
    for one in Bookings(hospital).appointments_on(MONDAY):
        assert one.patient.name not in text
        assert f"R260518{one.number:03d}" not in text  # its accession number


def test_a_worklist_that_is_not_there_is_told(ask: Ask) -> None:
    with pytest.raises(PacsUnreachable, match=r"RIS at 127\.0\.0\.1:.* cannot be reached"):
        ask(free_port())


class Server:
    """A worklist that answers as a test wants, and remembers what it was asked."""

    def __init__(self, answer: Callable[[Dataset], Iterator[tuple[int, Dataset | None]]]) -> None:
        self.asked: list[str] = []
        self._answer = answer
        entity = AE(ae_title="RIS")
        entity.add_supported_context(ModalityWorklistInformationFind)
        self._server = entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_C_FIND, self._find)])
        self.port = int(self._server.server_address[1])

    def _find(self, event: Any) -> Iterator[tuple[int, Dataset | None]]:
        query = event.identifier
        self.asked.append(query.ScheduledProcedureStepSequence[0].ScheduledProcedureStepStartDate)
        yield from self._answer(query)

    def stop(self) -> None:
        self._server.shutdown()


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    running: list[Server] = []

    def start(answer: Callable[[Dataset], Iterator[tuple[int, Dataset | None]]]) -> Server:
        running.append(Server(answer))
        return running[-1]

    yield start
    for server in running:
        server.stop()


def item(**step: str) -> Dataset:
    """Return a worklist item; a key that a test leaves out has a default, one that is "" is absent."""
    defaults = {
        "ScheduledStationAETitle": "Millennium",
        "ScheduledProcedureStepStartDate": "20260518",
        "ScheduledProcedureStepStartTime": "0830",
        "ScheduledProcedureStepID": "S1",
    }
    one = Dataset()
    for keyword, value in (defaults | step).items():
        if value:
            setattr(one, keyword, value)
    answer = Dataset()
    answer.PatientID = "D1"
    answer.ScheduledProcedureStepSequence = [one]
    return answer


def test_days_are_asked_by_halves_where_one_answer_would_be_too_long(serve: Callable[..., Server], ask: Ask) -> None:
    def capped(query: Dataset) -> Iterator[tuple[int, Dataset | None]]:
        first, _, last = query.ScheduledProcedureStepSequence[0].ScheduledProcedureStepStartDate.partition("-")
        if first != last:
            yield 0xA700, None
        else:
            yield 0xFF00, item(ScheduledProcedureStepStartDate=first)

    server = serve(capped)
    listing = ask(server.port, MONDAY, date(2026, 5, 20))
    assert [one.start.day for one in listing.appointments] == [18, 19, 20]
    assert server.asked == [
        "20260518-20260520", "20260518-20260519", "20260518-20260518", "20260519-20260519", "20260520-20260520",
    ]  # fmt: skip


@pytest.mark.parametrize("status", [0xA700, 0xC001, 0xFE00])
def test_an_answer_that_is_not_whole_is_no_answer(serve: Callable[..., Server], ask: Ask, status: int) -> None:
    server = serve(lambda query: iter([(0xFF00, item()), (status, None)]))
    with pytest.raises(PacsError, match=f"0x{status:04X}"):
        ask(server.port)


@pytest.mark.parametrize("missing", ["ScheduledProcedureStepStartDate", "ScheduledProcedureStepStartTime"])
def test_a_step_without_a_start_is_told_and_the_others_are_read(
    serve: Callable[..., Server], ask: Ask, missing: str
) -> None:
    server = serve(lambda query: iter([(0xFF00, item(**{missing: ""})), (0xFF00, item())]))
    listing = ask(server.port)
    assert len(listing.appointments) == 1
    assert not listing.is_whole
    assert listing.problems() == [
        "worklist: a step of Millennium has no start date and time; ask who runs the worklist"
    ]


def test_an_item_without_a_step_is_told(serve: Callable[..., Server], ask: Ask) -> None:
    bare = Dataset()
    bare.PatientID = "D1"
    listing = ask(serve(lambda query: iter([(0xFF00, bare)])).port)
    assert listing.appointments == []
    assert listing.problems() == [
        "worklist: an item has no Scheduled Procedure Step Sequence; ask who runs the worklist"
    ]


def test_what_most_worklists_do_not_tell_stays_unknown(serve: Callable[..., Server], ask: Ask) -> None:
    server = serve(lambda query: iter([(0xFF00, item(ScheduledProcedureStepID=""))]))
    [one] = ask(server.port).appointments
    assert one.minutes != one.minutes
    assert (one.description, one.study_uid, one.status) == ("", "", "scheduled")
    assert one.appointment_id


@pytest.mark.parametrize(
    ("word", "status"),
    [("SCHEDULED", "scheduled"), ("READY", "arrived"), ("STARTED", "started"), ("DEPARTED", "completed"),
     ("CANCELED", "cancelled"), ("DISCONTINUED", "discontinued"), ("", "scheduled"), ("ODD", "scheduled")],
)  # fmt: skip
def test_statuses_of_dicom(serve: Callable[..., Server], ask: Ask, word: str, status: str) -> None:
    server = serve(lambda query: iter([(0xFF00, item(ScheduledProcedureStepStatus=word))]))
    [one] = ask(server.port).appointments
    assert one.status == status


def test_phantoms_are_left_out(serve: Callable[..., Server], ask: Ask) -> None:
    phantom = item()
    phantom.PatientID = "PHANTOM-1"
    assert ask(serve(lambda query: iter([(0xFF00, phantom)])).port).appointments == []


# Real servers


def write_items(folder: Path, appointments: tuple[SimAppointment, ...]) -> None:
    """Write worklist files, as DCMTK and Orthanc read them."""
    for one in appointments:
        step = Dataset()
        step.Modality = one.slot.room.machine.emission.modality
        step.ScheduledStationAETitle = one.slot.room.machine.emission.station
        step.ScheduledProcedureStepStartDate = f"{one.slot.start:%Y%m%d}"
        step.ScheduledProcedureStepStartTime = f"{one.slot.start:%H%M%S}"
        step.ScheduledPerformingPhysicianName = ""
        step.ScheduledProcedureStepDescription = "NM"
        step.ScheduledProcedureStepID = f"S{one.number}"
        step.ScheduledStationName = ""
        step.ScheduledProcedureStepLocation = one.scanner[:16]
        data = Dataset()
        data.SpecificCharacterSet = "ISO_IR 100"
        data.AccessionNumber = f"R{one.number}"
        data.ReferringPhysicianName = ""
        data.PatientName = one.patient.name
        data.PatientID = one.patient.id
        data.PatientBirthDate = ""
        data.PatientSex = one.patient.sex
        data.StudyInstanceUID = one.study_uid
        data.RequestedProcedureDescription = one.description
        data.RequestedProcedureID = f"P{one.number}"
        data.RequestedProcedurePriority = "MEDIUM"
        data.ScheduledProcedureStepSequence = [step]
        data.file_meta = FileMetaDataset()
        data.file_meta.MediaStorageSOPClassUID = ModalityWorklistInformationFind
        data.file_meta.MediaStorageSOPInstanceUID = f"{one.study_uid}.{one.number}"[:64]
        data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        data.save_as(folder / f"{one.slot.day:%Y%m%d}-{one.number:03d}.wl", enforce_file_format=True)


@contextmanager
def running(command: list[str], port: int, folder: Path) -> Iterator[int]:
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, env=NO_DELAY)
    try:
        deadline = time.monotonic() + 20
        while process.poll() is None and time.monotonic() < deadline:
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()


def without_end(appointment: SimAppointment) -> tuple[object, ...]:
    scanner, start, _, description, study_uid, _, _ = facts(appointment)
    return scanner, start, description, study_uid, f"|{appointment.patient.id}", "scheduled"


def found_without_end(listing: Listing) -> set[tuple[object, ...]]:
    return {
        (one.scanner, one.start, one.description, one.study_uid, one.patient, one.status)
        for one in listing.appointments
    }


@pytest.fixture
def two_days(hospital: Hospital) -> tuple[SimAppointment, ...]:
    bookings = Bookings(hospital)
    return bookings.appointments_on(MONDAY) + bookings.appointments_on(TUESDAY)


WLMSCPFS = shutil.which("wlmscpfs")
ORTHANC = shutil.which("Orthanc") or shutil.which("Orthanc", path="/usr/sbin")
PLUGIN = Path("/usr/share/orthanc/plugins/libModalityWorklists.so")


@pytest.mark.skipif(WLMSCPFS is None, reason="needs DCMTK's wlmscpfs (apt install dcmtk)")
def test_dcmtks_worklist(ask: Ask, two_days: tuple[SimAppointment, ...], tmp_path: Path) -> None:
    (tmp_path / "DCMTKWL").mkdir()
    (tmp_path / "DCMTKWL" / "lockfile").touch()
    write_items(tmp_path / "DCMTKWL", two_days)
    port = free_port()
    with running([str(WLMSCPFS), "-dfp", str(tmp_path), str(port)], port, tmp_path):
        listing = ask(port, MONDAY, TUESDAY, ae_title="DCMTKWL")
        monday = ask(port, ae_title="DCMTKWL")
    assert found_without_end(listing) == {without_end(one) for one in two_days}
    assert found_without_end(monday) == {without_end(one) for one in two_days if one.slot.day == MONDAY}


@pytest.mark.skipif(ORTHANC is None or not PLUGIN.exists(), reason="needs Orthanc with its worklist plugin")
def test_orthancs_worklist(ask: Ask, two_days: tuple[SimAppointment, ...], tmp_path: Path) -> None:
    (tmp_path / "wl").mkdir()
    write_items(tmp_path / "wl", two_days)
    port = free_port()
    config = {
        "StorageDirectory": str(tmp_path / "db"),
        "IndexDirectory": str(tmp_path / "db"),
        "HttpServerEnabled": False,
        "DicomAet": "ORTHANC",
        "DicomPort": port,
        "DicomAlwaysAllowFind": True,
        "DicomAlwaysAllowFindWorklist": True,
        "Plugins": [str(PLUGIN)],
        "Worklists": {"Enable": True, "Database": str(tmp_path / "wl")},
    }
    (tmp_path / "orthanc.json").write_text(json.dumps(config))
    with running([str(ORTHANC), str(tmp_path / "orthanc.json")], port, tmp_path):
        listing = ask(port, MONDAY, TUESDAY, ae_title="ORTHANC")
        monday = ask(port, ae_title="ORTHANC")
    assert found_without_end(listing) == {without_end(one) for one in two_days}
    assert found_without_end(monday) == {without_end(one) for one in two_days if one.slot.day == MONDAY}


def test_the_query_asks_for_nobodys_name() -> None:
    keywords = {element.keyword for element in worklist_query(MONDAY, TUESDAY).iterall()}
    assert not keywords & {"PatientName", "PatientBirthDate", "AccessionNumber", "ReferringPhysicianName"}
