"""CSV files as booking systems and spreadsheets write them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schedvisu_lib.planned.csv_file import read_csv_plan
from schedvisu_lib.planned.listing import Listing, PlanError

from .conftest import SiteWith

FIRST, LAST = date(2026, 5, 18), date(2026, 5, 22)
COLUMNS = {
    "date": "Date",
    "start": "Heure",
    "minutes": "Durée",
    "scanner": "Salle",
    "description": "Examen",
    "status": "Statut",
    "patient": "Patient",
    "id": "No",
}
HEADING = "No;Date;Heure;Durée;Salle;Examen;Statut;Patient;Nom\n"
ROW = "7;18.05.2026;08:30;30;TEP 1;PET-CT FDG;planifié;D123;DUPONT^JEANNE\n"

ReadCsv = Callable[..., Listing]


@pytest.fixture
def read_csv(site_with: SiteWith, clerk_of: Callable[..., Any], tmp_path: Path) -> ReadCsv:
    def read(
        content: str | bytes, *, columns: dict[str, str] = COLUMNS, name: str = "plan.csv", **more: Any
    ) -> Listing:
        file = tmp_path / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        site = site_with(csv={"path": file, "columns": columns}, scanners={"TEP 1": "Discovery 690"}, **more)
        assert site.planned is not None
        assert site.planned.csv is not None
        return read_csv_plan(site.planned.csv, clerk_of(site), FIRST, LAST)

    return read


def test_a_row_is_an_appointment(read_csv: ReadCsv) -> None:
    listing = read_csv(HEADING + ROW)
    [one] = listing.appointments
    assert (one.scanner, one.start, one.minutes) == ("Discovery 690", datetime(2026, 5, 18, 8, 30), 30)
    assert (one.description, one.status, one.source) == ("PET-CT FDG", "scheduled", "csv")
    assert one.patient == "|D123"  # the pseudonymiser of the tests shows issuer and ID
    assert listing.problems() == []
    assert listing.days == {date(2026, 5, 18)}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_encoding_and_delimiter_are_found_out(read_csv: ReadCsv, encoding: str, delimiter: str) -> None:
    text = (HEADING + ROW.replace("FDG", "cérébral")).replace(";", delimiter)
    [one] = read_csv(text.encode(encoding)).appointments
    assert one.description == "PET-CT cérébral"
    assert one.minutes == 30


def test_what_spreadsheets_write_above_the_headings_is_passed_over(read_csv: ReadCsv) -> None:
    assert len(read_csv("sep=;\r\n\r\n" + HEADING.lower() + ROW + "\r\n;;;\r\n").appointments) == 1


def test_quoted_cells_may_hold_delimiters_and_line_breaks(read_csv: ReadCsv) -> None:
    broken = ROW.replace("PET-CT FDG", '"PET-CT;\nFDG"')
    listing = read_csv(HEADING + broken + ROW.replace("08:30", "late").replace("7;", "8;"))
    assert listing.appointments[0].description == "PET-CT;\nFDG"
    assert "line 4" in listing.problems()[0]


def test_day_and_time_may_stand_in_one_column_and_the_end_tells_the_length(read_csv: ReadCsv) -> None:
    columns = {"start": "Début", "end": "Fin", "scanner": "Salle"}
    rows = "Début,Fin,Salle\n2026-05-18T08:30:00,2026-05-18T09:15:00,TEP 1\n18.05.2026 10:00,10:20,TEP 1\n"
    assert [one.minutes for one in read_csv(rows, columns=columns).appointments] == [45, 20]


def test_a_length_that_nobody_tells_or_that_cannot_be_is_unknown(read_csv: ReadCsv) -> None:
    for length in ("", "0", "2000"):
        [one] = read_csv(HEADING + ROW.replace(";30;", f";{length};")).appointments
        assert one.minutes != one.minutes, length


def test_the_files_name_tells_the_scanner_where_no_column_does(read_csv: ReadCsv) -> None:
    columns = {key: name for key, name in COLUMNS.items() if key != "scanner"}
    [one] = read_csv(HEADING + ROW, columns=columns, name="vision_600.csv").appointments
    assert one.scanner == "Vision 600"


def test_files_of_a_folder_are_read_together(site_with: SiteWith, clerk_of: Any, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEADING + ROW)
    (tmp_path / "b.csv").write_text(HEADING + ROW.replace("18.05", "19.05"))
    (tmp_path / "c.txt").write_text("something else")
    site = site_with(csv={"path": tmp_path, "columns": COLUMNS}, scanners={"TEP 1": "Discovery 690"})
    listing = read_csv_plan(site.planned.csv, clerk_of(site), FIRST, LAST)
    assert listing.days == {date(2026, 5, 18), date(2026, 5, 19)}


def test_other_days_and_rooms_are_left_out(read_csv: ReadCsv, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    listing = read_csv(HEADING + ROW + ROW.replace("18.05", "25.05") + ROW.replace("TEP 1", "IRM"))
    assert len(listing.appointments) == 1
    assert listing.problems() == []
    assert "1 entries belong to no scanner" in caplog.text
    assert "IRM" not in caplog.text  # a wrong column could hold names


def test_a_plan_without_any_of_our_rooms_is_told(read_csv: ReadCsv) -> None:
    [problem] = read_csv(HEADING + ROW.replace("TEP 1", "IRM")).problems()
    assert problem == (
        "csv: 1 entries belong to no scanner of the site (plan.csv), and none to one; name its stations or rooms in "
        "planned.scanners"
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("18.05.2026", "31.02.2026"), 'line 2: "Date" holds no day; write 2026-05-22 or 22.05.2026'),
        (("08:30", "matin"), 'line 2: "Heure" holds no time; write 08:30'),
        ((";30;", ";lang;"), 'line 2: "Durée" holds no minutes; write 30'),
        (("planifié", "DUPONT"), 'line 2: the word in "Statut" is no known status; add it to planned.statuses'),
    ],
)
def test_a_row_that_cannot_be_read_is_one_line_without_its_values(
    read_csv: ReadCsv, tmp_path: Path, change: tuple[str, str], words: str
) -> None:
    listing = read_csv(HEADING + ROW.replace(*change) + ROW.replace("7;", "8;"))
    assert listing.problems() == [f"{tmp_path / 'plan.csv'} {words}"]
    assert listing.appointments[-1].start == datetime(2026, 5, 18, 8, 30)
    assert listing.days == frozenset()  # what is missing must not be taken for taken back


def test_many_unreadable_rows_are_counted(read_csv: ReadCsv) -> None:
    problems = read_csv(HEADING + ROW.replace("08:30", "late") * 9).problems()
    assert len(problems) == 6
    assert problems[-1] == "csv: 4 more entries cannot be read"


@pytest.mark.parametrize(
    ("word", "status"), [("Excusé", "cancelled"), ("ANNULÉ", "cancelled"), ("en cours", "started")]
)
def test_statuses_are_those_of_the_site_and_usual_ones(read_csv: ReadCsv, word: str, status: str) -> None:
    [one] = read_csv(HEADING + ROW.replace("planifié", word), statuses={"excusé": "cancelled"}).appointments
    assert one.status == status


def test_phantoms_and_excluded_studies_are_left_out(read_csv: ReadCsv) -> None:
    rows = ROW.replace("D123", "PHANTOM-1") + ROW.replace("PET-CT FDG", "Quality Control NM")
    assert read_csv(HEADING + rows).appointments == []


def test_a_missing_column_is_an_error_that_names_it(read_csv: ReadCsv, tmp_path: Path) -> None:
    with pytest.raises(PlanError) as raised:
        read_csv(HEADING.replace("Heure", "Zeit") + ROW)
    words = f'{tmp_path / "plan.csv"} line 1: lacks the column(s) "Heure"; check planned.csv.columns'
    assert str(raised.value) == words


def test_an_empty_file_lacks_its_columns(read_csv: ReadCsv) -> None:
    with pytest.raises(PlanError, match="lacks the column"):
        read_csv("")


def test_a_file_that_is_not_there_is_an_error(site_with: SiteWith, clerk_of: Any, tmp_path: Path) -> None:
    for path, words in ((tmp_path / "no.csv", "no such file or folder"), (tmp_path, r"no file fits \*\.csv")):
        site = site_with(csv={"path": path, "columns": COLUMNS})
        with pytest.raises(PlanError, match=words):
            read_csv_plan(site.planned.csv, clerk_of(site), FIRST, LAST)


def test_an_appointment_keeps_its_identity_when_it_is_moved_within_its_day(read_csv: ReadCsv) -> None:
    [before] = read_csv(HEADING + ROW).appointments
    [after] = read_csv(HEADING + ROW.replace("08:30", "14:00")).appointments
    assert before.appointment_id == after.appointment_id
    assert after.start.hour == 14


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda text: (HEADING + text).encode())))
def test_no_file_is_a_crash(read_csv: ReadCsv, content: bytes) -> None:
    try:
        listing = read_csv(content)
    except PlanError:
        return
    assert all(FIRST <= one.start.date() <= LAST for one in listing.appointments)
