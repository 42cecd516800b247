"""Whole tables are checked, wherever they were made; nothing that is asked for gets lost."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedvisu_lib.errors import TableError
from schedvisu_lib.plan.check import check, complete

from .conftest import asked, build_book, build_table, build_terms, changed, english_site

BOOK = build_book(
    prescriptions=[asked("mud", sessions=2), asked("bath", 2), asked("pool", 3), asked("ecg", 4), asked("ther", 5)]
)
PLAN = (
    {"procedure": "mud", "start": "2026-05-04 08:00"},
    {"procedure": "ecg", "start": "2026-05-04 08:40"},
    {"procedure": "ther", "start": "2026-05-04 10:00"},
    {"procedure": "pool", "start": "2026-05-04 11:00"},
    {"procedure": "bath", "start": "2026-05-05 08:00"},
    {"procedure": "mud", "start": "2026-05-06 08:00", "session": 2},
)


def plan() -> pd.DataFrame:
    return build_table(BOOK, PLAN)


def texts(table: pd.DataFrame, **changes: Any) -> list[str]:
    return [one.text for one in check(table, build_book(**changes) if changes else BOOK, english_site(), build_terms())]


def with_value(name: str, value: object, row: int = 0) -> pd.DataFrame:
    table = plan().astype({name: "object"})
    table.loc[row, name] = value
    return table


def test_a_plan_that_keeps_every_rule_is_not_complained_about() -> None:
    assert check(plan(), BOOK, english_site(), build_terms("early")) == []
    assert complete(plan(), BOOK, english_site()) == []


def test_each_broken_rule_is_told_once() -> None:
    table = build_table(BOOK, [PLAN[0], {"procedure": "bath", "start": "2026-05-04 08:10"}])
    assert [one.rule for one in check(table, BOOK, english_site(), build_terms())] == [6, 8]


def test_texts_are_in_the_language_of_the_site() -> None:
    site = english_site()
    french = site.model_copy(update={"report": site.report.model_copy(update={"language": "fr"})})
    table = build_table(BOOK, [PLAN[0], {"procedure": "bath", "start": "2026-05-05 08:00", "resource": "ecg"}])
    assert [one.text for one in check(table, BOOK, french, build_terms())] == [
        "S1 position 2, séance 1 (mar. 05.05 08:00, bath) : bath ne se fait pas sur ecg (règle 1, lieu)"
    ]


def test_no_text_names_a_patient() -> None:
    book = build_book(
        prescriptions=[asked(name, n, patient="Zwingli") for n, name in enumerate(("mud", "bath", "pool"), 1)],
        patients=[{"name": "Zwingli", "conditions": ["gout"]}],
        procedures=changed("procedures", "bath", contraindications=["gout"]),
        busy=[{"patient": "Zwingli", "start": "2026-05-04 07:00", "end": "2026-05-04 20:00"}],
        exceptions=[{"kind": "forbid", "a": "pool", "patient": "Zwingli"}],
    )
    rows = [{"procedure": name, "start": "2026-05-04 08:05", "patient": "Zwingli"} for name in ("mud", "bath", "pool")]
    broken = check(build_table(book, rows), book, english_site(), build_terms("late"))
    assert {3, 6, 8, 10, 11, 13} <= {one.rule for one in broken}
    assert not [one.text for one in broken if "Zwingli" in one.text]


# Bookings that stood before


def test_bookings_that_break_rules_among_themselves_are_told_but_stop_nothing() -> None:
    held = [
        {"resource": "bath", "start": f"2026-05-04 08:{n}0", "end": f"2026-05-04 08:{n}5", "procedure": ""}
        for n in (0, 0)
    ]
    rows = [{**row, "sheet": "", "patient": "", "origin": "given"} for row in held]
    book = build_book(
        prescriptions=[asked("bath")],
        bookings=[{name: row[name] for name in ("resource", "start", "end")} for row in held],
    )
    alone = check(build_table(book, rows), book, english_site(), build_terms())
    assert [(one.rule, one.stood) for one in alone] == [(4, True)]
    beside = [*rows, {"procedure": "bath", "start": "2026-05-04 08:00"}]
    assert [(one.rule, one.stood) for one in check(build_table(book, beside), book, english_site(), build_terms())] == [
        (4, False)
    ]


def test_what_was_set_by_hand_in_spite_of_a_rule_stops_nothing() -> None:
    rows = [PLAN[0], {"procedure": "bath", "start": "2026-05-04 17:00", "origin": "manual"}]
    by_hand = [{**rows[0], "origin": "manual"}, rows[1]]
    assert [one.stood for one in check(build_table(BOOK, rows), BOOK, english_site(), build_terms())] == [False]
    assert [one.stood for one in check(build_table(BOOK, by_hand), BOOK, english_site(), build_terms())] == [True]


# Rows that cannot be right


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("start", "soon", 'start cannot be read: "soon"'),
        ("start", 46146.3333, 'start cannot be read: "46146.3333"'),
        ("start", pd.Timestamp("2026-05-04 08:00", tz="Europe/Zurich"), "start cannot be read"),
        ("start", None, "an appointment needs a start and a later end"),
        ("end", "2026-05-04 08:00", "an appointment needs a start and a later end"),
        ("end", None, "an appointment needs a start and a later end"),
        ("position", "first", 'position cannot be read: "first"'),
        ("session", 1.5, 'session cannot be read: "1.5"'),
        ("locked", "maybe", 'locked cannot be read: "maybe"'),
        ("resource", "pond", 'resource "pond" is not in the book'),
        ("resource", None, 'resource "" is not in the book'),
        ("procedure", "nap", 'procedure "nap" is not in the book'),
        ("origin", "magic", 'origin "magic" is none of auto, manual, given'),
    ],
)
def test_a_row_that_cannot_be_read_is_named(name: str, value: object, what: str) -> None:
    found = texts(with_value(name, value))
    assert len(found) == 1
    assert found[0].startswith(f"row 1: {what}")
    assert found[0].endswith("(row)")


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("end", pd.Timestamp("2026-05-04 08:35"), "from 08:00 to 08:35, but mud takes 30 min"),
        ("sheet", "S9", "the book has no such position of this patient"),
        ("patient", "P2", "the book has no such position of this patient"),
        ("position", 9, "the book has no such position of this patient"),
        ("position", 5, "the prescription asks for ther"),
        ("session", 3, "the prescription has 2 sessions"),
        ("session", 0, "the prescription has 2 sessions"),
    ],
)
def test_a_row_that_does_not_fit_its_prescription_is_named(name: str, value: object, what: str) -> None:
    broken = check(with_value(name, value), BOOK, english_site(), build_terms())
    assert [what in one.text for one in broken if one.rule == 0].count(True) == 1


def test_a_session_stands_once() -> None:
    table = pd.concat([plan(), plan().head(1)], ignore_index=True)
    assert "S1 position 1, session 1: stands 2 times (row)" in texts(table)


def test_a_booking_may_last_as_long_as_it_lasts() -> None:
    row = {"procedure": "mud", "start": "2026-05-04 08:00", "end": "2026-05-04 09:11"}
    held = {"resource": "mud", "patient": "P1", "start": row["start"], "end": row["end"]}
    assert texts(build_table(BOOK, [row]), prescriptions=[asked("mud", sessions=2)], bookings=[held]) == []


def test_a_table_that_went_through_a_spreadsheet_is_the_same() -> None:
    book = build_book(prescriptions=[asked("mud", sessions=2), asked("bath", 2)])
    rows = [PLAN[0], {"procedure": "bath", "start": "2026-05-04 17:00"}]
    table = build_table(book, rows, [{"procedure": "mud", "session": 2}])
    file = BytesIO()
    table.to_excel(file, index=False)
    read = pd.read_excel(file)
    assert check(read, book, english_site(), build_terms()) == check(table, book, english_site(), build_terms()) != []
    as_text = table.astype(str).replace("NaT", "")
    assert check(as_text, book, english_site(), build_terms()) == check(table, book, english_site(), build_terms())


def test_the_order_of_rows_and_their_index_say_nothing() -> None:
    table = build_table(BOOK, [*PLAN, {"procedure": "bath", "start": "2026-05-04 17:00", "session": 2}])
    turned = table.iloc[::-1].set_axis([7] * len(table))
    assert Counter(texts(turned)) == Counter(texts(table))


def test_a_table_without_a_column_is_refused() -> None:
    for function in (lambda table: texts(table), lambda table: complete(table, BOOK, english_site())):
        with pytest.raises(TableError, match=r"lacks the column\(s\) start, locked"):
            function(plan().drop(columns=["start", "locked"])[::-1])


# Whether all is there


def test_every_session_has_a_row_with_a_time_or_a_reason() -> None:
    table = build_table(BOOK, PLAN[:-2], [{"procedure": "bath", "reason": ""}])
    assert [one.text for one in complete(table, BOOK, english_site())] == [
        "S1 position 1, session 2: is not in the table (row)",
        "S1 position 2, session 1: has neither a time nor a reason (row)",
    ]
    assert complete(build_table(BOOK, PLAN[:-1], [{"procedure": "mud", "session": 2}]), BOOK, english_site()) == []


def test_every_booking_stands_where_it_stood() -> None:
    times = {"resource": "ecg", "start": datetime(2026, 5, 4, 9), "end": datetime(2026, 5, 4, 10)}
    nobody = {"procedure": "", "sheet": "", "patient": "", "origin": "given", **times}
    session = {"patient": "P1", "sheet": "S1", "position": 1, "session": 1, "procedure": "ecg", **times}
    moved = {**session, "start": "2026-05-05 09:00", "end": "2026-05-05 09:20"}

    def lacking(rows: list[dict[str, Any]], *bookings: dict[str, Any]) -> list[str]:
        book = build_book(prescriptions=[asked("ecg")], bookings=bookings)
        return [one.text for one in complete(build_table(book, rows), book, english_site())]

    assert lacking([session, nobody, nobody], times, times) == []
    assert lacking([session, nobody], times, times) == ["booking on ecg (Mon 4 May 09:00): is not in the table (row)"]
    assert lacking([moved], session) == []  # its session stands at another time
    assert len(lacking([moved], {**session, "locked": True})) == 1
    assert lacking([{**moved, "origin": "manual"}], {**session, "locked": True}) == []  # unlocked and moved by hand


# Properties

JUNE = date(2026, 6, 1)
"""A Monday with four weeks without holiday behind it."""
_ROWS = st.lists(
    st.tuples(
        st.sampled_from(["mud", "bath", "pool", "ecg"]),
        st.integers(0, 4),
        st.integers(0, 20),
        st.sampled_from(["P1", "P2"]),
    ),
    min_size=1,
    max_size=7,
)
Drawn = list[tuple[str, int, int, str]]


def _drawn(rows: Drawn, weeks: int = 0) -> tuple[Any, pd.DataFrame]:
    """Return a book that asks for some appointments, and the table in which they stand."""
    prescriptions, appointments = [], []
    for position, (procedure, day, step, patient) in enumerate(rows, start=1):
        own = {"patient": patient, "sheet": patient}
        start = datetime(2026, 6, 1, 8) + timedelta(days=day + 7 * weeks, minutes=30 * step)
        prescriptions.append(asked(procedure, position, **own))
        appointments.append({"procedure": procedure, "start": start, "position": position, **own})
    book = build_book(
        prescriptions=prescriptions,
        orders=[{"before": "ecg", "after": "pool", "most": 600}],
        resources=changed("resources", "bath", capacity=2),
    )
    return book, build_table(book, appointments)


@given(_ROWS, st.integers(1, 3))
@settings(max_examples=20)
def test_whole_weeks_later_the_same_rules_are_broken(rows: Drawn, weeks: int) -> None:
    found = []
    for shift in (0, weeks):
        book, table = _drawn(rows, shift)
        terms = build_terms("early", first=JUNE + timedelta(weeks=shift), depth_once=4)
        found.append(
            [(one.rule, one.appointment_id, one.other_id) for one in check(table, book, english_site(), terms)]
        )
    assert found[0] == found[1]


@given(_ROWS, st.data())
@settings(max_examples=20)
def test_taking_one_out_breaks_no_rule_but_that_something_comes_before(rows: Drawn, data: st.DataObject) -> None:
    book, table = _drawn(rows)
    fewer = table.drop(index=data.draw(st.sampled_from(list(table.index))))
    rules = [
        {one.rule for one in check(some, book, english_site(), build_terms(first=JUNE))} for some in (table, fewer)
    ]
    assert rules[1] <= rules[0] | {9}


@given(_ROWS)
@settings(max_examples=20)
def test_capacity_and_overlaps_are_those_that_counting_each_minute_finds(rows: Drawn) -> None:
    book, table = _drawn(rows)
    at_resource, at_patient = Counter[tuple[str, datetime]](), Counter[tuple[str, datetime]]()
    for row in table.itertuples():
        for minute in pd.date_range(row.start, row.end, freq="min", inclusive="left"):
            at_resource[row.resource, minute] += 1
            at_patient[row.patient, minute] += 1
    overfull = any(count > book.resource[name].capacity for (name, _), count in at_resource.items())
    broken = check(table, book, english_site(), build_terms(first=JUNE))
    assert any(one.rule == 4 for one in broken) == overfull
    assert any("overlaps" in one.text for one in broken) == any(count > 1 for count in at_patient.values())
