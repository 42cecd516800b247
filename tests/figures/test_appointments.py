"""A patient's timetable and a resource's days as agendas: where boxes stand, how they look, what they bear."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex, to_rgb

from schedvisu_lib.errors import TableError
from schedvisu_lib.figures.appointments import Around, grouped, paler, plot_appointments, procedure_colors, rows_of
from schedvisu_lib.figures.style import INK, PALETTE
from schedvisu_lib.plan.around import around
from tests.plan.conftest import asked, build_book, build_table, english_site

MONDAY, FRIDAY = "2026-05-04", "2026-05-08"
SITE = english_site()
BOOK = build_book(
    prescriptions=[asked("mud", 1, sessions=3), asked("pool", 2), asked("bath", 3)],
    busy=[{"patient": "P1", "start": "2026-05-05 14:00", "end": "2026-05-05 16:00"}],
)


def at(procedure: str, start: str, **more: Any) -> dict[str, Any]:
    return {"procedure": procedure, "start": f"2026-05-{start}", **more}


TABLE = build_table(
    BOOK,
    [
        at("mud", "04 08:00"),
        at("bath", "04 10:00"),
        at("mud", "05 08:30", session=2, origin="given", locked=True),
        at("pool", "06 09:00"),
        at("pool", "06 09:00", patient="P2", sheet="S2"),
    ],
    [{"procedure": "mud", "session": 3}],
)


def draw(ax: Any, of: Any = "patient", name: str = "P1", table: pd.DataFrame = TABLE, **days: str) -> Any:
    first, last = days.get("first", MONDAY), days.get("last", FRIDAY)
    ground = around(table, BOOK, SITE, first, last)
    return plot_appointments(table, ground, SITE, of=of, name=name, first=first, last=last, ax=ax)


def test_boxes_stand_on_their_day_from_start_to_end(ax, drawn):
    assert draw(ax) is ax
    assert drawn.boxes(ax, "planned mud")[:, 2:].tolist() == [[8, 8.5]]
    [[left, right, *_]] = drawn.boxes(ax, "planned mud")
    assert 0 < left < right < 1
    assert drawn.boxes(ax, "planned bath")[:, 2:].tolist() == [[10, pytest.approx(10 + 1 / 3)]]
    [[left, right, top, bottom]] = drawn.boxes(ax, "planned pool")
    assert (int(left), int(right), top, bottom) == (2, 2, 9, 9.75)


def test_the_axis_shows_whole_hours_around_a_patients_appointments(ax):
    draw(ax)
    assert ax.get_ylim() == (11, 8)


def test_a_resource_shows_all_its_opening_hours(ax, drawn):
    draw(ax, "resource", "ecg")
    assert ax.get_ylim() == (15, 8)
    white = drawn.boxes(ax, "opening hours")
    assert white[:, 2:].tolist() == [[8, 15]] * 5
    assert np.floor(white[:, 0]).tolist() == [0, 1, 2, 3, 4]


def test_what_stood_before_is_pale_with_a_frame_in_its_colour_and_locked_with_a_black_one(ax, drawn):
    draw(ax)
    [stood], [planned], [locked] = (drawn.patches(ax, gid) for gid in ("stood mud", "planned mud", "locked"))
    color = procedure_colors(TABLE, SITE)["mud"]
    assert to_hex(planned.get_facecolor()) == color == to_hex(stood.get_edgecolor())
    assert stood.get_facecolor()[:3] == pytest.approx(paler(color))
    assert min(paler(color)) > min(to_rgb(color))
    assert to_hex(locked.get_edgecolor()) == INK
    assert drawn.boxes(ax, "locked").tolist() == drawn.boxes(ax, "stood mud").tolist()


def test_ways_are_lines_and_times_elsewhere_are_bands(ax, drawn):
    draw(ax)
    [[x0, y0, x1, y1]] = drawn.lines(ax, "ways")  # 10 minutes from mud in B to the bath in A
    assert (x0, x1) == (0.5, 0.5)
    assert (y0, y1) == (pytest.approx(10 - 1 / 6), 10)
    table = build_table(BOOK, [at("mud", "05 08:30"), at("bath", "05 17:00")])
    other = ax.figure.add_axes((0.1, 0.1, 0.5, 0.5))
    draw(other, table=table)
    assert drawn.boxes(other, "busy").tolist() == [[1, 2, 14, 16]]


def test_boxes_of_a_patient_bear_procedure_and_resource_those_of_a_resource_the_sheet(ax, drawn):
    draw(ax)
    assert "08:00 mud\nmud" in drawn.texts(ax)
    other = ax.figure.add_axes((0.05, 0.02, 0.94, 0.9))
    draw(other, "resource", "mud", first=MONDAY, last="2026-05-05")
    assert drawn.texts(other) == ["08:00 mud\nS1 (1/3)", "08:30 mud\nS1 (2/3)"]


def test_no_box_bears_a_patient(ax, drawn):
    table = build_table(BOOK, [at("mud", "04 08:00", patient="Anna Muster", sheet="S7")])
    draw(ax, "resource", "mud", table)
    assert not any("Muster" in text for text in drawn.texts(ax))


def test_a_group_is_one_box_that_counts_its_patients(ax, drawn):
    draw(ax, "resource", "pool")
    assert len(drawn.boxes(ax, "planned pool")) == 1
    assert drawn.texts(ax) == ["09:00 pool\n×2 S1, S2"]
    rows = grouped(rows_of(TABLE, "resource", "pool", MONDAY, FRIDAY))
    assert rows[["n", "sheet"]].to_numpy().tolist() == [[2, "S1, S2"]]


def test_appointments_that_overlap_stand_beside_each_other(ax, drawn):
    starts = ("04 09:00", "04 09:30", "04 09:45", "04 10:30")  # of 45 minutes each
    rows = [at("pool", start, sheet=f"S{n}") for n, start in enumerate(starts)]
    draw(ax, "resource", "pool", build_table(BOOK, rows))
    boxes = {box[2]: box[:2] for box in drawn.boxes(ax, "planned pool").tolist()}
    assert boxes[9] == boxes[9.75]  # as soon as there is room
    assert boxes[9][1] == pytest.approx(boxes[9.5][0])
    assert boxes[10.5] == pytest.approx([boxes[9][0], boxes[9.5][1]])


def test_what_is_only_taken_is_grey_and_says_so(ax, drawn):
    nameless = at("", "04 08:00", patient="", sheet="", resource="mud", end="2026-05-04 11:00", origin="given")
    draw(ax, "resource", "mud", build_table(BOOK, [nameless]))
    assert drawn.boxes(ax, "stood taken")[:, 2:].tolist() == [[8, 11]]
    assert drawn.texts(ax) == ["08:00\ntaken"]


def test_a_saturday_with_hours_has_a_column_and_a_holiday_is_a_strip(ax, drawn):
    book = build_book(
        resources=[{"name": "mud", "group": "B", "hours": {"sat": ["08:00-12:00"], "wed": ["08:00-12:00"]}}],
        procedures=[{"name": "mud", "minutes": 30, "resources": ["mud"]}],
        incompatible=[],
    )
    table = build_table(book, [])
    days = {"first": "2026-05-13", "last": "2026-05-16"}
    ground = around(table, book, SITE, *days.values())
    plot_appointments(table, ground, SITE, of="resource", name="mud", **days, ax=ax)
    assert [label.get_text() for label in ax.get_xticklabels()] == ["Wed 13 May", "Sat 16 May"]
    assert "Ascension Day" in drawn.texts(ax)
    assert len(drawn.boxes(ax, "closed")) == 2  # Ascension Day, and the department's closure on Friday
    assert "No appointment on these days." in drawn.texts(ax)


def test_colours_go_by_the_procedures_of_the_whole_plan_and_the_exam_types_of_the_site():
    first_type = SITE.exam_types[0].name
    colors = procedure_colors(pd.DataFrame({"procedure": ["mud", first_type, "bath", ""]}), SITE)
    assert [colors[first_type], colors["bath"], colors["mud"]] == list(PALETTE[:3])


def test_a_table_without_a_column_is_refused(ax):
    nothing = pd.DataFrame({"start": pd.Series(dtype="datetime64[us]")})
    with pytest.raises(TableError, match="lacks the column"):
        plot_appointments(
            TABLE.drop(columns="locked"),
            Around(nothing, nothing, nothing),
            SITE,
            of="patient",
            name="P1",
            first=MONDAY,
            last=FRIDAY,
            ax=ax,
        )
