"""Bars of the counts, and the lines of trends: what is drawn where."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import schedvisu_lib as sv
from tests.conftest import Builder

WEEK = ("Discovery 690", "2026-05-18", "2026-05-22")


def test_bars_are_exams_and_lines_are_slots(make_studies: Builder, demo_site: sv.Site) -> None:
    exams = make_studies([{"start": f"2026-05-18 {hour}:00", "end": f"2026-05-18 {hour}:20"} for hour in ("08", "09")])
    ax = sv.plot_counts(exams, demo_site, *WEEK)
    assert [bar.get_height() for bar in ax.containers[0]] == [2, 0, 0, 0, 0]
    [slots] = [artist for artist in ax.patches if artist.get_gid() == "slots"]
    assert slots.get_path().vertices[::2, 1].tolist() == [14, 14, 14, 14, 12]
    assert [text.get_text() for text in ax.texts] == ["2", "0", "0", "0", "0"]


def trend(**columns: list[object]) -> pd.DataFrame:
    table = pd.DataFrame(columns)
    return table.set_index(pd.date_range("2026-05-04", periods=len(table), freq="7D", name="first"))


def line(ax: plt.Axes) -> np.ndarray:
    [drawn] = [each for each in ax.lines if each.get_gid() == "trend"]
    return np.asarray(drawn.get_ydata(), dtype=float)


def test_the_line_breaks_where_a_period_has_no_number(demo_site: sv.Site) -> None:
    ax = sv.plot_trend(trend(exams=[3.0, np.nan, 5.0]), demo_site, "exams")
    np.testing.assert_array_equal(line(ax), [3, np.nan, 5])
    assert [text.get_text() for text in ax.texts] == ["3", "5"]
    assert ax.get_ylim()[0] == 0


def test_times_of_the_day_are_in_hours_on_a_scale_of_their_own(demo_site: sv.Site) -> None:
    ax = sv.plot_trend(trend(first_start=pd.to_timedelta(["7:30:00", "8:00:00"]).tolist()), demo_site, "first_start")
    assert line(ax).tolist() == [7.5, 8.0]
    assert ax.get_ylim()[0] > 6
    assert [text.get_text() for text in ax.texts] == ["7:30", "8:00"]


def test_a_trend_without_any_number_is_empty(demo_site: sv.Site) -> None:
    ax = sv.plot_trend(trend(utilisation=[np.nan, np.nan]), demo_site, "utilisation")
    assert not ax.texts
    assert [label.get_text() for label in ax.get_xticklabels()] == ["04.05.2026", "11.05.2026"]


def test_where_values_have_no_room_the_telling_ones_are_written(demo_site: sv.Site) -> None:
    ax = plt.figure(figsize=(1.2, 1)).add_subplot()
    values = [0.5, 0.6, 0.9, 0.6, 0.5, 0.2, 0.5, 0.5, 0.5, 0.5, 0.5, 0.7]
    sv.plot_trend(trend(utilisation=values), demo_site, "utilisation", ax=ax)
    assert sorted(text.get_text().split("\N{NO-BREAK SPACE}")[0] for text in ax.texts) == ["20", "70", "90"]
