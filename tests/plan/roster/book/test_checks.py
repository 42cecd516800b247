"""What must be right between the rows of a staff book: each mistake with its place and exact wording."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from schedvisu_lib.plan.roster.book.checks import mistakes_in
from schedvisu_lib.plan.roster.book.form import FORM, Facts
from schedvisu_lib.plan.sheets.source import Mistake
from tests.plan.conftest import english_site
from tests.plan.roster.small import STAFF, absent_on, build_staff, may, person, request

Found: TypeAlias = list[tuple[str, str]]


def found_by(check: Callable[[Facts], Iterator[Mistake]], changes: dict[str, Any]) -> Found:
    """Return place and wording of what a check finds in the small book with other fields."""
    book = build_staff(**changes)
    names = {sheet: [row.name for row in getattr(book, sheet)] for sheet in FORM.named}
    return [(".".join(map(str, place)), text) for place, text in check(Facts(book, english_site(), names))]


def mistakes(**changes: Any) -> Found:
    return found_by(mistakes_in, changes)


def given(day: int, name: str = "Ana", **fields: Any) -> dict[str, Any]:
    """Return a duty of the book: the day shift of Ana's."""
    usual = {"date": may(day), "shift": "day", "level": "clinical", "department": "imaging", "person": name}
    return usual | fields


def wish(wants: str, first: int, last: int, **fields: Any) -> dict[str, Any]:
    return {"person": "Ana", "wants": wants, "first": may(first), "last": may(last), **fields}


def test_the_small_book_is_right() -> None:
    assert mistakes() == []


# --- names ------------------------------------------------------------------------------------------------------------


def test_names_differ() -> None:
    twice: dict[str, Any] = {
        sheet: [*STAFF[sheet], STAFF[sheet][0]] for sheet in ("departments", "levels", "shifts", "teams", "staff")
    }
    text = '"{}" stands in a row above already; names must differ'
    assert mistakes(**twice, contracts=[{"name": "full"}, {"name": "part"}, {"name": "full"}]) == [
        ("departments.2.name", text.format("imaging")),
        ("levels.3.name", text.format("clinical")),
        ("shifts.3.name", text.format("day")),
        ("contracts.2.name", text.format("full")),
        ("teams.3.name", text.format("red")),
        ("staff.18.name", text.format("Ana")),
    ]


def test_names_must_be_those_of_a_row() -> None:
    people = "Ana, Bert, Bess, Beth, Bill, Cleo, Gail, Gina, Glen, Gwen, Rita, Rolf, and 3 more"
    staff = [*STAFF["staff"][5:], person("Ana", "cure", department="spa", team="pink", contract="full"), person("Cleo")]
    department = 'department "spa" is unknown; allowed: imaging, wards'
    level = 'level "cure" is unknown; allowed: clinical, guard, nursing'
    shift = 'shift "noon" is unknown; allowed: day, late, night'
    ben = f'person "Ben" is unknown; allowed: {people}'
    days = {"first": may(5), "last": may(5)}
    assert mistakes(
        shifts=[*STAFF["shifts"][1:], STAFF["shifts"][0] | {"levels": ["cure"], "not_next": ["noon"]}],
        sequences=[{"shifts": ["off", "noon"], "levels": ["cure"]}],
        teams=[*STAFF["teams"], {"name": "grey", "department": "spa", "level": "cure"}],
        staff=staff,
        exemptions=[{"person": "Ben", "no": "days", **days}],
        leave=[absent_on("Ben", 5)],
        wishes=[wish("on", 5, 5, person="Ben", shift="noon")],
        requests=[request("cure", "noon", department="spa")],
        duties=[given(5, "Ben", shift="noon", level="cure", department="spa", team="pink", counts_for="Bea")],
        counts=[{"person": "Ben", "level": "cure"}],
        debts=[{"debtor": "Ben", "creditor": "Bea", "date": may(1), "shift": "noon", "level": "cure"}],
    ) == [
        ("shifts.2.levels", level),
        ("shifts.2.not_next", shift),
        ("sequences.0.shifts", 'shift "noon" is unknown; allowed: day, late, night, off'),
        ("sequences.0.levels", level),
        ("teams.3.department", department),
        ("teams.3.level", level),
        ("staff.13.department", department),
        ("staff.13.levels", level),
        ("staff.13.team", 'team "pink" is unknown; allowed: blue, green, grey, red'),
        ("staff.13.contract", 'contract "full" is unknown; allowed: none'),
        ("exemptions.0.person", ben),
        ("leave.0.person", ben),
        ("wishes.0.person", ben),
        ("wishes.0.shift", shift),
        ("requests.0.department", department),
        ("requests.0.level", level),
        ("requests.0.shift", shift),
        ("duties.0.shift", shift),
        ("duties.0.level", level),
        ("duties.0.department", department),
        ("duties.0.person", ben),
        ("duties.0.team", 'team "pink" is unknown; allowed: blue, green, grey, red'),
        ("duties.0.counts_for", ben.replace("Ben", "Bea")),
        ("counts.0.person", ben),
        ("counts.0.level", level),
        ("debts.0.debtor", ben),
        ("debts.0.creditor", ben.replace("Ben", "Bea")),
        ("debts.0.shift", shift),
        ("debts.0.level", level),
    ]  # fmt: skip


