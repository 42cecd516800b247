from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from math import isnan

import pandas as pd
import pytest

from schedvisu_lib.errors import PlanError
from schedvisu_lib.plan.appointments import Plan, plan, propose
from schedvisu_lib.plan.check import check, complete
from schedvisu_lib.plan.terms import Terms, Wish
from tests.plan.conftest import MONDAY, asked, build_book, changed, daily, english_site
from tests.plan.published import EARLY, FIRST, LATE, published_book


def published(mode: str, at: str | None = None, **options: object) -> Plan:
    return plan(published_book(), english_site(), mode, at, first=FIRST, **options)  # type: ignore[arg-type]


def times_on(table: pd.DataFrame, day: date) -> dict[str, str]:
    rows = table[table["start"].dt.date == day]
    return dict(zip(rows["procedure"], rows["start"].dt.strftime("%H:%M"), strict=True))


@pytest.mark.parametrize(("mode", "times"), [("early", EARLY), ("late", LATE)])
def test_first_fit_gives_the_published_times(mode: str, times: dict[str, str]) -> None:
    table = published(mode, seconds=0).table
    assert times_on(table, FIRST) == times
    bath = set(table.loc[table["procedure"] == "bath", "start"].dt.date)
    assert not bath & set(table.loc[table["procedure"] == "mud", "start"].dt.date)


@pytest.mark.parametrize(
    ("mode", "at", "distance"),
    [("early", None, 47_900), ("late", None, 45_740), ("near", "14:00", 37_080), ("any", None, 47_900)],
)
def test_the_search_finds_the_plan_that_the_exact_way_proves_best(mode: str, at: str | None, distance: int) -> None:
    found = published(mode, at, seconds=1)
    assert (found.score.lost, found.score.distance) == (0, distance)
    assert found.score <= published(mode, at, seconds=0).score


def test_near_starts_within_two_hours_and_early_ends_by_noon() -> None:
    near = published("near", "14:00", seconds=0.2).table
    assert near["start"].dt.time.between(time(12), time(16)).all()
    assert (published("early", seconds=0.2).table["end"].dt.time <= time(12)).all()


def test_every_session_and_booking_has_its_row() -> None:
    booking = {"resource": "ther", "start": datetime(2026, 5, 4, 11), "end": datetime(2026, 5, 4, 12)}
    book = build_book(prescriptions=[asked("mud", sessions=5), asked("ecg", 2)], bookings=[booking])
    table = propose(book, english_site(), first=MONDAY, seconds=0)
    assert table.groupby("procedure").size().to_dict() == {"": 1, "mud": 5, "ecg": 1}
    assert complete(table, book, english_site()) == []


def test_bookings_stay_where_they_are() -> None:
    held = {"resource": "mud", "start": datetime(2026, 5, 5, 14), "end": datetime(2026, 5, 5, 14, 30), "patient": "P1"}
    held |= {"procedure": "mud", "sheet": "S1", "position": 1, "session": 1}
    book = build_book(prescriptions=[asked("mud", sessions=2)], bookings=[held])
    table = propose(book, english_site(), first=MONDAY, seconds=0)
    assert list(table["start"]) == [pd.Timestamp("2026-05-05 14:00"), pd.Timestamp("2026-05-06 08:00")]


def test_improve_moves_what_is_not_locked_and_nothing_else() -> None:
    def booked(position: int, procedure: str, hour: int, *, locked: bool) -> dict[str, object]:
        start = datetime(2026, 5, 6, hour)
        return {
            "resource": procedure, "start": start, "end": start + timedelta(minutes=20), "patient": "P1",
            "procedure": procedure, "sheet": "S1", "position": position, "session": 1, "locked": locked,
        }  # fmt: skip

    bookings = [booked(1, "ecg", 14, locked=False), booked(2, "ther", 15, locked=True)]
    book = build_book(prescriptions=[asked("ecg", 1), asked("ther", 2)], bookings=bookings)
    table = propose(book, english_site(), first=MONDAY, seconds=0.2, improve=True).set_index("procedure")
    assert table.loc["ecg", "start"] == pd.Timestamp("2026-05-04 08:00")
    assert table.loc["ther", "start"] == pd.Timestamp("2026-05-06 15:00")
    assert list(table["locked"]) == [False, True]


