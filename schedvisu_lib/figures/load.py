"""How full resources are, as maps: a row per resource, a column per day or hour."""

from __future__ import annotations

from datetime import date
from typing import Final

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

from schedvisu_lib.config import Site
from schedvisu_lib.figures.boxes import axes_points
from schedvisu_lib.figures.hour_map import draw_cells
from schedvisu_lib.figures.names import shortened
from schedvisu_lib.figures.style import CLOSED, FRAME, PALE, dress, house_style
from schedvisu_lib.figures.ticks import set_ticks
from schedvisu_lib.language import Language, language
from schedvisu_lib.periods import iso_week
from schedvisu_lib.tables import require

_LONGEST_NAME: Final = 24
_LETTER: Final = 3.5
"""Mean width of a letter of the labels, in points."""
_SPACE: Final = 3.0
"""Between two labels, in points."""
_APART: Final = 0.4
"""Between the days and what sums them up, in columns."""


def plot_load(days: pd.DataFrame, site: Site, *, ax: Axes | None = None) -> Axes:
    """Draw how full each resource is on each day, then over all days, and how busy its scanner was in earlier weeks.

    Parameters
    ----------
    days
        As :func:`schedvisu_lib.plan.load.load` gives them, with ``measured_occupancy`` or without.
    site
        Gives the language.
    ax
        Where to draw; the current axes by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes; resources stand at 0.5, 1.5, ... from the top, days from the left. What is closed is
        grey; days on which everything is are left out.

    Raises
    ------
    TableError
        A column is missing.
    """
    with house_style():
        ax = ax if ax is not None else plt.gca()
        t = language(site.report.language)
        rows = require(days, "resource", "date", "open_minutes", "taken_minutes", "occupancy")
        used = (rows["open_minutes"] + rows["taken_minutes"] > 0).groupby(rows["date"]).transform("any")
        cells = rows.loc[used].pivot_table("occupancy", "resource", "date", dropna=False)
        cells = cells.reindex(rows["resource"].unique())
        n_days = cells.shape[1]
        sums = {t("all days"): _share(rows.groupby("resource", sort=False))}
        if "measured_occupancy" in rows:
            open_days = rows.loc[rows["open_minutes"] > 0]
            sums[t("measured")] = open_days.groupby("resource")["measured_occupancy"].mean()
        heads = [name.replace(" ", "\n") for name in sums]
        room = axes_points(ax)[0]
        least = max(map(_width, heads))
        wide = max(1.0, least * (n_days + _APART) / max(room - least * len(sums), least))
        width = n_days + _APART + wide * len(sums)
        _prepare(ax, cells.index, width, t)
        if cells.size:
            draw_cells(ax, cells.to_numpy(float), 0)
            table = pd.DataFrame(sums).reindex(cells.index)
            _draw_apart(ax, table, n_days + _APART, wide)
        names = _day_names([day.date() for day in cells.columns], room / width, t)
        places = [n + 0.5 for n in range(n_days)] + [n_days + _APART + wide * (n + 0.5) for n in range(len(sums))]
        set_ticks(ax.xaxis, places, [*names, *heads])
    return ax


def plot_load_hours(hours: pd.DataFrame, site: Site, *, ax: Axes | None = None) -> Axes:
    """Draw how full each resource is in each hour of the day, over all days of a plan.

    Parameters
    ----------
    hours
        As :func:`schedvisu_lib.plan.load.load_by_hour` gives them.
    site
        Gives the language.
    ax
        Where to draw; the current axes by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes; x is hours since midnight, resources stand at 0.5, 1.5, ... from the top; closed hours are grey.

    Raises
    ------
    TableError
        A column is missing.
    """
    with house_style():
        ax = ax if ax is not None else plt.gca()
        t = language(site.report.language)
        rows = require(hours, "resource", "hour", "open_minutes", "taken_minutes")
        cells = _share(rows.groupby(["resource", "hour"], sort=False)).rename("share").reset_index()
        cells = cells.pivot_table("share", "resource", "hour", dropna=False)
        cells = cells.reindex(rows["resource"].unique())
        used = cells.columns[cells.notna().any()]
        first, end = (int(used.min()), int(used.max()) + 1) if len(used) else (8, 17)
        _prepare(ax, cells.index, end - first, t)
        ax.set_xlim(first, end)
        if len(used):
            draw_cells(ax, cells.loc[:, first : end - 1].to_numpy(float), first)
        set_ticks(ax.xaxis, range(first, end + 1), [str(hour) for hour in range(first, end + 1)])
    return ax


def _share(groups: pd.api.typing.DataFrameGroupBy) -> pd.Series:
    """Return taken minutes / open minutes; missing where nothing is open."""
    sums = groups[["open_minutes", "taken_minutes"]].sum()
    return sums["taken_minutes"] / sums["open_minutes"].where(sums["open_minutes"] > 0)


def _prepare(ax: Axes, resources: pd.Index, width: float, t: Language) -> None:
    """Give the axes their limits, and each row its name."""
    dress(ax)
    n_rows = max(len(resources), 1)
    ax.set(xlim=(0, width), ylim=(n_rows, 0), facecolor=CLOSED)
    set_ticks(
        ax.yaxis, [n + 0.5 for n in range(len(resources))], [shortened(str(name), _LONGEST_NAME) for name in resources]
    )
    ax.xaxis.tick_top()
    ax.tick_params(length=0, pad=1.5)
    ax.spines[:].set(color=FRAME, linewidth=0.3)
    if not len(resources):
        ax.text(0.5, 0.5, t("No resource."), transform=ax.transAxes, ha="center", va="center", color=PALE)


def _draw_apart(ax: Axes, table: pd.DataFrame, left: float, wide: float) -> None:
    """Draw the columns that sum up beside the days, behind a white space, wide enough for their names."""
    ax.axvspan(left - _APART, left, color="white", linewidth=0, zorder=2)
    draw_cells(ax, table.to_numpy(float), left, wide)


def _day_names(days: list[date], room: float, t: Language) -> list[str]:
    """Return the names of columns: weekday over day and month; in narrow ones only of the first day of each week.

    The others bear their number then, if there is room for it.
    """
    names = [t.day(day, "EEE d MMM").replace(" ", "\n", 1) for day in days]
    if room >= max(map(_width, names), default=0.0):
        return names
    begins = [n for n, day in enumerate(days) if not n or iso_week(day) != iso_week(days[n - 1])]
    others = [n for n in range(len(days)) if n not in begins] if room >= _width("31") else []
    written: dict[int, str] = {}
    for n, name in [*((n, names[n]) for n in begins), *((n, t.day(days[n], "d")) for n in others)]:
        if all(abs(n - m) * room >= (_width(name) + _width(other)) / 2 for m, other in written.items()):
            written[n] = name
    return [written.get(n, "") for n in range(len(days))]


def _width(name: str) -> float:
    """Return the width of a name in points, with some space."""
    return _SPACE + _LETTER * max(map(len, name.split("\n")))
