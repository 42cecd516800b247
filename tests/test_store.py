"""What the store promises: whole files or the former ones, no day asked for twice, no patient in any of its bytes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from datetime import date, datetime

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pandas.testing import assert_frame_equal

import schedvisu_lib as sv
from schedvisu_lib.demo.archive import DemoArchive
from schedvisu_lib.demo.hospital import Hospital, _file
from schedvisu_lib.errors import StoreError, StoreLocked
from schedvisu_lib.pacs.pseudonym import load_pseudonymiser, make_key
from schedvisu_lib.pacs.retrieve import retrieve_day
from schedvisu_lib.pacs.sources import open_sources
from schedvisu_lib.store import DayState
from schedvisu_lib.tables import FAILED, PLANNED, SCHEMA_VERSION, SERIES, STUDIES, conform, empty

MONDAY, TUESDAY = date(2026, 5, 11), date(2026, 5, 12)


@pytest.fixture
def store(demo_site):
    return sv.open_store(demo_site)


@pytest.fixture
def series_of(make_series):
    """Makes the series of a day: `series_of(MONDAY, n=3, verdict="failed")`."""

    def make(day, n=3, **facts):
        at = [datetime(day.year, day.month, day.day, 8, number) for number in range(n)]
        uids = [f"1.{day:%Y%m%d}.{number}" for number in range(n)]
        return make_series(
            [{"start": s, "end": s, "study_uid": u, "series_uid": u} | facts for s, u in zip(at, uids, strict=True)]
        )

    return make


def file_of(site, day):
    return site.store.folder / "series" / f"{day:%Y}" / f"{day:%Y%m%d}.parquet"


def with_store(site, **settings):
    return site.model_copy(update={"store": site.store.model_copy(update=settings)})


# Days


def test_an_empty_store_gives_empty_tables_with_all_columns(store):
    assert store.is_empty()
    assert_frame_equal(store.series(MONDAY, TUESDAY), empty(SERIES))
    assert_frame_equal(store.studies(MONDAY, TUESDAY), empty(STUDIES))
    assert store.years_to_consolidate() == []
    assert store.day_state(MONDAY) is None


def test_a_day_is_read_back_as_it_was_written(store, series_of, demo_site):
    rows = series_of(MONDAY)
    rows.loc[1, ["start", "end"]] = pd.NaT
    store.write_day(MONDAY, rows)
    assert_frame_equal(store.series(MONDAY, MONDAY), rows)
    assert file_of(demo_site, MONDAY) == demo_site.store.folder / "series" / "2026" / "20260511.parquet"
    assert not store.is_empty()


def test_days_are_inclusive_and_in_order(store, series_of):
    days = [date(2025, 12, 31), date(2026, 1, 2), MONDAY, TUESDAY]
    for day in reversed(days):
        store.write_day(day, series_of(day, n=2))
    found = store.series("2026-01-02", pd.Timestamp(MONDAY))
    assert found["date"].dt.date.tolist() == [days[1]] * 2 + [MONDAY] * 2
    assert len(store.series(days[0], TUESDAY)) == 8
    assert len(store.series(TUESDAY, MONDAY)) == 0


def test_an_empty_day_is_known_and_not_asked_for_again(store):
    store.write_day(MONDAY, empty(SERIES))
    assert store.days_to_retrieve([MONDAY, TUESDAY]) == [TUESDAY]
    assert len(store.series(MONDAY, MONDAY)) == 0


def test_a_complete_day_is_not_asked_for_again(store, series_of):
    store.write_day(MONDAY, series_of(MONDAY))
    assert store.days_to_retrieve([MONDAY, TUESDAY]) == [TUESDAY]


@pytest.mark.parametrize("retries", [0, 1, 3])
def test_a_day_with_failed_series_is_asked_for_as_often_as_the_site_says_and_given_up(demo_site, series_of, retries):
    store = sv.open_store(with_store(demo_site, retries=retries))
    rows = series_of(MONDAY)
    rows.loc[0, "verdict"] = FAILED
    asked = 0
    while store.days_to_retrieve([MONDAY]):
        asked += 1
        state = store.write_day(MONDAY, rows)
        assert (state.n_failed, state.attempts) == (1, asked)
    assert asked == 1 + retries


def test_a_day_that_fails_no_more_is_complete(store, series_of):
    store.write_day(MONDAY, series_of(MONDAY, verdict=FAILED))
    state = store.write_day(MONDAY, series_of(MONDAY))
    assert (state.n_failed, state.attempts) == (0, 2)
    assert store.days_to_retrieve([MONDAY]) == []


def test_the_metadata_say_schema_fingerprint_failures_and_attempts(store, series_of, demo_site):
    state = store.write_day(MONDAY, series_of(MONDAY, verdict=FAILED))
    stated = json.loads(pq.read_metadata(file_of(demo_site, MONDAY)).metadata[b"schedvisu"])
    assert stated == {"schema": SCHEMA_VERSION, **asdict(state)}
    assert state == DayState(demo_site.retrieval_fingerprint(), n_failed=3, attempts=1)
    assert store.day_state(MONDAY) == state


def delays(*rows):
    return pd.DataFrame(rows, columns=["model", "n_studies", "median", "spread"])


def test_delays_from_study_time_lie_with_their_day(store, series_of):
    store.write_day(TUESDAY, series_of(TUESDAY), delays(("Biograph64", 3, 480.5, 60.0)))
    store.write_day(MONDAY, series_of(MONDAY), delays(("Biograph64", 4, 500.0, 0.0), ("Encore2", 1, -3.0, 0.0)))
    found = store.study_delays(MONDAY, TUESDAY)
    assert list(found.itertuples(index=False, name=None)) == [
        (pd.Timestamp(MONDAY), "Biograph64", 4, 500, 0),
        (pd.Timestamp(MONDAY), "Encore2", 1, -3, 0),
        (pd.Timestamp(TUESDAY), "Biograph64", 3, 480.5, 60),
    ]
    assert store.study_delays(MONDAY, MONDAY)["model"].tolist() == ["Biograph64", "Encore2"]


def test_of_days_without_delays_nothing_is_known_and_nothing_asked_for_again(store, series_of):
    store.write_day(MONDAY, series_of(MONDAY))
    assert store.study_delays(MONDAY, TUESDAY).empty
    assert store.days_to_retrieve([MONDAY]) == []


def test_delays_change_nothing_else_of_a_day(store, series_of, demo_site):
    rows = series_of(MONDAY)
    state = store.write_day(MONDAY, rows, delays(("Biograph64", 4, 500.0, 0.0)))
    assert store.day_state(MONDAY) == state == DayState(demo_site.retrieval_fingerprint(), n_failed=0, attempts=1)
    assert_frame_equal(store.series(MONDAY, MONDAY), rows)
    assert pq.read_schema(file_of(demo_site, MONDAY)).remove_metadata() == SERIES


def test_delays_of_a_damaged_day_are_not_known(store, series_of, demo_site):
    store.write_day(MONDAY, series_of(MONDAY), delays(("Biograph64", 4, 500.0, 0.0)))
    file_of(demo_site, MONDAY).write_bytes(b"no parquet")
    assert store.study_delays(MONDAY, MONDAY).empty


def test_nothing_is_pickled(store, series_of, demo_site):
    store.write_day(MONDAY, series_of(MONDAY))
    metadata = pq.read_metadata(file_of(demo_site, MONDAY)).metadata
    assert b"pandas" not in metadata
    assert pq.read_schema(file_of(demo_site, MONDAY)).remove_metadata() == SERIES


def test_days_judged_by_other_settings_are_told_and_not_asked_for(store, series_of, demo_site):
    store.write_day(MONDAY, series_of(MONDAY))
    changed = demo_site.pacs.model_copy(update={"excluded_series": ("CTAC.*",)})
    other = sv.open_store(demo_site.model_copy(update={"pacs": changed}))
    assert store.days_of_other_rules([MONDAY, TUESDAY]) == []
    assert other.days_of_other_rules([MONDAY, TUESDAY]) == [MONDAY]
    assert other.days_to_retrieve([MONDAY]) == []


def test_another_address_of_the_archive_is_no_other_setting(store, series_of, demo_site):
    store.write_day(MONDAY, series_of(MONDAY))
    moved = demo_site.pacs.model_copy(update={"host": "elsewhere", "port": 4242, "ways": ("move",)})
    assert sv.open_store(demo_site.model_copy(update={"pacs": moved})).days_of_other_rules([MONDAY]) == []


def test_a_table_without_its_columns_is_not_written(store, series_of, demo_site):
    with pytest.raises(sv.SchedVisuError, match="lacks the column"):
        store.write_day(MONDAY, series_of(MONDAY).drop(columns="timing"))
    assert not file_of(demo_site, MONDAY).exists()


# Appointments


@pytest.fixture
def planned_of():
    """Makes the appointments of a day: `planned_of(MONDAY, n=3)`."""

    def make(day, n=3):
        start = pd.to_datetime([datetime(day.year, day.month, day.day, 8 + number) for number in range(n)])
        rows = pd.DataFrame(
            {"start": start, "date": start.normalize(), "seen": start, "minutes": [None, *[30.0] * (n - 1)]}
        )
        words = dict.fromkeys(("patient", "study_uid", "description"), "")
        words |= {"scanner": "Millennium", "status": "scheduled", "source": "csv"}
        return conform(rows.assign(appointment_id=[f"{day}.{number}" for number in range(n)], **words), PLANNED)

    return make


def test_a_day_of_appointments_is_read_back_as_it_was_written(store, planned_of, demo_site):
    assert_frame_equal(store.planned(MONDAY, TUESDAY), empty(PLANNED))
    store.write_planned(TUESDAY, planned_of(TUESDAY))
    store.write_planned(MONDAY, planned_of(MONDAY).iloc[::-1])
    assert_frame_equal(store.planned(MONDAY, MONDAY), planned_of(MONDAY))
    assert store.planned(MONDAY, TUESDAY)["start"].is_monotonic_increasing
    file = demo_site.store.folder / "planned" / "2026" / "20260511.parquet"
    assert pq.read_schema(file).remove_metadata() == PLANNED
    assert json.loads(pq.read_metadata(file).metadata[b"schedvisu"]) == {"schema": SCHEMA_VERSION}


def test_appointments_are_no_day_of_series(store, planned_of, series_of):
    store.write_planned(MONDAY, planned_of(MONDAY))
    assert not store.is_empty()  # its pseudonyms hang on the key
    assert store.stored_days() == []
    assert store.days_to_retrieve([MONDAY]) == [MONDAY]
    assert store.years_to_consolidate() == []
    store.write_day(TUESDAY, series_of(TUESDAY))
    assert store.stored_days() == [TUESDAY]
    assert store.stored_days(MONDAY, MONDAY) == []


def test_a_damaged_day_of_appointments_is_named_with_what_to_do(store, planned_of, demo_site):
    store.write_planned(MONDAY, planned_of(MONDAY))
    (demo_site.store.folder / "planned" / "2026" / "20260511.parquet").write_bytes(b"PAR1")
    with pytest.raises(
        StoreError, match=r"planned/2026/20260511\.parquet: damaged .*restore it from a backup, or delete it"
    ):
        store.planned(MONDAY, MONDAY)


# Damaged and old files


@pytest.mark.parametrize("content", [b"", b"PAR1", b"not parquet at all" * 20])
def test_a_damaged_day_is_named_with_what_to_do_and_asked_for_again(store, series_of, demo_site, content):
    store.write_day(MONDAY, series_of(MONDAY))
    store.write_day(TUESDAY, series_of(TUESDAY))
    file_of(demo_site, MONDAY).write_bytes(content)
    assert store.day_state(MONDAY) is None
    assert store.days_to_retrieve([MONDAY, TUESDAY]) == [MONDAY]
    with pytest.raises(
        StoreError, match=r"20260511\.parquet: damaged .*delete it; the next run asks for the day again"
    ):
        store.series(MONDAY, TUESDAY)
    assert len(store.series(TUESDAY, TUESDAY)) == 3


def test_a_day_cut_in_the_middle_is_named(store, series_of, demo_site):
    store.write_day(MONDAY, series_of(MONDAY, n=20))
    whole = file_of(demo_site, MONDAY).read_bytes()
    file_of(demo_site, MONDAY).write_bytes(whole[:200] + b"\0" * 200 + whole[400:])
    with pytest.raises(StoreError, match=r"20260511\.parquet: damaged"):
        store.series(MONDAY, MONDAY)


@pytest.mark.parametrize(
    "change",
    [
        lambda table: table.drop_columns(["timing"]),
        lambda table: table.append_column("extra", pa.array([1] * len(table))),
        lambda table: table.set_column(13, "n_instances", table["n_instances"].cast(pa.string())),
    ],
    ids=["column missing", "column more", "other type"],
)
def test_a_day_with_other_columns_is_of_another_version(store, series_of, demo_site, change):
    store.write_day(MONDAY, series_of(MONDAY))
    file = file_of(demo_site, MONDAY)
    pq.write_table(change(pq.read_table(file)), file)
    with pytest.raises(StoreError, match=r"20260511\.parquet: written by another version of schedvisu; delete it"):
        store.series(MONDAY, MONDAY)


def test_a_day_of_another_schema_version_is_asked_for_again(store, series_of, demo_site):
    store.write_day(MONDAY, series_of(MONDAY))
    file = file_of(demo_site, MONDAY)
    stated = json.loads(pq.read_metadata(file).metadata[b"schedvisu"]) | {"schema": SCHEMA_VERSION + 1}
    pq.write_table(pq.read_table(file).replace_schema_metadata({"schedvisu": json.dumps(stated)}), file)
    assert store.day_state(MONDAY) is None
    assert store.days_to_retrieve([MONDAY]) == [MONDAY]
    with pytest.raises(StoreError, match=r"20260511\.parquet: written by another version of schedvisu"):
        store.series(MONDAY, MONDAY)


def test_a_damaged_year_of_studies_is_named_and_made_anew(store, series_of, demo_site):
    store.write_day(MONDAY, series_of(MONDAY))
    rebuild(store, demo_site)
    file = demo_site.store.folder / "studies" / "2026.parquet"
    file.write_bytes(b"broken")
    with pytest.raises(StoreError, match=r"2026\.parquet: damaged .*delete it; the next run makes it anew"):
        store.studies(MONDAY, MONDAY)
    assert store.years_to_consolidate() == [2026]


# Studies


def rebuild(store, site):
    years = store.years_to_consolidate()
    for year in years:
        fingerprint, series = store.source_of_year(year)
        store.write_studies(year, sv.consolidate(series, site), fingerprint)
    return years


def test_studies_are_rebuilt_when_a_day_changed_and_only_then(store, series_of, demo_site):
    store.write_day(date(2025, 12, 1), series_of(date(2025, 12, 1)))
    store.write_day(MONDAY, series_of(MONDAY))
    assert rebuild(store, demo_site) == [2025, 2026]
    assert rebuild(store, demo_site) == []
    store.write_day(TUESDAY, series_of(TUESDAY))
    assert rebuild(store, demo_site) == [2026]
    assert len(store.studies(MONDAY, TUESDAY)) == 6


def test_studies_are_rebuilt_when_a_day_was_removed(store, series_of, demo_site):
    store.write_day(MONDAY, series_of(MONDAY))
    rebuild(store, demo_site)
    file_of(demo_site, MONDAY).unlink()
    assert rebuild(store, demo_site) == [2026]
    assert len(store.studies(MONDAY, MONDAY)) == 0


def test_studies_are_rebuilt_when_a_rule_changed_and_not_for_a_colour(store, series_of, demo_site):
    store.write_day(MONDAY, series_of(MONDAY))
    rebuild(store, demo_site)
    wider = tuple(one.model_copy(update={"preparation": 9}) for one in demo_site.scanners)
    assert sv.open_store(demo_site.model_copy(update={"scanners": wider})).years_to_consolidate() == [2026]
    coloured = tuple(kind.model_copy(update={"color": "#123456"}) for kind in demo_site.exam_types)
    assert sv.open_store(demo_site.model_copy(update={"exam_types": coloured})).years_to_consolidate() == []


def test_a_day_that_changes_while_its_year_is_rebuilt_is_seen_by_the_next_run(store, series_of, demo_site):
    store.write_day(MONDAY, series_of(MONDAY))
    fingerprint, series = store.source_of_year(2026)
    store.write_day(TUESDAY, series_of(TUESDAY))
    store.write_studies(2026, sv.consolidate(series, demo_site), fingerprint)
    assert store.years_to_consolidate() == [2026]


def test_an_exam_at_new_year_is_found_by_the_day_on_which_it_began(store, make_series, demo_site):
    new_years_eve = date(2025, 12, 31)
    rows = make_series(
        [
            {
                "start": "2025-12-31 23:30",
                "end": "2026-01-01 00:10",
                "study_uid": "1",
                "date": pd.Timestamp(new_years_eve),
            },
            {
                "start": "2026-01-01 00:20",
                "end": "2026-01-01 00:40",
                "study_uid": "2",
                "date": pd.Timestamp(new_years_eve),
            },
        ]
    )
    store.write_day(new_years_eve, rows)
    assert rebuild(store, demo_site) == [2025]
    assert store.studies("2025-12-31", "2025-12-31")["exam_id"].tolist() == ["1_1"]
    assert store.studies("2026-01-01", "2026-01-01")["exam_id"].tolist() == ["2_1"]
    assert store.studies("2025-12-01", "2026-02-01")["exam_id"].tolist() == ["1_1", "2_1"]


# Locks and folders


def test_a_second_run_is_told_that_the_store_is_locked(store, demo_site):
    second = sv.open_store(demo_site).locked()
    words = "another run of schedvisu is at work here since"
    with store.locked(), pytest.raises(StoreLocked, match=words):
        second.__enter__()
    with store.locked():
        pass


def test_another_process_is_kept_out_too_and_let_in_when_the_first_is_killed(store, demo_site):
    code = (
        "import sys, time, filelock\n"
        "with filelock.FileLock(sys.argv[1], timeout=0):\n"
        "    print('locked', flush=True)\n"
        "    time.sleep(60)\n"
    )
    demo_site.store.folder.mkdir(parents=True)
    command = [sys.executable, "-c", code, str(demo_site.store.folder / "lock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"locked\n"
        with pytest.raises(StoreLocked), store.locked():
            pass
        other.kill()
    with store.locked():
        pass


def test_reading_needs_no_lock(store, series_of, demo_site):
    with store.locked():
        store.write_day(MONDAY, series_of(MONDAY))
        assert len(sv.open_store(demo_site).series(MONDAY, MONDAY)) == 3


def test_half_files_of_a_killed_run_are_swept(store, series_of, demo_site):
    store.write_day(MONDAY, series_of(MONDAY))
    half = file_of(demo_site, MONDAY).with_name(".20260512.parquet.half")
    half.write_bytes(b"half")
    assert len(store.series(MONDAY, TUESDAY)) == 3
    with store.locked():
        assert not half.exists()
        assert file_of(demo_site, MONDAY).exists()


def test_a_file_in_place_of_the_folder_is_named(store, series_of, demo_site):
    demo_site.store.folder.write_text("in the way")
    words = f"{demo_site.store.folder}.*check .*store.folder"
    with pytest.raises(StoreError, match=words), store.locked():
        pass
    with pytest.raises(StoreError, match=words):
        store.write_day(MONDAY, series_of(MONDAY))


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="only Linux has a folder that not even root may write")  # noqa: PTH112
def test_a_folder_that_cannot_be_written_is_named(demo_site, series_of, tmp_path):
    store = sv.open_store(with_store(demo_site, folder=type(tmp_path)("/proc/self/store")))
    with pytest.raises(StoreError, match=r"/proc/self/store.*check .*store\.folder"), store.locked():
        pass


def test_a_mistake_of_the_caller_is_not_taken_for_one_of_the_folder(store):
    with pytest.raises(PermissionError), store.locked():
        raise PermissionError("of something else")


# Crashes

WRITER = """
import sys
from pathlib import Path
import pandas as pd
import schedvisu_lib as sv
site = sv.load_site(sys.argv[1])
store = sv.open_store(site.model_copy(update={"store": site.store.model_copy(update={"folder": Path(sys.argv[2])})}))
rows = store.series("2026-05-11", "2026-05-11")
print("ready", flush=True)
for n in range(1_000_000):
    store.write_day(pd.Timestamp("2026-05-11").date(), rows.assign(reason=str(n % 2) * 50))
