"""What the agenda draws, and where (design, section 6)."""

from __future__ import annotations

from datetime import date, timedelta

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_hex

import schedvisu_lib as sv
from schedvisu_lib.figures.agenda import draw_agenda
from schedvisu_lib.figures.agenda_content import agenda_content
from schedvisu_lib.figures.columns import CLOSED_WIDTH, WEEK_SPACE, agenda_columns
from schedvisu_lib.figures.legend import agenda_legend
from schedvisu_lib.figures.style import INK, LIGHTER, exam_type_colors
from schedvisu_lib.language import language
from schedvisu_lib.studies.selection import of_scanner
from schedvisu_lib.tables import STUDIES, conform, empty

FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
MONDAY, FRIDAY = "2026-05-04", "2026-05-08"
D690 = "Discovery 690"
WIDTH, MARGIN = 0.7, 0.05
"""Of a box in its column, and at its side."""


def test_axes_are_returned_with_hours_downwards_and_a_width_of_one_per_day(week, demo_site, ax):
    assert sv.plot_agenda(week, demo_site, D690, MONDAY, FRIDAY, ax=ax) is ax
    assert ax.get_ylim() == (18, 7)
    assert [label.get_text() for label in ax.get_yticklabels()] == [f"{hour:02d}:00" for hour in range(7, 19)]
    assert ax.get_yticks().tolist() == list(range(7, 19))
    assert [label.get_text()[-5:] for label in ax.get_xticklabels()] == ["04.05", "05.05", "06.05", "07.05", "08.05"]
    left, right = ax.get_xlim()
    assert left < 0 < 5 < right
    assert right - left == pytest.approx(5, abs=0.5)


def test_without_axes_the_current_ones_are_used(week, demo_site):
    current = plt.gca()
    assert sv.plot_agenda(week, demo_site, D690, MONDAY, FRIDAY) is current


def test_each_exam_has_a_box_at_its_hours_in_its_column(week, demo_site, ax, drawn):
    sv.plot_agenda(week, demo_site, D690, date(2026, 5, 4), date(2026, 5, 8), ax=ax)
    left, right = MARGIN, 1 - MARGIN - WIDTH
    meant = [
        (left, 8, 8.5),
        (left, 10, 10.75),  # the third exam of its day
        (right, 8 + 40 / 60, 9),  # the second
        (1 + left, 9, 9.5),
        (1 + right, 13, 13 + 20 / 60),
    ]
    found = drawn.exam_boxes(ax)
    np.testing.assert_allclose(found[:, [0, 2, 3]], meant)
    np.testing.assert_allclose(found[:, 1] - found[:, 0], WIDTH)


def test_boxes_have_the_colour_of_their_type(week, demo_site, ax, drawn):
    sv.plot_agenda(week, demo_site, D690, MONDAY, FRIDAY, ax=ax)
    colors = exam_type_colors(demo_site)
    for name, n in {"FDG STAND.": 2, "PSMA": 1, "DOTATATE": 2}.items():
        [patch] = drawn.patches(ax, f"exams {name}")
        assert to_hex(patch.get_facecolor()) == colors[name]
        assert patch.get_label() == name
        assert len(drawn.boxes(ax, f"exams {name}")) == n


def test_type_that_the_site_does_not_know_has_the_colour_of_other(make_studies, exam, demo_site, ax, drawn):
    studies = make_studies(
        [
            exam("2026-05-04 08:00", "2026-05-04 08:30", exam_type="GONE"),
            exam("2026-05-04 09:00", "2026-05-04 09:30", exam_type="OTHER"),
        ]
    )
    sv.plot_agenda(studies, demo_site, D690, MONDAY, FRIDAY, ax=ax)
    for name in ("GONE", "OTHER"):
        [patch] = drawn.patches(ax, f"exams {name}")
        assert to_hex(patch.get_facecolor()) == demo_site.report.other_color


