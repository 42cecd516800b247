"""The names by which pages are linked to."""

from __future__ import annotations

from schedvisu_lib.figures.anchors import page_anchor, page_name


def test_a_page_is_named_by_its_scanner_and_title():
    assert page_name("hebdomadaire", "Vision 600") == "Vision 600, hebdomadaire"
    assert page_name("Vue d’ensemble") == "Vue d’ensemble"


def test_anchor_is_the_name_as_a_slug():
    assert page_anchor("hebdomadaire", "PET/CT 1") == "pet-ct-1-hebdomadaire"
    assert page_anchor("longue durée") == "longue-duree"


def test_names_in_other_alphabets_have_anchors_of_their_own():
    one, other = (page_anchor("hebdomadaire", name) for name in ("数据", "设备"))
    assert one != other
    assert one.startswith("hebdomadaire-")
    assert page_anchor("数据")
    assert page_anchor("★") != page_anchor("☆") != ""
