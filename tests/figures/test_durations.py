"""The violins of durations (design, section 6)."""

from __future__ import annotations

from itertools import pairwise

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.colors import to_hex
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath

import schedvisu_lib as sv
from schedvisu_lib.figures.durations import (
    FEWEST,
    group_name,
    label_height,
    short_name,
    violin_caption,
    violin_labels,
)
from schedvisu_lib.figures.layout import WIDTH
from schedvisu_lib.figures.style import exam_type_colors, house_style
from schedvisu_lib.language import language
from schedvisu_lib.settings.report import known_languages
from schedvisu_lib.tables import STUDIES, empty

FIRST, LAST = "2026-05-04", "2026-05-08"
D690 = "Discovery 690"


@pytest.fixture
def lasting(make_studies):
    """Builds studies: exams of each type, as long as the minutes say."""

    def build(scanner=D690, **minutes):
        rows = []
        for name, lengths in minutes.items():
            kind, _, take = name.replace("_", " ").partition(" take ")
            start = pd.Timestamp("2026-05-04 08:00")
            for length in lengths:
                end = start + pd.Timedelta(minutes=length)
                row = {"start": start, "end": end, "scanner": scanner, "exam_type": kind}
                rows.append(row | {"take": int(take or 1), "n_takes": 2})
        return make_studies(rows)

    return build


def tick_labels(ax):
    return [label.get_text() for label in ax.get_xticklabels()]


def violins(ax):
    return [c for c in ax.collections if isinstance(c, PolyCollection)]


def points(ax):
    return [c for c in ax.collections if isinstance(c, PathCollection)]


@pytest.mark.parametrize("code", known_languages())
def test_caption_fits_on_one_line_of_the_page(code):
    words = TextPath((0, 0), violin_caption(language(code)), size=5.8, prop=FontProperties(family="DejaVu Sans"))
    assert words.get_extents().width / 72 * 25.4 <= WIDTH


def test_types_stand_in_the_order_of_the_site_with_their_number(lasting, demo_site, ax):
    studies = lasting(OTHER=[5], PSMA=[20, 22], DOTATATE=[30], GONE=[1])
    assert sv.plot_durations(studies, demo_site, D690, FIRST, LAST, ax=ax) is ax
    assert tick_labels(ax) == ["PSMA\nn = 2", "DOTATATE\nn = 1", "AUTRE\nn = 1", "GONE\nn = 1"]
    assert ax.get_xticks().tolist() == [0, 1, 2, 3]


def test_fewer_than_five_are_points(lasting, demo_site, ax):
    studies = lasting(PSMA=[20, 22, 25, 31])
    sv.plot_durations(studies, demo_site, D690, FIRST, LAST, ax=ax)
    assert FEWEST == 5
    assert violins(ax) == []
    [dots] = points(ax)
    assert sorted(dots.get_offsets()[:, 1]) == [20, 22, 25, 31]
    assert (abs(dots.get_offsets()[:, 0]) < 0.4).all()
    assert to_hex(dots.get_facecolor()[0]) == exam_type_colors(demo_site)["PSMA"]


def test_violin_reaches_from_the_shortest_to_the_longest(lasting, demo_site, ax):
    studies = lasting(PSMA=[20, 22, 25, 31, 60], DOTATATE=[10, 10, 12, 13, 14, 15])
    sv.plot_durations(studies, demo_site, D690, FIRST, LAST, ax=ax)
    [bodies] = violins(ax)
    for place, (body, low, high) in enumerate(zip(bodies.get_paths(), (20, 10), (60, 15), strict=True)):
        assert (body.vertices[:, 1].min(), body.vertices[:, 1].max()) == (low, high)
        assert body.vertices[:, 0].mean() == pytest.approx(place, abs=0.05)
    colors = exam_type_colors(demo_site)
    assert [to_hex(color) for color in bodies.get_facecolor()] == [colors["PSMA"], colors["DOTATATE"]]


def test_bar_is_the_middle_half_and_the_point_the_median(lasting, demo_site, ax):
    sv.plot_durations(lasting(PSMA=[10, 20, 30, 40, 100]), demo_site, D690, FIRST, LAST, ax=ax)
    [bar] = [c for c in ax.collections if isinstance(c, LineCollection)]
    assert bar.get_segments()[0].tolist() == [[0, 20], [0, 40]]
    [median] = points(ax)
    assert median.get_offsets().tolist() == [[0, 30]]


def test_takes_are_apart_where_the_type_says_so(lasting, demo_site, ax):
    studies = lasting("Millennium", OS=[4, 5], OS_take_2=[15], THYROIDE_take_2=[9], THYROIDE=[8])
    sv.plot_durations(studies, demo_site, "Millennium", FIRST, LAST, ax=ax)
    assert tick_labels(ax) == ["OS, reprise 1\nn = 2", "OS, reprise 2\nn = 1", "THYROIDE\nn = 2"]


def test_takes_are_together_where_it_does_not(lasting, one_type, ax):
    studies = lasting("Millennium", OS=[4, 5], OS_take_2=[15])
    sv.plot_durations(studies, one_type("OS", takes_apart=False), "Millennium", FIRST, LAST, ax=ax)
    assert tick_labels(ax) == ["OS\nn = 3"]


def test_all_equal_durations_are_points(lasting, demo_site, ax):
    sv.plot_durations(lasting(PSMA=[20] * 12), demo_site, D690, FIRST, LAST, ax=ax)
    assert violins(ax) == []
    [dots] = points(ax)
    assert set(dots.get_offsets()[:, 1]) == {20}
    ax.figure.canvas.draw()