def test_preparation_is_lighter_above_and_below(week, demo_site, ax, drawn):
    sv.plot_agenda(week, demo_site, D690, MONDAY, FRIDAY, ax=ax)
    exams, prepared = drawn.exam_boxes(ax), drawn.boxes(ax, "prep")
    np.testing.assert_allclose(prepared[:, :2], exams[:, :2])
    np.testing.assert_allclose(prepared[:, 2], exams[:, 2] - 5 / 60)
    np.testing.assert_allclose(prepared[:, 3], exams[:, 3] + 5 / 60)
    for patch in drawn.patches(ax, "prep"):
        assert patch.get_alpha() == LIGHTER < 0.5
    colors = [to_hex(patch.get_facecolor()) for patch in drawn.patches(ax, "prep")]
    assert sorted(colors) == sorted(exam_type_colors(demo_site)[name] for name in ("FDG STAND.", "PSMA", "DOTATATE"))
    [exams_above] = drawn.patches(ax, "exams PSMA")
    assert exams_above.get_zorder() > max(patch.get_zorder() for patch in drawn.patches(ax, "prep"))


def test_beyond_five_years_preparation_is_neither_drawn_nor_in_the_legend(make_studies, exam, demo_site, ax, drawn):
    studies = make_studies([exam("2026-05-04 08:00", "2026-05-04 09:00")])
    for first, shows in ((date(2021, 6, 1), True), (date(2020, 6, 1), False)):
        content = agenda_content(studies, demo_site, D690, first, FRIDAY)
        boxes = draw_agenda(content, ax)
        assert len(boxes) == 1
        assert bool(drawn.patches(ax, "prep")) is shows
        assert ("préparation" in agenda_legend(content, profile=False)) is shows
        ax.clear()


def test_takes_are_hatched_within_their_boxes(week, demo_site, ax, drawn):
    sv.plot_agenda(week, demo_site, D690, MONDAY, FRIDAY, ax=ax)
    first, second = drawn.boxes(ax, "exams DOTATATE")
    for gid, (left, right, top, bottom), rise in (("take 1", first, -1), ("take 2", second, 1)):
        ends = drawn.lines(ax, gid)
        assert len(ends) >= 2
        assert ends[:, [0, 2]].min() >= left - 1e-9
        assert ends[:, [0, 2]].max() <= right + 1e-9
        assert ends[:, [1, 3]].min() >= top - 1e-9
        assert ends[:, [1, 3]].max() <= bottom + 1e-9
        x0, y0, x1, y1 = ax.transData.transform(ends.reshape(-1, 2)).reshape(-1, 4).T
        np.testing.assert_allclose((y1 - y0) / (x1 - x0), rise)  # the first take like \, the second like /


def test_hatches_stand_out_from_their_boxes(make_studies, exam, demo_site, ax, drawn):
    rows = [
        exam("2026-05-04 08:00", "2026-05-04 09:00", exam_type="FDG STAND.", take=1, n_takes=2),
        exam("2026-05-05 08:00", "2026-05-05 09:00", exam_type="FDG CERV.", take=1, n_takes=2),
        exam("2026-05-06 08:00", "2026-05-06 09:00", exam_type="GONE", take=1, n_takes=2),
    ]
    sv.plot_agenda(make_studies(rows), demo_site, D690, MONDAY, FRIDAY, ax=ax)
    days = {to_hex(patch.get_edgecolor()): set() for patch in drawn.patches(ax, "take 1")}
    for patch in drawn.patches(ax, "take 1"):
        days[to_hex(patch.get_edgecolor())] |= set(patch.get_path().vertices[:, 0].astype(int))
    assert days == {"#ffffff": {0}, INK: {1, 2}}  # blue is dark, orange and grey are light


def test_third_take_is_hatched_like_the_first(make_studies, exam, demo_site, ax, drawn):
    hours = {1: "08", 2: "11", 3: "15"}
    rows = [exam(f"2026-05-04 {h}:00", f"2026-05-04 {h}:30", take=take, n_takes=3) for take, h in hours.items()]
    studies = make_studies(rows)
    sv.plot_agenda(studies, demo_site, D690, MONDAY, FRIDAY, ax=ax)
    firsts = drawn.lines(ax, "take 1")[:, 1]
    assert (firsts < 9).any()
    assert (firsts > 14).any()
    seconds = drawn.lines(ax, "take 2")[:, [1, 3]]
    assert ((seconds > 11 - 1e-9) & (seconds < 11.5 + 1e-9)).all()


def test_only_take_is_not_hatched(make_studies, exam, demo_site, ax, drawn):
    sv.plot_agenda(make_studies([exam("2026-05-04 08:00", "2026-05-04 09:00")]), demo_site, D690, MONDAY, FRIDAY, ax=ax)
    assert not drawn.patches(ax, "take 1")
    assert not drawn.patches(ax, "take 2")


