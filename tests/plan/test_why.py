"""Why a session found no time: the fewest rules that forbid every slot, and what would help."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedvisu_lib.plan.appointment import Unplaced, appointments_in
from schedvisu_lib.plan.book.model import Book
from schedvisu_lib.plan.obstacles import Obstacle
from schedvisu_lib.plan.rules.timetable import Timetable
from schedvisu_lib.plan.why import smallest_cover, why_not, with_reasons

from .conftest import MONDAY, asked, build_book, build_table, build_terms, changed, daily, english_site

DAYS = [MONDAY + timedelta(days=n) for n in (0, 1, 2, 3, 4, 7, 8, 9)]
"""The eight open days of the fourteen: Ascension and the site's closure are none."""


def full(*days: date) -> list[dict[str, Any]]:
    """Return bookings of nobody that fill bath on some days."""
    nobody = {"procedure": "", "sheet": "", "patient": "", "resource": "bath"}
    return [{**nobody, "start": f"{day} 08:00", "end": f"{day} 18:20"} for day in days]


def mud(*days: date) -> list[dict[str, Any]]:
    """Return the patient's sessions of mud at 08:00 on some days."""
    return [
        {"procedure": "mud", "start": f"{day} 08:00", "session": number} for number, day in enumerate(days, start=1)
    ]


def why(book: Book, rows: list[dict[str, Any]], session: int = 1, **terms: Any) -> str:
    table = build_table(book, rows)
    return why_not(book.prescriptions[0], session, table, book, english_site(), build_terms(**terms))


BATH = build_book(prescriptions=[asked("bath"), asked("mud", 2, sessions=8)])
"""Bath takes 20 minutes of 08:00-18:20 in steps of 10: 61 starts on each of 8 days, 488 in all."""


def test_a_single_rule_that_forbids_all_is_named() -> None:
    assert why(BATH, full(*DAYS)) == (
        "no time within 14 days: bath full (rule 4) at every possible time; "
        "without it 488 free times, the first Mon 4 May 08:00"
    )


def test_lifting_a_rule_frees_only_what_no_other_rule_forbids() -> None:
    """From mud, to 08:30, it is 10 minutes to bath: of each day, the starts before 08:40 are not freed."""
    assert why(BATH, mud(*DAYS)) == (
        "no time within 14 days: mud on the same day (rule 8) at every possible time; "
        f"without it {8 * 57} free times, the first Mon 4 May 08:40"
    )


def test_two_rules_share_the_days_between_them() -> None:
    assert why(BATH, mud(*DAYS[:5]) + full(*DAYS[5:])) == (
        "no time within 14 days: mud on the same day (rule 8) on 5 of 8 days; otherwise bath full (rule 4); "
        f"without mud on the same day (rule 8) {5 * 57} free times, the first Mon 4 May 08:40"
    )


def test_what_is_full_on_most_days_comes_first() -> None:
    found = why(BATH, full(*DAYS[:5]) + mud(*DAYS[5:]), mode="early")
    assert "no time within 14 days: bath full (rule 4) on 5 of 8 days; otherwise mud on the same day (rule 8)" in found


def test_a_rule_may_take_part_of_each_day() -> None:
    """Open from 08:00 to 09:00, 5 starts a day: elsewhere until 08:30 takes 3, bath is full from 08:30 on."""
    busy = [{"patient": "P1", "start": f"{day} 08:00", "end": f"{day} 08:30"} for day in DAYS[:2]]
    taken = [row | {"start": f"{row['start'][:10]} 08:40", "end": f"{row['start'][:10]} 09:00"} for row in full(*DAYS)]
    book = build_book(
        prescriptions=[asked("bath")], busy=busy, resources=changed("resources", "bath", hours=daily("08:00-09:00"))
    )
    assert why(book, taken, depth_once=2) == (
        "no time within 2 days: the patient is elsewhere (rule 6) at 6 of 10 times; otherwise bath full (rule 4); "
        "without the patient is elsewhere (rule 6) 6 free times, the first Mon 4 May 08:00"
    )


