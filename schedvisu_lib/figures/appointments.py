"""Appointments as an agenda: a patient's timetable, a resource's days; a column per day, hours downwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from schedvisu_lib.config import Site
from schedvisu_lib.figures.agenda import draw_ground
from schedvisu_lib.figures.appointment_labels import label_appointments
from schedvisu_lib.figures.boxes import Floats, add_boxes, add_lines
from schedvisu_lib.figures.columns import Column, agenda_columns, edges_of
from schedvisu_lib.figures.hour_axis import hours_since_midnight
from schedvisu_lib.figures.style import (
    INK,
    PALE,
    PALETTE,
    SHADE,
    exam_type_colors,
    house_style,
)
from schedvisu_lib.language import Language, language
from schedvisu_lib.studies.selection import Day, as_days
from schedvisu_lib.tables import require

Whose = Literal["patient", "sheet", "resource"]
"""Whose appointments are drawn, by the column that names them."""

_NEEDED: Final = (
    *("sheet", "patient", "position", "procedure", "session"),
    *("resource", "start", "end", "origin", "locked"),
)
_MARGIN: Final = 0.04
"""Of a column, at each side of its boxes."""
_SHORTEST: Final = 0.05
"""Height in hours that every box has at least."""
_USUAL_HOURS: Final = (8.0, 17.0)
"""Where nothing is open and nothing was planned."""
TINT: Final = 0.22
"""Share of its procedure's colour in a box that stood before; the rest is white."""
_BUSY: Final = "#c9c9c9"


@dataclass(frozen=True)
class Around:
    """What stands around appointments, as plain tables of times.

    Parameters
    ----------
    opening
        ``resource``, ``start``, ``end``: when resources are open.
    busy
        ``patient``, ``start``, ``end``: when patients are elsewhere.
    ways
        ``patient``, ``start``, ``end``: when a patient must walk, at the latest, to be in time for an appointment.
    """

    opening: pd.DataFrame
    busy: pd.DataFrame
    ways: pd.DataFrame


