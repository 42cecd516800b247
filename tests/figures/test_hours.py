"""The hour-of-day profile beside long agendas."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

import schedvisu_lib as sv
from schedvisu_lib.figures.hours import MAIN_TYPES
from schedvisu_lib.figures.style import REST, exam_type_colors
from schedvisu_lib.language import language
from schedvisu_lib.tables import STUDIES, empty

MONDAY, FRIDAY = "2026-05-04", "2026-05-08"
D690 = "Discovery 690"


def extent(area, hour):
    """Return where an area begins and ends at the middle of an hour's first quarter."""
    vertices = np.vstack([path.vertices for path in area.get_paths()])
    quarter = vertices[np.isclose(vertices[:, 1], hour) | np.isclose(vertices[:, 1], hour + 0.25)]
    # Of a step's two ends each hour has the values before and after it: those in common are the step's own.
    before = set(np.round(quarter[np.isclose(quarter[:, 1], hour), 0], 9))
    after = set(np.round(quarter[np.isclose(quarter[:, 1], hour + 0.25), 0], 9))
    common = sorted(before & after)
    return common[0], common[-1]


@pytest.fixture
def areas(ax, demo_site):
    """Draws studies, and gives the areas by their label."""

    def draw(studies, site=demo_site, first=MONDAY, last=FRIDAY):
        assert sv.plot_hours(studies, site, D690, first, last, ax=ax) is ax
        return {str(area.get_label()): area for area in ax.collections}

    return draw


def test_areas_are_shares_of_the_open_days_stacked(make_studies, exam, areas, ax):
    rows = [exam(f"2026-05-0{day} 08:00", f"2026-05-0{day} 10:00") for day in (4, 5, 6)]
    rows += [exam(f"2026-05-0{day} 09:00", f"2026-05-0{day} 10:00", exam_type="PSMA") for day in (7, 8)]
    found = areas(make_studies(rows))
    assert extent(found["FDG STAND."], 8) == pytest.approx((0, 60))  # three of five days
    assert extent(found["FDG STAND."], 9.5) == pytest.approx((0, 60))
    assert extent(found["PSMA"], 9) == pytest.approx((60, 100))
    assert extent(found["PSMA"], 8) == pytest.approx((60, 60))
    assert ax.get_ylim() == (10, 8)
    assert ax.get_xlim()[0] == 0
    assert 100 <= ax.get_xlim()[1] < 115


def test_types_have_their_colours_the_most_used_first(make_studies, exam, demo_site, areas):
    names = [kind.name for kind in demo_site.exam_types][:7]
    rows = [
        exam(f"2026-05-04 {8 + n:02d}:00", f"2026-05-04 {8 + n:02d}:{10 + 5 * n}", exam_type=name)
        for n, name in enumerate(names)
    ]
    found = areas(make_studies(rows))
    others = language("fr")("others")
    assert list(found) == [*names[:1:-1], others]
    assert MAIN_TYPES == 5
    for name in names[:1:-1]:
        assert to_hex(found[name].get_facecolor()[0]) == exam_type_colors(demo_site)[name]
    assert to_hex(found[others].get_facecolor()[0]) == REST
    assert extent(found[others], 8) == pytest.approx((0, 100 / 5 * 10 / 15))
    assert extent(found[others], 9) == pytest.approx((0, 100 / 5))


def test_beside_an_agenda_the_hours_are_the_agendas(week, demo_site):
    figure = plt.figure(figsize=(7, 4))
    agenda = figure.add_axes((0, 0, 0.7, 1))
    sv.plot_agenda(week, demo_site, D690, MONDAY, FRIDAY, ax=agenda)
    beside = figure.add_axes((0.75, 0, 0.2, 1), sharey=agenda)
    sv.plot_hours(week, demo_site, D690, MONDAY, FRIDAY, ax=beside)
    assert beside.get_ylim() == agenda.get_ylim() == (18, 7)


def test_period_without_exams_or_open_days_is_drawn(demo_site, ax):
    for first, last in ((MONDAY, FRIDAY), ("2026-05-09", "2026-05-10")):
        sv.plot_hours(empty(STUDIES), demo_site, D690, first, last, ax=ax)
        ax.figure.canvas.draw()
        assert ax.get_ylim()[0] > ax.get_ylim()[1]


@pytest.mark.parametrize("code", ["fr", "en"])
def test_axis_is_labelled(week, site_with, areas, ax, code):
    areas(week, site_with(report={"language": code}))
    assert ax.get_xlabel() == language(code)("% of open days")