def test_a_session_without_a_time_says_why() -> None:
    book = build_book(procedures=changed("procedures", "ecg", contraindications=["pacemaker"]),
                      patients=[{"name": "P1", "conditions": ["pacemaker"]}],
                      prescriptions=[asked("ecg"), asked("ther", 2)])  # fmt: skip
    found = plan(book, english_site(), first=MONDAY, seconds=0)
    row = found.table.set_index("procedure").loc["ecg"]
    assert "contraindication" in row["reason"]
    assert pd.isna(row["start"])
    assert (found.unplaced, found.no_slot) == (1, 1)


def test_distances_are_not_compared_where_more_sessions_are_lost_than_in_the_bound() -> None:
    """Room for one, each alone could have it: the bound loses none, the plan one."""
    hours = daily("08:00-08:20", days=("mon",))
    book = build_book(
        depth_once=5,
        resources=changed("resources", "ecg", hours=hours),
        prescriptions=[asked("ecg", patient=f"P{n}", sheet=f"S{n}") for n in (1, 2)],
    )
    found = plan(book, english_site(), first=MONDAY, seconds=0)
    assert (found.score.lost, found.bound.lost) == (5, 0)
    assert isnan(found.gap)
    relaxed = plan(book, english_site(), first=MONDAY, seconds=0, bound="relaxed")
    assert (relaxed.bound.lost, relaxed.gap) == (5, 0)


def test_the_urgent_one_gets_the_early_time_only_by_priority() -> None:
    book = build_book(
        resources=changed("resources", "ecg", hours=daily("08:00-08:40")),
        patients=[{"name": name} for name in ("P1", "P2", "P3")],
        prescriptions=[
            asked("ecg", patient="P1", sheet="S1", priority=9),
            asked("ecg", patient="P2", sheet="S2", priority=9),
            asked("ecg", patient="P3", sheet="S3", priority=1),
        ],
    )
    urgent = propose(book, english_site(), first=MONDAY, seconds=0).set_index("patient")["start"]
    assert urgent["P3"] == pd.Timestamp("2026-05-04 08:00")
    in_order = propose(book, english_site(), first=MONDAY, seconds=0, by_priority=False).set_index("patient")["start"]
    assert in_order["P3"] == pd.Timestamp("2026-05-05 08:00")


def test_only_the_chosen_positions_and_resources_are_planned() -> None:
    book = build_book(prescriptions=[asked("mud"), asked("ecg", 2)])
    table = propose(book, english_site(), first=MONDAY, seconds=0, positions=[2], sheets=["S1"])
    assert list(table["procedure"]) == ["ecg"]
    without = propose(book, english_site(), first=MONDAY, seconds=0, resources=["mud"])
    assert list(without.loc[without["start"].notna(), "procedure"]) == ["mud"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sheets": ["S9"]}, 'sheet "S9" has no prescriptions in the book'),
        ({"resources": ["moon"]}, 'resource "moon" is not in the book'),
        ({"positions": [7]}, "position 7 is on none of the sheets that are to be planned"),
    ],
)
def test_what_is_unknown_is_named(options: dict[str, object], message: str) -> None:
    with pytest.raises(PlanError, match=message):
        propose(build_book(prescriptions=[asked("ecg")]), english_site(), first=MONDAY, seconds=0, **options)


def test_a_procedure_without_minutes_is_named() -> None:
    book = build_book(
        procedures=changed("procedures", "ecg", minutes=None, exam_type="ECG"), prescriptions=[asked("ecg")]
    )
    with pytest.raises(PlanError, match='procedure "ecg" has no minutes'):
        propose(book, english_site(), first=MONDAY, seconds=0)


def test_an_order_with_minutes_is_kept_over_all_sessions() -> None:
    book = build_book(
        orders=[{"before": "ecg", "after": "mud", "least": 60, "most": 120}],
        prescriptions=[asked("mud", 1, sessions=4), asked("ecg", 2, sessions=4)],
    )
    table = propose(book, english_site(), first=MONDAY, seconds=0.2)
    assert check(table, book, english_site(), Terms(MONDAY, Wish())) == []
    before, after = (table[table["procedure"] == name].set_index("session") for name in ("ecg", "mud"))
    assert (after["start"] - before["end"]).dt.total_seconds().div(60).between(60, 120).all()
    assert len(after) == len(before) == 4


def test_sessions_keep_their_least_and_greatest_distance() -> None:
    book = build_book(prescriptions=[asked("mud", sessions=3, least_days=2, most_days=3)])
    days = propose(book, english_site(), first=MONDAY, seconds=0)["start"].dt.day.tolist()
    assert days == [4, 6, 8]
    assert all(2 <= other - one <= 3 for one, other in pairwise(days))