def test_exams_of_no_length_are_drawn(lasting, demo_site, ax):
    sv.plot_durations(lasting(PSMA=[0, 0]), demo_site, D690, FIRST, LAST, ax=ax)
    assert ax.get_ylim()[0] == 0 < ax.get_ylim()[1]


def test_axis_begins_at_zero_and_holds_the_longest(lasting, demo_site, ax):
    sv.plot_durations(lasting(PSMA=[20, 22, 25, 31, 60]), demo_site, D690, FIRST, LAST, ax=ax)
    low, high = ax.get_ylim()
    assert low == 0
    assert 60 < high < 70


def test_thousands_are_written_in_french(lasting, demo_site, ax):
    sv.plot_durations(lasting(PSMA=[20, 25] * 600), demo_site, D690, FIRST, LAST, ax=ax)
    assert tick_labels(ax) == ["PSMA\nn = 1\N{NARROW NO-BREAK SPACE}200"]


@pytest.mark.parametrize("code", ["fr", "en"])
def test_empty_period_says_so(site_with, ax, drawn, code):
    sv.plot_durations(empty(STUDIES), site_with(report={"language": code}), D690, FIRST, LAST, ax=ax)
    assert drawn.texts(ax) == [language(code)("No exam in this period.")]
    assert len(ax.get_xticks()) == 0


def test_other_scanners_and_days_do_not_count(lasting, demo_site, ax):
    studies = lasting(PSMA=[20])
    sv.plot_durations(studies, demo_site, D690, "2026-05-05", LAST, ax=ax)
    assert tick_labels(ax) == []
    other = plt.figure().gca()
    sv.plot_durations(studies, demo_site, "Vision 600", FIRST, LAST, ax=other)
    assert tick_labels(other) == []


def test_names_of_groups():
    fr, en = language("fr"), language("en")
    assert [group_name("OS", take, fr) for take in (0, 1, 2)] == ["OS", "OS, reprise 1", "OS, reprise 2"]
    assert group_name("OS", 2, en) == "OS, take 2"
    assert (group_name("OTHER", 0, fr), group_name("OTHER", 0, en)) == ("AUTRE", "OTHER")


@pytest.mark.parametrize(
    "names",
    [["PSMA"], ["FDG STAND."] * 3, ["GANGL. SENT."] * 8, ["GANGL. SENT."] * 14, ["A TYPE OF MANY LETTERS"] * 3],
    ids=["one", "three", "eight", "fourteen", "long"],
)
def test_labels_fit_below_the_violins(make_studies, demo_site, names):
    """On a page's axes, labels neither leave the picture nor cross each other."""
    kinds = [f"{chr(65 + n)}{name[1:]}" for n, name in enumerate(names)]
    rows = [
        {"start": "2026-05-04 08:00", "end": f"2026-05-04 08:{10 + n + m}", "exam_type": kind}
        for n, kind in enumerate(kinds)
        for m in range(2)
    ]
    below = label_height(kinds)
    width, height = 98.0, 90.0
    with house_style():
        figure = plt.figure(figsize=(width / 25.4, height / 25.4))
        axes = figure.add_axes((8.5 / width, below / height, 1 - 9 / width, 1 - (below + 1.5) / height))
        sv.plot_durations(make_studies(rows), demo_site, D690, FIRST, LAST, ax=axes)
        figure.canvas.draw()
    millimetres = 25.4 / figure.dpi
    extents = [label.get_window_extent() for label in axes.get_xticklabels()]
    assert min(extent.y0 for extent in extents) * millimetres > -0.3
    if axes.get_xticklabels()[0].get_rotation() == 0:
        assert all(a.x1 < b.x0 for a, b in pairwise(extents))


def test_users_settings_are_unharmed(week, demo_site, ax):
    before = dict(mpl.rcParams)
    sv.plot_durations(week, demo_site, D690, FIRST, LAST, ax=ax)
    assert dict(mpl.rcParams) == before


def test_long_names_are_cut_behind_their_code(demo_site):
    fr = language("fr")
    assert short_name("GANGL. SENT.", 0, fr, 12, "GS") == "GANGL. SENT."
    assert short_name("GANGL. SENT. TROIS", 0, fr, 12, "GS") == "GS GANGL. S…"
    assert short_name("GANGL. SENT. TROIS", 2, fr, 12, "GS") == "GS GANGL. S…, reprise 2"
    assert short_name("NO LONGER KNOWN", 0, fr, 12) == "NO LONGER K…"


def test_labels_of_takes_are_codes_where_names_are_long(demo_site, site_with):
    few = [("OS", 1), ("OS", 2), ("GANGL. SENT.", 1)]
    assert violin_labels(few, site_with(report={"language": "en"})) == ["OS, take 1", "OS, take 2", "GS, take 1"]


def test_slanted_labels_do_not_reach_beyond_the_left_edge(demo_site):
    names = [f"SCINTIGRAPHIE {n}" for n in range(10)]
    labels = violin_labels([(name, 0) for name in names], demo_site)
    assert labels[-1] == "SCINTIGRAPHIE 9"
    assert labels[0] == "SCINTIGRAPHI…"  # 8.5 mm and 0.6 of 7.9 mm, 17.3 mm along the slope: 13 letters of 1.25 mm
    assert [len(label) for label in labels] == sorted(len(label) for label in labels)


@pytest.mark.parametrize("code", ["fr", "en"])
def test_caption_says_from_how_many_exams_there_is_a_violin(code):
    assert f" {FEWEST} exam" in violin_caption(language(code))
