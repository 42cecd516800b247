"""Scanners' hours and exams as requests, worked out by hand for the simulated hospital."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

import pytest

import schedvisu_lib as sv
from schedvisu_lib.errors import BookError, PlanError
from schedvisu_lib.plan.roster.book.file import read_staff
from schedvisu_lib.plan.roster.book.model import Shift, StaffBook
from schedvisu_lib.plan.roster.change.changes import with_rows
from schedvisu_lib.plan.roster.product.from_product import Need, PerExams, PerScanner, requests_from, with_requests
from schedvisu_lib.settings.scanners import Service
from tests.conftest import ROOT
from tests.plan.conftest import english_site
from tests.plan.roster.product.test_expected import PET, SPECT, exams, planned

FIRST, LAST = date(2026, 5, 25), date(2026, 6, 7)
"""Two weeks from Whit Monday on."""
TECHNOLOGISTS = PerScanner("paraclinical", title="technologist")
Row = tuple[str, str, str, str, int]


@cache
def demo() -> StaffBook:
    return read_staff(ROOT / "params" / "staff.demo.yaml", english_site())


def asked(
    *needs: Need, book: StaffBook | None = None, site: sv.Site | None = None, last: date = LAST, **tables: Any
) -> list[Row]:
    made = requests_from(book or demo(), site or english_site(), FIRST, last, needs, **tables)
    return [(row.shift, f"{row.first:%m-%d}", f"{row.last:%m-%d}", ",".join(row.days), row.required) for row in made]


def with_shifts(*spans: tuple[str, str, str]) -> StaffBook:
    """Return the demo's book with other shifts."""
    shifts = [Shift.model_validate({"name": name, "start": start, "end": end}) for name, start, end in spans]
    return with_rows(demo(), shifts=tuple(shifts))


def out_of_service(name: str, first: date, hours: str | None = None) -> sv.Site:
    site = english_site()
    stop = Service.model_validate({"first": first, "last": first, "hours": hours})
    scanners = tuple(
        scanner.model_copy(update={"service": (stop,)}) if scanner.name == name else scanner
        for scanner in site.scanners
    )
    return site.model_copy(update={"scanners": scanners})


# --- technologists ----------------------------------------------------------------------------------------------------


def test_each_open_scanner_asks_for_a_person_in_the_shortest_shift_that_covers_it() -> None:
    # The two PET scanners open at 07:30, before the SPECT day begins at 07:45; the three SPECT scanners fit in both.
    assert asked(TECHNOLOGISTS) == [
        ("PET day", "05-26", "06-05", "workdays", 2),
        ("SPECT day", "05-26", "06-05", "workdays", 3),
    ]


def test_requests_have_level_title_and_the_only_department_of_the_level() -> None:
    row = requests_from(demo(), english_site(), FIRST, LAST, [TECHNOLOGISTS])[0]
    assert (row.level, row.title, row.department, row.by) == (
        "paraclinical",
        "technologist",
        "Nuclear medicine",
        "number",
    )


def test_several_persons_for_each_of_some_scanners() -> None:
    assert asked(PerScanner("paraclinical", persons=2, scanners=(PET,))) == [
        ("PET day", "05-26", "06-05", "workdays", 2)
    ]


def test_a_scanner_out_of_service_asks_for_nobody() -> None:
    assert asked(TECHNOLOGISTS, site=out_of_service(SPECT, date(2026, 5, 28)))[1:] == [
        ("SPECT day", "05-26", "05-27", "workdays", 3),
        ("SPECT day", "05-28", "05-28", "workdays", 2),
        ("SPECT day", "05-29", "06-05", "workdays", 3),
    ]


def test_a_scanner_that_opens_later_after_service_needs_less() -> None:
    site = out_of_service(PET, date(2026, 5, 28), "07:00-10:00")
    need = PerScanner("paraclinical", scanners=(PET,))
    assert asked(need, site=site, last=date(2026, 5, 29)) == [
        ("PET day", "05-26", "05-29", "workdays", 1)
    ]  # until 17:30 still
    site = out_of_service(PET, date(2026, 5, 29), "07:00-10:00")
    assert asked(need, site=site, last=date(2026, 5, 29)) == [
        ("PET day", "05-26", "05-28", "workdays", 1),
        ("SPECT day", "05-29", "05-29", "workdays", 1),  # on Fridays until 16:30
    ]


