"""The notes hold the scanner's own settings."""

from __future__ import annotations

import re

import pytest

from schedvisu_lib.figures.notes import hours_notes, long_page_notes, overview_notes, page_notes, quality_notes
from schedvisu_lib.settings.calendar import Hours
from schedvisu_lib.settings.report import StandsOut
from schedvisu_lib.settings.scanners import Service


def numbers(html):
    text = re.sub("<[^>]+>", "", html.text)
    return re.findall(r"[\d.,]+(?=\smin)", text)


def test_page_names_its_scanners_settings(demo_site):
    assert numbers(page_notes(demo_site, "Discovery 690")) == ["59", "5", "40"]
    assert numbers(page_notes(demo_site, "Vision 600")) == ["59", "4", "30"]


def test_fractions_of_a_minute_are_printed(one_scanner):
    site = one_scanner(preparation=2.5, gap=12.5, take_gap=3570)
    assert numbers(page_notes(site, "Discovery 690")) == ["59,5", "2,5", "12,5"]


def test_unknown_scanner_is_refused(demo_site):
    with pytest.raises(ValueError, match="unknown"):
        page_notes(demo_site, "MRI")


@pytest.mark.parametrize("notes", [overview_notes, hours_notes, quality_notes])
def test_notes_are_written_in_both_languages(site_with, notes):
    french, english = (notes(site_with(report={"language": code})).text for code in ("fr", "en"))
    assert french != english
    assert french.count("<span>") == english.count("<span>") >= 3


def test_every_note_is_translated(site_with):
    for notes in (lambda site: page_notes(site, "Millennium"), overview_notes, hours_notes, quality_notes):
        both = [re.findall("<span>(.*?)</span>", notes(site_with(report={"language": c})).text) for c in ("fr", "en")]
        assert not set(both[0]) & set(both[1])


def test_gap_classes_are_defined_as_far_as_the_scanner_knows_them(one_scanner):
    lunch, service = Hours(opens="11:45", closes="13:15"), (Service(first="2026-05-05", last="2026-05-05"),)

    def words(**settings):
        return re.sub("<[^>]+>", "", page_notes(one_scanner(**settings), "Discovery 690").text)

    both = words(lunch=lunch, service=service)
    assert "de 11:45 à 13:15" in both
    assert "Hors service\N{NO-BREAK SPACE}: un trou dont la moitié" in both
    assert "sans une telle raison" in both
    neither = words(lunch=None, service=())
    assert "Pause de midi" not in neither
    assert "Hors service" not in neither
    assert "sans raison connue" in neither
    for text in (both, neither):
        assert "Rotation\N{NO-BREAK SPACE}: de la fin d’images la plus tardive" in text


def test_profile_and_its_ghost_are_defined_on_long_pages(demo_site):
    assert "ligne grise" in long_page_notes(demo_site, "Millennium").text
    assert "ligne grise" not in page_notes(demo_site, "Millennium").text
    assert (
        page_notes(demo_site, "Millennium").text.removesuffix("</p>") in long_page_notes(demo_site, "Millennium").text
    )


def test_overview_tells_its_thresholds(site_with):
    limits = StandsOut(occupancy=55.5, gap=120, overtime=45, duration=97.5)
    told = re.sub("<[^>]+>", "", overview_notes(site_with(report={"language": "en", "stands_out": limits})).text)
    for words in (
        "below 55.5%",
        "from 120 min",
        "beyond 45 min",
        "than 97.5%",
        "50 at least",
    ):
        assert words in told, words


def test_overview_is_silent_on_rules_that_are_off(site_with):
    off = StandsOut(occupancy=None, gap=None, overtime=None, empty_days=False, duration=None)
    told = overview_notes(site_with(report={"language": "en", "stands_out": off})).text
    assert "What stands out" not in told
    some = overview_notes(site_with(report={"language": "en", "stands_out": off.model_copy(update={"gap": 120})})).text
    assert "holes" in some
    assert "overtime of a day" not in some
