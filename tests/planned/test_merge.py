"""A plan that is asked for again and again: nothing that was kept is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedvisu_lib.planned.merge import merge_listing
from schedvisu_lib.tables import PLANNED, STATUSES, conform, empty

from .conftest import rows_of

MONDAY, TUESDAY = date(2026, 5, 18), date(2026, 5, 19)
NOON = datetime(2026, 5, 18, 12)
BEFORE = "2026-05-15 01:00"
MORNING = {"appointment_id": "a", "start": "2026-05-18 08:00", "seen": BEFORE}
EVENING = {"appointment_id": "b", "start": "2026-05-18 16:00", "seen": BEFORE}
OTHER = {"appointment_id": "c", "start": "2026-05-18 17:00"}

Make = Callable[..., pd.DataFrame]


def statuses(table: pd.DataFrame) -> dict[str, str]:
    return dict(zip(table["appointment_id"] + " " + table["start"].dt.strftime("%d %H"), table["status"], strict=True))


def merge(known: pd.DataFrame, listed: pd.DataFrame, now: datetime = NOON) -> pd.DataFrame:
    return merge_listing(known, listed, "worklist", [MONDAY], now)


def test_what_is_over_and_no_longer_listed_stays_as_it_was(make_planned: Make) -> None:
    """Worklists drop finished steps."""
    merged = merge(make_planned(MORNING), make_planned(OTHER))
    assert statuses(merged) == {"a 18 08": "scheduled", "c 18 17": "scheduled"}


def test_what_was_still_to_come_and_is_no_longer_listed_was_cancelled(make_planned: Make) -> None:
    merged = merge(make_planned(EVENING), make_planned(OTHER))
    assert statuses(merged) == {"b 18 16": "cancelled", "c 18 17": "scheduled"}


def test_a_list_that_is_empty_tells_nothing(make_planned: Make) -> None:
    """Some worklists answer an unknown caller with success and no step."""
    assert statuses(merge(make_planned(EVENING), empty(PLANNED))) == {"b 18 16": "scheduled"}


def test_days_of_which_the_source_does_not_tell_all_lose_nothing(make_planned: Make) -> None:
    merged = merge_listing(make_planned(EVENING), make_planned(OTHER), "worklist", [TUESDAY], NOON)
    assert statuses(merged)["b 18 16"] == "scheduled"


def test_other_sources_are_left_alone(make_planned: Make) -> None:
    known = make_planned(EVENING | {"source": "csv"})
    assert statuses(merge(known, make_planned(OTHER)))["b 18 16"] == "scheduled"
    same_id = make_planned(EVENING | {"start": "2026-05-18 09:00"})
    assert len(merge(known, same_id)) == 2


def test_what_is_listed_again_is_updated(make_planned: Make) -> None:
    later = make_planned(EVENING | {"start": "2026-05-18 15:00", "minutes": 45, "status": "arrived"})
    [row] = merge(make_planned(EVENING), later).to_dict("records")
    assert (row["start"], row["minutes"], row["status"]) == (pd.Timestamp("2026-05-18 15:00"), 45, "arrived")


def test_a_cancellation_is_taken_back_when_the_appointment_is_listed_again(make_planned: Make) -> None:
    cancelled = merge(make_planned(EVENING), make_planned(OTHER))
    assert statuses(merge(cancelled, make_planned(EVENING, OTHER)))["b 18 16"] == "scheduled"


@pytest.mark.parametrize("status", ["started", "completed", "discontinued"])
def test_what_began_early_is_not_cancelled_when_it_is_dropped(make_planned: Make, status: str) -> None:
    merged = merge(make_planned(EVENING | {"status": status}), make_planned(OTHER))
    assert statuses(merged)["b 18 16"] == status


def test_moved_to_another_day_before_its_start_it_is_cancelled_on_the_old_one(make_planned: Make) -> None:
    moved = make_planned(EVENING | {"start": "2026-05-19 09:00"})
    assert statuses(merge(make_planned(EVENING), moved)) == {"b 18 16": "cancelled", "b 19 09": "scheduled"}
    # Also where it is asked only after the old start: it was last seen before.
    late = merge(make_planned(EVENING), moved, datetime(2026, 5, 23, 1))
    assert statuses(late) == {"b 18 16": "cancelled", "b 19 09": "scheduled"}


def test_booked_anew_after_nobody_came_the_old_appointment_stays_not_done(make_planned: Make) -> None:
    """It was still listed after its start."""
    missed = make_planned(MORNING | {"seen": "2026-05-18 10:00"})
    merged = merge(missed, make_planned(MORNING | {"start": "2026-05-20 09:00"}))
    assert statuses(merged) == {"a 18 08": "scheduled", "a 20 09": "scheduled"}


def test_a_step_that_is_listed_twice_is_one(make_planned: Make) -> None:
    assert len(merge(empty(PLANNED), make_planned(EVENING, EVENING))) == 1


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    rows = []
    for _ in range(draw(st.integers(0, 8))):
        start = datetime(2026, 5, 17) + timedelta(hours=draw(st.integers(0, 71)))
        rows.append(
            {
                "appointment_id": draw(st.sampled_from("abcd")),
                "start": start,
                "status": draw(st.sampled_from(STATUSES)),
                "source": draw(st.sampled_from(["worklist", "csv"])),
                "seen": start + timedelta(hours=draw(st.integers(-48, 48))),
            }
        )
    table = rows_of(*rows)
    return table.drop_duplicates(["appointment_id", "date", "source"], ignore_index=True)


def keys(table: pd.DataFrame) -> set[tuple[object, ...]]:
    return set(table[["appointment_id", "date", "source"]].itertuples(index=False, name=None))


DAYS = st.sets(st.sampled_from([date(2026, 5, 17), MONDAY, TUESDAY]))
NOWS = st.integers(0, 71).map(lambda hours: datetime(2026, 5, 17, 0, 30) + timedelta(hours=hours))


@settings(max_examples=25)
@given(tables(), tables(), DAYS, NOWS)
def test_merging_loses_nothing_and_asking_twice_changes_nothing(
    known: pd.DataFrame, listed: pd.DataFrame, days: set[date], now: datetime
) -> None:
    listed = listed.loc[listed["source"] == "worklist"]
    merged = merge_listing(known, listed, "worklist", days, now)
    assert keys(merged) == keys(known) | keys(listed)
    assert len(merged) == len(keys(merged))
    pd.testing.assert_frame_equal(conform(merged, PLANNED), merged)
    pd.testing.assert_frame_equal(merge_listing(merged, listed, "worklist", days, now), merged)
    # Listed rows are there as they were listed.
    both = merged.merge(listed, on=[*PLANNED.names])
    assert len(both) == len(listed)


@settings(max_examples=25)
@given(tables(), tables(), DAYS, NOWS)
def test_only_the_status_of_what_was_taken_back_in_time_changes(
    known: pd.DataFrame, listed: pd.DataFrame, days: set[date], now: datetime
) -> None:
    listed = listed.loc[listed["source"] == "worklist"]
    merged = merge_listing(known, listed, "worklist", days, now)
    names = ["appointment_id", "date", "source"]
    kept = known.loc[~pd.MultiIndex.from_frame(known[names]).isin(pd.MultiIndex.from_frame(listed[names]))]
    after = merged.set_index(names).loc[list(kept[names].itertuples(index=False, name=None))].reset_index()
    before = kept.reset_index(drop=True)
    pd.testing.assert_frame_equal(after[before.columns].drop(columns="status"), before.drop(columns="status"))
    changed = before.loc[after["status"] != before["status"]]
    assert (changed["source"] == "worklist").all()
    assert changed["status"].isin(["scheduled", "arrived"]).all()
    to_come = changed["start"] > pd.Timestamp(now)
    moved = changed["appointment_id"].isin(listed["appointment_id"]) & (changed["seen"] < changed["start"])
    assert (to_come | moved).all()