"""


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_a_writer_that_is_killed_leaves_the_old_day_or_the_new_one(store, series_of, demo_site):
    store.write_day(MONDAY, series_of(MONDAY, n=15, reason="0" * 50))
    for wait in (0.003, 0.023, 0.047):
        command = [sys.executable, "-c", WRITER, str(demo_site.file), str(demo_site.store.folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
            assert writer.stdout.readline() == b"ready\n"
            time.sleep(wait)
            writer.send_signal(signal.SIGKILL)
        rows = store.series(MONDAY, MONDAY)
        assert len(rows) == 15
        assert set(rows["reason"]) in ({"0" * 50}, {"1" * 50})
        assert store.day_state(MONDAY) is not None
    with store.locked():
        assert [file.name for file in file_of(demo_site, MONDAY).parent.iterdir()] == ["20260511.parquet"]


@pytest.mark.skipif(os.name != "posix", reason="Windows does not replace a file that is open")
def test_who_reads_a_day_meanwhile_reads_the_former_one_to_its_end(store, series_of, demo_site):
    store.write_day(MONDAY, series_of(MONDAY))
    before = file_of(demo_site, MONDAY).read_bytes()
    with file_of(demo_site, MONDAY).open("rb") as reader:
        store.write_day(MONDAY, series_of(MONDAY, n=9))
        assert reader.read() == before
    assert file_of(demo_site, MONDAY).read_bytes() != before


def test_a_write_that_fails_leaves_the_former_day(store, series_of, demo_site, monkeypatch):
    store.write_day(MONDAY, series_of(MONDAY))
    before = file_of(demo_site, MONDAY).read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match=r"20260511\.parquet: cannot be written \(No space left on device\)"):
        store.write_day(MONDAY, series_of(MONDAY, n=9))
    assert file_of(demo_site, MONDAY).read_bytes() == before
    assert len(list(file_of(demo_site, MONDAY).parent.iterdir())) == 1


# Privacy


class Morning(Hospital):
    """The simulated hospital until the twelfth study."""

    def _simulate(self, day):
        return _file(self.seed, day, super()._simulate(day)[:12])


def test_no_patients_id_name_or_accession_number_lies_in_any_file_of_the_store(store, demo_site):
    make_key(demo_site.privacy.key_file)
    hospital = Morning(demo_site)
    with DemoArchive(hospital, port=0) as archive:
        pacs = demo_site.pacs.model_copy(update={"port": archive.port})
        site = demo_site.model_copy(update={"pacs": pacs})
        with open_sources(pacs)() as asked:
            rows = retrieve_day(asked, site, MONDAY, load_pseudonymiser(demo_site.privacy.key_file))
    with store.locked():
        store.write_day(MONDAY, pd.DataFrame([asdict(row) for row in rows]))
        rebuild(store, demo_site)
    files = [file for file in demo_site.store.folder.rglob("*") if file.is_file()]
    assert {file.name for file in files} >= {"20260511.parquet", "2026.parquet"}
    # Parquet pages are compressed: what they hold is searched as well as the bytes themselves.
    tables = [pq.read_table(file).to_pandas().to_csv() for file in files if file.suffix == ".parquet"]
    content = b"".join(file.read_bytes() for file in files) + "".join(tables).encode()
    key = demo_site.privacy.key_file.read_text().strip()
    assert hospital.studies_on(MONDAY)
    for study in hospital.studies_on(MONDAY):
        for secret in (
            study.patient.id,
            study.patient.name,
            study.accession,
            f"{study.patient.birth_date:%Y%m%d}",
            key,
        ):
            assert secret.encode() not in content


def test_studies_are_whole_where_each_open_day_was_retrieved(store, series_of, make_studies):
    studies = make_studies([{"start": "2026-05-11 09:00", "end": "2026-05-11 10:00"}])
    store.write_studies(2026, studies, "written by a test")
    store.write_day(MONDAY, series_of(MONDAY))
    assert store.whole_studies(MONDAY, TUESDAY) is None
    assert_frame_equal(store.whole_studies(MONDAY, MONDAY), studies)
    store.write_day(TUESDAY, series_of(TUESDAY, n=0))
    assert_frame_equal(store.whole_studies("2026-05-09", TUESDAY), studies)  # a Saturday and a Sunday before it
    store.write_day(date(2026, 5, 13), series_of(date(2026, 5, 13)))
    assert_frame_equal(store.whole_studies(MONDAY, date(2026, 5, 15)), studies)  # Ascension and a closed day
