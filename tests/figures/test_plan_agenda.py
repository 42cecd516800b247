"""Plan and effect side by side."""

from __future__ import annotations

from datetime import date
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import schedvisu_lib as sv
from schedvisu_lib.figures.plan_agenda import EFFECT, PLAN
from schedvisu_lib.language import language
from schedvisu_lib.settings.calendar import Hours
from schedvisu_lib.settings.scanners import Service
from schedvisu_lib.tables import PLANNED, STUDIES, empty
from tests.conftest import build_planned

D690, VISION = "Discovery 690", "Vision 600"
MONDAY, FRIDAY = date(2026, 5, 4), date(2026, 5, 8)
DAYS = (MONDAY, FRIDAY)


def booked(*rows: dict[str, Any]) -> pd.DataFrame:
    return build_planned(rows, patient="")


def draw(planned: pd.DataFrame, studies: pd.DataFrame, site: sv.Site, ax: Any, scanner: str = D690) -> Any:
    comparison = sv.compare_plan(planned, studies, site)
    return sv.plot_plan_effect(comparison, studies, site, scanner, *DAYS, ax=ax)


@pytest.fixture
def monday(make_studies) -> pd.DataFrame:
    """Two exams of planned studies, and one that nobody planned."""
    return make_studies(
        [
            {"start": "2026-05-04 08:12", "end": "2026-05-04 08:36"},
            {"start": "2026-05-04 09:00", "end": "2026-05-04 09:24", "exam_type": "PSMA"},
            {"start": "2026-05-04 11:00", "end": "2026-05-04 11:30", "exam_id": "77_1"},
        ]
    )


@pytest.fixture
def planned() -> pd.DataFrame:
    """Two that were done, one that was not, one that was cancelled."""
    return booked(
        {"start": "2026-05-04 08:00"},
        {"start": "2026-05-04 09:00", "description": "PET_CT PSMA", "minutes": 45.0},
        {"start": "2026-05-04 10:00", "study_uid": "8"},
        {"start": "2026-05-04 13:00", "study_uid": "9", "status": "cancelled"},
    )


def test_appointments_stand_at_the_left_and_exams_at_the_right(planned, monday, demo_site, ax, drawn):
    draw(planned, monday, demo_site, ax)
    fdg, psma = drawn.boxes(ax, "planned FDG STAND."), drawn.boxes(ax, "planned PSMA")
    assert fdg.tolist() == [[*PLAN, 8, 8.5], [*PLAN, 10, 10.5]]
    assert psma.tolist() == [[*PLAN, 9, 9.75]]
    exams = drawn.exam_boxes(ax)
    assert exams[:, :2].tolist() == [list(EFFECT)] * 3
    assert exams[:, 2] == pytest.approx([8.2, 9, 11])
    assert PLAN[1] < EFFECT[0]


def test_appointments_have_a_frame_and_exams_a_filling_in_the_colour_of_their_type(
    planned, monday, demo_site, ax, drawn
):
    draw(planned, monday, demo_site, ax)
    [frame], [filled] = drawn.patches(ax, "planned PSMA"), drawn.patches(ax, "exams PSMA")
    assert frame.get_edgecolor() == filled.get_facecolor()
    assert min(frame.get_facecolor()[:3]) > 0.8


def test_a_line_leads_from_each_planned_start_to_the_first_image(planned, monday, demo_site, ax, drawn):
    draw(planned, monday, demo_site, ax)
    lines = drawn.lines(ax, "delays")
    assert lines.tolist() == [[PLAN[1], 8.0, EFFECT[0], pytest.approx(8.2)], [PLAN[1], 9.0, EFFECT[0], 9.0]]


def test_what_was_not_done_is_crossed_out(planned, monday, demo_site, ax, drawn):
    draw(planned, monday, demo_site, ax)
    assert drawn.lines(ax, "not done").tolist() == [[PLAN[0], 10, PLAN[1], 10.5], [PLAN[0], 10.5, PLAN[1], 10]]


def test_what_was_cancelled_is_a_dashed_frame_alone(planned, monday, demo_site, ax, drawn):
    draw(planned, monday, demo_site, ax)
    assert drawn.boxes(ax, "cancelled").tolist() == [[*PLAN, 13, 13.5]]
    [frame] = drawn.patches(ax, "cancelled")
    assert frame.get_linestyle() != "-"
    assert "13:00" not in drawn.texts(ax)


def test_what_nobody_planned_has_a_frame_of_its_own(planned, monday, demo_site, ax, drawn):
    draw(planned, monday, demo_site, ax)
    assert drawn.boxes(ax, "unplanned")[:, 2].tolist() == [11]


