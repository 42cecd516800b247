"""The section pacs: what it gives, and which settings contradict each other."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import schedvisu_lib as sv
from schedvisu_lib.settings.pacs import LongLoads, Pacs, Peer, Receiver, Tls, Window
from tests.conftest import write_site_file

WEB = {"url": "https://pacs.hospital.example/dicom-web"}


def site_with(tmp_path: Path, drop: tuple[str, ...], settings: dict[str, Any]) -> Path:
    """The demo's site file with settings of pacs added, and some dropped."""
    file = write_site_file(tmp_path, drop=["planned"], pacs=settings)
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    for key in drop:
        del content["pacs"][key]
    file.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return file


def mistake(file: Path) -> str:
    """The one mistake of a site file, without its line."""
    with pytest.raises(sv.ConfigError) as caught:
        sv.load_site(file)
    [line] = caught.value.mistakes
    number, _, words = line.partition(": ")
    assert number.startswith("line ")
    return words


# --- what it gives ----------------------------------------------------------------------------------------------------


def test_an_archive_is_host_and_title_and_all_else_has_a_default() -> None:
    pacs = Pacs(host="pacs", ae_title="PACS")
    assert (pacs.port, pacs.calling_ae_title, pacs.tls, pacs.ways, pacs.dicomweb, pacs.folder) == (
        104,
        "SCHEDVISU",
        None,
        None,
        None,
        None,
    )
    assert (pacs.parallel, pacs.tries, pacs.retry_pause, pacs.images_per_request) == (2, 4, 1, 50)
    assert pacs.receiver == Receiver(port=11112, interface=None, senders=())
    assert pacs.long_loads == LongLoads(days=20, window=None, pause=0)
    assert isinstance(pacs, Peer)


def test_files_of_tls_count_from_the_folder_of_the_site_file(tmp_path: Path) -> None:
    tls = {"ca_file": "ca.pem", "certificate": "us.pem", "key": "keys/us.key", "server_name": "archive"}
    found = sv.load_site(site_with(tmp_path, (), {"tls": tls})).pacs.tls
    assert found == Tls(
        ca_file=tmp_path / "ca.pem",
        certificate=tmp_path / "us.pem",
        key=tmp_path / "keys" / "us.key",
        server_name="archive",
    )
    assert found.verify


@pytest.mark.parametrize(
    ("settings", "drop", "shown"),
    [
        ({"host": "pacs", "port": 104, "ae_title": "PACS"}, (), "PACS at pacs:104"),
        ({"host": "pacs", "port": 104, "ae_title": "PACS", "dicomweb": WEB}, (), "PACS at pacs:104"),
        ({"dicomweb": WEB}, ("host", "ae_title"), "DICOMweb at https://pacs.hospital.example/dicom-web"),
        ({"folder": "images"}, ("host", "ae_title"), "the folder {}/images"),
    ],
)
def test_where_the_headers_come_from_is_named(
    tmp_path: Path, settings: dict[str, Any], drop: tuple[str, ...], shown: str
) -> None:
    assert sv.load_site(site_with(tmp_path, drop, settings)).pacs.shown == shown.format(tmp_path)


@pytest.mark.parametrize("written", ["20:00-06:00", " 20:00 - 6:00 "])
def test_a_window_is_written_as_one_stretch(tmp_path: Path, written: str) -> None:
    site = sv.load_site(site_with(tmp_path, (), {"long_loads": {"window": written, "pause": 2.5, "days": 5}}))
    assert site.pacs.long_loads == LongLoads(days=5, window=Window(begins=time(20), ends=time(6)), pause=2.5)


