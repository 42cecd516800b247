"""The map of occupancy by weekday and hour."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import QuadMesh

from schedvisu_lib.figures.hour_map import hours_shown, occupancy_colors, plot_hour_map, plot_scale

SCANNER = "Discovery 690"


def shares(**weekdays):
    """Return a map: ``shares(mon={8: 0.5})``."""
    table = pd.DataFrame(0.0, index=list(weekdays), columns=range(24))
    for weekday, hours in weekdays.items():
        for hour, share in hours.items():
            table.loc[weekday, hour] = share
    return table


def mesh(ax):
    [found] = [child for child in ax.get_children() if isinstance(child, QuadMesh)]
    return found


def test_cells_are_weekdays_by_hours_from_0_to_100_percent(demo_site, ax):
    table = shares(mon={8: 0.5, 9: 1.0}, tue={17: 0.25})
    assert plot_hour_map(table, demo_site, SCANNER, (7, 18), ax=ax) is ax
    cells = mesh(ax)
    np.testing.assert_allclose(cells.get_array(), table.loc[:, 7:17])
    assert cells.get_clim() == (0, 1)
    assert ax.get_xlim() == (7, 18)
    assert ax.get_ylim() == (2, 0)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["lun.", "mar."]


def test_values_are_printed_as_whole_percent_without_zeros(demo_site, ax, drawn):
    plot_hour_map(shares(mon={8: 0.504, 9: 0.004, 10: 1.0}), demo_site, SCANNER, (7, 18), ax=ax)
    assert sorted(drawn.texts(ax)) == ["100", "50"]


def test_small_cells_hold_no_values(demo_site, ax, drawn):
    ax.set_position((0, 0, 0.12, 0.5))
    plot_hour_map(shares(mon={8: 0.5}), demo_site, SCANNER, (7, 18), ax=ax)
    assert drawn.texts(ax) == []


def test_opening_hours_are_framed_with_one_frame_for_days_alike(demo_site, ax, drawn):
    table = shares(mon={}, tue={}, wed={}, thu={}, fri={})
    plot_hour_map(table, demo_site, SCANNER, (7, 18), ax=ax)
    np.testing.assert_allclose(drawn.boxes(ax, "opening hours"), [(7.5, 17.5, 0, 4), (7.5, 16.5, 4, 5)])


def test_hours_near_the_opening_hours_are_shown_if_they_were_used(demo_site):
    """The scanners are open from 07:30 to 17:30."""
    assert hours_shown([shares(mon={8: 0.5})], demo_site) == (7, 18)
    assert hours_shown([shares(mon={6: 0.01}), shares(tue={19: 0.5})], demo_site) == (6, 20)
    assert hours_shown([shares(mon={23: 0.5, 3: 0.5, 18: 0.001})], demo_site) == (7, 18)
    assert hours_shown([], demo_site) == (7, 18)


def test_a_scanner_without_open_days_says_so(demo_site, ax, drawn):
    plot_hour_map(shares(), demo_site, SCANNER, (7, 18), ax=ax)
    assert drawn.texts(ax) == ["Aucun jour ouvert."]


def test_scale_reaches_from_0_to_100_percent(demo_site, ax):
    plot_scale(demo_site, ax=ax)
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert labels == [f"{n}\N{NO-BREAK SPACE}%" for n in (0, 25, 50, 75, 100)]


def test_colours_get_darker_in_equal_steps():
    """In CIE lightness, which a grey print keeps; equal to a tenth of a step."""
    channels = np.array(occupancy_colors().colors)
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    luminance = linear @ [0.2126, 0.7152, 0.0722]
    lightness = 116 * np.cbrt(luminance) - 16
    steps = -np.diff(lightness)
    assert steps.min() > 0
    assert steps.max() == pytest.approx(steps.min(), rel=0.1)
    assert lightness[0] > 95
    assert lightness[-1] < 30
