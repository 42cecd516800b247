"""The section ``planned`` of a site file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import schedvisu_lib as sv
from schedvisu_lib.errors import ConfigError
from schedvisu_lib.settings.pacs import Pacs, Tls
from schedvisu_lib.settings.planned import Worklist
from tests.conftest import write_site_file


def load(folder: Path, **sections: Any) -> sv.Site:
    return sv.load_site(write_site_file(folder, **sections))


def test_a_site_needs_no_plan(tmp_path: Path) -> None:
    assert sv.load_site(write_site_file(tmp_path, drop=["planned"])).planned is None


def test_what_a_worklist_leaves_out_is_as_in_pacs() -> None:
    pacs = Pacs(host="pacs.hospital.example", ae_title="PACS", answer_timeout=33, tls=Tls(server_name="pacs"))
    same = Worklist().peer(pacs)
    assert (same.host, same.port, same.ae_title, same.calling_ae_title) == (pacs.host, 104, "PACS", "SCHEDVISU")
    assert same.tls == pacs.tls
    other = Worklist(host="ris.hospital.example", port=2000, ae_title="RIS", calling_ae_title="US").peer(pacs)
    assert (other.host, other.port, other.ae_title, other.calling_ae_title) == (
        "ris.hospital.example",
        2000,
        "RIS",
        "US",
    )
    assert other.answer_timeout == 33
    assert other.tls == Tls()  # the name in the certificate is that of the archive
    assert Worklist(tls=False).peer(pacs).tls is None


@pytest.mark.parametrize(
    ("planned", "words"),
    [
        ({"worklist": None}, "planned: names no source; write worklist, csv or icalendar, or leave this part out"),
        ({"scanners": {"AE1": "MRI"}}, 'planned.scanners.AE1: scanner "MRI" is unknown; allowed: Discovery 690'),
        ({"minutes": {"FDG": 30}}, 'planned.minutes.FDG: exam type "FDG" is unknown; allowed: FDG STAND.'),
        ({"minutes": {"OS": 0}}, "planned.minutes.OS: input should be greater than 0"),
        ({"statuses": {"Excusé": "gone"}}, "planned.statuses.Excusé: input should be 'scheduled', 'arrived'"),
        ({"csv": {"path": "x.csv"}}, "planned.csv.columns: missing"),
        ({"icalendar": {"path": ".", "description": "("}}, "planned.icalendar.description: not a regular expression"),
        ({"days_back": 61}, "planned.days_back: input should be less than or equal to 60"),
        ({"mpps": {}}, "planned.mpps: unknown key; allowed here: worklist, csv, icalendar, scanners"),
    ],
)
def test_a_mistake_is_one_line(tmp_path: Path, planned: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError) as raised:
        load(tmp_path, planned=planned)
    [mistake] = raised.value.mistakes
    assert words in mistake
    assert mistake.startswith("line ")


def test_a_worklist_needs_somebody_to_ask(tmp_path: Path) -> None:
    file = write_site_file(tmp_path)
    text = file.read_text(encoding="utf-8").replace("host: 127.0.0.1", "folder: images")
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        sv.load_site(file)
    [mistake] = raised.value.mistakes
    assert mistake.endswith("planned.worklist.host: missing, and pacs has no host either; write whom to ask")
