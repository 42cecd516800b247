"""The numbers of an export are those of the report."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import schedvisu_lib as sv
from schedvisu_lib.export.tables import Extent, export_table
from schedvisu_lib.export.target import TABLES, What
from tests.conftest import build_studies

from .conftest import FRIDAY, MONDAY

D690 = "Discovery 690"


def test_studies_are_those_of_the_days_and_scanners(exams: pd.DataFrame, demo_site: sv.Site, week: Extent) -> None:
    table = export_table(What.STUDIES, exams, demo_site, week)
    assert list(table["exam_id"]) == ["1.2.2_1", "1.2.3_1", "1.2.9_1", "1.2.4_1", "1.2.9_2"]
    assert list(table["minutes"]) == [20, 30, 6, 45.5, 30]
    one = export_table(What.STUDIES, exams, demo_site, Extent(MONDAY, FRIDAY, (D690,)))
    assert set(one["scanner"]) == {D690}


@pytest.mark.parametrize("what", TABLES)
def test_nothing_of_the_patient_is_exported(what: What, exams: pd.DataFrame, demo_site: sv.Site, week: Extent) -> None:
    table = export_table(what, exams, demo_site, week)
    assert "patient" not in table.columns
    assert not table.astype("str").isin(set(exams["patient"])).any(axis=None)


def test_counts_are_those_of_each_scanner(exams: pd.DataFrame, demo_site: sv.Site, week: Extent) -> None:
    table = export_table(What.COUNTS, exams, demo_site, week)
    assert list(table.columns[:4]) == ["scanner", "bin", "first", "last"]
    assert len(table) == 2 * 5
    monday = table.iloc[0]
    assert (monday["scanner"], monday["bin"], monday["exams"], monday["slots"]) == (D690, "2026-05-18", 3, 14)
    assert monday["first"] == monday["last"] == pd.Timestamp("2026-05-18")
    assert monday["utilisation"] == 3 / 14
    for scanner in week.scanners:
        rows = table.loc[table["scanner"] == scanner].set_index("bin").drop(columns=["scanner", "first", "last"])
        meant = sv.count_table(exams, demo_site, scanner, MONDAY, FRIDAY)
        pd.testing.assert_frame_equal(rows, meant, check_index_type=False)


def test_bins_of_counts_cover_the_days_without_holes(demo_site: sv.Site, exams: pd.DataFrame) -> None:
    extent = Extent(date(2026, 1, 1), date(2026, 5, 22), (D690,))
    table = export_table(What.COUNTS, exams, demo_site, extent)
    assert table["first"].iloc[0] == pd.Timestamp(extent.first)
    assert table["last"].iloc[-1] == pd.Timestamp(extent.last)
    assert list(table["first"][1:]) == [day + timedelta(days=1) for day in table["last"][:-1]]


def test_durations_are_in_minutes_with_takes_apart(exams: pd.DataFrame, demo_site: sv.Site, week: Extent) -> None:
    table = export_table(What.DURATIONS, exams, demo_site, week)
    rows = {(row.scanner, row.exam_type, row.take): row for row in table.itertuples()}
    assert list(rows) == [
        (D690, "FDG STAND.", 0),
        (D690, "PSMA", 0),
        ("Millennium", "OS", 1),
        ("Millennium", "OS", 2),
    ]
    fdg = rows[D690, "FDG STAND.", 0]
    assert (fdg.n, fdg.mean_minutes, fdg.median_minutes, fdg.q1_minutes, fdg.q3_minutes) == (2, 25, 25, 22.5, 27.5)
    assert (fdg.min_minutes, fdg.max_minutes) == (20, 30)
    assert rows[D690, "PSMA", 0].mean_minutes == 45.5


def test_gaps_are_those_that_the_report_finds(exams: pd.DataFrame, demo_site: sv.Site, week: Extent) -> None:
    table = export_table(What.GAPS, exams, demo_site, week)
    assert list(zip(table["scanner"], table["minutes"], strict=True)) == [(D690, 120), ("Millennium", 174)]
    meant = sv.find_gaps(exams.loc[exams["date"] >= "2026-05-18"], demo_site)
    pd.testing.assert_frame_equal(table, meant)


@pytest.mark.parametrize("what", TABLES)
def test_days_without_exams_have_all_columns_in_the_same_types(
    what: What, exams: pd.DataFrame, demo_site: sv.Site, week: Extent
) -> None:
    filled = export_table(what, exams, demo_site, week)
    bare = export_table(what, exams.iloc[:0], demo_site, week)
    assert list(bare.columns) == list(filled.columns)
    assert len(bare) == (10 if what is What.COUNTS else 0)
    for name in filled.columns:
        assert bare[name].dtype.kind == filled[name].dtype.kind, name


minutes = st.integers(7 * 60, 18 * 60)
some_exams = st.lists(
    st.tuples(st.integers(0, 18), minutes, st.integers(0, 120), st.sampled_from([D690, "Vision 600"])),
    max_size=12,
)


@given(drawn=some_exams)
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_exams_gaps_and_counts_agree(drawn: list[tuple[int, int, int, str]], demo_site: sv.Site) -> None:
    """What the tables of one range count is the same, whatever the exams and the bins are."""
    rows = []
    for days, begin, length, scanner in drawn:
        start = pd.Timestamp(2026, 3, 2) + pd.Timedelta(days=days, minutes=begin)
        rows.append({"start": start, "end": start + pd.Timedelta(minutes=length), "scanner": scanner})
    studies = build_studies(rows)
    extent = Extent(date(2026, 3, 2), date(2026, 3, 20), (D690, "Vision 600"))
    tables = {what: export_table(what, studies, demo_site, extent) for what in TABLES}
    for scanner in extent.scanners:
        exams, counts, durations, gaps = (table.loc[table["scanner"] == scanner] for table in tables.values())
        assert counts["exams"].sum() == len(exams) == durations["n"].sum()
        assert counts["gaps"].sum() == len(gaps)
        if len(exams):
            assert (durations["mean_minutes"] * durations["n"]).sum() == pytest.approx(exams["minutes"].sum())
