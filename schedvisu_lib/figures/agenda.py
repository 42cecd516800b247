"""The agenda: what ran when, a column per day, hours downwards (design, section 6)."""

from __future__ import annotations

from typing import Any, Final, Literal

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from schedvisu_lib.config import Site
from schedvisu_lib.figures.agenda_content import AgendaContent, agenda_content
from schedvisu_lib.figures.box_labels import label_boxes, label_boxes_shortly
from schedvisu_lib.figures.boxes import Floats, add_boxes, add_hatch
from schedvisu_lib.figures.codes import exam_type_codes
from schedvisu_lib.figures.columns import Column, draw_day_axis, edges_of, strip_names
from schedvisu_lib.figures.hour_axis import beyond_axis, clock_hours, hours_since_midnight, shared_range
from schedvisu_lib.figures.idle import draw_gaps, lunch_fields, name_service, service_fields
from schedvisu_lib.figures.style import (
    CLOSED,
    FAINT,
    FRAME,
    INK,
    LIGHTER,
    LUNCH_FIELD,
    NOT_CHOSEN,
    OUT_OF_SERVICE,
    PALE,
    SHADE,
    by_exam_type,
    dress,
    exam_type_colors,
    house_style,
    readable_on,
)
from schedvisu_lib.figures.ticks import set_ticks
from schedvisu_lib.language import Language, language
from schedvisu_lib.settings.calendar import WEEKDAYS
from schedvisu_lib.studies.selection import Day

HATCHES: Final[dict[int, Literal["\\", "/"]]] = {1: "\\", 2: "/"}
"""Of the first and second take of a study that has several; later ones have them in turn."""
_HATCH: Final = 4.0
"""Between the lines of a hatch, in points."""

_BOX: Final = 0.7
"""Width of a box in its column; it stands at the left or at the right of it, off the edge by the margin."""
_MARGIN: Final = 0.05
_EDGE: Final = 0.006
"""Space at each side of the axes, as a share of their width."""
_SHORTEST: Final = 0.05
"""Height in hours that every box has at least, so that an exam of no length, or beyond the edge, is seen."""
_MOST_EDGES: Final = 40
"""Columns up to which boxes have a white edge, days a line between them, and closed days a name."""
_MOST_LABELLED: Final = 6
"""Columns up to which boxes bear their exam type and start."""
_MOST_CODED: Final = 26
"""Columns up to which boxes bear their exam type or, where its name has no room, its code."""


