"""The table and the picture of the what-if."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from matplotlib.figure import Figure

from schedvisu_lib.figures.what_if import plot_weekdays, what_if_html
from schedvisu_lib.language import language
from schedvisu_lib.studies.what_if import what_if, what_if_table
from tests.conftest import build_studies, load_demo

SCANNER = "Discovery 690"
DAY = "2026-05-18"


def rows_of(html):
    rows = BeautifulSoup(html.text, "html.parser").tbody.find_all("tr")
    return {row.th.text: [cell.text for cell in row.find_all("td")] for row in rows}


@pytest.fixture
def numbers():
    site = load_demo()
    studies = build_studies([{"start": f"{DAY} 08:00", "end": f"{DAY} 09:00"}])
    changed = what_if(site, SCANNER, slots=0, hours={"mon": "08:30-18:00"})
    return what_if_table(studies, site, changed, SCANNER, DAY, DAY)


def test_values_stand_as_the_language_writes_them_and_a_ratio_of_nothing_has_no_difference(numbers):
    rows = rows_of(what_if_html(numbers, load_demo(), SCANNER))
    assert rows["Plages"] == ["14", "0", "\N{MINUS SIGN}14"]
    assert rows["Utilisation"] == ["7,1\N{NO-BREAK SPACE}%", "–", "–"]
    assert rows["Occupation"] == ["10,0\N{NO-BREAK SPACE}%", "10,5\N{NO-BREAK SPACE}%", "+0,5 pts"]
    assert rows["Heures d’ouverture"] == ["10:00", "9:30", "\N{MINUS SIGN}0:30"]
    assert rows["Trous"] == ["0 (0:00)", "0 (0:00)", "0 (0:00)"]


def test_classes_of_gaps_stand_where_they_can_occur(numbers, demo_site):
    machine = demo_site.scanner(SCANNER).model_copy(update={"lunch": None, "service": ()})
    bare = demo_site.model_copy(update={"scanners": (machine,)})
    t = language("fr")
    lunch, service, hole = map(t, ("Gap: lunch", "Gap: out of service", "Gap: hole"))
    shown = rows_of(what_if_html(numbers, bare, SCANNER))
    assert hole in shown
    assert not {lunch, service} & shown.keys()
    assert {lunch, service, hole} <= rows_of(what_if_html(numbers, demo_site, SCANNER)).keys()


def test_each_weekday_has_a_circle_a_dot_and_a_line_between(demo_site):
    index = pd.MultiIndex.from_product([["today", "then"], ["mon", "tue", "wed"]], names=["case", "weekday"])
    ratios = pd.Series([0.5, 0.8, np.nan, 0.75, 0.8, np.nan], index=index)
    ax = plot_weekdays(ratios, demo_site, ax=Figure().add_subplot())
    lines, circles, dots = ax.collections
    assert [line.tolist() for line in lines.get_segments()[:2]] == [[[50, 0], [75, 0]], [[80, 1], [80, 1]]]
    assert circles.get_offsets()[:2].tolist() == [[50, 0], [80, 1]]
    assert dots.get_offsets()[:2].tolist() == [[75, 0], [80, 1]]
    assert [text.get_text() for text in ax.texts] == ["75\N{NO-BREAK SPACE}%", "80\N{NO-BREAK SPACE}%"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["lun.", "mar.", "mer."]