def test_gaps_are_lines_in_the_middle_of_their_column(week, demo_site, ax, drawn):
    sv.plot_agenda(week, demo_site, D690, MONDAY, FRIDAY, ax=ax)
    gaps = sv.find_gaps(week, demo_site)
    assert len(gaps) == 2
    np.testing.assert_allclose(
        drawn.lines(ax, "gaps hole"),
        [(0.5, 9 + 5 / 60, 0.5, 10 - 5 / 60), (1.5, 9.5 + 5 / 60, 1.5, 13 - 5 / 60)],
    )
    [patch] = drawn.patches(ax, "gaps hole")
    assert to_hex(patch.get_edgecolor()) == "#000000"
    assert patch.get_linestyle() not in ("-", "solid")


def test_gaps_of_another_scanner_are_not_drawn(week, demo_site, ax, drawn):
    others = week.assign(scanner="Vision 600")
    sv.plot_agenda(pd.concat([others, week.iloc[:2]]), demo_site, D690, MONDAY, FRIDAY, ax=ax)
    assert not drawn.patches(ax, "gaps hole")
    assert len(drawn.exam_boxes(ax)) == 2


def test_exams_of_other_days_are_not_drawn(week, demo_site, ax, drawn):
    sv.plot_agenda(week, demo_site, D690, "2026-05-05", "2026-05-05", ax=ax)
    assert drawn.exam_boxes(ax)[:, 0] == pytest.approx([MARGIN, 1 - MARGIN - WIDTH])


def test_opening_hours_are_white(week, demo_site, ax, drawn):
    sv.plot_agenda(week, demo_site, D690, MONDAY, FRIDAY, ax=ax)
    [patch] = drawn.patches(ax, "opening hours")
    assert to_hex(patch.get_facecolor()) == "#ffffff"
    fields = drawn.boxes(ax, "opening hours")
    np.testing.assert_allclose(fields[:, :2], [(day, day + 1) for day in range(5)], atol=0.05)
    np.testing.assert_allclose(fields[:, 2:], [(7.5, 17.5)] * 4 + [(7.5, 16.5)])
    assert to_hex(ax.get_facecolor()) != "#ffffff"


def open_columns(studies, site, first, last):
    columns = agenda_columns(of_scanner(studies, D690, first, last), site, first, last)
    return [column for column in columns if column.closed is None]


def test_closed_days_are_grey_strips_with_their_name(week, demo_site, ax, drawn):
    sv.plot_agenda(week, demo_site, D690, MONDAY, "2026-05-15", ax=ax)
    closed = drawn.boxes(ax, "closed")
    left = 5 + WEEK_SPACE + 3
    np.testing.assert_allclose(
        closed, [(left, left + CLOSED_WIDTH, 7, 18), (left + CLOSED_WIDTH, left + 2 * CLOSED_WIDTH, 7, 18)]
    )
    assert len(drawn.boxes(ax, "opening hours")) == 8
    assert [text.get_text() for text in ax.texts if text.get_rotation() == 90] == [
        "Ascension",
        language("fr")("closed"),
    ]
    assert len(open_columns(week, demo_site, date(2026, 5, 4), date(2026, 5, 15))) == 8


def test_exam_on_a_saturday_has_a_column_without_opening_hours(make_studies, exam, demo_site, ax, drawn):
    studies = make_studies([exam("2026-05-09 09:00", "2026-05-09 10:00")])
    sv.plot_agenda(studies, demo_site, D690, MONDAY, "2026-05-10", ax=ax)
    np.testing.assert_allclose(drawn.exam_boxes(ax), [(5 + MARGIN, 5 + MARGIN + WIDTH, 9, 10)])
    assert len(drawn.boxes(ax, "opening hours")) == 5
    assert len(ax.get_xticks()) == 6
    assert len(open_columns(studies, demo_site, date(2026, 5, 4), date(2026, 5, 10))) == 6


def test_exam_on_a_holiday_has_a_column_instead_of_the_strip(make_studies, exam, demo_site, ax, drawn):
    studies = make_studies([exam("2026-05-14 09:00", "2026-05-14 10:00")])
    sv.plot_agenda(studies, demo_site, D690, "2026-05-11", "2026-05-15", ax=ax)
    assert drawn.exam_boxes(ax)[0, 0] == pytest.approx(3 + MARGIN)
    assert len(drawn.boxes(ax, "closed")) == 1
    assert len(drawn.boxes(ax, "opening hours")) == 3


