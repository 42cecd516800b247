"""The overview and the data-quality page."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import schedvisu_lib as sv
from schedvisu_lib.figures.overview import overview_figure, overview_week
from schedvisu_lib.figures.week import last_week
from schedvisu_lib.periods import Period
from schedvisu_lib.studies.overview import with_change
from tests.conftest import Builder, write_site_file

WEEK = Period("weekly", date(2026, 4, 20), date(2026, 4, 24))
NOW = datetime(2026, 4, 25, 1, 30)


def test_a_scanner_without_slots_is_no_error(demo_site: sv.Site, make_studies: Builder) -> None:
    overview = with_change(make_studies(), demo_site, "2026-05-14", "2026-05-15")
    assert overview_figure(overview, demo_site).text.startswith("<img")


def test_of_a_long_period_the_last_week_is_shown() -> None:
    assert last_week("2026-01-01", "2026-05-22") == (date(2026, 5, 18), date(2026, 5, 22))
    assert last_week("2026-05-20", "2026-05-21") == (date(2026, 5, 20), date(2026, 5, 21))


def test_many_scanners_leave_no_room_for_the_week(make_studies: Builder, tmp_path: Path) -> None:
    hours, slots = {"mon": "08:00-17:00"}, {"mon": 9}
    scanners = [{"name": f"S{n}", "models": [f"M{n}"], "hours": hours, "slots": slots} for n in range(14)]
    site = sv.load_site(write_site_file(tmp_path, scanners=scanners, exam_types=[]))
    assert overview_week(make_studies(), site, WEEK).text == ""
