"""The plan within the weekly run: asked for beside the images, and shown where there is one."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import schedvisu_lib as sv
from schedvisu_lib import pipeline
from schedvisu_lib.choice import choose
from schedvisu_lib.cli import app
from schedvisu_lib.demo.archive import DemoArchive
from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.outcome import Status
from tests.conftest import write_site_file

EVENING = datetime(2026, 5, 22, 23)
MONDAY, FRIDAY = date(2026, 5, 18), date(2026, 5, 22)


@pytest.fixture
def site(tmp_path: Path) -> sv.Site:
    return sv.load_site(write_site_file(tmp_path))


def days_of(site: sv.Site) -> tuple[date, date]:
    planned = sv.open_store(site).planned("2026-01-01", "2026-12-31")
    return planned["date"].min().date(), planned["date"].max().date()


def test_a_retrieval_asks_for_the_plan_around_today(site: sv.Site) -> None:
    with DemoArchive(Hospital(site), port=site.pacs.port):
        outcome = pipeline.retrieve(site, FRIDAY, FRIDAY, now=EVENING)
    assert outcome.status is Status.SUCCESS
    assert outcome.done[0].startswith("retrieved 1 of 1 days")
    assert outcome.done[1].startswith("planned: ")
    assert outcome.done[1].endswith(" appointments from 2026-05-15 to 2026-06-05")
    assert days_of(site) == (MONDAY, date(2026, 6, 5))  # 15 May is a closure
    assert sv.open_store(site).stored_days() == [FRIDAY]


def test_from_and_to_choose_the_days_of_the_plan_too(site: sv.Site) -> None:
    with DemoArchive(Hospital(site), port=site.pacs.port):
        command = ["retrieve", "--site", str(site.file), "--from", "2026-05-20", "--to", "2026-05-21"]
        done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    assert days_of(site) == (date(2026, 5, 20), date(2026, 5, 21))


def test_an_archive_that_is_down_leaves_the_plan_as_it_was_and_says_so(site: sv.Site) -> None:
    outcome = pipeline.retrieve(site, FRIDAY, FRIDAY, now=EVENING)
    assert outcome.status is Status.PARTIAL
    assert outcome.problems[-1].startswith("worklist: ")
    assert outcome.problems[-1].endswith("; the plan stays as it was")


def test_a_site_without_a_plan_hears_nothing_of_it(tmp_path: Path) -> None:
    site = sv.load_site(write_site_file(tmp_path, drop=["planned"]))
    with DemoArchive(Hospital(site), port=site.pacs.port):
        outcome = pipeline.retrieve(site, FRIDAY, FRIDAY, now=EVENING)
    assert len(outcome.done) == 1
    assert not (site.store.folder / "planned").exists()


def plan_pages(site: sv.Site, *periods: str) -> list[str]:
    choice = choose(site, EVENING, periods=periods)
    return [page.scanner for page in pipeline._pages(site, choice, EVENING) if page.notebook == "plan_and_effect"]


def test_scanners_with_appointments_in_the_week_have_a_page_of_plan_and_effect(
    site: sv.Site, make_planned: object
) -> None:
    assert plan_pages(site, "weekly") == []
    rows = make_planned({"start": "2026-05-18 08:00", "scanner": "Vision 600"})  # type: ignore[operator]
    sv.open_store(site).write_planned(MONDAY, rows)
    assert plan_pages(site, "weekly") == ["Vision 600"]
    assert plan_pages(site, "monthly", "weekly") == ["Vision 600"]
    assert plan_pages(site, "monthly") == []  # nobody could tell its appointments apart


def test_rows_are_of_the_tables_types(site: sv.Site, make_planned: object) -> None:
    rows = make_planned({"start": "2026-05-18 08:00", "minutes": None})  # type: ignore[operator]
    sv.open_store(site).write_planned(MONDAY, rows)
    pd.testing.assert_frame_equal(sv.open_store(site).planned(MONDAY, MONDAY), rows)
