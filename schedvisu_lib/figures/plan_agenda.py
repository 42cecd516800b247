"""Plan and effect side by side: in each day's column appointments at the left, exams at the right."""

from __future__ import annotations

from typing import Any, Final

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from schedvisu_lib.config import Site
from schedvisu_lib.figures.agenda import draw_frame, mark_cuts
from schedvisu_lib.figures.box_labels import label_boxes, label_boxes_shortly
from schedvisu_lib.figures.boxes import Floats, add_boxes, add_lines
from schedvisu_lib.figures.codes import exam_type_codes
from schedvisu_lib.figures.columns import Column, agenda_columns, edges_of
from schedvisu_lib.figures.hour_axis import hour_range, hours_since_midnight, shared_range
from schedvisu_lib.figures.idle import name_service, service_fields
from schedvisu_lib.figures.style import INK, PALE, by_exam_type, exam_type_colors, house_style, outside
from schedvisu_lib.language import Language, language
from schedvisu_lib.studies.appointments import CANCELLED
from schedvisu_lib.studies.plan_effect import COLUMNS, DONE, ELSEWHERE, NOT_DONE, unplanned_on
from schedvisu_lib.studies.selection import Day, as_date, between, of_scanner
from schedvisu_lib.tables import require

PLAN: Final = (0.02, 0.465)
EFFECT: Final = (0.535, 0.98)
"""Left and right of appointments and of exams in a column of width 1; between them lines show the delays."""
_SHORTEST: Final = 0.05
"""Height in hours that every box has at least."""
_TINT: Final = 0.14
"""Share of its type's colour in an appointment's box; the rest is white."""
_MOST_NAMED: Final = 7
"""Columns up to which both halves of a day are named, and boxes bear starts."""


def plot_plan_effect(
    comparison: pd.DataFrame,
    studies: pd.DataFrame,
    site: Site,
    scanner: str,
    first: Day,
    last: Day,
    *,
    ax: Axes | None = None,
) -> Axes:
    """Draw a scanner's appointments and exams: a column per day, appointments in its left half, exams in its right.

    Appointments are framed in their type's colour: crossed out where nothing was done, dashed where cancelled, with an
    arrow where another scanner did it, a thick line where nobody knows how long. A line leads from the planned start to
    the first image; exams without appointment have a black frame.

    Parameters
    ----------
    comparison
        As :func:`schedvisu_lib.compare_plan` gives it.
    studies
        The studies table.
    site
        Gives calendar, opening hours, colours and language.
    scanner
        Its name.
    first, last
        Days, both included.
    ax
        Where to draw; the current axes by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes; y is hours since midnight, x has a width of 1 per day.

    Raises
    ------
    ValueError
        The scanner is unknown, a day cannot be read, or the first one lies after the last one.
    TableError
        A column is missing, or times are none.

    Examples
    --------
    >>> site = sv.load_site("params/demo.yaml")
    >>> store = sv.open_store(site)
    >>> planned, studies = (table("2026-05-18", "2026-05-22") for table in (store.planned, store.studies))
    >>> comparison = sv.compare_plan(planned, studies, site)
    >>> ax = sv.plot_plan_effect(comparison, studies, site, "Discovery 690", "2026-05-18", "2026-05-22")
    >>> [half.get_text() for half in ax.get_xticklabels(minor=True)][:2]
    ['prévu', 'réalisé']
    """
    with house_style():
        ax = ax if ax is not None else plt.gca()
        t = language(site.report.language)
        rows = between(require(comparison, *COLUMNS), first, last)
        booked = _booked(rows, scanner)
        exams = of_scanner(require(studies, "exam_id", "exam_type"), scanner, first, last)
        spans = _spans(booked, exams)
        columns = agenda_columns(spans, site, as_date(first), as_date(last), scanner)
        top, bottom = shared_range(ax, *hour_range(spans, site, scanner))
        draw_frame(ax, columns, site, scanner, top, bottom)
        plan = _boxes(booked, columns, PLAN, top, bottom)
        effect = _boxes(exams, columns, EFFECT, top, bottom)
        unplanned = exams["exam_id"].isin(rows.loc[unplanned_on(rows, scanner), "exam_id"]).to_numpy()
        _draw_plan(ax, booked, plan, site)
        _draw_effect(ax, exams, effect, unplanned, site)
        _draw_delays(ax, booked, exams, plan, effect)
        mark_cuts(ax, exams, {"exam": effect}, top, bottom)
        name_service(ax, service_fields(columns, site, scanner, top, bottom), np.vstack([plan, effect]), t)
        if len(columns) <= _MOST_NAMED:
            _name_halves(ax, columns, t)
        _label(ax, booked, plan, exams, effect, site, starts=len(columns) <= _MOST_NAMED)
        if spans.empty:
            words = t("No appointment and no exam in this period.")
            ax.text(0.5, 0.5, words, transform=ax.transAxes, ha="center", va="center", fontsize=9, color=PALE, zorder=6)
    return ax


