"""What stands beside a picture for the pointer: places as drawn, facts of the exam, never a patient."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import schedvisu_lib as sv
from schedvisu_lib.figures.agenda import draw_agenda
from schedvisu_lib.figures.agenda_content import agenda_content
from schedvisu_lib.figures.hover import hoverable
from schedvisu_lib.figures.html import Html
from schedvisu_lib.figures.overview_hours import HoursPage
from schedvisu_lib.figures.page import ScannerPage
from schedvisu_lib.figures.plan_agenda import effect_boxes
from schedvisu_lib.figures.plan_page import PlanPage
from schedvisu_lib.figures.week import plot_week, week_boxes
from schedvisu_lib.language import language
from schedvisu_lib.periods import Period
from schedvisu_lib.tables import PLANNED, empty

D690 = "Discovery 690"
MONDAY, FRIDAY = date(2026, 5, 4), date(2026, 5, 8)
FR = language("fr")


def facts(html: Html) -> dict:
    [text] = re.findall(r'<script type="application/json">(.*?)</script>', html.text)
    return json.loads(text)


def agenda(studies: pd.DataFrame, site: sv.Site) -> Html:
    return ScannerPage(site, D690, Period("weekly", MONDAY, FRIDAY), datetime(2026, 5, 8, 23)).agenda(studies)


def places(html: Html) -> np.ndarray:
    """Return left, right, top and bottom of the exams, in thousandths, in their order."""
    return np.array([row[:4] for _, rows in facts(html)["days"] for row in rows])


def drawn_places(svg: str, name: str = "exams ") -> np.ndarray:
    """Return the same of the boxes that a picture holds, in any order."""
    root = ElementTree.fromstring(svg)  # noqa: S314  # written by ourselves
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    found = []
    for group in root.iter("{http://www.w3.org/2000/svg}g"):
        if group.attrib.get("id", "").startswith(name):
            for path in group.iter("{http://www.w3.org/2000/svg}path"):
                for box in re.findall(r"M(\S+) ([^h]+)h([^v]+)v([^h]+)h", path.attrib["d"]):
                    x, y, wide, high = map(float, box)
                    across, down = sorted((x, x + wide)), sorted((y, y + high))
                    found.append([*(1000 * x / width for x in across), *(1000 * y / height for y in down)])
    return np.array(found)


def same_boxes(found: np.ndarray, drawn: np.ndarray) -> None:
    assert len(found) == len(drawn) > 0
    order, other = (np.lexsort((boxes[:, 2].round(), boxes[:, 0].round())) for boxes in (found, drawn))
    np.testing.assert_allclose(found[order], drawn[other], atol=1)


def test_exams_are_told_by_day_with_type_times_duration_and_take(week, demo_site):
    told = facts(agenda(week, demo_site))
    assert told["hours"] == "y"
    assert told["types"] == ["FDG STAND.", "PSMA", "DOTATATE"]
    assert [(name, [row[4:] for row in rows]) for name, rows in told["days"]] == [
        ("lun. 04.05.2026", [[0, 480, 510, 30], [1, 520, 540, 20], [0, 600, 645, 45]]),
        ("mar. 05.05.2026", [[2, 540, 570, 30, 1, 2], [2, 780, 800, 20, 2, 2]]),
    ]


def test_times_are_cut_to_the_minute_as_in_the_boxes_and_durations_rounded(make_studies, demo_site):
    studies = make_studies([{"start": "2026-05-04 08:12:50", "end": "2026-05-04 08:43:35"}])
    [(_, [row])] = facts(agenda(studies, demo_site))["days"]
    assert row[4:] == [0, 8 * 60 + 12, 8 * 60 + 43, 31]  # 30 min 45 s


def test_exam_after_midnight_has_minutes_of_its_own_day(make_studies, demo_site):
    studies = make_studies([{"start": "2026-05-04 23:50", "end": "2026-05-05 00:10"}])
    [(name, [row])] = facts(agenda(studies, demo_site))["days"]
    assert name == "lun. 04.05.2026"
    assert row[5:] == [23 * 60 + 50, 24 * 60 + 10, 20]


def test_places_are_those_of_the_drawn_boxes(week, demo_site, svg_of):
    shown = agenda(week, demo_site)
    [svg] = svg_of(shown)
    same_boxes(places(shown), drawn_places(svg))


def test_places_are_those_of_the_drawn_boxes_in_a_long_period_beside_the_profile(make_studies, demo_site, svg_of):
    days = pd.bdate_range("2026-01-05", "2026-05-22")
    studies = make_studies([{"start": day + pd.Timedelta("9h"), "end": day + pd.Timedelta("10h")} for day in days])
    period = Period("half-yearly", days[0].date(), days[-1].date())
    shown = ScannerPage(demo_site, D690, period, datetime(2026, 5, 22, 23)).agenda(studies)
    [svg] = svg_of(shown)
    same_boxes(places(shown), drawn_places(svg))


def test_week_is_told_by_scanner_and_day_along_the_hours(make_studies, demo_site, drawn):
    studies = make_studies(
        [
            {"start": "2026-05-04 08:00", "end": "2026-05-04 08:30"},
            {"start": "2026-05-05 09:00", "end": "2026-05-05 09:30", "scanner": "Vision 600"},
        ]
    )
    ax = plot_week(studies, demo_site, MONDAY, FRIDAY, ax=plt.figure().add_axes((0.1, 0.1, 0.8, 0.8)))
    exams, boxes = week_boxes(studies, demo_site, MONDAY, FRIDAY)
    [first] = drawn.boxes(ax, f"exam {D690} FDG STAND.")
    [second] = drawn.boxes(ax, "exam Vision 600 FDG STAND.")
    np.testing.assert_allclose(boxes, [first, second])
    told = facts(hoverable(Html("<img>"), ax, exams, boxes, FR, hours="x"))
    assert told["hours"] == "x"
    assert [name for name, _ in told["days"]] == ["Discovery 690 · lun. 04.05.2026", "Vision 600 · mar. 05.05.2026"]


def test_week_of_the_overview_and_the_page_of_a_plan_tell_their_exams(week, demo_site):
    period, moment = Period("weekly", MONDAY, FRIDAY), datetime(2026, 5, 8, 23)
    told = facts(HoursPage(demo_site, period, moment).week(week))
    assert [len(rows) for _, rows in told["days"]] == [3, 2]
    comparison = sv.compare_plan(empty(PLANNED), week, demo_site)
    told = facts(PlanPage(demo_site, D690, period, moment).agenda(comparison, week))
    assert [len(rows) for _, rows in told["days"]] == [3, 2]


def test_exams_beside_a_plan_stand_where_they_are_drawn(week, demo_site, ax, drawn):
    comparison = sv.compare_plan(empty(PLANNED), week, demo_site)
    sv.plot_plan_effect(comparison, week, demo_site, D690, MONDAY, FRIDAY, ax=ax)
    exams, boxes = effect_boxes(comparison, week, demo_site, D690, MONDAY, FRIDAY)
    assert exams["start"].is_monotonic_increasing
    np.testing.assert_allclose(boxes[np.lexsort((boxes[:, 2], boxes[:, 0]))], drawn.exam_boxes(ax))


def test_places_are_thousandths_from_the_upper_left_corner(week, demo_site):
    ax = plt.figure().add_axes((0.25, 0.5, 0.5, 0.5))
    ax.set(xlim=(0, 4), ylim=(10, 0))
    told = facts(hoverable(Html("<img>"), ax, week[:1], np.array([[1.0, 2.0, 5.0, 10.0]]), FR))
    # Half of the width from a quarter on, the upper half of the height.
    assert told["days"][0][1][0][:4] == [375, 500, 250, 500]


def test_no_patient_and_no_study_is_told(make_studies, demo_site):
    secrets = {"patient": "6f0c1dpseudonym", "exam_id": "1.2.840.99.7_1", "study_description": "PET Dupont"}
    studies = make_studies([{"start": "2026-05-04 08:00", "end": "2026-05-04 08:30", **secrets}])
    text = json.dumps(facts(agenda(studies, demo_site)))
    assert not [value for value in secrets.values() if value in text]
    assert "1.2.840" not in text
    assert set(facts(agenda(studies, demo_site))) == {"hours", "take", "hint", "types", "days"}


def test_an_exam_takes_about_thirty_bytes(make_studies, demo_site):
    starts = [
        day + pd.Timedelta(hours=8, minutes=40 * n)
        for day in pd.bdate_range("2026-05-04", periods=20)
        for n in range(12)
    ]
    studies = make_studies([{"start": start, "end": start + pd.Timedelta("25min")} for start in starts])
    content = agenda_content(studies, demo_site, D690, "2026-05-04", "2026-05-29")
    axes = plt.figure().add_subplot(xlim=(0, 30), ylim=(18, 7))
    shown = hoverable(Html(""), axes, content.exams, draw_agenda(content, axes), FR)
    assert len(shown.text.encode()) / len(studies) < 36


def test_name_of_a_type_cannot_end_the_script(make_studies, demo_site):
    name = "</script><b>&"
    studies = make_studies([{"start": "2026-05-04 08:00", "end": "2026-05-04 08:30", "exam_type": name}])
    shown = agenda(studies, demo_site)
    assert shown.text.count("</script>") == 1
    assert facts(shown)["types"] == [name]


@pytest.mark.parametrize(
    ("code", "words"), [("fr", ("AUTRE", "reprise {take} sur {takes}")), ("en", ("OTHER", "take {take} of {takes}"))]
)
def test_words_are_in_the_report_s_language(make_studies, site_with, code, words):
    studies = make_studies([{"start": "2026-05-04 08:00", "end": "2026-05-04 08:30", "exam_type": "OTHER"}])
    told = facts(agenda(studies, site_with(report={"language": code})))
    assert (told["types"][0], told["take"]) == words


def test_picture_without_exams_is_bare(make_studies, demo_site):
    shown = agenda(make_studies(), demo_site)
    assert shown.text.startswith("<img")
    assert "script" not in shown.text
