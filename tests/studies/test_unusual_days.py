"""Days on which a scanner did far fewer exams than usual."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

from schedvisu_lib.config import Scanner
from schedvisu_lib.settings.report import Quality
from schedvisu_lib.studies.unusual_days import unusual_days
from schedvisu_lib.tables import STUDIES, empty

D690 = "Discovery 690"
MONDAY = date(2026, 3, 23)
"""No holiday and no closure on the twelve Mondays before."""


@pytest.fixture
def site(demo_site):
    """A site of one scanner without time out of service."""
    scanner = Scanner.model_validate(demo_site.scanner(D690).model_dump() | {"service": ()})
    site = demo_site.model_copy(update={"scanners": (scanner,)})
    for cached in ("scanner_names", "scanner_of_model"):
        site.__dict__.pop(cached, None)
    return site


def mondays(n):
    return [MONDAY - timedelta(weeks=week) for week in range(n, -1, -1)]


@pytest.fixture
def told(site, make_studies):
    """Gives what is unusual on the last of some Mondays with so many exams each: ``told([10, 10, 4])``."""

    def tell(counts, days=None, stored=None, first=MONDAY, where=site):
        days = days or mondays(len(counts) - 1)
        rows = [
            {
                "start": (start := pd.Timestamp(day) + pd.Timedelta(hours=8, minutes=20 * n)),
                "end": start + pd.Timedelta(minutes=20),
            }
            for day, count in zip(days, counts, strict=True)
            for n in range(count)
        ]
        found = unusual_days(make_studies(rows), where, stored or days, first, MONDAY)
        return [(row.date.date(), row.exams, row.usual, row.n_days) for row in found.itertuples()]

    return tell


def test_less_than_half_of_the_median_of_the_weekday_is_unusual(told):
    assert told([10, 8, 12, 9, 4]) == [(MONDAY, 4, 9.5, 4)]
    assert told([10, 8, 12, 9, 5]) == []


def test_a_day_without_exams_is_unusual(told):
    assert told([6, 6, 6, 6, 0]) == [(MONDAY, 0, 6, 4)]


def test_four_days_are_needed_to_say_what_is_usual(told):
    assert told([10, 10, 10, 0]) == []


def test_only_days_that_are_stored_count(told):
    days = mondays(4)
    assert told([10, 10, 10, 10, 0], stored=days[:-1]) == []
    assert told([10, 10, 10, 10, 0], stored=days[1:]) == []


def test_only_the_twelve_weeks_before_count(told):
    days = [MONDAY - timedelta(weeks=13), *mondays(12)]
    assert told([100, *[10] * 6, *[20] * 6, 4], days) == [(MONDAY, 4, 15, 12)]


def test_other_weekdays_say_nothing(told):
    days = [MONDAY - timedelta(days=n) for n in (3, 4, 5, 6)]
    assert told([10, 10, 10, 10, 0], [*sorted(days), MONDAY]) == []


def test_a_weekday_on_which_it_never_works_is_usual(told):
    assert told([0, 0, 0, 0, 0]) == []


def test_closed_days_and_days_out_of_service_are_not_judged(told, site):
    closed = type(site.calendar).model_validate(site.calendar.model_dump() | {"closures": (MONDAY,)})
    assert told([10, 10, 10, 10, 0], where=site.model_copy(update={"calendar": closed})) == []
    service = [{"first": MONDAY, "last": MONDAY}]
    scanner = Scanner.model_validate(site.scanner(D690).model_dump() | {"service": service})
    assert told([10, 10, 10, 10, 0], where=site.model_copy(update={"scanners": (scanner,)})) == []


def test_the_site_says_how_few_is_few(told, site):
    report = site.report.model_copy(update={"quality": Quality(few_exams=80)})
    assert told([10, 10, 10, 10, 7], where=site.model_copy(update={"report": report})) == [(MONDAY, 7, 10, 4)]


def test_days_before_the_period_are_not_judged(told):
    assert told([10, 10, 10, 10, 2, 10, 10]) == []
    earlier = MONDAY - timedelta(weeks=2)
    assert told([10, 10, 10, 10, 2, 10, 10], first=earlier) == [(earlier, 2, 10, 4)]


def test_nothing_is_known_of_an_empty_store(site):
    assert unusual_days(empty(STUDIES), site, [], MONDAY, MONDAY).empty