def plot_appointments(
    appointments: pd.DataFrame,
    around: Around,
    site: Site,
    *,
    of: Whose,
    name: str,
    first: Day,
    last: Day,
    hours: tuple[float, float] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the appointments of a patient, a sheet or a resource: a column per day, hours downwards.

    Boxes have the colour of their procedure; those that stood before the plan are pale with a frame, locked ones have a
    black frame. White is when the resource (of a patient: one of those that they go to) is open; grey bands are when
    the patient is elsewhere, and thin lines are ways from one group of resources to another one. Appointments of one
    procedure on a resource at the same time are one box that counts them.

    Parameters
    ----------
    appointments
        Columns of :data:`schedvisu_lib.plan.appointment.COLUMNS`; all of the plan, since colours go by its procedures.
    around
        As :func:`schedvisu_lib.plan.around.around` gives it.
    site
        Gives calendar, colours of exam types and language.
    of, name
        Whose appointments: the column, and what stands in it.
    first, last
        Days, both included.
    hours
        First and last hour of the axis; by default those of :func:`axis_hours` on these days.
    ax
        Where to draw; the current axes by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes; y is hours since midnight, x has a width of 1 per day.

    Raises
    ------
    ValueError
        A day cannot be read, or the first one lies after the last one.
    TableError
        A column is missing.
    """
    with house_style():
        ax = ax if ax is not None else plt.gca()
        t = language(site.report.language)
        rows = rows_of(appointments, of, name, first, last)
        opening = opening_of(around, [name] if of == "resource" else rows["resource"].unique(), first, last)
        columns = _columns(pd.concat([rows[["date"]], opening[["date"]]]), site, first, last)
        top, bottom = hours or axis_hours(rows if of != "resource" and len(rows) else pd.concat([rows, opening]))
        draw_ground(ax, columns, _fields(opening, columns, top, bottom), t, top, bottom)
        patients = [name] if of == "patient" else rows["patient"].unique().tolist() if of == "sheet" else []
        _draw_patient(ax, around, patients, columns, (top, bottom), first, last)
        shown = grouped(rows) if of == "resource" else rows.assign(n=1)
        boxes = _boxes(shown, columns, top, bottom)
        colors = procedure_colors(appointments, site)
        _draw_boxes(ax, shown, boxes, colors)
        label_appointments(ax, shown, boxes, colors, _second_lines(shown, appointments, of, t))
        if rows.empty:
            ax.text(
                0.5, 0.5, t("No appointment on these days."), transform=ax.transAxes, ha="center", va="center",
                fontsize=9, color=PALE, zorder=6,
            )  # fmt: skip
    return ax


def rows_of(appointments: pd.DataFrame, of: Whose, name: str, first: Day, last: Day) -> pd.DataFrame:
    """Return somebody's appointments that begin between two days, in order of start, with their ``date``."""
    begin, end = as_days(first, last)
    rows = require(appointments, *_NEEDED)
    rows = rows.loc[(rows[of] == name) & rows["start"].notna()]
    rows = rows.assign(date=rows["start"].dt.normalize())
    rows = rows.loc[rows["date"].between(pd.Timestamp(begin), pd.Timestamp(end))]
    return rows.sort_values(["start", "end", "sheet", "position"], ignore_index=True)


def grouped(rows: pd.DataFrame) -> pd.DataFrame:
    """Join the rows of a resource that are one procedure at one time; ``n`` counts them, ``sheet`` names all sheets."""
    keys = ["date", "start", "end", "procedure", "origin", "locked"]
    if rows.empty:
        return rows.assign(n=1)
    joined = rows.groupby(keys, sort=True).agg(
        n=("sheet", "size"),
        sheet=("sheet", lambda sheets: ", ".join(filter(None, sheets))),
        resource=("resource", "first"),
        position=("position", "first"),
        session=("session", "first"),
    )
    return joined.reset_index()


def procedure_colors(appointments: pd.DataFrame, site: Site) -> dict[str, str]:
    """Return the colour of each procedure of a table: that of the exam type of its name, else by its place among them.

    A time that is only taken has none.
    """
    known = exam_type_colors(site)
    names = [name for name in sorted(appointments["procedure"].unique()) if name]
    free = [color for color in PALETTE if color not in {known[name] for name in names if name in known}]
    others = (name for name in names if name not in known)
    palette = {name: (free or PALETTE)[place % len(free or PALETTE)] for place, name in enumerate(others)}
    return {"": PALE} | {name: known.get(name) or palette[name] for name in names}


def _columns(days: pd.DataFrame, site: Site, first: Day, last: Day) -> list[Column]:
    """Return a column for each working day, each day on which something is open, and each with an appointment."""
    return agenda_columns(days, site, *as_days(first, last))


def opening_of(around: Around, resources: Iterable[str], first: Day, last: Day) -> pd.DataFrame:
    """Return when any of some resources is open between two days, with the ``date``."""
    begin, end = as_days(first, last)
    times = around.opening
    times = times.loc[times["resource"].isin(list(resources))]
    times = times.assign(date=times["start"].dt.normalize())
    return times.loc[times["date"].between(pd.Timestamp(begin), pd.Timestamp(end))]


def axis_hours(spans: pd.DataFrame) -> tuple[float, float]:
    """Return the first and last hour of an axis: whole ones around times with ``start``, ``end`` and their ``date``."""
    if spans.empty:
        return _USUAL_HOURS
    begin = hours_since_midnight(spans["start"], spans["date"])
    end = hours_since_midnight(spans["end"], spans["date"])
    return float(np.floor(begin.min())), float(min(np.ceil(end.max()), 24))


def _fields(times: pd.DataFrame, columns: list[Column], top: float, bottom: float) -> Floats:
    """Return left, right, top and bottom of times in the columns of their days."""
    left = edges_of(columns, times["date"])
    upper = hours_since_midnight(times["start"], times["date"]).clip(top, bottom)
    lower = hours_since_midnight(times["end"], times["date"]).clip(top, bottom)
    return np.column_stack([left, left + 1, upper, lower])


def _boxes(rows: pd.DataFrame, columns: list[Column], top: float, bottom: float) -> Floats:
    """Return left, right, top and bottom of each row's box; those that overlap stand beside each other."""
    lane, lanes = _lanes(rows)
    wide = (1 - 2 * _MARGIN) / lanes
    left = edges_of(columns, rows["date"]) + _MARGIN + lane * wide
    upper = hours_since_midnight(rows["start"], rows["date"]).clip(top, bottom - _SHORTEST)
    lower = hours_since_midnight(rows["end"], rows["date"]).clip(upper + _SHORTEST, bottom)
    return np.column_stack([left, left + wide, upper, lower])


def _lanes(rows: pd.DataFrame) -> tuple[npt.NDArray[np.int_], npt.NDArray[np.int_]]:
    """Return the lane of each row, in order of start, and how many lanes there are where it stands."""
    lane, lanes = np.zeros(len(rows), int), np.ones(len(rows), int)
    starts, ends = rows["start"].to_numpy(), rows["end"].to_numpy()
    cluster: list[int] = []
    free_from: list[Any] = []
    for row in range(len(rows)):
        if cluster and starts[row] >= max(free_from):  # all that overlap are known
            lanes[cluster] = len(free_from)
            cluster, free_from = [], []
        place = next((n for n, free in enumerate(free_from) if free <= starts[row]), len(free_from))
        free_from[place : place + 1] = [ends[row]]
        lane[row] = place
        cluster.append(row)
    if cluster:
        lanes[cluster] = len(free_from)
    return lane, lanes


def _draw_patient(
    ax: Axes,
    around: Around,
    patients: list[str],
    columns: list[Column],
    hours: tuple[float, float],
    first: Day,
    last: Day,
) -> None:
    """Draw when patients are elsewhere, and their ways, in the columns that there are."""
    begin, end = as_days(first, last)
    days = pd.DatetimeIndex([column.day for column in columns if column.closed is None])
    for kind, times in (("busy", around.busy), ("ways", around.ways)):
        own = times.loc[times["patient"].isin(patients)]
        own = own.assign(date=own["start"].dt.normalize())
        own = own.loc[own["date"].between(pd.Timestamp(begin), pd.Timestamp(end)) & own["date"].isin(days)]
        fields = _fields(own, columns, *hours)
        if kind == "busy":
            add_boxes(ax, fields, facecolor=_BUSY, edgecolor=SHADE, linewidth=0.3, zorder=1.5, gid="busy")
        else:
            middle = fields[:, :2].mean(axis=1)
            lines = np.column_stack([middle, fields[:, 2], middle, fields[:, 3]])
            add_lines(ax, lines, edgecolor=INK, linewidth=0.5, zorder=2, gid="ways")


def _draw_boxes(ax: Axes, rows: pd.DataFrame, boxes: Floats, colors: Mapping[str, str]) -> None:
    stood, locked = (rows["origin"] == "given").to_numpy(), rows["locked"].to_numpy(bool)
    for procedure, places in rows.groupby("procedure").indices.items():
        color, name = colors[str(procedure)], procedure or "taken"
        before, planned = places[stood[places]], places[~stood[places]]
        framed: dict[str, Any] = {"facecolor": paler(color), "edgecolor": color, "linewidth": 0.7}
        add_boxes(ax, boxes[before], **framed, zorder=3, gid=f"stood {name}")
        add_boxes(
            ax, boxes[planned], facecolor=color, edgecolor="white", linewidth=0.4, zorder=3, gid=f"planned {name}"
        )
    add_boxes(ax, boxes[locked], facecolor="none", edgecolor=INK, linewidth=1.2, zorder=4, gid="locked")


def paler(color: str) -> tuple[float, ...]:
    """Return the colour of a box that stood before."""
    return tuple(TINT * np.array(to_rgb(color)) + 1 - TINT)


def _second_lines(rows: pd.DataFrame, appointments: pd.DataFrame, of: Whose, t: Language) -> list[str]:
    """Return what stands in each box besides its procedure: of a patient the resource, of a resource the sheets."""
    if of != "resource":
        return [str(name) for name in rows["resource"]]
    sessions = appointments.groupby(["sheet", "position"])["session"].max().to_dict()
    words = []
    for row in rows.itertuples():
        most = sessions.get((row.sheet, row.position), 1)
        if row.n > 1:
            words.append(f"×{row.n} {row.sheet}")
        elif row.sheet:
            words.append(f"{row.sheet} ({row.session}/{most})" if most > 1 else str(row.sheet))
        else:
            words.append("" if row.procedure else t("taken"))
    return words