# --- contradictions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "drop", "words"),
    [
        ({}, ("host",), "pacs: names no archive; write host and ae_title, dicomweb.url, or folder"),
        ({}, ("ae_title",), "pacs: host without ae_title; write the archive's AE title"),
        (
            {"folder": "images"},
            (),
            "pacs: folder beside host or dicomweb; keep the one from which the headers shall come",
        ),
        (
            {"folder": "images", "dicomweb": WEB},
            ("host",),
            "pacs: folder beside host or dicomweb; keep the one from which the headers shall come",
        ),
        ({"ways": ["image", "dicomweb"]}, (), "pacs: ways names dicomweb, but there is no dicomweb.url"),
        (
            {"ways": ["dicomweb", "get"], "dicomweb": WEB},
            ("host", "ae_title"),
            "pacs: ways names get, but there is no host; web services know dicomweb alone",
        ),
        ({"ways": []}, (), "pacs.ways: needs at least 1 entry"),
        (
            {"tls": {"key": "us.key"}},
            (),
            "pacs.tls: key without certificate; name the certificate that it belongs to",
        ),
        (
            {"tls": {"cert": "us.pem"}},
            (),
            "pacs.tls.cert: unknown key; allowed here: ca_file, certificate, key, verify, server_name",
        ),
        (
            {"long_loads": {"window": "at night"}},
            (),
            'pacs.long_loads.window: write a window of the night as "20:00-06:00"',
        ),
        (
            {"dicomweb": {"url": "ftp://pacs"}},
            (),
            r"pacs.dicomweb.url: string should match pattern '^https?://[^\s?#@]+$', found 'ftp://pacs'",
        ),
        (
            {"receiver": {"port": 0}},
            (),
            "pacs.receiver.port: input should be greater than or equal to 1, found 0",
        ),
        ({"tries": 0}, (), "pacs.tries: input should be greater than or equal to 1, found 0"),
        ({"parallel": 9}, (), "pacs.parallel: input should be less than or equal to 8, found 9"),
        ({"request_timeout": 0}, (), "pacs.request_timeout: input should be greater than 0, found 0"),
        ({"largest_image": 0}, (), "pacs.largest_image: input should be greater than 0, found 0"),
    ],
)
def test_what_cannot_be_is_one_line(
    tmp_path: Path, settings: dict[str, Any], drop: tuple[str, ...], words: str
) -> None:
    assert mistake(site_with(tmp_path, drop, settings)) == words


@pytest.mark.parametrize(("written", "part"), [("25:00-06:00", "hour"), ("20:00-06:61", "minute")])
def test_a_window_of_no_clock_is_a_mistake(tmp_path: Path, written: str, part: str) -> None:
    line = mistake(site_with(tmp_path, (), {"long_loads": {"window": written}}))
    assert line.startswith(f"pacs.long_loads.window: input should be in a valid time format, {part} value is outside")


@pytest.mark.parametrize("url", ["https://user:secret@pacs/dicom-web", "https://pacs/dicom-web?token=secret"])
def test_no_secret_stands_in_an_address(url: str) -> None:
    with pytest.raises(ValidationError, match="should match pattern"):
        Pacs(dicomweb={"url": url})


# --- the window -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("window", "moment", "holds"),
    [
        (Window(begins=time(20), ends=time(6)), time(20), True),
        (Window(begins=time(20), ends=time(6)), time(19, 59, 59), False),
        (Window(begins=time(20), ends=time(6)), time(0), True),
        (Window(begins=time(20), ends=time(6)), time(5, 59, 59), True),
        (Window(begins=time(20), ends=time(6)), time(6), False),
        (Window(begins=time(12), ends=time(13)), time(12), True),
        (Window(begins=time(12), ends=time(13)), time(13), False),
        (Window(begins=time(12), ends=time(13)), time(0), False),
        (Window(begins=time(0), ends=time(0)), time(12), True),
    ],
)
def test_a_window_holds_its_begin_and_not_its_end_also_past_midnight(window: Window, moment: time, holds: bool) -> None:
    assert window.holds(moment) is holds


@given(begins=st.times(), ends=st.times(), moment=st.times())
def test_a_window_and_the_one_turned_round_share_the_day(begins: time, ends: time, moment: time) -> None:
    window, rest = Window(begins=begins, ends=ends), Window(begins=ends, ends=begins)
    if begins == ends:
        assert window.holds(moment)
    else:
        assert window.holds(moment) != rest.holds(moment)
