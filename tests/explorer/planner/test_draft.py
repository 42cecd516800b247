"""What is done to the plan on the desk, and what stays as it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from schedvisu_lib.errors import PlanError
from schedvisu_lib.explorer.planner.draft import Draft
from schedvisu_lib.plan.by_hand import Refused
from schedvisu_lib.plan.terms import Terms
from tests.explorer.planner.conftest import HELD, key, small_book, times, wanted
from tests.plan.conftest import english_site

PLANNED = ["04 08:00 mud", "04 08:40 ecg", "04 10:00 ther"]


def moment(text: str):
    return pd.Timestamp(text).to_pydatetime()


def test_a_desk_begins_with_the_bookings_and_no_time_for_anything_else():
    draft = Draft(small_book(), english_site())
    assert times(draft) == ["", "", ""]
    assert set(draft.of_sheet("S1")["reason"]) == {"not planned yet"}
    assert len(draft.table) == 6  # three sessions, two baths, the booking
    [held] = draft.table.loc[draft.table["sheet"] == "", "start"]
    assert held == pd.Timestamp(HELD["start"])
    assert not draft.can_undo


def test_a_booked_session_counts_as_it_stands():
    held = HELD | {"resource": "bath", "end": "2026-05-05 08:20", "patient": "P2", "sheet": "S2", "position": 1}
    draft = Draft(small_book(bookings=[held]), english_site())
    assert times(draft, "S2") == ["05 08:00 bath", ""]
    assert draft.of_sheet("S2")["session"].tolist() == [1, 2]


def test_only_the_ticked_positions_of_the_sheet_get_times():
    draft = Draft(small_book(), english_site())
    draft.take(draft.plan(wanted("S1", 1, 3)))
    assert times(draft) == ["04 08:00 mud", "", "04 10:00 ther"]
    assert times(draft, "S2") == ["", ""]
    assert len(draft.table) == 6


def test_planning_anew_leaves_what_is_locked_and_what_was_set_by_hand(draft):
    assert times(draft) == PLANNED
    draft.lock(key(draft, "S1", 3))
    draft.move(key(draft, "S1", 2), moment("2026-05-06 09:00"), "ecg", wanted())
    draft.take(draft.plan(replace(wanted(), terms=Terms(date(2026, 5, 7)))))
    assert times(draft) == ["07 08:00 mud", "06 09:00 ecg", "04 10:00 ther"]
    assert draft.of_sheet("S1")["origin"].tolist() == ["auto", "manual", "auto"]
    assert draft.of_sheet("S1")["locked"].tolist() == [False, False, True]


def test_refilling_moves_nothing(draft):
    draft.delete(key(draft, "S1", 1), wanted())
    later = replace(wanted(), terms=Terms(date(2026, 5, 6)))
    draft.take(draft.refill(later))
    assert times(draft) == ["06 08:00 mud", "04 08:40 ecg", "04 10:00 ther"]


def test_a_session_goes_only_where_it_may(draft):
    only = {1: ("ecg",)}
    draft.take(draft.plan(wanted("S2", resources=only)))
    # On Monday the ECG is taken from 8:40 to 9:00 alone: 8:00 is free there, too.
    assert times(draft, "S2") == ["04 08:00 ecg", "05 08:00 ecg"]
    with pytest.raises(Refused, match=r"rule 1, place"):
        draft.move(key(draft, "S2", 1), moment("2026-05-04 14:00"), "bath", wanted("S2", resources=only))
    assert draft.move(key(draft, "S2", 1), moment("2026-05-04 14:00"), "bath", wanted("S2")) == []


def test_undo_goes_back_step_by_step(draft):
    draft.delete(key(draft, "S1", 1), wanted())
    draft.lock(key(draft, "S1", 2))
    assert draft.can_undo
    draft.undo()
    assert times(draft)[0] == ""
    assert not draft.of_sheet("S1")["locked"].any()
    draft.undo()
    assert times(draft) == PLANNED
    draft.undo()
    assert times(draft) == PLANNED


def test_a_refused_move_changes_nothing(draft):
    before = draft.table
    with pytest.raises(Refused, match=r"rule 6, one place at a time"):
        draft.move(key(draft, "S1", 1), moment("2026-05-04 08:30"), "mud", wanted())
    assert draft.table is before
    assert not draft.can_undo


def test_free_times_know_what_else_stands(draft):
    found = draft.free_times(key(draft, "S1", 1), wanted()).set_index("start")
    assert bool(found.loc[pd.Timestamp("2026-05-04 08:00"), "free"])
    assert not found.loc[pd.Timestamp("2026-05-04 08:30"), "free"]  # the ECG at 8:40 lies in another group
    assert found.loc[pd.Timestamp("2026-05-05 11:40"), "rules"] == "4"  # taken until 12:00
    assert bool(found.loc[pd.Timestamp("2026-05-05 12:00"), "free"])


def test_without_a_position_nothing_is_planned(draft):
    with pytest.raises(PlanError, match="Tick at least one position"):
        draft.plan(replace(wanted(), positions=()))


def test_a_search_that_is_stopped_ends_with_all_that_first_fit_found(draft):
    plain = Draft(small_book(), english_site())
    plain.take(plain.plan(wanted(seconds=60.0), lambda: True))
    assert times(plain) == PLANNED
