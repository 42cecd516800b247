"""The pages of a plan: lists, legends, pictures, and that no page names a patient."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from bs4 import BeautifulSoup

from schedvisu_lib.figures.appointment_page import PlanPages, drawn_days
from schedvisu_lib.figures.html import Html
from schedvisu_lib.plan.around import around
from schedvisu_lib.plan.load import load, load_by_hour, next_free
from tests.plan.conftest import asked, build_book, build_table, english_site

SITE = english_site()
ANNA = "Anna Muster"
BOOK = build_book(
    patients=[{"name": ANNA}],
    prescriptions=[
        asked("mud", 1, sessions=4, patient=ANNA),
        asked("bath", 2, patient=ANNA),
        asked("ecg", 1, patient=ANNA, sheet="S2"),
    ],
)


def at(procedure: str, start: str, **more: Any) -> dict[str, Any]:
    return {"procedure": procedure, "start": f"2026-05-{start}", "patient": ANNA, **more}


@pytest.fixture
def pages() -> PlanPages:
    """Three weeks of a patient with two sheets; sessions 3 and 4 of the mud have no time."""
    table = build_table(
        BOOK,
        [
            at("mud", "04 08:00"),
            at("mud", "05 08:00", session=2, origin="manual", locked=True),
            at("bath", "20 09:00"),
            at("ecg", "06 09:00", sheet="S2", origin="given"),
        ],
        [
            {"procedure": "mud", "session": k, "patient": ANNA, "reason": f"session {k} of 4: no time within 14 days"}
            for k in (3, 4)
        ],
    )
    first, last = date(2026, 5, 4), date(2026, 5, 22)
    return PlanPages(table, around(table, BOOK, SITE, first, last), SITE, first, last, datetime(2026, 5, 1, 12))


def tables(html: Html) -> list[list[list[str]]]:
    found = BeautifulSoup(html.text, "html.parser").find_all("table")
    return [[[cell.get_text() for cell in row.find_all(["th", "td"])] for row in one.find_all("tr")] for one in found]


def test_a_patients_page_lists_appointments_and_what_has_no_time(pages: PlanPages):
    timetable, lost = tables(pages.patient(ANNA))
    assert timetable == [
        ["Day", "From – to", "Procedure", "Resource", "Session", ""],
        ["Mon 4 May 2026", "08:00–08:30", "mud", "mud", "1/4", ""],
        ["Tue 5 May 2026", "08:00–08:30", "mud", "mud", "2/4", "set by hand, locked"],
        ["Wed 6 May 2026", "09:00–09:20", "ecg", "ecg", "", "booked before"],
        ["Wed 20 May 2026", "09:00–09:20", "bath", "bath", "", ""],
    ]
    assert lost[1:] == [["S1", "1", "3–4", "mud", "no time within 14 days"]]


def test_a_patient_is_called_by_the_sheets(pages: PlanPages):
    html = pages.patient(ANNA)
    assert BeautifulSoup(html.text, "html.parser").h3.get_text() == "S1, S2"
    assert pages.sheets_of(ANNA) == "S1, S2"
    free = next_free(pages.appointments, BOOK, SITE, pages.first, pages.last)
    days = [maker(pages.appointments, BOOK, SITE, pages.first, pages.last) for maker in (load, load_by_hour)]
    for page in (html, pages.resource("mud"), pages.load(*days, free), pages.unplaced()):
        assert "Muster" not in page.text


def test_there_is_a_picture_for_weeks_with_an_appointment(pages: PlanPages, svg_of, words_of):
    first, second = svg_of(pages.patient(ANNA))
    days = [word for word in words_of(first) if word.endswith("May")]
    assert days == ["Mon 4 May", "Tue 5 May", "Wed 6 May", "Thu 7 May", "Fri 8 May"]
    assert "Wed 20 May" in words_of(second)
    assert len(svg_of(pages.resource("mud"))) == 1
    assert len(svg_of(pages.resource("pool"))) == 1  # nothing there: its first week


def test_two_weeks_of_a_patient_are_one_picture_and_each_week_of_a_resource(pages: PlanPages, svg_of):
    table = build_table(
        BOOK, [at("mud", f"{day} 08:00", session=k) for k, day in enumerate(("04", "11", "18"), start=1)]
    )
    three = PlanPages(table, pages.around, SITE, pages.first, pages.last, pages.generated_at)
    assert len(svg_of(three.patient(ANNA))) == 2
    assert len(svg_of(three.resource("mud"))) == 3


def test_the_legend_names_what_occurs(pages: PlanPages):
    def legend(html: Html) -> list[str]:
        return [entry.get_text() for entry in BeautifulSoup(html.text, "html.parser").select(".legend b")]

    assert legend(pages.resource("bath")) == ["bath", "opening hours"]
    assert legend(pages.patient(ANNA)) == ["bath", "ecg", "mud", "booked before", "locked", "opening hours"]


def test_the_load_page_shows_both_maps_and_the_next_free_times(pages: PlanPages, svg_of):
    days = [maker(pages.appointments, BOOK, SITE, pages.first, pages.last) for maker in (load, load_by_hour)]
    html = pages.load(*days, next_free(pages.appointments, BOOK, SITE, pages.first, pages.last))
    assert len(svg_of(html)) == 2
    left, right = tables(html)
    assert left[1] == ["mud", "mud", "30", "Mon 4 May 08:30"]
    assert [len(left), len(right)] == [1 + 3, 1 + 2]


def test_pages_of_all_patients_have_the_same_hours(pages: PlanPages, svg_of, words_of):
    rows = [at("mud", "04 08:00"), at("bath", "20 09:00"), at("ther", "06 15:30", patient="P2", sheet="S2")]
    table = build_table(BOOK, rows)
    both = PlanPages(table, pages.around, SITE, pages.first, pages.last, pages.generated_at)
    for patient in (ANNA, "P2"):
        for svg in svg_of(both.patient(patient)):
            hours = [word for word in words_of(svg) if word.endswith(":00")]
            assert (hours[0], hours[-1]) == ("08:00", "16:00")


def test_pictures_of_a_page_have_as_many_whole_weeks(pages: PlanPages, svg_of, words_of):
    rows = [at("mud", f"{day} 08:00", session=k) for k, day in enumerate(("06", "11", "20"), start=1)]
    table = build_table(BOOK, rows)
    days = date(2026, 5, 6), date(2026, 5, 20)
    assert drawn_days(*days) == (date(2026, 5, 4), date(2026, 5, 31))
    ground = around(table, BOOK, SITE, *drawn_days(*days))
    first, second = svg_of(PlanPages(table, ground, SITE, *days, pages.generated_at).patient(ANNA))
    names = [[word for word in words_of(svg) if word.endswith("May")] for svg in (first, second)]
    assert (names[0][0], names[0][-1]) == ("Mon 4 May", "Wed 13 May")  # Ascension Day and the bridge are strips
    assert (names[1][0], names[1][-1]) == ("Mon 18 May", "Fri 29 May")
