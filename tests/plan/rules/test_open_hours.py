"""When a resource is open (rule 2): days and times worked out by hand."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedvisu_lib.plan.book.model import Book
from schedvisu_lib.plan.rules.open_hours import Span, joined, open_hours, without
from tests.plan.conftest import WEEK, build_book, changed, daily, english_site

MONDAY, SATURDAY, ASCENSION, BRIDGE = date(2026, 5, 4), date(2026, 5, 9), date(2026, 5, 14), date(2026, 5, 15)
DISCOVERY = {"name": "Discovery 690", "group": "A", "scanner": "Discovery 690"}
"""Open 07:30-17:30 (Friday 16:30), lunch 12:00-13:00; out of service 27 and 28 January 2026."""


def hours(book: Book, name: str, day: date) -> list[str]:
    """Return the open hours of a resource as text."""
    spans = open_hours(book.resource[name], book, english_site(), day)
    assert all(span.start.date() == day for span in spans)
    return [f"{span.start:%H:%M}-{span.end:%H:%M}" for span in spans]


def with_resource(**fields: Any) -> Book:
    return build_book(resources=[{"name": "r", "group": "A", **fields}], procedures=[_P])


_P = {"name": "p", "minutes": 20, "resources": ["r"]}


def test_a_resource_has_the_hours_of_its_weekday() -> None:
    book = with_resource(hours={"mon": ["08:00-12:00", "13:00-17:00"], "tue": ["09:00-10:00"]})
    assert hours(book, "r", MONDAY) == ["08:00-12:00", "13:00-17:00"]
    assert hours(book, "r", MONDAY + timedelta(days=1)) == ["09:00-10:00"]
    assert hours(book, "r", MONDAY + timedelta(days=2)) == []


def test_hours_that_touch_are_one() -> None:
    assert hours(with_resource(hours=daily("12:00-17:00", "08:00-12:00")), "r", MONDAY) == ["08:00-17:00"]


def test_a_resource_without_hours_and_scanner_is_never_open() -> None:
    assert hours(with_resource(), "r", MONDAY) == []


def test_own_hours_count_on_a_day_that_is_no_workday_of_the_site() -> None:
    book = with_resource(hours=daily("08:00-12:00", days=[*WEEK, "sat"]))
    assert hours(book, "r", SATURDAY) == ["08:00-12:00"]


@pytest.mark.parametrize("day", [ASCENSION, BRIDGE], ids=["holiday", "closure of the site"])
def test_holidays_and_closures_of_the_site_close_everything(day: date) -> None:
    book = build_book(
        resources=[{"name": "r", "group": "A", "hours": daily("08:00-12:00")}, DISCOVERY], procedures=[_P]
    )
    assert hours(book, "r", day) == hours(book, "Discovery 690", day) == []
    assert hours(book, "r", BRIDGE + timedelta(days=3)) == ["08:00-12:00"]


def test_a_closure_takes_its_days_or_its_hours() -> None:
    closures = [
        {"first": "2026-05-05", "last": "2026-05-06", "resource": "r"},
        {"first": "2026-05-07", "last": "2026-05-08", "resource": "r", "hours": "10:00-11:00"},
        {"first": "2026-05-04", "last": "2026-05-04", "resource": "other"},
    ]
    resources = [{"name": name, "group": "A", "hours": daily("08:00-12:00")} for name in ("r", "other")]
    book = build_book(resources=resources, procedures=[_P], closures=closures)
    week = [hours(book, "r", MONDAY + timedelta(days=n)) for n in range(5)]
    assert week == [["08:00-12:00"], [], [], ["08:00-10:00", "11:00-12:00"], ["08:00-10:00", "11:00-12:00"]]
    assert hours(book, "other", MONDAY) == []


def test_a_closure_without_a_resource_closes_all() -> None:
    closures = [{"first": "2026-05-04", "last": "2026-05-04", "hours": "08:00-09:00"}]
    book = build_book(closures=closures)
    assert hours(book, "mud", MONDAY) == hours(book, "bath", MONDAY) == ["09:00-18:20"]


def test_a_scanner_lends_its_hours_without_lunch_on_workdays() -> None:
    book = build_book(resources=[DISCOVERY], procedures=[_P])
    assert hours(book, "Discovery 690", MONDAY) == ["07:30-12:00", "13:00-17:30"]
    assert hours(book, "Discovery 690", date(2026, 5, 8)) == ["07:30-12:00", "13:00-16:30"]
    assert hours(book, "Discovery 690", SATURDAY) == []


def test_own_hours_come_before_those_of_the_scanner_and_its_lunch() -> None:
    book = build_book(resources=[{**DISCOVERY, "hours": {"mon": ["10:00-20:00"]}}], procedures=[_P])
    assert hours(book, "Discovery 690", MONDAY) == ["10:00-20:00"]
    assert hours(book, "Discovery 690", MONDAY + timedelta(days=1)) == []


@pytest.mark.parametrize("own", [{}, {"hours": daily("08:00-12:00")}], ids=["scanner's hours", "own hours"])
def test_a_scanner_out_of_service_is_closed_whatever_its_hours(own: dict[str, Any]) -> None:
    book = build_book(resources=[{**DISCOVERY, **own}], procedures=[_P])
    assert hours(book, "Discovery 690", date(2026, 1, 27)) == []
    assert hours(book, "Discovery 690", date(2026, 1, 29)) != []


def test_part_of_a_day_out_of_service_takes_its_hours() -> None:
    site = english_site()
    service = ({"first": "2026-05-04", "last": "2026-05-04", "hours": "09:00-12:30"},)
    scanner = type(site.scanners[0]).model_validate({**site.scanners[0].model_dump(), "service": service})
    book = build_book(resources=[DISCOVERY], procedures=[_P])
    closed = site.model_copy(update={"scanners": (scanner, *site.scanners[1:])})
    spans = open_hours(book.resource["Discovery 690"], book, closed, MONDAY)
    assert [f"{span.start:%H:%M}-{span.end:%H:%M}" for span in spans] == ["07:30-09:00", "13:00-17:30"]


def test_a_closure_of_a_scanner_in_the_book_counts_too() -> None:
    closures = [{"first": "2026-05-04", "last": "2026-05-04", "resource": "Discovery 690", "hours": "07:00-08:00"}]
    book = build_book(resources=[DISCOVERY], procedures=changed("procedures", "mud"), closures=closures)
    assert hours(book, "Discovery 690", MONDAY) == ["08:00-12:00", "13:00-17:30"]


_MINUTES = st.integers(0, 60)
_SPANS = st.lists(st.tuples(_MINUTES, _MINUTES).filter(lambda pair: pair[0] < pair[1]), max_size=6)


def _span(first: int, last: int) -> Span:
    midnight = datetime.combine(MONDAY, time())
    return Span(midnight + timedelta(minutes=first), midnight + timedelta(minutes=last))


def _minutes(spans: list[Span]) -> set[datetime]:
    return {span.start + timedelta(minutes=n) for span in spans for n in range((span.end - span.start).seconds // 60)}


@given(_SPANS, _SPANS)
def test_hours_less_closures_are_the_minutes_in_the_one_and_not_in_the_other(
    opened: list[tuple[int, int]], closed: list[tuple[int, int]]
) -> None:
    spans, lost = [_span(*pair) for pair in opened], [_span(*pair) for pair in closed]
    left = without(joined(spans), lost)
    assert _minutes(left) == _minutes(spans) - _minutes(lost)
    assert all(one.end <= after.start for one, after in pairwise(left))
