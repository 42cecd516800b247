"""Working days, periods and bins (design 5.5; cases 15, 17, 18, 19)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import schedvisu_lib as sv
from schedvisu_lib.periods import (
    Bin,
    Period,
    closed_days,
    closures_between,
    find_period,
    is_open,
    iso_week,
    last_friday_over,
    make_bins,
    previous_period,
    report_periods,
    working_days,
)
from schedvisu_lib.settings.calendar import WEEKDAYS, Calendar, Closure
from schedvisu_lib.settings.report import BUILTIN_PERIODS

from .conftest import load_demo

DAY = timedelta(days=1)
VAUD = Calendar(country="CH", subdivision="VD")
SATURDAY = date(2026, 1, 17)


def closed(calendar: Calendar, *stretches: tuple[date, date]) -> Calendar:
    return calendar.model_copy(update={"closures": tuple(Closure(first=a, last=b) for a, b in stretches)})


# --- working days ---------------------------------------------------------------------------------------------------


def test_ascension_week_has_four_working_days() -> None:
    """Case 15: a holiday keeps no slots, so it must be no open day."""
    assert len(working_days(VAUD, date(2026, 5, 11), date(2026, 5, 15))) == 4
    assert not is_open(VAUD, date(2026, 5, 14))


def test_a_closure_is_no_working_day_and_includes_both_ends() -> None:
    calendar = closed(VAUD, (date(2026, 5, 12), date(2026, 5, 13)))
    assert working_days(calendar, date(2026, 5, 11), date(2026, 5, 15)) == [date(2026, 5, 11), date(2026, 5, 15)]


def test_a_closure_across_new_year_closes_both_years() -> None:
    calendar = closed(VAUD, (date(2025, 12, 29), date(2026, 1, 6)))
    assert working_days(calendar, date(2025, 12, 26), date(2026, 1, 8)) == [
        date(2025, 12, 26),
        date(2026, 1, 7),
        date(2026, 1, 8),
    ]


def test_holidays_are_those_of_the_subdivision() -> None:
    """The Monday after the Federal Fast is a holiday in Vaud, not in Geneva."""
    lundi_du_jeune = date(2026, 9, 21)
    assert not is_open(VAUD, lundi_du_jeune)
    assert is_open(Calendar(country="CH", subdivision="GE"), lundi_du_jeune)


def test_workdays_are_the_sites() -> None:
    week = (date(2026, 3, 2), date(2026, 3, 8))
    assert [day.weekday() for day in working_days(VAUD, *week)] == [0, 1, 2, 3, 4]
    saturdays = VAUD.model_copy(update={"workdays": ("mon", "sat")})
    assert [day.weekday() for day in working_days(saturdays, *week)] == [0, 5]


def test_closed_days_have_the_holidays_name_and_closures_none() -> None:
    calendar = closed(VAUD, (date(2026, 3, 3), date(2026, 3, 3)))
    days = closed_days(calendar, 2026)
    assert days[date(2026, 3, 3)] == ""
    assert days[date(2026, 8, 1)]


def test_closures_between_are_workdays_only() -> None:
    """The Swiss national holiday 2026 is a Saturday; Ascension is a Thursday."""
    found = closures_between(VAUD, date(2026, 5, 1), date(2026, 8, 31))
    assert date(2026, 5, 14) in found
    assert date(2026, 8, 1) not in found


# --- the last Friday that is over -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "friday"),
    [
        (date(2026, 1, 17), date(2026, 1, 16)),
        (date(2026, 1, 18), date(2026, 1, 16)),
        (date(2026, 1, 19), date(2026, 1, 16)),
        (date(2026, 1, 22), date(2026, 1, 16)),
        (date(2026, 1, 23), date(2026, 1, 16)),
        (datetime(2026, 1, 23, 0, 0), date(2026, 1, 16)),
        (datetime(2026, 1, 23, 21, 59, 59), date(2026, 1, 16)),
        (datetime(2026, 1, 23, 22, 0), date(2026, 1, 23)),
        (datetime(2026, 1, 23, 23, 59), date(2026, 1, 23)),
        (datetime(2026, 1, 24, 1, 0), date(2026, 1, 23)),
        (datetime(2026, 1, 22, 23, 0), date(2026, 1, 16)),
    ],
)
def test_a_friday_is_over_from_22_o_clock(now: date, friday: date) -> None:
    assert last_friday_over(now) == friday


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))
def test_the_last_friday_over_is_a_friday_of_the_last_eight_days(now: datetime) -> None:
    friday = last_friday_over(now)
    assert friday.weekday() == 4
    over_since = now - datetime.combine(friday, datetime.min.time()).replace(hour=22)
    assert timedelta(0) <= over_since < timedelta(days=7)


# --- periods ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "first"),
    [
        ("weekly", date(2026, 1, 12)),
        ("biweekly", date(2026, 1, 5)),
        ("monthly", date(2025, 12, 22)),
        ("quarterly", date(2025, 10, 27)),
        ("half-yearly", date(2025, 8, 4)),
        ("yearly", date(2026, 1, 1)),
        ("multi-year", date(2025, 1, 1)),
    ],
)
def test_built_in_periods_end_on_the_last_friday_over(demo_site: sv.Site, title: str, first: date) -> None:
    assert find_period(demo_site, title, SATURDAY) == Period(title, first, date(2026, 1, 16))


def test_a_site_defines_its_own_period(demo_site: sv.Site) -> None:
    own = demo_site.periods.model_copy(update={"own": {"3 weeks": "3w"}, "report": ("3 weeks", "weekly")})
    site = demo_site.model_copy(update={"periods": own})
    assert report_periods(site, SATURDAY) == [
        Period("3 weeks", date(2025, 12, 29), date(2026, 1, 16)),
        Period("weekly", date(2026, 1, 12), date(2026, 1, 16)),
    ]


def test_the_report_has_the_sites_periods_in_its_order(demo_site: sv.Site) -> None:
    assert [period.title for period in report_periods(demo_site, SATURDAY)] == list(BUILTIN_PERIODS)


def test_an_unknown_period_names_the_known_ones(demo_site: sv.Site) -> None:
    with pytest.raises(ValueError, match=r'period "daily" is unknown; allowed: weekly, .*, multi-year$'):
        find_period(demo_site, "daily", SATURDAY)


@given(st.dates(date(2026, 1, 3), date(2040, 12, 31)))
def test_a_period_has_the_title_that_it_was_asked_by(today: date) -> None:
    """Case 18: in January "yearly" is as long as "weekly", and is still yearly."""
    site = load_demo()
    for title in BUILTIN_PERIODS:
        period = find_period(site, title, today)
        assert period.title == title
        assert period.last == last_friday_over(today)
        assert period.first <= period.last


def test_yearly_in_the_first_days_of_january_is_the_old_year(demo_site: sv.Site) -> None:
    """On Thursday 1 January 2026 the last Friday over lies in 2025."""
    assert find_period(demo_site, "yearly", date(2026, 1, 1)) == Period("yearly", date(2025, 1, 1), date(2025, 12, 26))


def test_multi_year_before_its_first_year_is_not_turned_round(demo_site: sv.Site) -> None:
    assert find_period(demo_site, "multi-year", date(2024, 6, 1)).first == date(2024, 1, 1)


@pytest.mark.parametrize(
    ("period", "before"),
    [
        ((date(2026, 1, 12), date(2026, 1, 16)), (date(2026, 1, 5), date(2026, 1, 9))),
        ((date(2025, 12, 22), date(2026, 1, 16)), (date(2025, 11, 24), date(2025, 12, 19))),
        ((date(2026, 1, 13), date(2026, 1, 14)), (date(2026, 1, 11), date(2026, 1, 12))),
        ((date(2025, 1, 1), date(2025, 12, 26)), (date(2024, 1, 7), date(2024, 12, 31))),
    ],
    ids=["week", "four weeks", "two days", "year"],
)
def test_the_previous_period_is_as_long(period: tuple[date, date], before: tuple[date, date]) -> None:
    assert previous_period(Period("x", *period)) == Period("x", *before)


# --- bins -------------------------------------------------------------------------------------------------------------


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    workdays = draw(st.lists(st.sampled_from(WEEKDAYS), min_size=1, unique=True))
    firsts = draw(st.lists(st.dates(date(2019, 1, 1), date(2026, 12, 31)), max_size=4))
    lengths = draw(st.lists(st.integers(0, 40), min_size=len(firsts), max_size=len(firsts)))
    stretches = [(first, first + n * DAY) for first, n in zip(firsts, lengths, strict=True)]
    country, subdivision = draw(st.sampled_from([("CH", "VD"), ("FR", None), ("CA", "QC")]))
    return closed(Calendar(country=country, subdivision=subdivision, workdays=tuple(workdays)), *stretches)


@st.composite
def stretches(draw: st.DrawFn) -> tuple[date, date]:
    first = draw(st.dates(date(2019, 1, 1), date(2026, 1, 1)))
    return first, first + draw(st.one_of(st.integers(0, 60), st.integers(0, 1200))) * DAY


@given(calendars(), stretches())
def test_bins_cover_the_period_without_hole_or_overlap(calendar: Calendar, stretch: tuple[date, date]) -> None:
    """Case 17: the first days of a period lie in its first bin."""
    bins = make_bins(calendar, *stretch)
    assert bins[0].first == stretch[0]
    assert bins[-1].last == stretch[1]
    assert all(one.first <= one.last for one in bins)
    assert all(after.first == one.last + DAY for one, after in pairwise(bins))


@given(calendars(), stretches())
def test_the_kind_of_bin_follows_the_number_of_working_days(calendar: Calendar, stretch: tuple[date, date]) -> None:
    n = len(working_days(calendar, *stretch))
    kind = "day" if n <= 10 else "week" if n <= 22 else "4 weeks" if n <= 86 else "month" if n <= 270 else "year"
    bins = make_bins(calendar, *stretch)
    assert {one.kind for one in bins} == {kind}
    if kind == "day":
        assert len(bins) == max(n, 1)


@given(calendars(), stretches())
def test_labels_of_bins_differ_and_sort_by_time(calendar: Calendar, stretch: tuple[date, date]) -> None:
    """Case 19: week numbers across New Year."""
    labels = [one.label for one in make_bins(calendar, *stretch)]
    assert labels == sorted(set(labels))


@given(calendars(), stretches())
def test_a_bin_by_day_holds_its_working_day_alone(calendar: Calendar, stretch: tuple[date, date]) -> None:
    days = working_days(calendar, *stretch)
    bins = make_bins(calendar, *stretch)
    if days and bins[0].kind == "day":
        assert [one.label for one in bins] == [day.isoformat() for day in days]
        assert [working_days(calendar, one.first, one.last) for one in bins] == [[day] for day in days]


@pytest.mark.parametrize(("n_working_days", "kind"), [(10, "day"), (11, "week"), (22, "week"), (23, "4 weeks")])
def test_short_periods_change_their_bins_at_10_and_22_working_days(n_working_days: int, kind: str) -> None:
    days = working_days(VAUD, date(2026, 6, 1), date(2026, 12, 31))
    assert make_bins(VAUD, days[0], days[n_working_days - 1])[0].kind == kind


@pytest.mark.parametrize(("n_working_days", "kind"), [(86, "4 weeks"), (87, "month"), (270, "month"), (271, "year")])
def test_long_periods_change_their_bins_at_86_and_270_working_days(n_working_days: int, kind: str) -> None:
    days = working_days(VAUD, date(2026, 6, 1), date(2027, 12, 31))
    assert make_bins(VAUD, days[0], days[n_working_days - 1])[0].kind == kind


def test_the_seven_periods_have_readable_numbers_of_bins(demo_site: sv.Site) -> None:
    """Case 18: the yearly table has a column for each month, in December too."""
    site = demo_site.model_copy(update={"calendar": VAUD})
    today = date(2025, 12, 20)
    bins = {period.title: make_bins(VAUD, period.first, period.last) for period in report_periods(site, today)}
    assert {title: (len(each), each[0].kind) for title, each in bins.items()} == {
        "weekly": (5, "day"),
        "biweekly": (10, "day"),
        "monthly": (4, "week"),
        "quarterly": (3, "4 weeks"),
        "half-yearly": (6, "month"),
        "yearly": (12, "month"),
        "multi-year": (12, "month"),
    }


def test_many_years_are_counted_by_year() -> None:
    bins = make_bins(VAUD, date(2024, 3, 1), date(2026, 2, 6))
    assert [(one.label, one.first, one.last) for one in bins] == [
        ("2024", date(2024, 3, 1), date(2024, 12, 31)),
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("2026", date(2026, 1, 1), date(2026, 2, 6)),
    ]


def test_weeks_begin_on_monday_and_the_first_with_the_period() -> None:
    bins = make_bins(VAUD, date(2026, 6, 4), date(2026, 6, 24))
    assert [(one.label, one.first, one.last) for one in bins] == [
        ("2026-W23", date(2026, 6, 4), date(2026, 6, 7)),
        ("2026-W24", date(2026, 6, 8), date(2026, 6, 14)),
        ("2026-W25", date(2026, 6, 15), date(2026, 6, 21)),
        ("2026-W26", date(2026, 6, 22), date(2026, 6, 24)),
    ]


def test_four_weeks_across_new_year_name_both_years() -> None:
    bins = make_bins(VAUD, date(2025, 12, 1), date(2026, 2, 20))
    assert [one.label for one in bins] == ["2025-W49/2025-W52", "2026-W01/2026-W04", "2026-W05/2026-W08"]


def test_an_exam_on_a_closed_day_belongs_to_the_bin_of_the_working_day_before() -> None:
    """Ascension 2026 is Thursday 14 May."""
    bins = make_bins(VAUD, date(2026, 5, 11), date(2026, 5, 17))
    assert [(one.label, one.last) for one in bins] == [
        ("2026-05-11", date(2026, 5, 11)),
        ("2026-05-12", date(2026, 5, 12)),
        ("2026-05-13", date(2026, 5, 14)),
        ("2026-05-15", date(2026, 5, 17)),
    ]


def test_a_period_without_working_day_is_one_bin() -> None:
    week = (date(2026, 3, 2), date(2026, 3, 6))
    assert make_bins(closed(VAUD, week), *week) == [Bin("2026-03-02", *week, "day")]


def test_a_period_that_ends_before_it_begins_has_no_bins() -> None:
    assert make_bins(VAUD, date(2026, 3, 2), date(2026, 3, 1)) == []


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2020, 12, 27), "2020-W52"),
        (date(2020, 12, 31), "2020-W53"),
        (date(2021, 1, 1), "2020-W53"),
        (date(2021, 1, 3), "2020-W53"),
        (date(2021, 1, 4), "2021-W01"),
        (date(2025, 12, 29), "2026-W01"),
        (date(2026, 12, 31), "2026-W53"),
        (date(2027, 1, 1), "2026-W53"),
        (date(2027, 1, 4), "2027-W01"),
    ],
)
def test_iso_weeks_at_new_year_keep_their_own_year(day: date, week: str) -> None:
    assert iso_week(day) == week
