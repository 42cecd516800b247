"""Small books by chance, for the solver's tests."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from schedvisu_lib.plan.book.model import Book
from schedvisu_lib.plan.terms import Mode
from tests.plan.conftest import build_book, changed, daily

NAMES = ("mud", "bath", "pool", "ecg", "ther")
MODES: tuple[tuple[Mode, str | None], ...] = (("any", None), ("early", None), ("late", None), ("near", "13:00"))


@st.composite
def prescriptions(draw: st.DrawFn, patients: int) -> list[dict[str, Any]]:
    """Draw up to three positions for each patient."""
    rows = []
    for number in range(1, patients + 1):
        for position, name in enumerate(draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3)), start=1):
            sessions, least = draw(st.integers(1, 3)), draw(st.integers(1, 2))
            most = draw(st.none() | st.integers(least, 3))
            rows.append({
                "sheet": f"S{number}", "patient": f"P{number}", "position": position, "procedure": name,
                "kind": "course" if sessions > 1 else "once", "sessions": sessions, "least_days": least,
                "most_days": most, "priority": draw(st.integers(1, 9)),
            })  # fmt: skip
    return rows


@st.composite
def books(draw: st.DrawFn) -> Book:
    """Draw a book of two patients, five days and narrow hours, with rules of every kind and some bookings."""
    pairs = st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES))
    orders = [
        {"before": NAMES[i], "after": NAMES[j], "least": draw(st.sampled_from([0, 30])),
         "most": draw(st.sampled_from([None, 120]))}
        for i, j in draw(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=2)) if i < j
    ]  # fmt: skip
    exceptions = [
        {"kind": draw(st.sampled_from(["allow", "forbid"])), "a": a, "b": b,
         "patient": draw(st.sampled_from([None, "P1"])), "resource": draw(st.sampled_from([None, a]))}
        for a, b in draw(st.lists(pairs, max_size=2))
    ]  # fmt: skip
    bookings = [
        {"resource": name, "start": f"2026-05-0{day} {hour:02}:{minute:02}", "end": f"2026-05-0{day} {hour + 1:02}:10",
         "patient": patient, "procedure": name if patient else None}
        for name, day, hour, minute, patient in draw(
            st.lists(
                st.tuples(st.sampled_from(NAMES), st.integers(4, 6), st.integers(8, 13), st.sampled_from([0, 5, 50]),
                          st.sampled_from([None, "P1"])),
                max_size=4,
                unique_by=lambda row: (row[0], row[1]),
            )
        )
    ]  # fmt: skip
    taken = {(row["patient"], row["start"][:10]) for row in bookings if row["patient"]}
    return build_book(
        depth_course=5,
        depth_once=5,
        resources=changed("resources", "mud", hours=daily(draw(st.sampled_from(["08:00-09:00", "08:00-15:20"])))),
        orders=orders,
        exceptions=exceptions,
        incompatible=[{"a": "bath", "b": "mud", "rule": "same day"},
                      {"a": "pool", "b": "mud", "rule": "within", "minutes": draw(st.sampled_from([90, 1500]))}],
        busy=[{"patient": "P2", "start": "2026-05-04 08:00", "end": "2026-05-05 10:00"}] if draw(st.booleans()) else [],
        prescriptions=draw(prescriptions(2)),
        bookings=bookings if len(taken) == sum(1 for row in bookings if row["patient"]) else [],
    )  # fmt: skip