def test_resources_that_are_full_are_named_together() -> None:
    procedures = changed("procedures", "bath", resources=["bath", "ther"])
    book = build_book(prescriptions=[asked("bath")], procedures=procedures)
    rows = full(*DAYS) + [row | {"resource": "ther"} for row in full(*DAYS)]
    found = why(book, rows)
    assert found.startswith("no time within 14 days: bath, ther full (rule 4) at every possible time; without bath")


def test_minutes_between_procedures_are_told_from_days() -> None:
    book = build_book(
        prescriptions=[asked("mud"), asked("pool", 2)],
        resources=changed("resources", "mud", hours=daily("10:00-11:00", days=["mon"])),
    )
    rows = [{"procedure": "pool", "start": f"{day} 09:00"} for day in DAYS[:1]]
    assert why(book, rows, depth_once=7).startswith("no time within 7 days: pool too near (rule 8) at every")


def test_a_resource_that_is_never_open_is_named() -> None:
    book = build_book(prescriptions=[asked("bath")], procedures=changed("procedures", "bath", minutes=700))
    assert why(book, []) == "no time within 14 days: bath never open long enough (rule 2, hours)"


def test_resources_that_cannot_do_it_are_no_resources() -> None:
    book = build_book(prescriptions=[asked("bath", resources=["mud"])])
    assert why(book, []) == "no time within 14 days: no resource of the prescription can do it (rule 1, place)"


def test_a_course_says_which_session() -> None:
    """Ecg only on Mondays, at most 2 days from one session to the next."""
    book = build_book(
        prescriptions=[asked("ecg", sessions=3, most_days=2)],
        resources=changed("resources", "ecg", hours=daily("08:00-15:00", days=["mon"])),
    )
    assert why(book, [{"procedure": "ecg", "start": "2026-05-04 08:00"}], session=2).startswith(
        "session 2 of 3: no time within 14 days: more than 2 days from the other sessions (rule 7) on 1 of 2 "
        "days; otherwise another session on the same day (rule 7); without more than 2 days from the other sessions"
    )


def test_a_course_is_not_explained_by_the_numbers_of_its_sessions() -> None:
    """Mud takes the first five days, bath the other three: a fourth session would fit before them but for mud."""
    book = build_book(prescriptions=[asked("bath", sessions=4), asked("mud", 2, sessions=5)])
    rows = [{"procedure": "bath", "start": f"{day} 08:00", "session": n} for n, day in enumerate(DAYS[5:], 1)]
    assert why(book, mud(*DAYS[:5]) + rows, session=4) == (
        "session 4 of 4: no time within 14 days: mud on the same day (rule 8) on 5 of 8 days; otherwise another "
        f"session on the same day (rule 7); without mud on the same day (rule 8) {5 * 57} free times, the first "
        "Mon 4 May 08:40"
    )


def test_where_only_the_order_of_sessions_is_in_the_way_it_is_named() -> None:
    """The first session lies on the last day: no second one comes after it."""
    book = build_book(prescriptions=[asked("bath", sessions=2)])
    found = why(book, [{"procedure": "bath", "start": f"{DAYS[-1]} 08:00"}], session=2)
    assert "too few or too many days between the sessions (rule 7) at every possible time" in found


