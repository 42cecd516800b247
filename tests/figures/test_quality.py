"""The parts of the data-quality page."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from schedvisu_lib.figures.html import element
from schedvisu_lib.figures.quality import quality_header, quality_part
from schedvisu_lib.periods import Period

WEEK = Period("weekly", date(2026, 5, 4), date(2026, 5, 8))


def test_head_names_page_and_days(demo_site):
    shown = quality_header(demo_site, WEEK, datetime(2026, 5, 9, 1, 5)).text
    assert "Qualité des données" in shown
    assert "04.05.2026" in shown


@pytest.mark.parametrize("part", ["series", "unmapped", "mixed", "days"])
def test_each_part_has_a_title_of_its_own_in_both_languages(site_with, part):
    titles = {
        quality_part(site_with(report={"language": code}), name, element("p", "x")).text
        for code in ("fr", "en")
        for name in {part, "series"}
    }
    assert len(titles) == 2 * len({part, "series"})
    assert all("<p>x</p>" in title for title in titles)
