"""What should be known about the requests of a staff book: each note with its place and exact wording."""

from __future__ import annotations

from typing import Any

from tests.plan.roster.book.test_checks import Found
from tests.plan.roster.book.test_notes import notes
from tests.plan.roster.small import STAFF, absent_on, may, person, request

ALL = STAFF["requests"]


def with_person(*more: dict[str, Any], **changes: Any) -> Found:
    return notes(staff=[*STAFF["staff"], *more], **changes)


def idle(name: str, number: int = 18) -> Found:
    return [
        (f"staff.{number}", f'no request can use "{name}" on any day; see levels, day, night, team, title')
    ]  # fmt: skip


def test_people_whom_no_request_can_use_are_named() -> None:
    assert with_person(person("Eve", department="wards")) == idle("Eve")
    assert with_person(person("Eve", day=False, night=False)) == idle("Eve")
    assert with_person(person("Eve", "nursing")) == idle("Eve")  # nurses are asked for by team
    assert with_person(person("Eve", "guard", night=False)) == idle("Eve")  # who guards does nights
    assert with_person(person("Eve"), leave=[absent_on("Eve", 4, 17)]) == idle("Eve")
    assert not with_person(person("Eve", night=False))
    assert not with_person(person("Eve"), leave=[absent_on("Eve", 4, 15)])


def test_whom_a_request_uses_depends_on_its_title_and_on_teams() -> None:
    def titled(title: str) -> Found:
        return with_person(person("Eve", title="MD"), requests=[request("clinical", "day", title=title), *ALL[2:]])

    assert titled("MD")[-1:] == [("staff.3", idle("Dan")[0][1])]
    nurse = request("nursing", "day")
    assert [place for place, _ in notes(requests=[*ALL[:2], nurse, ALL[4]])][:12] == [
        f"staff.{n}" for n in range(4, 16)
    ]


def test_without_requests_nobody_is_named() -> None:
    assert notes(requests=[]) == []


def test_requests_for_more_than_a_pool_has_are_told_with_their_days() -> None:
    def asked(required: int, **changes: Any) -> Found:
        row = request("clinical", "night", required=required, last=may(8))
        return notes(requests=[row, *ALL[2:]], **changes)

    assert asked(4) == []
    assert asked(5) == [
        ("requests.0", "asks for 5 persons, but 4 can be on duty on 2026-05-04 (and 4 more days)")
    ]  # fmt: skip
    # A night ends on the day after: of the day before the leave too.
    assert asked(4, leave=[absent_on("Ana", 6, 6)]) == [
        ("requests.0", "asks for 4 persons, but 3 can be on duty on 2026-05-05 (and 1 more day)")
    ]
    assert asked(4, leave=[absent_on("Ana", 1, 4)]) == [
        ("requests.0", "asks for 4 persons, but 3 can be on duty on 2026-05-04")
    ]


def test_requests_for_more_teams_or_skills_than_there_are_are_told() -> None:
    def teams(**fields: Any) -> Found:
        return notes(requests=[request("nursing", "day", by="team", last=may(4), **fields), *ALL[:2], ALL[4]])

    assert teams(required=3) == []
    assert teams(required=4) == [("requests.0", "asks for 4 teams, but 3 can be on duty on 2026-05-04")]
    assert teams(skill="triage", skilled=1) == [
        ("requests.0", 'asks for 1 person with the skill "triage", but 0 can be on duty on 2026-05-04')
    ]


def test_requests_of_a_day_are_told_together() -> None:
    def asked(day: int, night: int) -> Found:
        rows = [request("clinical", shift, required=n, last=may(4)) for shift, n in (("day", day), ("night", night))]
        return notes(requests=[*rows, *ALL[2:]])

    assert asked(2, 2) == []
    text = "asks for 5 persons together with other requests of its pool, but 4 can be on duty on 2026-05-04"
    assert asked(2, 3) == [("requests.1", text)]
    assert [place for place, _ in asked(5, 1)] == ["requests.0"]  # told by itself


def test_requests_that_mean_nothing_are_told() -> None:
    week = {"first": may(4), "last": may(8)}
    rows = [
        request("clinical", "late", days=["sat"], **week),
        request("clinical", "late", days=["days off"], **week),
        request("clinical", "late", days=["days off"], first=may(11), last=may(15)),  # Ascension
        request("clinical", "late", required=0),
        request("clinical", "late", required=0, preferred=1, last=may(9)),
    ]
    assert notes(requests=[*ALL, *rows]) == [
        ("requests.5.days", "holds on no day from 2026-05-04 to 2026-05-08"),
        ("requests.6.days", "holds on no day from 2026-05-04 to 2026-05-08"),
        ("requests.8.required", "asks for nobody"),
    ]