def test_where_no_shift_covers_a_scanner_alone_as_few_as_can_be_do_together() -> None:
    book = with_shifts(("early", "07:00", "13:00"), ("noon", "10:00", "15:00"), ("late", "12:30", "20:00"))
    need = PerScanner("paraclinical", scanners=(PET, SPECT))
    assert asked(need, book=book, last=date(2026, 5, 26)) == [
        ("early", "05-26", "05-26", "workdays", 2),
        ("late", "05-26", "05-26", "workdays", 2),
    ]


def test_hours_that_no_shift_covers_are_told() -> None:
    book = with_shifts(("early", "07:00", "13:00"), ("night", "17:00", "07:00"))
    text = (
        'no shift of "paraclinical" covers 2026-05-26 13:00, when Discovery 690 is open until 17:30; change the sheet '
        '"shifts", or leave the scanner out'
    )
    with pytest.raises(PlanError) as caught:
        asked(TECHNOLOGISTS, book=book)
    assert str(caught.value) == text


# --- physicians -------------------------------------------------------------------------------------------------------


def physicians(exams_each: float, **fields: Any) -> PerExams:
    return PerExams("clinical", exams_each, title="physician", shifts=("day",), **fields)


def test_so_many_exams_ask_for_a_person() -> None:
    # Tuesday 19 May: 7 exams on two scanners; Wednesday the 20th: 6.
    studies = exams((19, 4, PET), (19, 3, SPECT), (20, 6, PET))
    assert asked(physicians(3), studies=studies, weeks=1, last=date(2026, 5, 28)) == [
        ("day", "05-26", "05-26", "workdays", 3),
        ("day", "05-27", "05-27", "workdays", 2),
        ("day", "05-28", "05-28", "workdays", 1),  # none expected, but scanners are open
    ]
    assert [row[4] for row in asked(physicians(7, least=0), studies=studies, weeks=1, last=date(2026, 5, 28))] == [1]


def test_planned_appointments_ask_for_persons() -> None:
    table = planned(*((PET, f"2026-05-27 {hour:02}:00") for hour in range(8, 13)))
    assert asked(physicians(2), appointments=table, last=date(2026, 5, 28)) == [
        ("day", "05-26", "05-28", "wed", 3),
        ("day", "05-26", "05-28", "tue,thu", 1),
    ]


def test_the_shift_of_physicians_is_that_with_most_open_hours() -> None:
    book = with_shifts(("early", "06:00", "13:00"), ("day", "07:00", "17:00"), ("long", "07:00", "17:30"))
    need = PerExams("clinical", 50)
    studies = exams((19, 1, PET))
    assert {row[0] for row in asked(need, book=book, last=date(2026, 5, 28), studies=studies)} == {"long"}
    shorter = with_shifts(("long", "07:00", "19:00"), ("day", "07:30", "17:30"))
    assert {row[0] for row in asked(need, book=shorter, studies=studies)} == {"day"}


def test_all_needs_are_told_in_one_call() -> None:
    made = asked(TECHNOLOGISTS, physicians(100), studies=exams((19, 1, PET)))
    assert [(row[0], row[4]) for row in made] == [("PET day", 2), ("SPECT day", 3), ("day", 1)]


# --- what cannot be ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("need", "text"),
    [
        (PerScanner("imaging"), 'level "imaging" is unknown; allowed: leadership, clinical, paraclinical, nursing'),
        (PerScanner("clinical", shifts=("noon",)), 'shift "noon" is unknown; allowed: day, night, PET day, SPECT day'),
        (
            PerScanner("clinical", scanners=("Vision",)),
            'scanner "Vision" is unknown; demo.yaml has: Discovery 690, Vision 600, Discovery 670, Symbia Intevo, '
            "Millennium",
        ),
        (physicians(3), "exams are expected by studies or by appointments; give one of the two tables"),
    ],
)
def test_unknown_names_are_told(need: Need, text: str) -> None:
    with pytest.raises(PlanError) as caught:
        asked(need)
    assert str(caught.value) == text


