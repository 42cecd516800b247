"""Asking all sources and keeping what they say, day by day."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

import schedvisu_lib as sv
from schedvisu_lib.demo.appointments import Bookings
from schedvisu_lib.demo.archive import DemoArchive
from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.errors import StoreError
from schedvisu_lib.planned.poll import days_to_poll, poll_planned, probe_planned
from tests.conftest import free_port

from .conftest import SiteWith

MONDAY, TUESDAY, FRIDAY = date(2026, 5, 18), date(2026, 5, 19), date(2026, 5, 22)
EVENING = datetime(2026, 5, 22, 23)
HEADING = "No;Start;Salle;Examen\n"


@pytest.fixture(scope="module")
def archive() -> Iterator[DemoArchive]:
    hospital = Hospital(sv.load_site(Path(__file__).parents[2] / "params" / "demo.yaml"))
    with DemoArchive(hospital, port=0) as running:
        yield running


@pytest.fixture
def site(site_with: SiteWith, archive: DemoArchive) -> sv.Site:
    return site_with(worklist={"host": "127.0.0.1", "port": archive.port})


@pytest.fixture
def csv_site(site_with: SiteWith, tmp_path: Path) -> Callable[..., sv.Site]:
    """Gives a site whose plan is a CSV file with these rows: ``csv_site("1;2026-05-18 08:00;Millennium;OS")``."""

    def make(*rows: str, **more: Any) -> sv.Site:
        (tmp_path / "plan.csv").write_text(HEADING + "\n".join(rows) + "\n")
        columns = {"id": "No", "start": "Start", "scanner": "Salle", "description": "Examen"}
        return site_with(csv={"path": tmp_path / "plan.csv", "columns": columns}, **more)

    return make


def poll(site: sv.Site, now: datetime = EVENING, first: date = MONDAY, last: date = FRIDAY) -> Any:
    store = sv.open_store(site)
    with store.locked():
        return poll_planned(site, store, first, last, now)


def test_the_worklist_of_a_week_is_kept_by_day(site: sv.Site, archive: DemoArchive) -> None:
    polled = poll(site)
    bookings = Bookings(archive.hospital)
    meant = [one for n in range(18, 23) for one in bookings.appointments_on(date(2026, 5, n))]
    planned = sv.open_store(site).planned(MONDAY, FRIDAY)
    assert polled.problems == []
    assert polled.n_appointments == len(planned) == len(meant)
    key = ["start", "scanner", "study_uid"]
    rows = [(one.slot.start, one.scanner, one.study_uid) for one in meant]
    assert sorted(planned[key].itertuples(index=False, name=None)) == sorted(
        (pd.Timestamp(start), *others) for start, *others in rows
    )
    assert (planned["seen"] == pd.Timestamp(EVENING)).all()
    assert planned["patient"].str.fullmatch("[0-9a-f]{64}").all()
    folder = site.store.folder / "planned" / "2026"
    assert sorted(file.name for file in folder.iterdir()) == [f"202605{n}.parquet" for n in range(18, 23)]


def test_patients_have_the_pseudonym_of_their_images(site: sv.Site, archive: DemoArchive) -> None:
    from schedvisu_lib.collect import collect_days

    asked = site.model_copy(update={"pacs": site.pacs.model_copy(update={"port": archive.port})})
    store = sv.open_store(asked)
    with store.locked():
        collect_days(asked, store, [MONDAY], lambda day: None)
        poll_planned(asked, store, MONDAY, MONDAY, EVENING)
    series = store.series(MONDAY, MONDAY)
    planned = store.planned(MONDAY, MONDAY)
    both = planned.merge(series.drop_duplicates("study_uid"), on="study_uid")
    assert len(both) > 20
    assert (both["patient_x"] == both["patient_y"]).all()


def test_no_patients_id_name_or_number_lies_in_the_store_or_the_log(
    site: sv.Site, archive: DemoArchive, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    poll(site, last=MONDAY)
    files = list(site.store.folder.rglob("*.parquet"))
    tables = "".join(pq.read_table(file).to_pandas().to_csv() for file in files)
    content = b"".join(file.read_bytes() for file in files) + (tables + caplog.text).encode()
    for one in Bookings(archive.hospital).appointments_on(MONDAY):
        number = f"260518{one.number:03d}"
        for secret in (one.patient.id, one.patient.name, f"R{number}", f"S{number}", f"P{number}"):
            assert secret.encode() not in content


def test_asking_again_changes_only_what_changed(csv_site: Callable[..., sv.Site]) -> None:
    rows = ["1;2026-05-18 08:00;Millennium;OS", "2;2026-05-19 08:00;Millennium;OS"]
    site = csv_site(*rows)
    poll(site, datetime(2026, 5, 15, 1))
    csv_site(rows[0], "2;2026-05-19 14:00;Millennium;OS")
    poll(site, datetime(2026, 5, 16, 1))
    planned = sv.open_store(site).planned(MONDAY, FRIDAY)
    assert planned["start"].tolist() == [pd.Timestamp("2026-05-18 08:00"), pd.Timestamp("2026-05-19 14:00")]
    assert planned["status"].tolist() == ["scheduled", "scheduled"]


def test_what_a_file_no_longer_lists_is_cancelled_if_it_was_still_to_come(csv_site: Callable[..., sv.Site]) -> None:
    rows = ["1;2026-05-18 08:00;Millennium;OS", "2;2026-05-18 14:00;Millennium;OS", "3;2026-05-19 08:00;Millennium;OS"]
    site = csv_site(*rows)
    poll(site, datetime(2026, 5, 15, 1))
    csv_site("4;2026-05-18 16:00;Millennium;OS")  # nothing is said of Tuesday
    poll(site, datetime(2026, 5, 18, 12))
    planned = sv.open_store(site).planned(MONDAY, FRIDAY)
    assert planned["status"].tolist() == ["scheduled", "cancelled", "scheduled", "scheduled"]


def test_a_move_to_a_day_far_from_the_ones_asked_for_is_seen(csv_site: Callable[..., sv.Site]) -> None:
    site = csv_site("1;2026-05-19 08:00;Millennium;OS")
    poll(site, datetime(2026, 5, 15, 1))
    csv_site("1;2026-06-15 08:00;Millennium;OS")
    poll(site, datetime(2026, 6, 8, 1), date(2026, 6, 1), date(2026, 6, 22))
    assert sv.open_store(site).planned(TUESDAY, TUESDAY)["status"].tolist() == ["cancelled"]


def test_an_unreadable_row_cancels_nothing(csv_site: Callable[..., sv.Site]) -> None:
    site = csv_site("1;2026-05-18 08:00;Millennium;OS", "2;2026-05-18 09:00;Millennium;OS")
    poll(site, datetime(2026, 5, 15, 1))
    csv_site("1;2026-05-18 08:00;Millennium;OS", "2;soon;Millennium;OS")
    polled = poll(site, datetime(2026, 5, 16, 1))
    assert len(polled.problems) == 1
    assert sv.open_store(site).planned(MONDAY, MONDAY)["status"].tolist() == ["scheduled", "scheduled"]


def test_a_source_that_is_down_is_a_problem_and_the_others_are_asked(csv_site: Callable[..., sv.Site]) -> None:
    port = free_port()
    site = csv_site("1;2026-05-18 08:00;Millennium;OS", worklist={"host": "127.0.0.1", "port": port, "ae_title": "RIS"})
    quick = site.pacs.model_copy(update={"tries": 1, "connect_timeout": 2})
    polled = poll(site.model_copy(update={"pacs": quick}))
    [problem] = polled.problems
    assert problem.startswith(f"worklist: PACS RIS at 127.0.0.1:{port} cannot be reached")
    assert problem.endswith("; the plan stays as it was")
    assert polled.n_appointments == 1


def test_a_site_without_a_plan_asks_nobody(demo_site: sv.Site) -> None:
    site = demo_site.model_copy(update={"planned": None})
    polled = poll(site)
    assert (polled.n_appointments, polled.problems) == (0, [])
    assert not (site.store.folder / "planned").exists()
    assert not site.privacy.key_file.exists()


def test_a_lost_key_is_not_replaced_while_appointments_are_stored(csv_site: Callable[..., sv.Site]) -> None:
    site = csv_site("1;2026-05-18 08:00;Millennium;OS")
    poll(site)
    site.privacy.key_file.unlink()
    with pytest.raises(StoreError, match="restore it from the backup"):
        poll(site)


def test_a_damaged_day_is_named(csv_site: Callable[..., sv.Site]) -> None:
    site = csv_site("1;2026-05-18 08:00;Millennium;OS")
    poll(site)
    (site.store.folder / "planned" / "2026" / "20260518.parquet").write_bytes(b"no parquet")
    with pytest.raises(StoreError, match=r"20260518\.parquet: damaged .*restore it from a backup, or delete it"):
        poll(site)


def test_a_check_says_what_the_sources_list_and_keeps_nothing(csv_site: Callable[..., sv.Site]) -> None:
    site = csv_site("1;2026-05-18 08:00;Millennium;OS", "2;2026-05-18 09:00;Millennium;OS", "3;2026-05-18 09:00;IRM;x")
    words = probe_planned(site, MONDAY, FRIDAY)
    assert words == "csv lists 2 appointments from 2026-05-18 to 2026-05-22 (Millennium 2)"
    assert not site.store.folder.exists()
    assert not site.privacy.key_file.exists()
    csv_site("1;soon;Millennium;OS")
    with pytest.raises(sv.SchedVisuError, match="holds no day and time"):
        probe_planned(site, MONDAY, FRIDAY)
    without = site.model_copy(update={"planned": None})
    assert probe_planned(without, MONDAY, FRIDAY) == "none (no planned section)"


def test_a_run_asks_for_the_days_around_it(site_with: SiteWith) -> None:
    planned = site_with(worklist={}, days_back=3, days_ahead=10).planned
    assert planned is not None
    assert days_to_poll(planned, FRIDAY) == (date(2026, 5, 19), date(2026, 6, 1))
