"""What stands in the boxes of a week."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pytest
from matplotlib.colors import to_rgb

import schedvisu_lib as sv
from schedvisu_lib.figures.style import INK, PALETTE, readable_on

MONDAY, FRIDAY = "2026-05-04", "2026-05-08"
D690 = "Discovery 690"


def labels(ax, gid):
    return [text.get_text() for text in ax.texts if text.get_gid() == gid]


def test_boxes_bear_type_and_start(week, demo_site, ax):
    sv.plot_agenda(week, demo_site, D690, MONDAY, FRIDAY, ax=ax)
    assert labels(ax, "start") == ["08:00", "08:40", "10:00", "09:00", "13:00"]
    assert labels(ax, "exam type") == ["FDG STAND.", "PSMA", "FDG STAND.", "DOTATATE", "DOTATATE"]


def test_label_lies_in_the_middle_of_its_box(week, demo_site, ax, drawn):
    sv.plot_agenda(week, demo_site, D690, MONDAY, FRIDAY, ax=ax)
    [(left, right, top, bottom)] = drawn.boxes(ax, "exams PSMA")
    [name] = [text for text in ax.texts if text.get_text() == "PSMA"]
    [start] = [text for text in ax.texts if text.get_text() == "08:40"]
    assert left < name.get_position()[0] < start.get_position()[0] < right
    assert name.get_position()[1] == start.get_position()[1] == pytest.approx((top + bottom) / 2)
    assert (name.get_ha(), start.get_ha()) == ("left", "right")


def test_labels_stay_in_their_boxes(make_studies, exam, demo_site, ax, drawn):
    studies = make_studies(
        [exam("2026-05-04 08:00", "2026-05-04 09:00", exam_type="GAMMAGRAPHIE DE LA MOELLE ET DES WAGONS WWW")]
    )
    sv.plot_agenda(studies, demo_site, D690, MONDAY, FRIDAY, ax=ax)
    [name] = labels(ax, "exam type")
    assert name.startswith("GAMMA")
    assert name.endswith("…")
    ax.figure.canvas.draw()
    [box] = drawn.exam_boxes(ax)
    (x0, _), (x1, _) = ax.transData.transform([(box[0], 0), (box[1], 0)])
    extents = [text.get_window_extent() for text in ax.texts]
    assert min(extent.x0 for extent in extents) >= x0
    assert max(extent.x1 for extent in extents) <= x1
    first, second = sorted(extents, key=lambda extent: extent.x0)
    assert first.x1 <= second.x0


def test_low_boxes_and_those_that_overlap_bear_nothing(make_studies, exam, demo_site, ax):
    studies = make_studies(
        [
            exam("2026-05-04 08:00", "2026-05-04 08:04"),
            exam("2026-05-04 10:00", "2026-05-04 11:00"),
            exam("2026-05-04 10:50", "2026-05-04 11:40"),
            exam("2026-05-04 12:00", "2026-05-04 15:00"),
            exam("2026-05-04 12:30", "2026-05-04 13:00"),
            exam("2026-05-04 14:00", "2026-05-04 14:30"),
            exam("2026-05-05 12:00", "2026-05-05 13:00"),
        ]
    )
    sv.plot_agenda(studies, demo_site, D690, MONDAY, FRIDAY, ax=ax)
    assert labels(ax, "start") == ["12:00"]
    [label] = [text for text in ax.texts if text.get_gid() == "start"]
    assert 1 < label.get_position()[0] < 2  # Tuesday's


def test_exams_that_touch_bear_both(make_studies, exam, demo_site, ax):
    studies = make_studies([exam("2026-05-04 08:00", "2026-05-04 09:00"), exam("2026-05-04 09:00", "2026-05-04 10:00")])
    sv.plot_agenda(studies, demo_site, D690, MONDAY, FRIDAY, ax=ax)
    assert labels(ax, "start") == ["08:00", "09:00"]


def test_other_is_named_in_the_reports_language(make_studies, exam, site_with, ax):
    studies = make_studies([exam("2026-05-04 08:00", "2026-05-04 09:00", exam_type="OTHER")])
    sv.plot_agenda(studies, site_with(report={"language": "fr"}), D690, MONDAY, FRIDAY, ax=ax)
    assert labels(ax, "exam type") == ["AUTRE"]


def test_boxes_of_two_weeks_bear_the_type_or_where_it_is_too_long_two_letters(week, demo_site, ax):
    sv.plot_agenda(week, demo_site, D690, MONDAY, "2026-05-15", ax=ax)  # 8 columns
    assert labels(ax, "start") == []
    assert labels(ax, "exam type") == ["FDG STAND.", "PSMA", "FDG STAND.", "DOTATATE", "DOTATATE"]
    month = plt.figure(figsize=(7, 4)).add_axes((0.05, 0.02, 0.94, 0.9))
    sv.plot_agenda(week, demo_site, D690, MONDAY, "2026-06-05", ax=month)  # 22 columns
    assert labels(month, "start") == []
    assert labels(month, "exam type") == ["FS", "PS", "FS", "DO", "DO"]


def test_short_labels_lie_within_their_boxes(week, demo_site, ax, drawn):
    sv.plot_agenda(week, demo_site, D690, MONDAY, "2026-06-05", ax=ax)
    ax.figure.canvas.draw()
    for left, right, top, bottom in drawn.exam_boxes(ax):
        (x0, y1), (x1, y0) = ax.transData.transform([(left, top), (right, bottom)])
        [label] = [
            text for text in ax.texts if left < text.get_position()[0] < right and top < text.get_position()[1] < bottom
        ]
        extent = label.get_window_extent()
        assert x0 <= extent.x0 < extent.x1 <= x1
        assert y0 - 1 <= extent.y0 < extent.y1 <= y1 + 1


def test_type_that_the_site_does_not_know_is_written_where_it_fits(make_studies, exam, demo_site, ax):
    rows = [exam("2026-05-04 08:00", "2026-05-04 09:00", exam_type=name) for name in ("NO",)]
    rows += [exam("2026-05-05 08:00", "2026-05-05 09:00", exam_type="NO LONGER KNOWN")]
    rows += [exam("2026-05-06 08:00", "2026-05-06 09:00", exam_type="OTHER")]
    sv.plot_agenda(make_studies(rows), demo_site, D690, MONDAY, "2026-06-05", ax=ax)
    assert labels(ax, "exam type") == ["NO", "AU"]  # of AUTRE


def test_quarter_has_no_labels(week, demo_site, ax):
    sv.plot_agenda(week, demo_site, D690, MONDAY, "2026-06-19", ax=ax)
    assert labels(ax, "start") == labels(ax, "exam type") == []


def test_letters_stand_out_from_every_colour():
    def luminance(color):
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    def contrast(one, other):
        low, high = sorted([luminance(one), luminance(other)])
        return (high + 0.05) / (low + 0.05)

    for color in (*PALETTE, "#999999", "#000000", "#ffffff"):
        chosen = readable_on(color)
        assert contrast(chosen, color) >= max(contrast("white", color), contrast(INK, color)) - 0.05
        assert contrast(chosen, color) >= 3.9, color


def test_boxes_too_narrow_for_two_letters_bear_nothing(week, demo_site):
    narrow = plt.figure(figsize=(3, 4)).add_axes((0.05, 0.02, 0.94, 0.9))
    sv.plot_agenda(week, demo_site, D690, MONDAY, "2026-06-05", ax=narrow)
    assert labels(narrow, "exam type") == []


def test_letters_of_a_type_that_the_site_no_longer_knows_are_read_on_its_colour(make_studies, exam, demo_site, ax):
    site = demo_site.model_copy(update={"report": demo_site.report.model_copy(update={"other_color": "#000000"})})
    studies = make_studies([exam("2026-05-04 08:00", "2026-05-04 09:00", exam_type="OLD")])
    sv.plot_agenda(studies, site, D690, MONDAY, FRIDAY, ax=ax)
    [name] = [text for text in ax.texts if text.get_gid() == "exam type"]
    assert name.get_color() == "white"