@pytest.mark.parametrize(
    ("need", "mistakes"),
    [
        (
            PerScanner("paraclinical", department="Ward"),
            ['department "Ward" is unknown; allowed: Nuclear medicine, Therapy ward'],
        ),
        (
            PerScanner("paraclinical", department="Therapy ward"),
            ['level: nobody does "paraclinical" in "Therapy ward"; give the level to somebody of the staff'],
        ),
        (
            PerScanner("nursing", shifts=("PET day",)),
            ['shift: "PET day" is no shift of "nursing"; its levels: paraclinical'],
        ),
    ],
)
def test_requests_that_the_book_cannot_have_are_told(need: Need, mistakes: Sequence[str]) -> None:
    with pytest.raises(BookError) as caught:
        asked(need)
    assert list(caught.value.mistakes) == mistakes


def test_a_level_of_two_departments_needs_one() -> None:
    staff = demo().staff
    moved = staff[3].model_copy(update={"department": "Therapy ward"})
    book = with_rows(demo(), staff=(*staff[:3], moved, *staff[4:]))
    with pytest.raises(
        PlanError, match=r'^say which department needs "clinical"; its people are in: Nuclear medicine, Therapy ward$'
    ):
        asked(physicians(3), book=book)


def test_nobody_is_asked_for_no_exams() -> None:
    with pytest.raises(PlanError, match=r"^one person for 0 exams; give a number above 0$"):
        PerExams("clinical", 0)


# --- in the book ------------------------------------------------------------------------------------------------------


def test_requests_of_the_same_kind_stand_aside_on_the_days_of_new_ones() -> None:
    needs: list[Need] = [TECHNOLOGISTS, PerExams("leadership", 9)]
    days, studies = (date(2026, 6, 1), date(2026, 6, 5)), exams((19, 1, PET))
    week = requests_from(demo(), english_site(), *days, needs, studies=studies)
    book = with_requests(demo(), week, english_site())
    own = [
        (row.shift, f"{row.first:%m-%d}", f"{row.last:%m-%d}", ",".join(row.days), row.skilled)
        for row in book.requests
        if row.level in {"paraclinical", "leadership"}
    ]
    assert own == [
        ("day", "05-25", "12-31", "days off", 0),  # on other days than the new one: it stays
        ("PET day", "05-26", "05-29", "workdays", 1),
        ("PET day", "06-08", "12-31", "workdays", 1),
        ("SPECT day", "05-26", "05-29", "workdays", 0),
        ("SPECT day", "06-08", "12-31", "workdays", 0),
        ("PET day", "06-01", "06-05", "workdays", 0),
        ("SPECT day", "06-01", "06-05", "workdays", 0),
        ("day", "06-01", "06-05", "workdays", 0),
    ]
    assert [row for row in book.requests if row.level == "clinical"] == [
        row for row in demo().requests if row.level == "clinical"
    ]


def test_requests_for_any_title_replace_those_for_one_but_not_the_other_way_round() -> None:
    def level(title: str | None, book: StaffBook) -> list[tuple[str, str | None]]:
        needs = [PerScanner("paraclinical", title=title, scanners=(PET,))]
        made = requests_from(book, english_site(), FIRST, date(2026, 12, 31), needs)
        own = with_requests(book, made, english_site()).requests
        return sorted({(row.shift, row.title) for row in own if row.level == "paraclinical"}, key=str)

    old = ("SPECT day", "technologist")
    assert level(None, demo()) == [("PET day", None), old]
    any_title = tuple(row.model_copy(update={"title": None}) for row in demo().requests)
    assert level("technologist", with_rows(demo(), requests=any_title)) == [
        ("PET day", "technologist"), ("PET day", None), ("SPECT day", None),
    ]  # fmt: skip


def test_the_same_requests_again_change_nothing() -> None:
    made = requests_from(demo(), english_site(), FIRST, LAST, [TECHNOLOGISTS])
    once = with_requests(demo(), made, english_site())
    assert with_requests(once, made, english_site()) == once