def cuts(ax, gid):
    return [line.get_xydata().tolist() for line in ax.lines if line.get_gid() == gid]


def test_exams_beyond_the_axis_are_cut_and_marked(make_studies, exam, demo_site, ax, drawn):
    studies = make_studies(
        [
            exam("2026-05-04 02:00", "2026-05-04 03:00"),
            exam("2026-05-05 09:00", "2026-05-05 10:00"),
            exam("2026-05-06 17:00", "2026-05-06 22:00"),
            exam("2026-05-07 23:30", "2026-05-08 00:30"),
        ]
    )
    sv.plot_agenda(studies, demo_site, D690, MONDAY, FRIDAY, ax=ax)
    assert ax.get_ylim() == (18, 7)
    found = drawn.exam_boxes(ax)
    assert len(found) == 4
    assert found[:, 2].min() == 7
    assert found[:, 3].max() == 18
    assert (found[:, 3] > found[:, 2]).all()
    middle = MARGIN + WIDTH / 2
    assert cuts(ax, "cut ^") == [[[pytest.approx(middle), 7]]]
    assert cuts(ax, "cut v") == [[[pytest.approx(2 + middle), 18], [pytest.approx(3 + middle), 18]]]


def test_exams_within_the_axis_have_no_mark(week, demo_site, ax):
    sv.plot_agenda(week, demo_site, D690, MONDAY, FRIDAY, ax=ax)
    assert cuts(ax, "cut ^") == cuts(ax, "cut v") == []


def test_exam_of_no_length_is_seen(make_studies, demo_site, ax, drawn):
    studies = make_studies([{"start": "2026-05-04 09:00", "end": "2026-05-04 09:00"}])
    sv.plot_agenda(studies, demo_site, D690, MONDAY, FRIDAY, ax=ax)
    [(_, _, top, bottom)] = drawn.exam_boxes(ax)
    assert top == 9
    assert 0 < bottom - top < 0.1


@pytest.mark.parametrize("code", ["fr", "en"])
def test_empty_period_says_so(demo_site, site_with, ax, drawn, code):
    site = site_with(report={"language": code})
    sv.plot_agenda(empty(STUDIES), site, D690, MONDAY, FRIDAY, ax=ax)
    [words] = drawn.texts(ax)
    assert words == language(code)("No exam in this period.")
    assert ("Aucun" in words) == (code == "fr")
    assert len(drawn.exam_boxes(ax)) == 0
    assert len(drawn.boxes(ax, "opening hours")) == 5
    assert ax.get_ylim() == (18, 7)


def test_period_without_any_open_day_is_drawn(demo_site, ax, drawn):
    sv.plot_agenda(empty(STUDIES), demo_site, D690, "2026-05-09", "2026-05-10", ax=ax)
    assert len(drawn.texts(ax)) == 1
    ax.figure.canvas.draw()


def test_unknown_scanner_is_refused(week, demo_site, ax):
    with pytest.raises(ValueError, match=r"MRI.*unknown.*Discovery 690"):
        sv.plot_agenda(week, demo_site, "MRI", MONDAY, FRIDAY, ax=ax)


def test_forty_exams_a_day_stand_left_and_right_in_turn(make_studies, exam, demo_site, ax, drawn):
    start = pd.Timestamp("2026-05-04 08:00")
    times = [(start + timedelta(minutes=14 * n), start + timedelta(minutes=14 * n + 10)) for n in range(40)]
    studies = make_studies([exam(str(begin), str(end), 0) for begin, end in times])
    sv.plot_agenda(studies, demo_site, D690, MONDAY, FRIDAY, ax=ax)
    found = drawn.exam_boxes(ax)
    assert len(found) == 40
    in_order = found[np.argsort(found[:, 2])]
    assert in_order[0::2, 0] == pytest.approx([MARGIN] * 20)
    assert in_order[1::2, 0] == pytest.approx([1 - MARGIN - WIDTH] * 20)
    assert ((found[:, 0] >= 0) & (found[:, 1] <= 1)).all()
    ax.figure.canvas.draw()