# --- shifts and limits ------------------------------------------------------------------------------------------------


def test_no_shift_is_called_off() -> None:
    shifts = [*STAFF["shifts"], {"name": "off", "start": "07:00", "end": "12:00"}]
    assert mistakes(shifts=shifts) == [
        ("shifts.3.name", '"off" is a day without duty in sequences; give another name')
    ]  # fmt: skip


def test_a_shift_has_no_more_work_than_time() -> None:
    def with_minutes(minutes: int, start: str = "17:00", end: str = "07:00") -> Found:
        shift = {"name": "guard", "start": start, "end": end, "minutes": minutes}
        return mistakes(shifts=[*STAFF["shifts"], shift])

    assert not with_minutes(840)
    assert with_minutes(841) == [("shifts.3.minutes", "841 given, but the shift lasts 840 minutes")]
    assert with_minutes(601, "07:00", "17:00") == [("shifts.3.minutes", "601 given, but the shift lasts 600 minutes")]


def test_a_sequence_names_a_shift() -> None:
    assert not mistakes(sequences=[{"shifts": ["off", "day", "off"]}])
    assert mistakes(sequences=[{"shifts": ["off", "off"]}]) == [
        ("sequences.0.shifts", 'names no shift, only "off"; limits of a contract tell free days')
    ]


def test_a_contract_does_not_ask_for_more_than_it_allows() -> None:
    tight = {"least_shifts": 5, "most_shifts": 5, "least_minutes": 9, "most_minutes": 9}
    assert not mistakes(contracts=[{"name": "tight", **tight, "least_in_row": 2, "most_in_row": 2}])
    assert not mistakes(contracts=[{"name": "no duties", "most_shifts": 0}])
    assert mistakes(
        contracts=[
            {"name": "a", "least_shifts": 6, "most_shifts": 5},
            {"name": "b", "least_minutes": 10, "most_minutes": 9},
            {"name": "c", "least_in_row": 3, "most_in_row": 2, "most_shifts": 2},
        ]
    ) == [
        ("contracts.0.most_shifts", "5 at most, but least_shifts asks for 6; raise one or lower the other"),
        ("contracts.1.most_minutes", "9 at most, but least_minutes asks for 10; raise one or lower the other"),
        ("contracts.2.most_in_row", "2 at most, but least_in_row asks for 3; raise one or lower the other"),
        ("contracts.2.most_shifts", "2 at most, but least_in_row asks for 3; raise one or lower the other"),
    ]


# --- people -----------------------------------------------------------------------------------------------------------


