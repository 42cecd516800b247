"""From the archive to the page: a scanner whose clock runs fast is told, those that run right are not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from bs4 import BeautifulSoup

import schedvisu_lib as sv
from schedvisu_lib.collect import collect_days
from schedvisu_lib.demo.archive import DemoArchive
from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.demo.records import SimSeries
from schedvisu_lib.figures.checks import ChecksPage
from schedvisu_lib.periods import Period
from tests.conftest import write_site_file

DAYS = [date(2026, 5, 18), date(2026, 5, 19)]
"""Two days of 29 and 45 studies; 8 of them on the Millennium."""
FAST = timedelta(minutes=12)
VISION = "Vision 600"


class FastVision(Hospital):
    """The simulated hospital, where the clocks of the Vision's devices run twelve minutes fast."""

    def _simulate(self, day):
        def late(one: SimSeries) -> SimSeries:
            few = replace(one, n_instances=min(one.n_instances, 3))
            return replace(few, timing=replace(few.timing, **shifted(few.timing))) if is_vision(one) else few

        return tuple(replace(study, series=tuple(map(late, study.series))) for study in super()._simulate(day))


def is_vision(series):
    return "Biograph64" in series.device.model


def shifted(timing):
    return {name: getattr(timing, name) + FAST for name in ("start", "end") if name in timing.__dataclass_fields__}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    site = sv.load_site(write_site_file(tmp_path_factory.mktemp("clock")))
    with DemoArchive(FastVision(site), port=0) as archive:
        asked = site.model_copy(update={"pacs": site.pacs.model_copy(update={"port": archive.port})})
        assert collect_days(asked, sv.open_store(site), DAYS, lambda day: None).problems == ()
    return site


@pytest.fixture(scope="module")
def told(site):
    """What the page says of the clock of each scanner, by Study Time."""
    store = sv.open_store(site)
    page = ChecksPage(site, Period("two days", *DAYS), datetime(2026, 5, 20))
    series = store.series(*DAYS)
    studies = sv.consolidate(series, site)
    html = page.clocks(store.study_delays(*DAYS), series, studies, store.planned(*DAYS), store.stored_days(*DAYS)).text
    rows = [
        [cell.get_text() for cell in row.find_all(["th", "td"])]
        for row in BeautifulSoup(html, "html.parser").find_all("tr")
    ]
    return {row[0]: row for row in rows if row[2] == "Study Time"}


def test_the_clock_that_runs_fast_is_told_first(told):
    assert next(iter(told)) == VISION
    assert told[VISION][3] == "semble déréglée"
    assert 9 < float(told[VISION][-1].replace(",", ".")) < 15


def test_the_others_run_as_usual(told):
    assert {name: row[3] for name, row in told.items() if name not in (VISION, "Millennium")} == dict.fromkeys(
        ("Discovery 690", "Discovery 670", "Symbia Intevo"), "habituelle"
    )


def test_of_a_few_studies_nothing_is_said(told):
    assert told["Millennium"][3:5] == ["trop peu", "8"]


def test_a_stated_offset_sets_it_right(site):
    """The site may state the offset of a scanner's clock: what is retrieved then is as usual."""
    before = sv.open_store(site).study_delays(*DAYS)
    scanners = tuple(
        scanner.model_copy(update={"clock_offset": -12.0}) if scanner.name == VISION else scanner
        for scanner in site.scanners
    )
    store = site.store.model_copy(update={"folder": site.store.folder.with_name("corrected")})
    corrected = site.model_copy(update={"scanners": scanners, "store": store})
    with DemoArchive(FastVision(site), port=0) as archive:
        asked = corrected.model_copy(update={"pacs": site.pacs.model_copy(update={"port": archive.port})})
        collect_days(asked, sv.open_store(corrected), DAYS[:1], lambda day: None)
    after = sv.open_store(corrected).study_delays(DAYS[0], DAYS[0])
    joined = before.merge(after, on=["date", "model"])
    vision = joined["model"].str.startswith("Biograph64")
    assert (joined["median_x"] - joined["median_y"]).round(3).tolist() == [720.0 * one for one in vision]
