"""What a user of a notebook may expect of every figure: it draws on axes, and changes nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import pairwise

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba

import schedvisu_lib as sv
from schedvisu_lib.errors import TableError

D690 = "Discovery 690"
WEEK = ("2026-05-04", "2026-05-08")
Draw = Callable[..., Axes]


def _plan_effect(studies: pd.DataFrame, site: sv.Site, scanner: str, *days: object, ax: Axes | None = None) -> Axes:
    planned = sv.open_store(site).planned(*WEEK)
    comparison = sv.compare_plan(planned, studies.assign(patient=""), site)
    return sv.plot_plan_effect(comparison, studies, site, scanner, *days, ax=ax)


FIGURES = [sv.plot_agenda, sv.plot_durations, sv.plot_hours, _plan_effect]
every_figure = pytest.mark.parametrize("draw", FIGURES, ids=lambda draw: draw.__name__)


def drawn(ax: Axes) -> list[object]:
    """Return where all that is drawn stands, whatever made it."""
    ax.figure.canvas.draw()
    paths = [path.vertices for artist in ax.collections for path in artist.get_paths()]
    paths += [patch.get_path().vertices for patch in ax.artists + ax.patches]
    return [*(np.asarray(path).round(6).tolist() for path in paths), [text.get_text() for text in ax.texts]]


@every_figure
def test_it_draws_on_the_axes_given_or_the_current_ones_and_returns_them(draw: Draw, week, demo_site):
    figure, (left, right) = plt.subplots(1, 2)
    assert draw(week, demo_site, D690, *WEEK, ax=left) is left
    assert drawn(left)[:-1]
    assert not right.has_data()
    plt.sca(right)
    assert draw(week, demo_site, D690, *WEEK) is right
    assert figure.axes == [left, right]
    assert plt.get_fignums() == [figure.number]


@every_figure
def test_settings_and_size_stay_as_they_were(draw: Draw, week, demo_site):
    with mpl.rc_context({"font.size": 17, "axes.grid": True}):
        before = dict(mpl.rcParams)
        figure = plt.figure(figsize=(6.4, 4.8))
        draw(week, demo_site, D690, *WEEK)
        assert dict(mpl.rcParams) == before
        assert figure.get_size_inches().tolist() == [6.4, 4.8]
        assert plt.fignum_exists(figure.number)


@every_figure
def test_days_may_be_text_dates_or_moments(draw: Draw, week, demo_site):
    asked = [WEEK, [date.fromisoformat(day) for day in WEEK], [pd.Timestamp(day) for day in WEEK]]
    asked.append([pd.Timestamp("2026-05-04 12:00"), np.datetime64("2026-05-08")])
    meant, *others = [drawn(draw(week, demo_site, D690, *days, ax=plt.figure().add_subplot())) for days in asked]
    assert all(other == meant for other in others)


@every_figure
def test_order_index_and_further_columns_do_not_matter(draw: Draw, week, demo_site, make_studies):
    meant = drawn(draw(week, demo_site, D690, *WEEK, ax=plt.figure().add_subplot()))
    odd = week.iloc[::-1].set_axis([7] * len(week)).assign(minutes=1.0, note=None)
    assert drawn(draw(odd, demo_site, D690, *WEEK, ax=plt.figure().add_subplot())) == meant


@every_figure
def test_a_table_read_back_from_an_export_is_drawn_alike(draw: Draw, week, demo_site, tmp_path):
    meant = drawn(draw(week, demo_site, D690, *WEEK, ax=plt.figure().add_subplot()))
    week.drop(columns="patient").to_csv(tmp_path / "studies.csv", index=False)
    read = pd.read_csv(tmp_path / "studies.csv")
    assert not pd.api.types.is_datetime64_dtype(read["start"])
    assert drawn(draw(read, demo_site, D690, *WEEK, ax=plt.figure().add_subplot())) == meant


@pytest.mark.parametrize("draw", FIGURES[:3], ids=lambda draw: draw.__name__)
def test_a_column_that_lacks_is_named(draw: Draw, week, demo_site):
    for name in ("date", "scanner", "start", "exam_type"):
        with pytest.raises(TableError, match=rf"table lacks the column\(s\) {name}; see docs/data.md"):
            draw(week.drop(columns=name), demo_site, D690, *WEEK)
    with pytest.raises(TableError, match="column end is not timestamp"):
        draw(week.assign(end=week["end"].dt.tz_localize("UTC")), demo_site, D690, *WEEK)


def test_a_comparison_that_is_none_is_told(week, demo_site):
    with pytest.raises(TableError, match=r"table lacks the column\(s\) outcome, description"):
        sv.plot_plan_effect(week, week, demo_site, D690, *WEEK)


@every_figure
def test_an_unknown_scanner_and_exchanged_days_are_told(draw: Draw, week, demo_site):
    for studies in (week, week.iloc[:0]):
        with pytest.raises(ValueError, match=r'scanner "Discovery" is unknown; demo.yaml has: Discovery 690, Vision'):
            draw(studies, demo_site, "Discovery", *WEEK)
        with pytest.raises(ValueError, match="first day 2026-05-08 lies after last day 2026-05-04"):
            draw(studies, demo_site, D690, *WEEK[::-1])
        with pytest.raises(ValueError, match='day "4 May" cannot be read'):
            draw(studies, demo_site, D690, "4 May", WEEK[1])


@every_figure
def test_without_exams_there_is_a_sentence(draw: Draw, week, demo_site):
    ax = draw(week, demo_site, "Millennium", *WEEK)
    assert any(text.get_text().endswith("dans cette période.") for text in ax.texts)


@pytest.mark.parametrize("style", ["dark_background", "ggplot", "bmh"])
@every_figure
def test_other_styles_change_neither_letters_nor_ground(draw: Draw, style: str, week, demo_site):
    plain = draw(week, demo_site, D690, *WEEK, ax=plt.figure().add_subplot())
    with plt.style.context(style):
        styled = draw(week, demo_site, D690, *WEEK, ax=plt.figure().add_subplot())
        drawn(styled)
    assert styled.get_facecolor() == plain.get_facecolor()
    for axis, other in ((styled.xaxis, plain.xaxis), (styled.yaxis, plain.yaxis)):
        sizes = [label.get_fontsize() for label in axis.get_ticklabels()]
        assert sizes == [label.get_fontsize() for label in other.get_ticklabels()]
        assert sizes == [6.0] * len(sizes)
        dark = style == "dark_background"
        for label in [*axis.get_ticklabels(), axis.label]:
            lightness = sum(to_rgba(label.get_color())[:3]) / 3
            assert lightness > 0.8 if dark else lightness < 0.5


def test_agendas_that_share_their_hours_show_those_of_all(week, demo_site, make_studies):
    early = make_studies([{"start": "2026-05-04 06:10", "end": "2026-05-04 06:40", "scanner": "Vision 600"}])
    for order in ((D690, "Vision 600"), ("Vision 600", D690)):
        _, both = plt.subplots(1, 2, sharey=True)
        for ax, scanner in zip(both, order, strict=True):
            sv.plot_agenda(pd.concat([week, early]), demo_site, scanner, *WEEK, ax=ax)
        assert [ax.get_ylim() for ax in both] == [(18.0, 6.0)] * 2


def test_labels_of_narrow_axes_do_not_overlap(week, demo_site):
    for draw in (sv.plot_agenda, sv.plot_durations):
        figure, axes = plt.subplots(1, 3, figsize=(6.4, 4.8))
        ax = draw(week, demo_site, D690, *WEEK, ax=axes[0])
        figure.canvas.draw()
        boxes = [label.get_window_extent() for label in ax.get_xticklabels()]
        if draw is sv.plot_agenda:
            assert all(left.x1 < right.x0 for left, right in pairwise(boxes))
        else:
            assert {label.get_rotation() for label in ax.get_xticklabels()} == {40.0}