def effect_boxes(
    comparison: pd.DataFrame, studies: pd.DataFrame, site: Site, scanner: str, first: Day, last: Day
) -> tuple[pd.DataFrame, Floats]:
    """Return a scanner's exams in order of start, and left, right, top and bottom of each one's box beside the plan."""
    exams = of_scanner(studies, scanner, first, last)
    spans = _spans(_booked(between(comparison, first, last), scanner), exams)
    columns = agenda_columns(spans, site, as_date(first), as_date(last), scanner)
    return exams, _boxes(exams, columns, EFFECT, *hour_range(spans, site, scanner))


def _booked(rows: pd.DataFrame, scanner: str) -> pd.DataFrame:
    """Return the appointments of a scanner in order of start."""
    return rows.loc[(rows["scanner"] == scanner) & rows["start"].notna()].sort_values("start", ignore_index=True)


def _spans(booked: pd.DataFrame, exams: pd.DataFrame) -> pd.DataFrame:
    """Return day, begin and end of all that is drawn, as the axis wants them."""
    planned = pd.DataFrame(
        {
            "date": booked["date"],
            "prepared_from": booked["start"],
            "prepared_until": booked["end"].fillna(booked["start"]),
        }
    )
    done = exams[["date", "start", "end"]].set_axis(["date", "prepared_from", "prepared_until"], axis="columns")
    parts = [part for part in (planned, done) if not part.empty] or [done]
    return pd.concat(parts, ignore_index=True)


def _boxes(rows: pd.DataFrame, columns: list[Column], half: tuple[float, float], top: float, bottom: float) -> Floats:
    """Return left, right, top and bottom of each row's box; one that overlaps another stands back at the left."""
    left = edges_of(columns, rows["date"])
    until = rows["end"].fillna(rows["start"])
    upper = hours_since_midnight(rows["start"], rows["date"]).clip(top, bottom - _SHORTEST)
    lower = hours_since_midnight(until, rows["date"]).clip(upper + _SHORTEST, bottom)
    back = np.where(_overlaps(rows["start"], until, rows["date"]), (half[1] - half[0]) / 2, 0.0)
    return np.column_stack([left + half[0] + back, left + half[1], upper, lower])


def _overlaps(begin: pd.Series, end: pd.Series, day: pd.Series) -> npt.NDArray[np.bool_]:
    """Tell which rows, in order of begin, start before an earlier one of their day ends, every second one in turn."""
    found = np.zeros(len(begin), dtype=bool)
    for rows in day.groupby(day).indices.values():
        free_from = pd.Timestamp.min
        for row in rows:
            found[row] = begin.iloc[row] < free_from
            if not found[row]:
                free_from = end.iloc[row]
    return found


