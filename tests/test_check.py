"""What `schedvisu check` finds: each part when it works, and when it does not, what to do about it."""

from __future__ import annotations

import socket
import sys
import time
from datetime import date
from pathlib import Path
from threading import Thread

import pytest

import schedvisu_lib as sv
from schedvisu_lib import check
from schedvisu_lib.check import check_site
from schedvisu_lib.demo.archive import DemoArchive
from schedvisu_lib.demo.datasets import make_dataset
from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.errors import ReportError
from schedvisu_lib.pacs.pseudonym import make_key
from schedvisu_lib.settings.pacs import Pacs
from schedvisu_lib.store import open_store
from schedvisu_lib.tables import SERIES, empty

TODAY = date(2026, 5, 17)
"""A Sunday after a holiday, a closure and a day on which it was open."""
WORKED = date(2026, 5, 13)


@pytest.fixture(scope="module")
def hospital():
    return Hospital(sv.load_site(Path(__file__).parents[1] / "params" / "demo.yaml"))


@pytest.fixture(scope="module")
def archive(hospital):
    with DemoArchive(hospital, port=0) as running:
        yield running


@pytest.fixture
def site(demo_site, archive):
    """A site that works: any program is a browser until it has to print."""
    pacs = demo_site.pacs.model_copy(update={"port": archive.port})
    report = demo_site.report.model_copy(update={"browser": sys.executable})
    return demo_site.model_copy(update={"pacs": pacs, "report": report})


def changed(site, section, **settings):
    return site.model_copy(update={section: getattr(site, section).model_copy(update=settings)})


def finding(site, subject):
    """What is said of a subject; only of the archive are the ways tried."""
    if subject != "archive":
        site = changed(site, "pacs", ways=("series",)).model_copy(update={"planned": None})
    return next(one for one in check_site(site, TODAY) if one.subject == subject)


def ways(site):
    """What is said of each way to the headers, by its name."""
    found = [one for one in check_site(site, TODAY) if one.subject.startswith("way ")]
    return {one.subject.removeprefix("way "): one for one in found}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_site_that_works_has_no_fault(site):
    findings = list(check_site(site, TODAY))
    assert [one for one in findings if not one.ok] == []
    assert [one.subject for one in findings] == [
        *[f"scanner {name}" for name in site.scanner_names],
        "archive",
        "way SERIES answers",
        "way IMAGE answers",
        "way C-GET without bulk data",
        "way C-GET",
        "way C-MOVE",
        "planned",
        "store",
        "pseudonyms",
        "report folder",
        "log folder",
        "notebooks",
        "renderer",
        "mail",
    ]


def test_looking_makes_nothing(site, tmp_path):
    list(check_site(site, TODAY))
    assert list(tmp_path.iterdir()) == []


def test_a_scanner_says_what_it_resolves_to(site):
    words = finding(site, "scanner Vision 600").words
    assert words.startswith(
        "models Biograph64_Vision 600, Biograph64; open mon 07:30-17:30, tue 07:30-17:30, wed 07:30-17:30, "
        "thu 07:30-17:30, fri 07:30-16:30; slots mon 18, tue 18, wed 18, thu 18, fri 15; gap from 30 min; "
        "preparation 4 min; take gap 3540 s; clock +0 min; exam types FDG STAND."
    )


def test_a_scanner_without_exam_types_says_so(site):
    bare = site.model_copy(update={"exam_types": ()})
    assert finding(bare, "scanner Millennium").words.endswith("exam types none (all exams are OTHER)")


def test_an_archive_that_answers_is_named_with_the_latest_day_that_it_holds(site):
    one = finding(site, "archive")
    where = f"DEMOPACS at 127.0.0.1:{site.pacs.port}"
    assert (one.ok, one.words) == (True, f"{where} answers; ways tried on 9 series of {WORKED}")


def test_each_way_to_the_headers_is_tried(site):
    words = {name: one.words for name, one in ways(site).items()}
    assert words["IMAGE answers"] == words["C-GET"] == "tells 9 of 9 series"
    assert words["C-GET without bulk data"] == "not offered"
    assert "0xA801 (move destination unknown" in words["C-MOVE"]


def test_ways_that_tell_nothing_are_no_fault_while_another_one_does(hospital, site):
    with DemoArchive(hospital, port=0, attributes=False) as bare:
        found = ways(changed(site, "pacs", port=bare.port))
    assert found["IMAGE answers"].words == "tells 0 of 9 series (the archive tells no times of it in its answers)"
    assert found["C-GET"].words == "tells 9 of 9 series"
    assert all(one.ok for one in found.values())


def test_an_archive_that_tells_nothing_by_any_way_of_the_site_is_a_fault(hospital, site):
    with DemoArchive(hospital, port=0, attributes=False) as bare:
        found = ways(changed(site, "pacs", port=bare.port, ways=("series", "image")))
    assert found.keys() == {"SERIES answers", "IMAGE answers"}
    assert not any(one.ok for one in found.values())


def test_an_archive_that_lists_nothing_lately_says_from_when_to_when(site):
    with DemoArchive(Hospital(site, last_day=date(2026, 1, 1)), port=0) as old:
        one = finding(changed(site, "pacs", port=old.port), "archive")
        where = f"DEMOPACS at 127.0.0.1:{old.port}"
    assert (one.ok, one.words) == (
        True,
        f"{where} answers; it lists no study of PT, NM or CT from 2026-05-04 to 2026-05-13",
    )