def plot_agenda(
    studies: pd.DataFrame,
    site: Site,
    scanner: str,
    first: Day,
    last: Day,
    *,
    among: pd.DataFrame | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a scanner's exams: a column per working day, hours downwards, a box per exam in its type's colour.

    Boxes stand left and right in turn, so that overlaps show; preparation is lighter; takes are hatched. A dashed line
    is a hole, a dotted one a gap at lunch, a solid one with ends a gap out of service; turnovers are bare. The white
    field is the opening hours, with a faint band for the lunch window; a grey strip is a closed day, a darker one time
    out of service. A triangle at the edge marks an exam that goes on beyond it. Where there is room, boxes bear their
    exam type and start.

    Parameters
    ----------
    studies
        The studies table.
    site
        Gives calendar, opening hours, lunch window, time out of service, gap threshold, colours and language.
    scanner
        Its name.
    first, last
        Days, both included.
    among
        All exams, where ``studies`` are some of them (:func:`schedvisu_lib.choose_exams`): the others are pale, and
        gaps are those between all.
    ax
        Where to draw; the current axes by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes; y is hours since midnight, x has a width of 1 per day. Letters have 5 or 6 points, as on a page: a
        figure with ``dpi=150`` shows them as large as a notebook's text.

    Raises
    ------
    ValueError
        The scanner is unknown, a day cannot be read, or the first one lies after the last one.
    TableError
        A column is missing, or times are none.

    Examples
    --------
    >>> site = sv.load_site("params/demo.yaml")
    >>> studies = sv.open_store(site).studies("2026-05-18", "2026-05-22")
    >>> ax = sv.plot_agenda(studies, site, "Discovery 690", "2026-05-18", "2026-05-22")
    >>> [day.get_text() for day in ax.get_xticklabels()]
    ['lun. 18.05', 'mar. 19.05', 'mer. 20.05', 'jeu. 21.05', 'ven. 22.05']
    """
    with house_style():
        ax = ax if ax is not None else plt.gca()
        draw_agenda(agenda_content(studies, site, scanner, first, last, among), ax)
    return ax


def draw_agenda(content: AgendaContent, ax: Axes) -> Floats:
    """Draw what an agenda shows, as :func:`plot_agenda` does; return left, right, top and bottom of each exam's box."""
    with house_style():
        site, scanner, columns = content.site, content.scanner, content.columns
        exams, chosen = content.exams, content.chosen
        top, bottom = shared_range(ax, *content.hours)
        draw_frame(ax, columns, site, scanner, top, bottom)
        t = language(site.report.language)
        boxes = _exam_boxes(exams, columns, top, bottom)
        if len(columns) <= _MOST_EDGES:
            name_service(ax, service_fields(columns, site, scanner, top, bottom), boxes["prepared"], t)
        if exams.empty:
            words = t("No exam in this period.")
            ax.text(
                0.5, 0.75, words, transform=ax.transAxes, ha="center", va="center", fontsize=9, color=PALE, zorder=6,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 4},
            )  # fmt: skip
            return boxes["exam"]
        add_boxes(
            ax, boxes["exam"][~chosen], facecolor=NOT_CHOSEN, edgecolor="white", linewidth=0.3, zorder=1.5,
            gid="not chosen",
        )  # fmt: skip
        draw_gaps(ax, content.gaps, columns)
        mark_cuts(ax, exams, boxes, top, bottom)
        exams, shown = content.chosen_exams, {name: rows[chosen] for name, rows in boxes.items()}
        if content.shows_preparation:
            _draw_preparation(ax, exams, shown["prepared"], site)
        _draw_boxes(ax, exams, shown, site, edges=len(columns) <= _MOST_EDGES)
        if len(columns) <= _MOST_LABELLED:
            label_boxes(ax, exams, shown["exam"], exam_type_colors(site), exam_type_codes(site), t)
        elif len(columns) <= _MOST_CODED:
            label_boxes_shortly(ax, exams, shown["exam"], exam_type_colors(site), exam_type_codes(site))
    return boxes["exam"]


def _exam_boxes(exams: pd.DataFrame, columns: list[Column], top: float, bottom: float) -> dict[str, Floats]:
    """Return left, right, top and bottom of each "exam", and of its "prepared" time.

    Boxes stand at the left and at the right of their column in turn; what lies beyond the axis is cut at its edge.
    """
    left = edges_of(columns, exams["date"])
    turn = (exams.groupby("date").cumcount() % 2).to_numpy()
    left = left + np.where(turn == 0, _MARGIN, 1 - _MARGIN - _BOX)
    boxes = {}
    for name, begin, end in (("exam", "start", "end"), ("prepared", "prepared_from", "prepared_until")):
        upper = hours_since_midnight(exams[begin], exams["date"]).clip(top, bottom - _SHORTEST)
        lower = hours_since_midnight(exams[end], exams["date"]).clip(upper + _SHORTEST, bottom)
        boxes[name] = np.column_stack([left, left + _BOX, upper, lower])
    return boxes


def draw_frame(ax: Axes, columns: list[Column], site: Site, scanner: str, top: float, bottom: float) -> None:
    """Draw opening hours, lunch window, closed days, time out of service and both axes."""
    hours = site.scanner(scanner).hours
    fields = [
        (c.left, c.left + c.width, clock_hours(time.opens), clock_hours(time.closes))
        for c in columns
        if c.offers and (time := hours.get(WEEKDAYS[c.day.weekday()])) is not None
    ]
    line = draw_ground(ax, columns, np.array(fields).reshape(-1, 4), language(site.report.language), top, bottom)
    lunch = lunch_fields(columns, site, scanner) + np.array([line, -line, 0, 0])
    add_boxes(ax, lunch, facecolor=LUNCH_FIELD, edgecolor="none", zorder=0.45, gid="lunch window")
    service = service_fields(columns, site, scanner, top, bottom)
    add_boxes(ax, service, facecolor=OUT_OF_SERVICE, edgecolor="none", zorder=0.6, gid="service")