def _draw_plan(ax: Axes, booked: pd.DataFrame, boxes: Floats, site: Site) -> None:
    stands = (booked["outcome"] != CANCELLED).to_numpy()
    known = booked["end"].notna().to_numpy()
    for exam_type, color, rows in by_exam_type(booked, site):
        fill = tuple(_TINT * np.array(to_rgb(color)) + 1 - _TINT)
        framed = rows[stands[rows] & known[rows]]
        add_boxes(
            ax, boxes[framed], facecolor=fill, edgecolor=color, linewidth=0.8, zorder=3, gid=f"planned {exam_type}"
        )
        marks = boxes[rows[stands[rows] & ~known[rows]]]
        add_lines(ax, marks[:, [0, 2, 1, 2]], edgecolor=color, linewidth=1.6, zorder=3, gid=f"marked {exam_type}")
    dashed: dict[str, Any] = {"facecolor": "none", "edgecolor": PALE, "linewidth": 0.6, "linestyle": (0, (3, 2))}
    add_boxes(ax, boxes[~stands], **dashed, zorder=2.8, gid="cancelled")
    missed = boxes[(booked["outcome"] == NOT_DONE).to_numpy()]
    crosses = np.vstack([missed[:, [0, 2, 1, 3]], missed[:, [0, 3, 1, 2]]])
    add_lines(ax, crosses, edgecolor=INK, linewidth=0.6, zorder=4, gid="not done")
    left_for = boxes[(booked["outcome"] == ELSEWHERE).to_numpy()]
    across, down = left_for[:, 1] + (EFFECT[0] - PLAN[1]) / 2, left_for[:, 2:].mean(axis=1)
    style: dict[str, Any] = {"color": INK, "markersize": 3.4, "zorder": 5, "scalex": False, "scaley": False}
    ax.plot(across, down, ">", gid="elsewhere", **style)


def _draw_effect(ax: Axes, exams: pd.DataFrame, boxes: Floats, unplanned: npt.NDArray[np.bool_], site: Site) -> None:
    for exam_type, color, rows in by_exam_type(exams, site):
        style: dict[str, Any] = {"facecolor": color, "edgecolor": "white", "linewidth": 0.3}
        add_boxes(ax, boxes[rows], **style, zorder=3, gid=f"exams {exam_type}")
    add_boxes(ax, boxes[unplanned], facecolor="none", edgecolor=INK, linewidth=1.1, zorder=3.5, gid="unplanned")


def _draw_delays(ax: Axes, booked: pd.DataFrame, exams: pd.DataFrame, plan: Floats, effect: Floats) -> None:
    """Draw a line from each planned start to the first image of what was done here."""
    done = booked.index[booked["outcome"] == DONE]
    place = pd.Series(exams.index, index=exams["exam_id"]).reindex(booked["exam_id"].iloc[done]).to_numpy(dtype=int)
    ends = np.column_stack([plan[done, 1], plan[done, 2], effect[place, 0], effect[place, 2]])
    add_lines(ax, ends, edgecolor=PALE, linewidth=0.6, zorder=2.5, gid="delays")


def _name_halves(ax: Axes, columns: list[Column], t: Language) -> None:
    """Write over each day which half is which."""
    days = [column for column in columns if column.closed is None]
    places = [column.left + sum(half) / 2 for column in days for half in (PLAN, EFFECT)]
    ax.set_xticks(places, [t("planned"), t("done")] * len(days), minor=True, color=outside(ax, PALE))
    ax.tick_params(axis="x", which="minor", length=0, pad=1.5, labelsize=5)
    ax.tick_params(axis="x", which="major", pad=8.5)


def _label(
    ax: Axes,
    booked: pd.DataFrame,
    plan: Floats,
    exams: pd.DataFrame,
    effect: Floats,
    site: Site,
    *,
    starts: bool,
) -> None:
    """Write exam types into the boxes, with their starts where there is room for them."""
    colors, codes = exam_type_colors(site), exam_type_codes(site)
    shown = (booked["outcome"].ne(CANCELLED) & booked["end"].notna()).to_numpy()
    # The boxes of appointments are as good as white, and have no takes.
    pale = dict.fromkeys([*colors, *booked["exam_type"]], "#ffffff")
    # As where takes are hatched, letters that a cross runs through get a ground of their own.
    grounds = booked["outcome"].eq(NOT_DONE) + 1
    appointments, done = booked.assign(n_takes=grounds).loc[shown], exams.assign(n_takes=1)
    for rows, boxes, fills in ((appointments, plan[shown], pale), (done, effect, colors)):
        if starts:
            label_boxes(ax, rows, boxes, fills, codes, language(site.report.language))
        else:
            label_boxes_shortly(ax, rows, boxes, fills, codes)