def test_an_archive_that_is_down_says_at_once_what_to_check(site):
    port = free_port()
    began = time.monotonic()
    found = {one.subject: one for one in check_site(changed(site, "pacs", port=port, retry_pause=60), TODAY)}
    assert time.monotonic() - began < 30
    assert not found["archive"].ok
    assert found["archive"].words == (
        f"PACS DEMOPACS at 127.0.0.1:{port} cannot be reached (Connection refused); "
        "check pacs.host and pacs.port, and that the archive runs"
    )
    assert not [subject for subject in found if subject.startswith("way ")]
    assert not found["planned"].ok


def test_a_folder_of_images_is_an_archive_as_well(site, hospital, tmp_path):
    (tmp_path / "images").mkdir()
    study = hospital.studies_on(WORKED)[5]
    for number, series in enumerate(study.series):
        image = make_dataset(study, series, 0)
        image.save_as(tmp_path / "images" / f"{number}.dcm", enforce_file_format=True)
    pacs = Pacs(folder=tmp_path / "images")
    found = {one.subject: one for one in check_site(site.model_copy(update={"pacs": pacs, "planned": None}), TODAY)}
    assert found["archive"].words.startswith(f"the folder {tmp_path / 'images'} answers; ways tried on ")
    assert [one.ok for name, one in found.items() if name.startswith("way ")] == [True]


@pytest.mark.parametrize(
    ("subject", "section", "field", "key"),
    [
        ("store", "store", "folder", "store.folder"),
        ("report folder", "report", "folder", "report.folder"),
        ("log folder", "log", "folder", "log.folder"),
        ("mail", "mail", "outbox", "mail.outbox"),
    ],
)
def test_a_folder_is_there_or_will_be_made_or_cannot_be_written(site, tmp_path, subject, section, field, key):
    folder = tmp_path / "deep" / "folder"
    aimed = changed(site, section, **{field: folder})
    assert finding(aimed, subject).words == f"{folder} will be made"
    folder.mkdir(parents=True)
    assert finding(aimed, subject).words == f"{folder} can be written"
    folder.rmdir()
    folder.write_text("in the way")
    one = finding(aimed, subject)
    assert (one.ok, one.words) == (False, f"{folder}: cannot be written ({folder} is a file); check {key}")


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="only Linux has a folder that not even root may write")
def test_a_folder_without_permission_is_a_fault(site):
    one = finding(changed(site, "store", folder=Path("/proc/self/store")), "store")
    assert not one.ok
    assert one.words.startswith("/proc/self/store: cannot be written (")
    assert one.words.endswith("); check store.folder")


def test_the_key_will_be_made_for_an_empty_store(site):
    one = finding(site, "pseudonyms")
    assert (one.ok, one.words) == (
        True,
        f"{site.privacy.key_file} will be made by the first retrieval; back it up",
    )


def test_a_key_that_is_there_can_be_read_by_its_owner_only(site):
    make_key(site.privacy.key_file)
    assert finding(site, "pseudonyms").words.startswith(f"{site.privacy.key_file} can be read")
    site.privacy.key_file.chmod(0o644)
    one = finding(site, "pseudonyms")
    assert not one.ok
    assert one.words.endswith(f"run: chmod 600 {site.privacy.key_file}")


def test_a_key_that_is_missing_for_a_filled_store_is_a_fault(site):
    open_store(site).write_day(date(2026, 5, 11), empty(SERIES))
    one = finding(site, "pseudonyms")
    assert not one.ok
    assert "restore it from the backup" in one.words


def test_notebooks_that_are_missing_are_a_fault(site, monkeypatch):
    def missing():
        raise ReportError("notebooks/report is missing; install schedvisu again")

    monkeypatch.setattr(check, "notebooks_folder", missing)
    one = finding(site, "notebooks")
    assert (one.ok, one.words) == (False, "notebooks/report is missing; install schedvisu again")


def test_a_browser_that_is_not_there_is_a_fault(site, tmp_path):
    absent = str(tmp_path / "chromium")
    one = finding(changed(site, "report", browser=absent), "renderer")
    assert (one.ok, one.words) == (
        False,
        f'report.browser: "{absent}" is not a program; correct it, or leave it out to search',
    )


def test_no_mail_section_is_no_fault(site):
    one = finding(site.model_copy(update={"mail": None}), "mail")
    assert (one.ok, one.words) == (True, "none (no mail section)")


def test_a_mail_server_that_is_down_is_a_fault(site):
    port = free_port()
    one = finding(changed(site, "mail", transport="smtp", host="127.0.0.1", port=port), "mail")
    assert not one.ok
    assert one.words.startswith(f"mail server 127.0.0.1:{port}: nothing listens on this port; correct the mail section")


def test_a_mail_server_that_answers_is_named(site):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            connection, _ = server.accept()
            with connection, connection.makefile("rwb", buffering=0) as line:
                line.write(b"220 mail\r\n")
                while command := line.readline():
                    line.write(b"250 ok\r\n" if not command.startswith(b"QUIT") else b"221 bye\r\n")

        Thread(target=serve, daemon=True).start()
        port = server.getsockname()[1]
        one = finding(changed(site, "mail", transport="smtp", host="127.0.0.1", port=port), "mail")
    assert (one.ok, one.words) == (True, f"127.0.0.1:{port} answers (none)")


def test_one_fault_hides_no_other(site, tmp_path):
    broken = changed(site, "pacs", port=free_port())
    broken = changed(broken, "report", browser=str(tmp_path / "absent"))
    assert [one.subject for one in check_site(broken, TODAY) if not one.ok] == ["archive", "planned", "renderer"]