def test_members_of_a_team_are_of_its_level_and_department() -> None:
    guard = {"name": "watch", "department": "wards", "level": "guard"}
    new = [
        person("Abe", team="red"),
        person("Bob", "nursing", department="wards", team="red"),
        person("Cat", "guard", team="watch"),
    ]
    assert mistakes(staff=[*STAFF["staff"], *new], teams=[*STAFF["teams"], guard]) == [
        ("staff.18.team", '"red" is a team of "nursing", which is none of this person\'s levels'),
        ("staff.19.team", '"red" is a team of "imaging", but this person is in "wards"'),
    ]


def test_nobody_wishes_to_be_on_and_off_at_once() -> None:
    def contradiction(one: dict[str, Any], other: dict[str, Any]) -> str:
        return "".join(text for _, text in mistakes(wishes=[one, other]))

    both = '"Ana" wishes {} on {} both on and off (a row above); keep one'
    off, night = wish("off", 5, 7), {"shift": "night"}
    assert contradiction(off, wish("on", 7, 9)) == both.format("any shift", "2026-05-07")
    assert contradiction(off, wish("on", 3, 6, **night)) == both.format('"night"', "2026-05-05")
    assert contradiction(wish("on", 5, 7, **night), off | night) == both.format('"night"', "2026-05-05")
    assert not contradiction(off, wish("on", 8, 9))
    assert not contradiction(off, wish("off", 5, 7, **night))
    assert not contradiction(off, wish("on", 5, 7, person="Ben"))
    assert not contradiction(off | night, wish("on", 5, 7))  # by day
    assert not contradiction(off | night, wish("on", 5, 7, shift="day"))


# --- what stands ------------------------------------------------------------------------------------------------------


def test_a_person_has_one_duty_a_day() -> None:
    assert mistakes(duties=[given(5), given(5, "Ben"), given(6), given(5, shift="night")]) == [
        ("duties.3.person", '"Ana" has a duty on 2026-05-05 already (a row above); at most one begins on a day')
    ]


def test_a_locked_duty_is_on_no_day_of_leave() -> None:
    def away(first: int, **fields: Any) -> Found:
        return mistakes(leave=[absent_on("Ana", first, 10)], duties=[given(5, **{"locked": True, **fields})])

    text = 'is locked, but "Ana" is on leave from 2026-05-0{} to 2026-05-10; unlock it, or change the leave'
    assert away(5) == [("duties.0.locked", text.format(5))]
    assert away(6) == []
    assert away(6, shift="night") == [("duties.0.locked", text.format(6))]  # it ends on the 6th
    assert away(5, locked=False) == []
    assert away(5, person="Ben") == []
    absent = absent_on("Ana", 5) | {"kind": "absence"}
    assert mistakes(leave=[absent], duties=[given(5, locked=True)]) == []  # it is to be filled by somebody else


def test_duties_have_a_department_where_the_level_has() -> None:
    assert mistakes(duties=[given(5, department=None), given(5, "Sam", level="guard")]) == [
        ("duties.0.department", 'missing; "clinical" is a level of departments'),
        ("duties.1.department", '"imaging" given, but "guard" is one pool of the whole hospital; leave it empty'),
    ]


def test_counts_of_a_person_and_level_stand_in_one_row() -> None:
    rows = [("Ana", "clinical"), ("Ben", "clinical"), ("Ana", "guard"), ("Ana", "clinical")]
    assert mistakes(counts=[{"person": name, "level": level} for name, level in rows]) == [
        ("counts.3.person", '"Ana" has counts of "clinical" in a row above already; keep one')
    ]


def test_nobody_owes_a_duty_to_themselves() -> None:
    debt = {"debtor": "Ana", "creditor": "Ana", "date": may(1), "shift": "day", "level": "clinical"}
    assert mistakes(debts=[debt, debt | {"creditor": "Ben"}]) == [
        ("debts.0.creditor", '"Ana" is the debtor too; nobody owes a duty to themselves')
    ]
