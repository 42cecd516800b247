"""The hour-of-day profile beside long agendas."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

import schedvisu_lib as sv
from schedvisu_lib.figures.hours import MAIN_TYPES, add_ghost
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


def test_white_lines_part_the_areas(make_studies, exam, areas):
    rows = [
        exam("2026-05-04 08:00", "2026-05-04 10:00"),
        exam("2026-05-05 09:00", "2026-05-05 10:00", exam_type="PSMA"),
    ]
    for area in areas(make_studies(rows)).values():
        assert to_hex(area.get_edgecolor()[0]) == "#ffffff"
        assert area.get_linewidth()[0] > 0


def test_areas_bear_their_code_where_they_are_widest(make_studies, exam, areas, ax):
    rows = [exam(f"2026-05-0{day} 08:00", f"2026-05-0{day} 10:00") for day in (4, 5, 6)]
    rows += [
        exam("2026-05-07 09:00", "2026-05-07 10:00", exam_type="FDG CERV."),
        exam("2026-05-04 09:00", "2026-05-04 09:15"),
    ]
    areas(make_studies(rows))
    assert [(text.get_text(), text.get_position()) for text in ax.texts] == [
        ("FS", (pytest.approx(40), 9.125)),  # three days and a fourth exam at the same time: 0 to 80 %
        ("FC", (pytest.approx(90), 9.125)),  # beside it: 80 to 100 %
    ]
    assert [text.get_color() for text in ax.texts] == ["white", "#222222"]  # on blue and on orange


def test_narrow_areas_bear_nothing(make_studies, exam, demo_site):
    beside = plt.figure(figsize=(0.4, 4)).add_axes((0, 0, 1, 1))
    rows = [exam(f"2026-05-0{day} 08:00", f"2026-05-0{day} 10:00") for day in (4, 5, 6)]
    rows += [exam("2026-05-07 09:00", "2026-05-07 10:00", exam_type="PSMA")]
    sv.plot_hours(make_studies(rows), demo_site, D690, MONDAY, FRIDAY, ax=beside)
    assert [text.get_text() for text in beside.texts] == ["FS"]


def ghost(ax):
    """Return the outline of the ghost: percent and hour."""
    [line] = [line for line in ax.lines if line.get_gid() == "ghost"]
    return line.get_xdata(), line.get_ydata()


def test_ghost_is_the_outline_of_all_types_of_the_period_before(make_studies, exam, areas, ax, demo_site):
    now = [exam("2026-05-04 08:00", "2026-05-04 09:00")]
    before = [exam(f"2026-04-{day} 08:00", f"2026-04-{day} 08:30") for day in (27, 28, 29)]
    before += [exam("2026-04-30 08:15", "2026-04-30 08:30", exam_type="PSMA")]
    areas(make_studies(now))
    limits = ax.get_ylim()
    assert add_ghost(ax, make_studies(before), demo_site, D690, "2026-04-27", "2026-05-01") is ax
    percent, hour = ghost(ax)
    at = {float(h): [] for h in hour}
    for p, h in zip(percent, hour, strict=True):
        at[float(h)].append(round(float(p), 6))
    assert at[8.0] == [0, 60]  # a step: three of five days
    assert at[8.25] == [60, 80]  # and a fourth with another type
    assert at[8.5] == [80, 0]
    assert ax.get_ylim() == limits
    assert ax.get_xlim()[1] == pytest.approx(80 * 1.08)


def test_ghost_of_a_quiet_period_leaves_the_axis(make_studies, exam, areas, ax, demo_site):
    areas(make_studies([exam(f"2026-05-0{day} 08:00", f"2026-05-0{day} 09:00") for day in (4, 5)]))
    limits = ax.get_xlim()
    add_ghost(ax, empty(STUDIES), demo_site, D690, "2026-04-27", "2026-05-01")
    assert ax.get_xlim() == limits
    assert max(ghost(ax)[0]) == 0
