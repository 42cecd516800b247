"""Corrections by hand: what is moved is checked, what is locked stays, and nothing else changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd
import pytest

from schedvisu_lib.errors import PlanError
from schedvisu_lib.plan import by_hand
from schedvisu_lib.plan.appointment import COLUMNS
from schedvisu_lib.plan.book.model import Book
from schedvisu_lib.plan.check import check, complete

from .conftest import asked, build_book, build_table, build_terms, changed, english_site

BOOK = build_book(
    prescriptions=[asked("mud"), asked("ecg", 2), asked("bath", 3), asked("ther", 4)],
    orders=[{"before": "ecg", "after": "ther"}],
)
ROWS = (
    {"procedure": "mud", "start": "2026-05-04 08:00"},
    {"procedure": "ecg", "start": "2026-05-04 08:40"},
    {"procedure": "ther", "start": "2026-05-04 10:00"},
)
MUD, ECG, THER = (build_table(BOOK, [row])["appointment_id"].iloc[0] for row in ROWS)


def plan() -> pd.DataFrame:
    """Return a plan in which bath has found no time."""
    return build_table(BOOK, ROWS, [{"procedure": "bath"}])


BATH = plan()["appointment_id"].iloc[-1]


def move(table: pd.DataFrame, which: str, start: str, book: Book = BOOK, **options: Any) -> by_hand.Change:
    when = datetime.fromisoformat(start)
    return by_hand.move(table, which, when, book=book, site=english_site(), terms=build_terms(), **options)


def delete(table: pd.DataFrame, which: str, book: Book = BOOK) -> by_hand.Change:
    return by_hand.delete(table, which, book, english_site(), build_terms())


def row(table: pd.DataFrame, which: str) -> pd.Series:
    return table.set_index("appointment_id").loc[which]


def test_no_correction_changes_the_table_that_it_is_given() -> None:
    table = plan()
    delete(table, MUD)
    move(table, MUD, "2026-05-06 09:00")
    by_hand.lock(table, MUD)
    pd.testing.assert_frame_equal(table, plan())


# Take out


def test_a_session_that_is_taken_out_has_no_time() -> None:
    table, broken = delete(plan(), MUD)
    assert broken == []
    assert row(table, MUD)[["resource", "origin", "reason"]].tolist() == ["", "manual", "taken out by hand"]
    assert table["start"].isna().tolist() == [False, False, True, True]
    assert complete(table, BOOK, english_site()) == []
    assert {name: str(kind) for name, kind in table.dtypes.items()} == {
        name: str(kind) for name, kind in plan().dtypes.items()
    }


def test_a_booking_that_nothing_asks_for_is_gone() -> None:
    nobody = {"procedure": "", "sheet": "", "patient": "", "resource": "bath", "origin": "given"}
    held = {**nobody, "start": "2026-05-04 08:00", "end": "2026-05-04 09:00"}
    table = build_table(BOOK, [*ROWS, held])
    which = table.loc[table["sheet"] == "", "appointment_id"].item()
    changed_table, broken = delete(table, which)
    assert broken == []
    pd.testing.assert_frame_equal(changed_table, build_table(BOOK, ROWS))


def test_what_taking_out_breaks_is_told() -> None:
    _, broken = delete(plan(), ECG)
    assert [one.text for one in broken] == [
        "S1 position 4, session 1 (Mon 4 May 10:00, ther): ecg comes before and has no time (rule 9, order)"
    ]


# Move


def test_an_appointment_is_moved_and_is_as_long_as_before() -> None:
    table, broken = move(plan(), MUD, "2026-05-05 09:00")
    assert broken == []
    moved = row(table, MUD)
    assert moved["start"] == pd.Timestamp("2026-05-05 09:00")
    assert moved["end"] == pd.Timestamp("2026-05-05 09:30")
    assert (moved["origin"], moved["resource"], moved["locked"]) == ("manual", "mud", False)
    assert table["start"].dropna().is_monotonic_increasing
    assert table.dtypes.equals(plan().dtypes)
    assert list(table) == list(COLUMNS)


def test_the_others_stay_where_they_are() -> None:
    table = move(plan(), MUD, "2026-05-05 09:00").appointments
    rest = [which for which in plan()["appointment_id"] if which != MUD]
    pd.testing.assert_frame_equal(
        table.set_index("appointment_id").loc[rest], plan().set_index("appointment_id").loc[rest]
    )


def test_a_move_that_breaks_a_rule_is_refused_and_the_rule_is_named() -> None:
    with pytest.raises(by_hand.Refused) as refused:
        move(plan(), MUD, "2026-05-04 08:30")
    assert str(refused.value) == (
        "not moved: S1 position 2, session 1 (Mon 4 May 08:40, ecg): overlaps mud (S1 position 1, session 1, "
        "Mon 4 May 08:30) (rule 6, one place at a time)"
    )
    assert [one.rule for one in refused.value.broken] == [6]


def test_what_comes_before_is_not_moved_behind() -> None:
    with pytest.raises(PlanError, match=r"ther\): starts before the end of ecg .* \(rule 9, order\)"):
        move(plan(), ECG, "2026-05-05 08:00")
    assert move(plan(), ECG, "2026-05-04 09:40").broken == []


def test_it_is_moved_in_spite_of_the_rule_if_that_is_wanted() -> None:
    table, broken = move(plan(), MUD, "2026-05-04 08:30", in_spite=True)
    assert [one.rule for one in broken] == [6]
    assert row(table, MUD)["start"] == pd.Timestamp("2026-05-04 08:30")
    again = check(table, BOOK, english_site(), build_terms())
    assert [(one.rule, one.stood) for one in again] == [(6, False)]


@pytest.mark.parametrize(
    ("start", "rule"), [("2026-05-04 08:05", 3), ("2026-05-14 08:00", 2), ("2026-05-18 08:00", 12)]
)
def test_hours_grid_and_depth_bind_a_move(start: str, rule: int) -> None:
    with pytest.raises(PlanError, match=rf"\(rule {rule}, "):
        move(plan(), MUD, start)


def test_a_session_without_a_time_is_placed_by_hand() -> None:
    table, broken = move(plan(), BATH, "2026-05-05 09:00")
    assert broken == []
    assert row(table, BATH)[["resource", "reason", "origin"]].tolist() == ["bath", "", "manual"]
    assert check(table, BOOK, english_site(), build_terms()) == []


def test_it_comes_on_the_first_resource_that_breaks_no_rule() -> None:
    book = build_book(
        prescriptions=[asked("bath")], procedures=changed("procedures", "bath", resources=["mud", "ecg", "bath"])
    )
    nobody = {"procedure": "", "sheet": "", "patient": "", "resource": "mud"}
    held = {**nobody, "start": "2026-05-04 08:00", "end": "2026-05-04 09:00"}
    table = build_table(book, [held], [{"procedure": "bath"}])
    assert row(move(table, BATH_ALONE, "2026-05-04 08:30", book).appointments, BATH_ALONE)["resource"] == "ecg"
    chosen = move(table, BATH_ALONE, "2026-05-04 08:30", book, resource="bath").appointments
    assert row(chosen, BATH_ALONE)["resource"] == "bath"
    with pytest.raises(PlanError, match="2 at once on mud"):
        move(table, BATH_ALONE, "2026-05-04 08:30", book, resource="mud")


BATH_ALONE = build_table(build_book(prescriptions=[asked("bath")]), [], [{"procedure": "bath"}])[
    "appointment_id"
].item()


def test_a_booking_without_a_procedure_keeps_its_length() -> None:
    nobody = {"procedure": "", "sheet": "", "patient": "", "resource": "bath"}
    table = build_table(BOOK, [{**nobody, "start": "2026-05-04 08:00", "end": "2026-05-04 08:47"}])
    moved = move(table, table["appointment_id"].item(), "2026-05-04 10:00").appointments.iloc[0]
    assert moved["end"] == pd.Timestamp("2026-05-04 10:47")


def test_what_cannot_be_moved_is_said() -> None:
    with pytest.raises(PlanError, match='no appointment has the id "nobody"'):
        move(plan(), "nobody", "2026-05-04 08:30")
    with pytest.raises(PlanError, match='resource "pond" is not in the book; it has: mud, bath, pool, ecg, ther'):
        move(plan(), MUD, "2026-05-04 08:30", resource="pond")


# Lock


def test_nothing_moves_what_is_locked() -> None:
    table = by_hand.lock(plan(), MUD).appointments
    assert table["locked"].tolist() == [True, False, False, False]
    for correct in (lambda: delete(table, MUD), lambda: move(table, MUD, "2026-05-05 09:00", in_spite=True)):
        with pytest.raises(PlanError, match="S1 position 1, session 1 is locked; unlock it first"):
            correct()
    unlocked = by_hand.unlock(table, MUD).appointments
    pd.testing.assert_frame_equal(unlocked, plan())
    assert row(move(unlocked, MUD, "2026-05-05 09:00").appointments, MUD)["start"].day == 5


def test_what_has_no_time_cannot_be_locked() -> None:
    with pytest.raises(PlanError, match="S1 position 3, session 1 has no time"):
        by_hand.lock(plan(), BATH)


# Fill again


def refill(table: pd.DataFrame, **options: Any) -> pd.DataFrame:
    pytest.importorskip("ortools")
    return by_hand.refill(table, BOOK, english_site(), build_terms("early"), seconds=0.1, **options).appointments


def test_what_has_no_time_is_filled_in_and_nothing_else_moves() -> None:
    """Bath shall not lie on the day of mud: the first time is on Tuesday."""
    table = by_hand.lock(move(plan(), THER, "2026-05-04 16:00").appointments, ECG).appointments
    filled = refill(table)
    assert row(filled, BATH)["start"] == pd.Timestamp("2026-05-05 08:00")
    rest = [MUD, ECG, THER]
    columns = ["resource", "start", "end", "origin", "locked"]
    before, after = (some.set_index("appointment_id").loc[rest, columns] for some in (table, filled))
    pd.testing.assert_frame_equal(after, before)
    assert complete(filled, BOOK, english_site()) == []


def test_what_was_taken_out_finds_a_time_again() -> None:
    filled = refill(delete(plan(), MUD).appointments)
    assert filled["start"].notna().all()
    assert check(filled, BOOK, english_site(), build_terms("early")) == []


def test_what_is_locked_stays_even_where_all_else_may_move() -> None:
    table = by_hand.lock(move(plan(), MUD, "2026-05-07 17:00").appointments, MUD).appointments
    filled = refill(table, improve=True)
    assert row(filled, MUD)["start"] == pd.Timestamp("2026-05-07 17:00")
    assert row(filled, BATH)["start"] == pd.Timestamp("2026-05-04 08:00")
