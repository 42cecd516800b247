"""What a right site file gives."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest
from pydantic import ValidationError

import schedvisu_lib as sv
from schedvisu_lib.config import squeeze_description, squeeze_institution, squeeze_model
from schedvisu_lib.settings.calendar import Hours
from tests.config.conftest import MINIMAL, Write

PARAMS = Path(__file__).parents[2] / "params"


def test_a_minimal_file_is_enough(write: Write) -> None:
    site = sv.load_site(write())
    assert site.scanner_names == ("PET", "NM")
    assert site.pacs.port == 104
    assert site.periods.report[0] == "weekly"


@pytest.mark.parametrize("name", ["demo.yaml", "site.example.yaml"])
def test_the_files_that_we_ship_are_right(name: str) -> None:
    assert sv.load_site(PARAMS / name).file == PARAMS / name


def test_relative_paths_count_from_the_files_folder(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    file = write(("folder: report", f"folder: {tmp_path}/full"), ("outbox: mail", "outbox: ~/mail"))
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    site = sv.load_site(file)
    assert site.store.folder == tmp_path / "store"
    assert site.privacy.key_file == tmp_path / "secret.key"
    assert site.report.folder == tmp_path / "full"
    assert site.mail is not None
    assert site.mail.outbox == tmp_path / "home" / "mail"


def test_opening_hours_are_times(write: Write) -> None:
    site = sv.load_site(write())
    assert (site.scanners[1].hours["mon"].opens, site.scanners[1].hours["mon"].closes) == (time(8), time(16, 30))


def test_closures_are_days_or_stretches_of_days(write: Write) -> None:
    closures = "closures: [2026-05-15, 2026-12-24..2026-12-31, {first: 2027-01-01, last: 2027-01-02}]"
    site = sv.load_site(write(("country: CH", f"country: CH, {closures}")))
    assert [(c.first, c.last) for c in site.calendar.closures] == [
        (date(2026, 5, 15), date(2026, 5, 15)),
        (date(2026, 12, 24), date(2026, 12, 31)),
        (date(2027, 1, 1), date(2027, 1, 2)),
    ]


def test_a_scanner_is_out_of_service_on_days_or_for_part_of_one(write: Write) -> None:
    service = "service: [2026-05-06, 2026-05-11..2026-05-13, 2026-05-20 13:00-17:00]"
    site = sv.load_site(write(("slots: {mon: 5}", f"slots: {{mon: 5}}, {service}, lunch: '12:00-13:00'")))
    entries = site.scanner("NM").service
    assert [(entry.first.day, entry.last.day, entry.hours) for entry in entries] == [
        (6, 6, None),
        (11, 13, None),
        (20, 20, Hours(opens=time(13), closes=time(17))),
    ]
    assert [entries[1].includes(date(2026, 5, day)) for day in (10, 11, 13, 14)] == [False, True, True, False]
    assert site.scanner("NM").lunch == Hours(opens=time(12), closes=time(13))
    assert site.scanner("PET").lunch is None


def test_one_encounter_is_the_day_or_minutes(write: Write) -> None:
    site = sv.load_site(
        write(("scanners: [PET]}", "one_encounter: day}"), ("['bone.*']}", "['bone.*'], one_encounter: 90}"))
    )
    assert [kind.one_encounter for kind in site.exam_types] == ["day", 90]


def test_without_mail_none_is_sent(write: Write) -> None:
    assert sv.load_site(write((MINIMAL.splitlines()[13] + "\n", ""))).mail is None


def test_a_site_is_frozen(write: Write) -> None:
    site = sv.load_site(write())
    with pytest.raises(ValidationError, match="frozen"):
        site.pacs.port = 11112  # type: ignore[misc]
    with pytest.raises(ValidationError, match="frozen"):
        site.scanners = ()  # type: ignore[misc]


def test_scanners_are_found_by_name(write: Write) -> None:
    site = sv.load_site(write())
    assert site.scanner("NM").models == ("Encore2",)
    with pytest.raises(ValueError, match=r'^scanner "CT" is unknown; site.yaml has: PET, NM$'):
        site.scanner("CT")


def test_exam_types_of_a_scanner_keep_their_order(write: Write) -> None:
    site = sv.load_site(write())
    assert [kind.name for kind in site.exam_types_of("PET")] == ["FDG", "BONE"]
    assert [kind.name for kind in site.exam_types_of("NM")] == ["BONE"]


def test_models_lead_to_their_scanner(write: Write) -> None:
    assert sv.load_site(write()).scanner_of_model == {"discovery690": "PET", "encore2": "NM"}


def test_names_are_compared_as_the_design_says() -> None:
    assert squeeze_model("Biograph64_Vision 600") == "biograph64vision600"
    assert squeeze_institution("Hôpital  Cantonal") == "hôpitalcantonal"
    assert squeeze_description("PET-CT (FDG) ^_Whole+Body: 'a.b'") == "petctfdgwholebodyab"