def test_done_on_another_scanner_is_an_arrow_here_and_unplanned_there(make_studies, demo_site, ax, drawn):
    studies = make_studies([{"start": "2026-05-04 08:12", "end": "2026-05-04 08:36", "scanner": VISION}])
    planned = booked({"start": "2026-05-04 08:00"})
    draw(planned, studies, demo_site, ax)
    [arrow] = [line for line in ax.lines if line.get_gid() == "elsewhere"]
    assert arrow.get_ydata().tolist() == [8.25]
    assert PLAN[1] < arrow.get_xdata()[0] < EFFECT[0]
    assert len(drawn.exam_boxes(ax)) == 0
    other = draw(planned, studies, demo_site, plt.figure().add_subplot(), VISION)
    assert len(drawn.boxes(other, "unplanned")) == 1


def test_an_appointment_of_unknown_length_is_a_mark_at_its_start(make_studies, demo_site, ax, drawn):
    draw(booked({"start": "2026-05-04 08:00", "minutes": float("nan")}), make_studies(), demo_site, ax)
    assert drawn.lines(ax, "marked FDG STAND.").tolist() == [[PLAN[0], 8, PLAN[1], 8]]
    assert len(drawn.boxes(ax, "planned FDG STAND.")) == 0


def test_both_halves_of_each_day_are_named(planned, monday, demo_site, ax):
    draw(planned, monday, demo_site, ax)
    t = language("fr")
    assert [tick.get_text() for tick in ax.get_xticklabels(minor=True)] == [t("planned"), t("done")] * 5


def test_boxes_bear_type_and_start(planned, monday, demo_site, ax, drawn):
    draw(planned, monday, demo_site, ax)
    assert {"08:00", "08:12", "PSMA"} <= set(drawn.texts(ax))


def test_overlapping_exams_do_not_hide_each_other(make_studies, demo_site, ax, drawn):
    times = [("08:00", "08:40"), ("08:30", "09:00"), ("08:50", "09:10")]
    studies = make_studies([{"start": f"2026-05-04 {a}", "end": f"2026-05-04 {b}"} for a, b in times])
    draw(booked(), studies, demo_site, ax)
    boxes = drawn.exam_boxes(ax)
    boxes = boxes[np.argsort(boxes[:, 2])]
    middle = sum(EFFECT) / 2
    assert boxes[:, 0] == pytest.approx([EFFECT[0], middle, EFFECT[0]])


def test_the_axis_shows_early_appointments_and_marks_what_is_cut(make_studies, demo_site, ax, drawn):
    night = make_studies([{"start": "2026-05-04 23:50", "end": "2026-05-05 00:20"}])
    draw(booked({"start": "2026-05-04 06:10"}), night, demo_site, ax)
    assert ax.get_ylim()[1] == 6
    assert [line.get_gid() for line in ax.lines if len(line.get_xdata())] == ["cut v"]


def test_a_week_without_appointment_and_exam_says_so(demo_site, ax, drawn):
    draw(empty(PLANNED), empty(STUDIES), demo_site, ax)
    assert language("fr")("No appointment and no exam in this period.") in drawn.texts(ax)
    ax.figure.canvas.draw()


def test_the_picture_is_vectors_alone(planned, monday, demo_site, ax, tmp_path):
    draw(planned, monday, demo_site, ax)
    ax.figure.savefig(tmp_path / "plan.svg")
    text = (tmp_path / "plan.svg").read_text()
    assert "<image" not in text
    assert "<pattern" not in text


def test_tables_are_unharmed(planned, monday, demo_site, ax):
    comparison = sv.compare_plan(planned, monday, demo_site)
    before = comparison.copy(deep=True), monday.copy(deep=True)
    sv.plot_plan_effect(comparison, monday, demo_site, D690, *DAYS, ax=ax)
    pd.testing.assert_frame_equal(comparison, before[0])
    pd.testing.assert_frame_equal(monday, before[1])


def labels(ax):
    return [text.get_text() for text in ax.texts if text.get_gid() == "exam type"]


def test_boxes_of_two_weeks_bear_the_codes_of_their_types(planned, monday, demo_site, ax):
    comparison = sv.compare_plan(planned, monday, demo_site)
    sv.plot_plan_effect(comparison, monday, demo_site, D690, MONDAY, date(2026, 5, 20), ax=ax)
    assert not [text for text in ax.texts if text.get_gid() == "start"]
    assert labels(ax) == ["FS", "PSMA", "FS"] * 2  # three appointments, then three exams


def test_a_name_of_which_little_would_be_left_is_its_code(planned, monday, demo_site):
    narrow = plt.figure(figsize=(5.5, 4)).add_axes((0.05, 0.02, 0.94, 0.9))
    draw(planned, monday, demo_site, narrow)
    assert "FS" in labels(narrow)
    assert not [label for label in labels(narrow) if label.endswith("…")]


def test_time_out_of_service_is_named_where_no_box_lies(planned, monday, one_scanner, ax):
    day = Service(first=MONDAY, last=MONDAY, hours=Hours(opens="08:00", closes="17:00"))
    draw(planned, monday, one_scanner(service=(day,)), ax)
    [word] = [text for text in ax.texts if text.get_text() == language("fr")("out of service")]
    assert 11.5 < word.get_position()[1] < 17  # the last exam ends at 11:30
