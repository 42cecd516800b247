"""The maps of the load: cells, names, what is closed."""

from __future__ import annotations

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from schedvisu_lib.figures.load import plot_load, plot_load_hours
from schedvisu_lib.plan.load import load, load_by_hour
from tests.plan.conftest import build_book, build_table, english_site

SITE, BOOK = english_site(), build_book()
TABLE = build_table(
    BOOK,
    [
        {"procedure": "mud", "start": "2026-05-04 08:00"},
        {"procedure": "mud", "start": "2026-05-08 08:30"},
        {"procedure": "ecg", "start": "2026-05-08 08:00"},
    ],
)
DAYS = ("2026-05-04", "2026-05-10")


def cells(ax, number: int = 0) -> np.ndarray:
    meshes = [collection for collection in ax.collections if hasattr(collection, "get_coordinates")]
    return np.ma.filled(meshes[number].get_array().astype(float), np.nan)


def test_a_row_per_resource_and_a_column_per_day_on_which_something_is_open(ax):
    assert plot_load(load(TABLE, BOOK, SITE, *DAYS), SITE, ax=ax) is ax
    assert [label.get_text() for label in ax.get_yticklabels()] == ["mud", "bath", "pool", "ecg", "ther"]
    assert [label.get_text() for label in ax.get_xticklabels()] == [
        *("Mon\n4 May", "Tue\n5 May", "Wed\n6 May", "Thu\n7 May", "Fri\n8 May"),
        "all\ndays",
    ]
    assert cells(ax)[0].tolist() == pytest.approx([30 / 620, 0, 0, 0, 30 / 620])
    assert cells(ax)[3].tolist() == pytest.approx([0, 0, 0, 0, 20 / 420])
    assert cells(ax, 1)[:, 0].tolist() == pytest.approx([60 / 3100, 0, 0, 20 / 2100, 0])


def test_what_is_closed_has_no_value(ax):
    book = build_book(closures=[{"resource": "mud", "first": "2026-05-05", "last": "2026-05-05"}])
    plot_load(load(TABLE, book, SITE, *DAYS), SITE, ax=ax)
    assert np.isnan(cells(ax)).tolist() == [[False, True, False, False, False]] + [[False] * 5] * 4


def test_measured_occupancy_stands_beside_the_days(ax):
    days = load(TABLE, BOOK, SITE, *DAYS)
    measured = days["resource"].map({"ecg": 0.5}).where(days["date"] != "2026-05-04", 1.0)
    plot_load(days.assign(measured_occupancy=measured), SITE, ax=ax)
    assert ax.get_xticklabels()[-1].get_text() == "measured"
    assert cells(ax, 1)[3, 1] == pytest.approx((1.0 + 4 * 0.5) / 5)


def test_hours_are_those_of_all_days_together(ax):
    plot_load_hours(load_by_hour(TABLE, BOOK, SITE, *DAYS), SITE, ax=ax)
    assert ax.get_xlim() == (8, 19)
    assert cells(ax)[0, :2].tolist() == pytest.approx([60 / 300, 0])
    assert np.isnan(cells(ax)[4, :2]).all()  # the therapist is there from 10:00


def test_without_resources_it_says_so():
    figure, (left, right) = plt.subplots(2)
    plot_load(load(TABLE, BOOK, SITE, *DAYS).iloc[:0], SITE, ax=left)
    plot_load_hours(load_by_hour(TABLE, BOOK, SITE, *DAYS).iloc[:0], SITE, ax=right)
    assert [text.get_text() for ax in figure.axes for text in ax.texts] == ["No resource."] * 2


def test_names_in_narrow_columns_never_touch(ax):
    """45 working days from a Thursday on 4 inches: only the first days of some weeks are named, and both sums."""
    ax.set_position((0, 0, 1, 1))
    ax.figure.set_size_inches(4, 3)
    days = pd.bdate_range("2026-05-28", periods=45)
    rows = pd.DataFrame({"resource": "mud", "date": days, "open_minutes": 60, "taken_minutes": 30, "occupancy": 0.5})
    plot_load(rows.assign(measured_occupancy=0.4), SITE, ax=ax)
    labels = [label for label in ax.get_xticklabels() if label.get_text()]
    assert labels[0].get_text() == "Thu\n28 May"
    assert {label.get_text()[:3] for label in labels[1:-2]} == {"Mon"}
    boxes = sorted((label.get_window_extent() for label in labels), key=lambda box: box.x0)
    assert all(one.x1 <= other.x0 for one, other in pairwise(boxes))
