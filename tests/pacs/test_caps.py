"""Archives that give only so many answers: all of them come, in parts, with few requests more."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pynetdicom import AE, build_context, evt
from pynetdicom.sop_class import StudyRootQueryRetrieveInformationModelFind as Find

from schedvisu_lib.errors import PacsError
from schedvisu_lib.pacs.caps import ListRefused, by_study, find_by_list, find_by_time, looks_capped
from schedvisu_lib.pacs.line import Line, TooManyAnswers
from schedvisu_lib.pacs.queries import series_query, study_query

MONDAY = date(2026, 5, 11)
TOO_MANY, CANCELLED, SUCCESS = 0xA700, 0xFE00, 0x0000


@dataclass
class Shelf:
    """A server with studies, by UID with their Study Times, and as many series of each as asked."""

    times: dict[str, str]
    series: int = 1
    most: int | None = None
    """Answers to one query."""
    ends_with: int = SUCCESS
    """Status where there are more."""
    heeds_time: bool = True
    takes_lists: bool = True
    queries: list[Dataset] = field(default_factory=list)

    def find(self, event):
        query = event.identifier
        self.queries.append(query)
        if isinstance(query.get("StudyInstanceUID"), MultiValue) and not self.takes_lists:
            yield 0xA900, None
            return
        rows = list(self._studies(query) if query.QueryRetrieveLevel == "STUDY" else self._series(query))
        for row in rows[: self.most]:
            yield 0xFF00, row
        if self.most is not None and len(rows) > self.most:
            yield self.ends_with, None

    def _studies(self, query):
        first, _, last = (query.get("StudyTime") or "").partition("-")
        for uid, moment in self.times.items():
            if self.heeds_time and last and not (moment and first <= moment.ljust(13, "0") <= last):
                continue
            yield known_row(StudyInstanceUID=uid, StudyTime=moment)

    def _series(self, query):
        wanted = query.StudyInstanceUID
        for uid in wanted if isinstance(wanted, MultiValue) else [wanted]:
            for number in range(self.series):
                yield known_row(StudyInstanceUID=uid, SeriesInstanceUID=f"{uid}.{number}")


def row_of(**elements):
    row = Dataset()
    for keyword, value in elements.items():
        setattr(row, keyword, value)
    return row


known_row = cache(row_of)
"""The same, made once: a shelf answers the same rows to each query."""


def shelf_of(n, **settings):
    """Studies spread evenly over the day."""
    times = {f"1.2.{i}": f"{i * 24 // n:02d}{i * 24 * 60 // n % 60:02d}00" for i in range(n)}
    return Shelf(times, **settings)


@pytest.fixture
def find_in(site_of):
    """Opens a shelf and gives what asks it."""
    running, lines = [], []

    def start(shelf):
        entity = AE(ae_title="SHELF")
        entity.add_supported_context(Find)
        running.append(entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_C_FIND, shelf.find)]))
        lines.append(Line(site_of(running[-1].server_address[1]).pacs, [build_context(Find)]))
        return lambda query: lines[-1].find(query, Find)

    yield start
    for one in lines:
        one.close()
    for one in running:
        one.shutdown()


def study_uids(answers):
    return sorted(answer.StudyInstanceUID for answer in answers)


@pytest.mark.parametrize(
    ("n", "capped"), [(0, False), (99, False), (100, True), (101, False), (500, True), (50, False)]
)
def test_a_round_number_of_answers_from_a_hundred_looks_like_a_limit(n, capped):
    assert looks_capped(n) is capped


# By time of day


def test_a_day_below_any_limit_is_asked_for_once_without_a_time(find_in):
    shelf = shelf_of(60)
    assert study_uids(find_by_time(find_in(shelf), study_query(MONDAY, "PT"))) == sorted(shelf.times)
    assert [query.StudyTime for query in shelf.queries] == [""]


@pytest.mark.parametrize("status", [SUCCESS, TOO_MANY, CANCELLED])
def test_a_day_beyond_the_limit_is_asked_for_in_parts_until_all_is_there(find_in, status):
    shelf = shelf_of(250, most=100, ends_with=status)
    assert study_uids(find_by_time(find_in(shelf), study_query(MONDAY, "PT"))) == sorted(shelf.times)
    asked = [query.StudyTime for query in shelf.queries]
    assert asked[:3] == ["", "000000-115959.999999", "000000-055959.999999"]
    assert len(asked) == 7


def test_a_day_with_a_round_number_of_studies_is_checked_by_its_halves(find_in):
    shelf = shelf_of(200)
    assert study_uids(find_by_time(find_in(shelf), study_query(MONDAY, "PT"))) == sorted(shelf.times)
    assert len(shelf.queries) <= 7


def test_studies_beside_a_full_first_half_are_not_lost(find_in):
    """The limit equals what the first half of the day holds: its halves have as many studies as the day seemed to."""
    shelf = shelf_of(200, most=100)
    assert shelf.times["1.2.99"] < "12" <= shelf.times["1.2.100"]
    assert study_uids(find_by_time(find_in(shelf), study_query(MONDAY, "PT"))) == sorted(shelf.times)


def test_studies_without_a_time_that_were_listed_stay_listed(find_in):
    shelf = shelf_of(195)
    shelf.times = {f"1.3.{i}": "" for i in range(5)} | shelf.times
    assert study_uids(find_by_time(find_in(shelf), study_query(MONDAY, "PT"))) == sorted(shelf.times)


@pytest.mark.parametrize("status", [TOO_MANY, CANCELLED])
def test_studies_without_a_time_before_a_status_of_too_many_stay_listed(find_in, status):
    shelf = shelf_of(195, most=100, ends_with=status)
    shelf.times = {f"1.3.{i}": "" for i in range(5)} | shelf.times
    assert study_uids(find_by_time(find_in(shelf), study_query(MONDAY, "PT"))) == sorted(shelf.times)


@pytest.mark.parametrize("moment", ["", "morning"])
def test_a_day_of_studies_without_any_time_is_not_searched_for_ever(find_in, moment):
    shelf = shelf_of(100, heeds_time=False)
    shelf.times = dict.fromkeys(shelf.times, moment)
    assert study_uids(find_by_time(find_in(shelf), study_query(MONDAY, "PT"))) == sorted(shelf.times)
    assert len(shelf.queries) <= 12


def test_an_archive_that_ignores_times_is_found_out_by_its_answers(find_in):
    shelf = shelf_of(100, heeds_time=False)
    assert study_uids(find_by_time(find_in(shelf), study_query(MONDAY, "PT"))) == sorted(shelf.times)
    assert len(shelf.queries) <= 3


def test_an_archive_that_ignores_times_and_says_that_it_has_more_is_an_error(find_in):
    shelf = shelf_of(60, most=50, ends_with=TOO_MANY, heeds_time=False)
    with pytest.raises(TooManyAnswers, match="0xA700"):
        find_by_time(find_in(shelf), study_query(MONDAY, "PT"))
    assert len(shelf.queries) <= 12


def test_a_minute_beyond_the_limit_is_an_error(find_in):
    shelf = Shelf({f"1.2.{n}": "081500" for n in range(60)}, most=50, ends_with=TOO_MANY)
    with pytest.raises(TooManyAnswers, match="0xA700"):
        find_by_time(find_in(shelf), study_query(MONDAY, "PT"))


@settings(max_examples=25)
@given(minutes=st.lists(st.integers(0, 24 * 60 - 1), min_size=95, max_size=320), most=st.sampled_from([100, 200]))
def test_no_study_is_lost_whatever_the_limit_and_the_hours(minutes, most):
    """As long as no minute of the day alone holds as many as the limit."""
    shelf = Shelf({f"1.2.{n}": f"{one // 60:02d}{one % 60:02d}30" for n, one in enumerate(minutes)})

    def find(query):
        return list(shelf._studies(query))[:most]

    if all(minutes.count(one) < most for one in minutes):
        assert study_uids(find_by_time(find, study_query(MONDAY, "PT"))) == sorted(shelf.times)


def test_a_study_without_uid_is_an_error(find_in):
    with pytest.raises(PacsError, match="listed a study without Study Instance UID; nothing is known of it"):
        find_by_time(find_in(Shelf({"": "081500"})), study_query(MONDAY, "PT"))


def test_of_two_answers_for_a_study_the_first_one_counts():
    first, second = row_of(StudyInstanceUID="1.2"), row_of(StudyInstanceUID="1.2")
    assert by_study([first, second])["1.2"] is first


# By lists


@pytest.mark.parametrize(("status", "queries"), [(SUCCESS, 3), (TOO_MANY, 3), (CANCELLED, 3)])
def test_a_list_beyond_the_limit_is_asked_for_in_halves(find_in, status, queries):
    shelf = shelf_of(60, series=3, most=100, ends_with=status)
    found = find_by_list(find_in(shelf), list(shelf.times), series_query)
    assert sorted(one.SeriesInstanceUID for one in found) == sorted(
        f"{uid}.{n}" for uid in shelf.times for n in range(3)
    )
    assert len(shelf.queries) == queries


def test_one_study_beyond_the_limit_is_an_error(find_in):
    shelf = shelf_of(2, series=80, most=50, ends_with=TOO_MANY)
    with pytest.raises(TooManyAnswers, match="0xA700"):
        find_by_list(find_in(shelf), list(shelf.times), series_query)


def test_one_study_with_a_round_number_of_series_is_believed(find_in):
    shelf = shelf_of(1, series=100)
    assert len(find_by_list(find_in(shelf), list(shelf.times), series_query)) == 100
    assert len(shelf.queries) == 1


def test_a_list_that_is_refused_is_told_from_a_study_that_is(find_in):
    shelf = shelf_of(4, takes_lists=False)
    find = find_in(shelf)
    with pytest.raises(ListRefused, match="0xA900"):
        find_by_list(find, list(shelf.times), series_query)
    assert len(find_by_list(find, list(shelf.times)[:1], series_query)) == 1
