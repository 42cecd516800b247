"""The notes hold the scanner's own settings."""

from __future__ import annotations

import re

import pytest

from schedvisu_lib.figures.notes import overview_notes, page_notes, quality_notes


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


@pytest.mark.parametrize("notes", [overview_notes, quality_notes])
def test_notes_are_written_in_both_languages(site_with, notes):
    french, english = (notes(site_with(report={"language": code})).text for code in ("fr", "en"))
    assert french != english
    assert french.count("<span>") == english.count("<span>") >= 3


def test_every_note_is_translated(site_with):
    for notes in (lambda site: page_notes(site, "Millennium"), overview_notes, quality_notes):
        both = [re.findall("<span>(.*?)</span>", notes(site_with(report={"language": c})).text) for c in ("fr", "en")]
        assert not set(both[0]) & set(both[1])
