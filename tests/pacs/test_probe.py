"""Which ways an archive answers: tried on a few series of its latest day, each for itself."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from schedvisu_lib.errors import PacsUnreachable
from schedvisu_lib.pacs.dimse import GET, MOVE
from schedvisu_lib.pacs.probe import Trial, latest_series, try_ways
from schedvisu_lib.pacs.sources import DimseSource
from schedvisu_lib.pacs.verdicts import why_excluded
from tests.pacs.odd import OddArchive

MONDAY, TUESDAY = date(2026, 5, 11), date(2026, 5, 12)
ASCENSION = date(2026, 5, 14)
ZONE = ZoneInfo("Europe/Zurich")


def trials(site):
    """What each way gave of Monday's sample, by its name."""
    with DimseSource(site.pacs) as source:
        _, sample = latest_series(source, site, [MONDAY])
        tried = list(try_ways(source.ways, sample, ZONE))
    assert [one.way for one in tried] == [way.name for way in source.ways]
    assert {one.n_series for one in tried} == {len(sample)}
    return {one.way: one for one in tried}


# The sample


def test_the_first_day_with_series_of_ours_is_taken(archive, site_of):
    site = site_of(archive.port)
    with DimseSource(site.pacs) as source:
        day, sample = latest_series(source, site, [ASCENSION, TUESDAY, MONDAY])
    assert day == TUESDAY
    assert sorted(one.modality for one in sample) == ["CT"] * 3 + ["NM"] * 3 + ["PT"] * 3
    ours = {one.uid for study in archive.hospital.studies_on(TUESDAY) for one in study.series}
    assert {one.series_uid for one in sample} <= ours


def test_no_excluded_series_is_tried(archive, site_of):
    site = site_of(archive.port)
    with DimseSource(site.pacs) as source:
        _, sample = latest_series(source, site, [MONDAY])
    assert [why_excluded(one, site) for one in sample] == [""] * len(sample)


def test_an_archive_without_series_on_any_of_the_days_gives_none(archive, site_of):
    site = site_of(archive.port)
    with DimseSource(site.pacs) as source:
        assert latest_series(source, site, [ASCENSION]) is None
        assert latest_series(source, site, []) is None


def test_an_archive_that_is_down_is_an_error(site_of, free_port):
    site = site_of(free_port, tries=1)
    with DimseSource(site.pacs) as source, pytest.raises(PacsUnreachable, match="cannot be reached"):
        latest_series(source, site, [MONDAY])


# The trials


def test_each_way_is_tried_on_every_series_whatever_another_one_gave(hospital, site_of, free_port):
    settings = {"without_bulk_data": True, "destinations": {"SCHEDVISU": ("127.0.0.1", free_port)}}
    with OddArchive(hospital, **settings) as running:
        tried = trials(site_of(running.port, move_port=free_port))
    for way in ("IMAGE answers", "C-GET without bulk data", "C-GET", "C-MOVE"):
        assert (tried[way].n_settled, tried[way].problem) == (9, "")
        assert tried[way].words == "tells 9 of 9 series"
    assert 0 < tried["SERIES answers"].n_settled < 9


def test_what_an_archive_does_not_answer_is_said_of_each_way(hospital, site_of):
    with OddArchive(hospital, attributes=False) as running:
        tried = trials(site_of(running.port))
    assert tried["SERIES answers"].words == "not offered"
    assert tried["IMAGE answers"].words == "tells 0 of 9 series (the archive tells no times of it in its answers)"
    assert tried["C-GET without bulk data"].words == "not offered"
    assert tried["C-GET"].words == "tells 9 of 9 series"
    assert tried["C-MOVE"].words.startswith("tells 0 of 9 series (PACS DEMOPACS at 127.0.0.1:")
    assert "0xA801 (move destination unknown: the archive must know our AE title" in tried["C-MOVE"].words


def test_the_last_refusal_is_told_and_ends_no_check(hospital, site_of):
    with OddArchive(hospital, lacks=(GET, MOVE), attributes=False) as running:
        tried = trials(site_of(running.port))
    assert tried["IMAGE answers"].n_settled == 0
    assert tried["C-GET"].words == "not offered"
    assert "does not offer C-MOVE to SCHEDVISU" in tried["C-MOVE"].words
    assert tried["C-MOVE"].words.startswith("tells 0 of 9 series (PACS DEMOPACS at 127.0.0.1:")


def test_an_archive_that_tells_most_in_its_answers_need_not_offer_more(hospital, site_of):
    with OddArchive(hospital, lacks=(GET, MOVE)) as running:
        tried = trials(site_of(running.port))
    assert tried["IMAGE answers"].n_settled == 9
    assert {tried[way].words for way in ("C-GET without bulk data", "C-GET", "C-MOVE")} == {"not offered"}


@pytest.mark.parametrize(
    ("trial", "words"),
    [
        (Trial("way", 9, 9), "tells 9 of 9 series"),
        (Trial("way", 3, 9), "tells 3 of 9 series"),
        (Trial("way", 0, 9), "not offered"),
        (Trial("way", 0, 9, "gone"), "tells 0 of 9 series (gone)"),
    ],
)
def test_a_trial_in_words(trial, words):
    assert trial.words == words
