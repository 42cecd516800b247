"""What must be right about the requests of a staff book: each mistake with its place and exact wording."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plan.roster.book.test_checks import Found, mistakes
from tests.plan.roster.small import STAFF, build_staff, may, person, request


def of(row: dict[str, Any], **changes: Any) -> Found:
    """Return the mistakes of a book with this request alone."""
    return mistakes(requests=[row], **changes)


def test_a_request_has_a_department_where_its_level_has() -> None:
    assert of(request("clinical", "day", department=None)) == [
        ("requests.0.department", 'missing; "clinical" is a level of departments')
    ]
    assert of(request("guard", "day", department="wards")) == [
        ("requests.0.department", '"wards" given, but "guard" is one pool of the whole hospital; leave it empty')
    ]


def test_a_request_is_for_a_pool_with_people() -> None:
    assert of(request("clinical", "day", department="wards")) == [
        ("requests.0.level", 'nobody does "clinical" in "wards"; give the level to somebody of the staff')
    ]
    levels = [*STAFF["levels"], {"name": "board", "hospital": True}]
    assert of(request("board", "day", department=None), levels=levels) == [
        ("requests.0.level", 'nobody does "board"; give the level to somebody of the staff')
    ]


def test_a_request_by_team_is_for_a_pool_with_teams() -> None:
    assert not of(request("nursing", "day", by="team"))
    assert of(request("clinical", "day", by="team")) == [
        ("requests.0.by", 'there is no team of "clinical" in "imaging"; add one, or write "number"')
    ]


def test_a_request_is_for_a_level_of_its_shift() -> None:
    assert not of(request("clinical", "late"))
    assert of(request("nursing", "late")) == [
        ("requests.0.shift", '"late" is no shift of "nursing"; its levels: clinical')
    ]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"required": 2, "preferred": 2}, []),
        (
            {"required": 2, "preferred": 1},
            [("requests.0.preferred", "1 preferred, but 2 required; raise one or lower the other")],
        ),
        ({"required": 2, "skill": "PET", "skilled": 2}, []),
        (
            {"required": 2, "skill": "PET", "skilled": 3},
            [("requests.0.skilled", "3 skilled, but 2 required; raise one or lower the other")],
        ),
        ({"skilled": 1}, [("requests.0.skill", 'missing; it says what "skilled" counts')]),
        ({"skill": "PET"}, [("requests.0.skilled", 'missing; how many persons have the skill "PET"')]),
    ],
)
def test_the_numbers_of_a_request_go_together(fields: dict[str, Any], expected: Found) -> None:
    assert of(request("clinical", "day", **fields)) == expected


def test_of_teams_more_persons_may_be_skilled_than_teams_are_required() -> None:
    assert not of(request("nursing", "day", by="team", required=1, skill="triage", skilled=2))


def test_a_team_has_no_title() -> None:
    assert of(request("nursing", "day", by="team", title="nurse")) == [
        ("requests.0.title", '"nurse" given, but a team comes with all of its members')
    ]


def test_every_day_stands_alone() -> None:
    assert not of(request("clinical", "day", days=["workdays", "sat"]))
    assert of(request("clinical", "day", days=["sat", "every"])) == [
        ("requests.0.days", '"every" stands alone; leave it out, or the others')
    ]


def test_the_same_is_asked_for_once() -> None:
    row = request("clinical", "day")
    others: list[dict[str, Any]] = [
        {"title": "MD"},
        {"shift": "night"},
        {"first": may(5)},
        {"days": ["workdays"]},
        {"required": 2},
    ]
    assert mistakes(requests=[row, *({**row, **other} for other in others)]) == [
        ("requests.5", "a row above asks for the same on the same days; keep one")
    ]


def test_no_pool_is_called_empty_while_it_is_unknown_who_is_in_it() -> None:
    staff = [person("Ana", department="imagin"), *STAFF["staff"][4:]]
    assert [place for place, _ in of(request("clinical", "day"), staff=staff)] == ["staff.0.department"]
    assert build_staff(staff=staff).staff[0].department == "imagin"
