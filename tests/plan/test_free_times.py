"""The times that are left for a session are those to which it can be moved, and the best ones come first."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedvisu_lib.errors import PlanError
from schedvisu_lib.plan.book.model import Book
from schedvisu_lib.plan.by_hand import move
from schedvisu_lib.plan.free_times import free_times, one_more

from .conftest import asked, build_book, build_table, build_terms, changed, daily, english_site

SHORT = changed("resources", "mud", hours=daily("08:00-09:00"))


def times(book: Book, table: pd.DataFrame, session: int = 1, **terms: Any) -> pd.DataFrame:
    return free_times(book.prescriptions[0], session, table, book, english_site(), build_terms(**terms))


def starts(found: pd.DataFrame) -> list[str]:
    return [f"{start:%a %H:%M}" for start in found["start"]]


def test_all_times_of_an_empty_book_are_free() -> None:
    """Mud takes 30 minutes, its resource is open from 08:00 to 09:00: four starts a day."""
    book = build_book(prescriptions=[asked("mud")], resources=SHORT)
    found = times(book, build_table(book, []), depth_once=2)
    assert starts(found) == ["Mon 08:00", "Mon 08:10", "Mon 08:20", "Mon 08:30"] + [f"Tue 08:{n}0" for n in range(4)]
    assert found["free"].all()
    assert found["distance"].tolist() == [480, 490, 500, 510, 1920, 1930, 1940, 1950]
    assert found["end"].iloc[0] == pd.Timestamp("2026-05-04 08:30")
    assert set(found["reason"]) == set(found["rules"]) == {""}


def test_the_wish_decides_which_come_first() -> None:
    book = build_book(prescriptions=[asked("mud")])
    late = times(book, build_table(book, []), mode="late", depth_once=1)
    assert starts(late.loc[late["free"]])[:2] == ["Mon 17:50", "Mon 17:40"]
    near = times(book, build_table(book, []), mode="near", at="14:00", depth_once=1)
    assert starts(near.loc[near["free"]])[:3] == ["Mon 14:00", "Mon 13:50", "Mon 14:10"]


def test_forbidden_times_come_last_with_the_rules_that_forbid_them() -> None:
    """Bath lies on Monday at 08:30, from A to B it is 10 minutes."""
    book = build_book(prescriptions=[asked("mud"), asked("bath", 2)], resources=SHORT)
    found = times(book, build_table(book, [{"procedure": "bath", "start": "2026-05-04 08:30"}]), depth_once=2)
    assert starts(found) == [f"Tue 08:{n}0" for n in range(4)] + [f"Mon 08:{n}0" for n in range(4)]
    assert found["free"].tolist() == [True] * 4 + [False] * 4
    assert found["rules"].tolist() == [""] * 4 + ["6, 8"] * 4
    assert found["reason"].iloc[4] == (
        "S1 position 2, session 1 (Mon 4 May 08:30, bath): 0 min after mud (S1 position 1, session 1, Mon 4 May "
        "08:00), the way takes 10 (rule 6, one place at a time); S1 position 2, session 1 (Mon 4 May 08:30, bath): "
        "on one day with mud (S1 position 1, session 1, Mon 4 May 08:00) (rule 8, incompatible)"
    )


def test_the_way_from_what_comes_before_counts() -> None:
    """Ecg until 08:20 in A: mud in B from 08:30 on."""
    book = build_book(prescriptions=[asked("mud"), asked("ecg", 2)], resources=SHORT)
    found = times(book, build_table(book, [{"procedure": "ecg", "start": "2026-05-04 08:00"}]), depth_once=1)
    assert starts(found.loc[found["free"]]) == ["Mon 08:30"]


def test_starts_lie_on_the_grid_or_are_the_fixed_ones() -> None:
    hours = changed("resources", "mud", hours=daily("08:05-09:00"))
    book = build_book(prescriptions=[asked("mud")], resources=hours)
    assert starts(times(book, build_table(book, []), depth_once=1)) == ["Mon 08:10", "Mon 08:20", "Mon 08:30"]
    book = build_book(prescriptions=[asked("pool")])
    assert starts(times(book, build_table(book, []), depth_once=1)) == ["Mon 09:00", "Mon 11:00", "Mon 15:30"]


def test_only_resources_of_the_prescription_are_looked_at() -> None:
    procedures = changed("procedures", "mud", resources=["mud", "bath"])
    book = build_book(prescriptions=[asked("mud", resources=["bath"])], procedures=procedures)
    assert set(times(book, build_table(book, []), depth_once=1)["resource"]) == {"bath"}


def test_the_session_itself_is_not_in_its_way() -> None:
    book = build_book(prescriptions=[asked("mud")], resources=SHORT)
    table = build_table(book, [{"procedure": "mud", "start": "2026-05-04 08:10"}])
    assert times(book, table, depth_once=1)["free"].all()


def test_added_waiting_is_that_of_the_patients_day() -> None:
    """Ecg to 08:20 and ther from 10:00: 100 minutes of waiting; bath between them takes 20 off, after them it adds."""
    book = build_book(prescriptions=[asked("bath"), asked("ecg", 2), asked("ther", 3)])
    rows = [{"procedure": "ecg", "start": "2026-05-04 08:00"}, {"procedure": "ther", "start": "2026-05-04 10:00"}]
    found = times(book, build_table(book, rows), depth_once=2).set_index("start")
    added = {clock: found.loc[f"2026-05-04 {clock}", "waiting"] for clock in ("08:20", "09:00", "10:20", "11:00")}
    assert added == {"08:20": -20, "09:00": -20, "10:20": 0, "11:00": 40}
    assert found.loc["2026-05-05 08:00", "waiting"] == 0


def test_a_procedure_without_minutes_is_refused() -> None:
    procedures = changed("procedures", "mud", minutes=None)
    book = build_book(prescriptions=[asked("mud")], procedures=procedures)
    with pytest.raises(PlanError, match='procedure "mud" has no minutes'):
        times(book, build_table(book, []))


_SOME = st.lists(
    st.tuples(st.sampled_from(["bath", "pool", "ecg", "mud"]), st.integers(0, 2), st.integers(0, 6), st.booleans()),
    max_size=5,
)


@given(_SOME, st.sampled_from(["early", "late", "any"]), st.data())
@settings(max_examples=8)
def test_free_are_exactly_the_starts_to_which_a_move_breaks_nothing(rows: Any, mode: Any, data: st.DataObject) -> None:
    others = [
        asked(procedure, position, sheet="S2" if other else "S1", patient="P2" if other else "P1")
        for position, (procedure, _, _, other) in enumerate(rows, start=2)
    ]
    procedures = changed("procedures", "mud", resources=["mud", "bath"], hours=["08:00-11:00"])
    book = build_book(prescriptions=[asked("mud"), *others], procedures=procedures, grid=30)
    table = build_table(
        book,
        [
            {
                **{name: row[name] for name in ("procedure", "sheet", "patient", "position")},
                "start": datetime(2026, 5, 4 + day, 8) + timedelta(minutes=30 * step),
            }
            for row, (_, day, step, _) in zip(others, rows, strict=True)
        ],
        [{"procedure": "mud", "position": 1}],
    )
    terms = build_terms(mode, depth_once=2)
    found = free_times(book.prescriptions[0], 1, table, book, english_site(), terms)
    free = {(row.resource, row.start.to_pydatetime()) for row in found.loc[found["free"]].itertuples()}
    which = table.loc[table["start"].isna(), "appointment_id"].item()

    def can_move(resource: str, start: datetime) -> bool:
        try:
            move(table, which, start, resource, book=book, site=english_site(), terms=terms)
        except PlanError:
            return False
        return True

    every = [
        (resource, datetime(2026, 5, 3 + day, 7) + timedelta(minutes=15 * step))
        for resource in ("mud", "bath", "ecg")
        for day in range(4)
        for step in range(22)
    ]
    assert free <= set(every)
    for slot in data.draw(st.lists(st.sampled_from(every), min_size=6, max_size=6)):
        assert can_move(*slot) == (slot in free)
    for slot in sorted(free)[:2]:
        assert can_move(*slot)


# One more


def test_one_more_fits_best_where_it_leaves_no_scraps() -> None:
    """From 08:00 to 10:00, mud takes 30 minutes, and one lies at 08:20: at 08:50 nothing before it gets lost."""
    book = build_book(prescriptions=[asked("mud")], resources=changed("resources", "mud", hours=daily("08:00-10:00")))
    table = build_table(book, [{"procedure": "mud", "start": "2026-05-04 08:20"}])
    found = one_more("mud", table, book, english_site(), build_terms(depth_once=2))
    monday = found.loc[found["start"] < "2026-05-05"]
    assert dict(zip(starts(monday), monday["lost"], strict=True)) == {
        "Mon 08:50": 0,  # 08:50-10:00: 40 minutes are left
        "Mon 09:30": 0,  # 40 minutes before it
        "Mon 09:00": 10,
        "Mon 09:20": 10,
        "Mon 09:10": 40,
    }
    assert starts(monday) == ["Mon 08:50", "Mon 09:30", "Mon 09:00", "Mon 09:20", "Mon 09:10"]
    assert found["free"].all()


def test_one_more_is_for_somebody_whom_the_procedure_is_indicated_for() -> None:
    procedures = changed("procedures", "mud", indications=["back"], resources=["mud", "bath"])
    book = build_book(procedures=procedures)
    found = one_more("mud", build_table(book, []), book, english_site(), build_terms(depth_once=1), ["bath"])
    assert set(found["resource"]) == {"bath"}
    assert starts(found)[0] == "Mon 08:00"


def test_one_more_of_an_unknown_procedure_is_refused() -> None:
    book = build_book()
    with pytest.raises(PlanError, match='procedure "nap" is not in the book; it has: mud, bath, pool, ecg, ther'):
        one_more("nap", build_table(book, []), book, english_site(), build_terms())