def draw_ground(ax: Axes, columns: list[Column], fields: Floats, t: Language, top: float, bottom: float) -> float:
    """Draw the columns of days with their white fields (left, right, top, bottom), closed days and both axes.

    Returns the width of the line that is left between two days.
    """
    dress(ax)
    right = columns[-1].left + columns[-1].width if columns else 1.0
    few = len(columns) <= _MOST_EDGES
    ax.set(xlim=(-_EDGE * right, right * (1 + _EDGE)), ylim=(bottom, top), facecolor=SHADE)
    line = 0.008 if few else 0.0  # What stays grey at each side of a day is the line between days.
    white = fields + np.array([line, -line, 0, 0])
    add_boxes(ax, white, facecolor="white", edgecolor="none", zorder=0.4, gid="opening hours")
    strips = {"closed": (CLOSED, False), "out of service": (OUT_OF_SERVICE, True)}
    for gid, (color, out) in strips.items():
        shut = [(c.left, c.left + c.width, top, bottom) for c in columns if c.closed is not None and c.service is out]
        add_boxes(ax, np.array(shut).reshape(-1, 4), facecolor=color, edgecolor="none", zorder=0.6, gid=gid)
    if few:
        for middle, name in strip_names(columns, t):
            ax.text(
                middle, (top + bottom) / 2, name, rotation=90, ha="center", va="center", fontsize=5.5,
                color="#444444", clip_on=True,
            )  # fmt: skip
    draw_day_axis(ax, columns, t)
    set_ticks(ax.yaxis, range(int(top), int(bottom) + 1), [f"{n:02d}:00" for n in range(int(top), int(bottom) + 1)])
    ax.grid(axis="y", color=FAINT, linewidth=0.4)
    ax.set_axisbelow(True)
    ax.tick_params(axis="y", length=0)
    ax.spines[:].set(color=FRAME, linewidth=0.4)
    return line


def _draw_preparation(ax: Axes, exams: pd.DataFrame, boxes: Floats, site: Site) -> None:
    """Draw the prepared times, lighter, as one path per colour."""
    for _, color, rows in by_exam_type(exams, site):
        add_boxes(ax, boxes[rows], facecolor=color, alpha=LIGHTER, edgecolor="none", zorder=2, gid="prep")


def _draw_boxes(ax: Axes, exams: pd.DataFrame, boxes: dict[str, Floats], site: Site, *, edges: bool) -> None:
    """Draw the exams as one path per colour, and the hatches as one path per take."""
    colors = exam_type_colors(site)
    line: dict[str, Any] = {"edgecolor": "white", "linewidth": 0.3} if edges else {"edgecolor": "none"}
    inks = exams["exam_type"].map({name: readable_on(color) for name, color in colors.items()})
    inks = inks.fillna(readable_on(site.report.other_color)).to_numpy()
    for exam_type, color, rows in by_exam_type(exams, site):
        add_boxes(ax, boxes["exam"][rows], facecolor=color, zorder=3, label=exam_type, gid=f"exams {exam_type}", **line)
    several = (exams["n_takes"] > 1).to_numpy()
    spacing = _HATCH if edges else 1.5 * _HATCH
    for number, hatch in HATCHES.items():
        rows = several & (exams["take"].to_numpy(int) % 2 == number % 2)
        for ink in (INK, "white"):  # what is seen on the box
            on = boxes["exam"][rows & (inks == ink)]
            add_hatch(ax, on, hatch, spacing, edgecolor=ink, linewidth=0.4, zorder=4, gid=f"take {number}")


def mark_cuts(ax: Axes, exams: pd.DataFrame, boxes: dict[str, Floats], top: float, bottom: float) -> None:
    """Mark the exams that begin above or end below the axis."""
    middle = boxes["exam"][:, :2].mean(axis=1)
    for cut, edge, marker in zip(beyond_axis(exams, top, bottom), (top, bottom), ("^", "v"), strict=True):
        if cut.any():
            ax.plot(
                middle[cut], np.full(cut.sum(), edge), marker, color=INK, markersize=3, clip_on=False, zorder=6,
                gid=f"cut {marker}", scalex=False, scaley=False,
            )  # fmt: skip