def test_sessions_that_need_days_between_them_say_so() -> None:
    book = build_book(prescriptions=[asked("bath", sessions=2, least_days=9)])
    found = why(book, [{"procedure": "bath", "start": f"{DAYS[2]} 08:00"}], session=2)
    assert "another session less than 9 days away (rule 7) at every possible time" in found


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"procedures": changed("procedures", "bath", indications=["back"])}, "an indication is missing"),
        ({"exceptions": [{"kind": "forbid", "a": "bath", "patient": "P1"}]}, "forbidden (rule 11)"),
        ({"orders": [{"before": "mud", "after": "bath"}]}, "mud comes before and has no time (rule 9)"),
        ({"procedures": changed("procedures", "bath", hours=["06:00-07:00"])}, "outside the allowed hours"),
        ({"prescriptions": [asked("bath", mode="near", at="22:00")]}, "outside the hours of the mode (rule 13)"),
    ],
)
def test_each_rule_has_its_words(changes: dict[str, Any], what: str) -> None:
    book = build_book(**({"prescriptions": [asked("bath"), asked("mud", 2)]} | changes))
    assert f"no time within 14 days: {what}" in why(book, [])


def test_what_lies_too_late_to_come_before_is_named() -> None:
    book = build_book(prescriptions=[asked("bath"), asked("ecg", 2)], orders=[{"before": "ecg", "after": "bath"}])
    found = why(book, [{"procedure": "ecg", "start": "2026-05-18 08:00"}])
    assert "not in order with ecg (rule 9) at every possible time; without it 488 free times" in found


def test_where_no_rule_is_alone_in_the_way_the_depth_may_be() -> None:
    rows = [{"procedure": "mud", "start": "2026-05-04 08:00"}, *full(DAYS[0])]
    assert why(BATH, rows, depth_once=1) == (
        "no time within 1 day: bath full (rule 4) at every possible time; "
        "the first free time is Tue 5 May 08:00, beyond the depth (rule 12)"
    )


def test_two_rules_at_every_time_help_nobody() -> None:
    procedures = changed("procedures", "bath", indications=["back"], hours=["06:00-07:00"])
    book = build_book(prescriptions=[asked("bath")], procedures=procedures)
    assert why(book, []).endswith("; no rule is alone in the way")


def test_a_free_time_is_told_where_there_is_one() -> None:
    assert why(BATH, mud(*DAYS[:3])) == "free on bath, Thu 7 May 08:00: fill again, or place it by hand"


def test_the_session_itself_is_not_in_its_way() -> None:
    row = {"procedure": "bath", "start": "2026-05-04 08:00"}
    assert why(BATH, [row]).startswith("free on bath, Mon 4 May 08:00")


def test_each_session_without_a_time_gets_its_reason() -> None:
    placed = appointments_in(build_table(BATH, mud(*DAYS[:-1]) + full(DAYS[-1])))
    unplaced = [Unplaced("S1", "P1", 1, "bath", 1, ""), Unplaced("S1", "P1", 2, "mud", 8, "")]
    bath, last = with_reasons(unplaced, Timetable(placed, BATH, english_site(), build_terms()))
    assert (bath.procedure, last.procedure, last.session) == ("bath", "mud", 8)
    assert bath.reason.startswith("no time within 14 days: mud on the same day (rule 8) on 7 of 8 days")
    assert last.reason.startswith("session 8 of 8: free on mud, Wed 13 May 08:00")


_SETS = st.dictionaries(st.integers(1, 7), st.integers(1, 2**10 - 1), min_size=1, max_size=7)


@given(_SETS)
def test_a_cover_is_as_small_as_trying_all_finds(drawn: dict[int, int]) -> None:
    sets = {Obstacle(rule, ""): slots for rule, slots in drawn.items()}
    everything = 0
    for slots in sets.values():
        everything |= slots

    def covers(chosen: Any) -> bool:
        rest = everything
        for obstacle in chosen:
            rest &= ~sets[obstacle]
        return not rest

    smallest = next(size for size in range(len(sets) + 1) if any(covers(some) for some in combinations(sets, size)))
    found = smallest_cover(sets, everything)
    assert covers(found)
    assert len(found) == len(set(found)) == smallest


def test_nothing_covers_a_slot_that_is_free() -> None:
    with pytest.raises(ValueError, match="a slot is free"):
        smallest_cover({Obstacle(1, ""): 0b101}, 0b111)
