"""What stands between the exams of an agenda: gaps by class, the lunch window, time out of service."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_hex

import schedvisu_lib as sv
from schedvisu_lib.figures.agenda_content import agenda_content
from schedvisu_lib.figures.columns import CLOSED_WIDTH
from schedvisu_lib.figures.legend import agenda_legend
from schedvisu_lib.language import language
from schedvisu_lib.settings.calendar import Hours
from schedvisu_lib.settings.scanners import Scanner, Service
from schedvisu_lib.tables import STUDIES, empty

MONDAY, FRIDAY = "2026-05-04", "2026-05-08"
D690 = "Discovery 690"
OUT = language("fr")("out of service")


@pytest.fixture
def site(one_scanner):
    """The Discovery 690 with lunch from 12:00 to 13:00, out of service on Tuesday, and on Wednesday from 14 to 17."""
    service = (
        Service(first="2026-05-05", last="2026-05-05"),
        Service(first="2026-05-06", last="2026-05-06", hours=Hours(opens="14:00", closes="17:00")),
    )
    return one_scanner(lunch=Hours(opens="12:00", closes="13:00"), service=service)


@pytest.fixture
def studies(make_studies, exam):
    """Monday: a hole, a gap at lunch, a turnover. Wednesday: a gap out of service."""
    return make_studies(
        [
            exam("2026-05-04 08:00", "2026-05-04 08:30"),
            exam("2026-05-04 10:00", "2026-05-04 11:55"),
            exam("2026-05-04 13:05", "2026-05-04 13:30"),
            exam("2026-05-04 13:50", "2026-05-04 14:30"),
            exam("2026-05-06 13:00", "2026-05-06 13:55"),
            exam("2026-05-06 16:55", "2026-05-06 17:20"),
        ]
    )


def test_each_class_of_gap_has_its_own_line(studies, site, ax, drawn):
    sv.plot_agenda(studies, site, D690, MONDAY, FRIDAY, ax=ax)
    wednesday = 1 + CLOSED_WIDTH + 0.5
    np.testing.assert_allclose(drawn.lines(ax, "gaps hole"), [(0.5, 8 + 35 / 60, 0.5, 9 + 55 / 60)])
    np.testing.assert_allclose(drawn.lines(ax, "gaps lunch"), [(0.5, 12, 0.5, 13)])
    whole, upper, lower = drawn.lines(ax, "gaps service")
    np.testing.assert_allclose(whole, (wednesday, 14, wednesday, 16 + 50 / 60))
    for cap, hour in ((upper, 14), (lower, 16 + 50 / 60)):
        np.testing.assert_allclose(cap[[1, 3]], hour)
        assert cap[0] < wednesday < cap[2]
    looks = {kind: drawn.patches(ax, f"gaps {kind}")[0] for kind in ("hole", "lunch", "service")}
    assert to_hex(looks["hole"].get_edgecolor()) == "#000000" != to_hex(looks["lunch"].get_edgecolor())
    styles = [str(look.get_linestyle()) + str(look._dash_pattern) for look in looks.values()]
    assert len(set(styles)) == 3


def test_turnover_is_bare(studies, site, ax, drawn):
    sv.plot_agenda(studies, site, D690, MONDAY, MONDAY, ax=ax)
    ends = np.vstack([drawn.lines(ax, f"gaps {kind}") for kind in ("hole", "lunch", "service")])
    assert not ((ends[:, 1] < 13.6) & (ends[:, 3] > 13.5)).any()


def test_lunch_window_is_a_band_within_the_opening_hours(studies, site, ax, drawn, one_scanner):
    sv.plot_agenda(studies, site, D690, MONDAY, FRIDAY, ax=ax)
    bands = drawn.boxes(ax, "lunch window")
    np.testing.assert_allclose(bands[:, 2:], [(12, 13)] * 4)  # not on Tuesday
    np.testing.assert_allclose(bands[:, :2], drawn.boxes(ax, "opening hours")[:, :2])
    [patch] = drawn.patches(ax, "lunch window")
    assert to_hex(patch.get_facecolor()) not in ("#ffffff", to_hex(ax.get_facecolor()))


def test_lunch_window_ends_with_the_opening_hours(site, ax, drawn):
    early = Hours(opens="07:30", closes="12:20")
    machine = site.scanner(D690).model_copy(
        update={"hours": {"mon": early, "fri": Hours(opens="07:30", closes="11:00")}}
    )
    site = site.model_copy(update={"scanners": (machine, *site.scanners[1:])})
    sv.plot_agenda(empty(STUDIES), site, D690, MONDAY, FRIDAY, ax=ax)
    np.testing.assert_allclose(drawn.boxes(ax, "lunch window")[:, 2:], [(12, 12 + 1 / 3)])


def test_whole_day_out_of_service_is_a_strip_with_the_word(studies, site, ax, drawn):
    sv.plot_agenda(studies, site, D690, MONDAY, FRIDAY, ax=ax)
    np.testing.assert_allclose(drawn.boxes(ax, "out of service"), [(1, 1 + CLOSED_WIDTH, 7, 18)])
    assert len(drawn.boxes(ax, "opening hours")) == 4
    assert drawn.texts(ax).count(OUT) == 2  # of the strip and of the field
    assert not drawn.patches(ax, "closed")


def test_part_of_a_day_out_of_service_is_a_field_with_the_word(studies, site, ax, drawn):
    sv.plot_agenda(studies, site, D690, MONDAY, FRIDAY, ax=ax)
    left = 1 + CLOSED_WIDTH
    np.testing.assert_allclose(drawn.boxes(ax, "service"), [(left, left + 1, 14, 17)])
    [word] = [text for text in ax.texts if text.get_text() == OUT and text.get_rotation() == 0]
    assert word.get_position() == (
        pytest.approx(left + 0.5),
        pytest.approx(15 + 25 / 60),
    )  # above the exam that is prepared from 16:50


def test_exam_on_a_day_out_of_service_has_a_column_that_is_grey_from_top_to_bottom(site, make_studies, exam, ax, drawn):
    found = make_studies([exam("2026-05-05 09:00", "2026-05-05 10:00")])
    sv.plot_agenda(found, site, D690, MONDAY, FRIDAY, ax=ax)
    assert not drawn.patches(ax, "out of service")
    np.testing.assert_allclose(drawn.boxes(ax, "service"), [(1, 2, 7, 18), (2, 3, 14, 17)])
    assert len(drawn.boxes(ax, "opening hours")) == 4
    assert 1 < drawn.exam_boxes(ax)[0, 0] < 2


def test_word_is_left_out_where_it_has_no_room(site, one_scanner, ax, drawn):
    short = Service(first="2026-05-06", last="2026-05-06", hours=Hours(opens="14:00", closes="14:05"))
    sv.plot_agenda(empty(STUDIES), one_scanner(service=(short,), lunch=None), D690, MONDAY, FRIDAY, ax=ax)
    assert len(drawn.boxes(ax, "service")) == 1
    assert OUT not in drawn.texts(ax)


def test_week_out_of_service_is_named_once_with_its_days(one_scanner, ax, drawn):
    site = one_scanner(service=(Service(first=MONDAY, last=FRIDAY),))
    sv.plot_agenda(empty(STUDIES), site, D690, MONDAY, FRIDAY, ax=ax)
    assert sorted(drawn.texts(ax)) == sorted([OUT, language("fr")("No exam in this period.")])
    assert [label.get_text()[-5:] for label in ax.get_xticklabels()] == ["04.05", "05.05", "06.05", "07.05", "08.05"]


def test_closed_day_stays_closed_whatever_the_service(one_scanner, ax, drawn):
    site = one_scanner(service=(Service(first="2026-05-11", last="2026-05-15"),))  # Thursday and Friday are closed
    sv.plot_agenda(empty(STUDIES), site, D690, "2026-05-11", "2026-05-15", ax=ax)
    assert len(drawn.boxes(ax, "closed")) == 2
    assert len(drawn.boxes(ax, "out of service")) == 3


def test_legend_explains_what_occurs(studies, site, one_scanner):
    english = site.model_copy(update={"report": site.report.model_copy(update={"language": "en"})})

    def signs(first, last):
        return [
            words
            for words in agenda_legend(agenda_content(studies, english, D690, first, last), profile=False)
            if words.startswith(("gap", "lunch", "out"))
        ]

    assert signs(MONDAY, FRIDAY) == ["gap: hole", "gap: lunch", "gap: out of service", "lunch window", "out of service"]
    assert signs(MONDAY, MONDAY) == ["gap: hole", "gap: lunch", "lunch window"]
    assert signs("2026-05-05", "2026-05-05") == ["out of service"]
    assert signs("2026-05-06", "2026-05-06") == ["gap: out of service", "lunch window", "out of service"]


def test_scanner_without_lunch_and_service_is_drawn_as_ever(studies, one_scanner, ax, drawn):
    site = one_scanner(lunch=None, service=())
    sv.plot_agenda(studies, site, D690, MONDAY, FRIDAY, ax=ax)
    assert isinstance(site.scanner(D690), Scanner)
    assert len(drawn.lines(ax, "gaps hole")) == 3
    for gid in ("gaps lunch", "gaps service", "lunch window", "service", "out of service"):
        assert not drawn.patches(ax, gid)


def test_saturday_has_no_time_out_of_service(one_scanner, make_studies, exam, ax, drawn):
    site = one_scanner(service=(Service(first="2026-05-04", last="2026-05-10"),))
    found = make_studies([exam("2026-05-09 09:00", "2026-05-09 10:00")])
    sv.plot_agenda(found, site, D690, MONDAY, "2026-05-10", ax=ax)
    assert not drawn.patches(ax, "service")
    assert len(drawn.boxes(ax, "out of service")) == 5