def test_overlapping_exams_do_not_hide_each_other(make_studies, exam, demo_site, ax, drawn):
    studies = make_studies(
        [exam("2026-05-04 08:00", "2026-05-04 09:00"), exam("2026-05-04 08:00", "2026-05-04 09:00", exam_type="PSMA")]
    )
    sv.plot_agenda(studies, demo_site, D690, MONDAY, FRIDAY, ax=ax)
    first, second = drawn.exam_boxes(ax)
    assert first[0] < second[0] < first[1] < second[1]


def test_users_settings_are_unharmed(week, demo_site, ax):
    with mpl.rc_context({"font.size": 17, "axes.linewidth": 3.0}):
        sv.plot_agenda(week, demo_site, D690, MONDAY, FRIDAY, ax=ax)
        assert mpl.rcParams["font.size"] == 17
        assert mpl.rcParams["axes.linewidth"] == 3.0


def test_tables_are_unharmed(week, demo_site, ax):
    before = week.copy(deep=True)
    sv.plot_agenda(week, demo_site, D690, MONDAY, FRIDAY, ax=ax)
    pd.testing.assert_frame_equal(week, before)


def test_long_agenda_is_a_few_paths(demo_site, ax, drawn, open_days):
    days = pd.to_datetime(pd.Index(open_days(250)).repeat(4))
    hours = pd.to_timedelta(np.tile([8, 10, 13, 15], 250), unit="h")
    kinds = [kind.name for kind in demo_site.exam_types][:4] * 250
    start = days + hours
    studies = pd.DataFrame(
        {
            "exam_id": [f"1.2.{n}_1" for n in range(1000)], "date": days, "patient": "p", "scanner": D690,
            "modalities": "CT/PT", "exam_type": kinds, "study_description": "", "take": 1, "n_takes": 2,
            "start": start, "end": start + pd.Timedelta(minutes=40), "prepared_from": start,
            "prepared_until": start + pd.Timedelta(minutes=40), "n_series": 1,
        }
    )  # fmt: skip
    sv.plot_agenda(conform(studies, STUDIES), demo_site, D690, days[0].date(), days[-1].date(), ax=ax)
    assert len(drawn.exam_boxes(ax)) == 1000
    assert len(drawn.lines(ax, "gaps hole")) == 3 * 250
    assert len(ax.patches) < 20
    assert len(ax.texts) == 0
    assert len(ax.get_xticks()) <= 14


@st.composite
def timetables(draw) -> list[dict]:
    found = []
    for _ in range(draw(st.integers(0, 25))):
        day = date(2026, 4, 25) + timedelta(days=draw(st.integers(0, 40)))
        start = pd.Timestamp(day) + pd.Timedelta(minutes=draw(st.integers(0, 24 * 60 - 1)))
        end = start + pd.Timedelta(minutes=draw(st.integers(0, 300)))
        around = pd.Timedelta(minutes=draw(st.integers(0, 20)))
        n_takes = draw(st.integers(1, 3))
        found.append(
            {
                "start": start,
                "end": end,
                "prepared_from": start - around,
                "prepared_until": end + around,
                "scanner": draw(st.sampled_from([D690, "Millennium"])),
                "exam_type": draw(st.sampled_from(["FDG STAND.", "PSMA", "OTHER", "GONE"])),
                "take": draw(st.integers(1, n_takes)),
                "n_takes": n_takes,
            }
        )
    return found


@FEW
@given(timetables(), st.integers(0, 12), st.integers(0, 30))
def test_every_exam_of_the_period_has_one_box(make_studies, drawn, demo_site, found, skip, length):
    studies = make_studies(found)
    first = date(2026, 4, 25) + timedelta(days=skip)
    last = first + timedelta(days=length)
    axes = plt.figure(figsize=(7, 4)).add_subplot()
    sv.plot_agenda(studies, demo_site, D690, first, last, ax=axes)
    meant = [row for row in found if row["scanner"] == D690 and first <= row["start"].date() <= last]
    boxes = drawn.exam_boxes(axes)
    assert len(boxes) == len(meant)
    top, bottom = axes.get_ylim()[::-1]
    assert ((top <= boxes[:, 2]) & (boxes[:, 2] < boxes[:, 3]) & (boxes[:, 3] <= bottom)).all()
    plt.close(axes.figure)
