"""The rules of a team that is on duty by example: kept, broken, and at the edge."""

from __future__ import annotations

from tests.plan.roster.rules.conftest import TEAM, broken, found, team
from tests.plan.roster.small import absent_on, duty, may, person


def test_a_team_is_on_duty_as_a_whole() -> None:
    assert found(*team(5, "day", *TEAM)) == []
    (one,) = broken(*team(5, "day", *TEAM[:2]))
    assert one.text == "team red, Tue 5 May, day: without Rita, Rolf (rule 11, teams)"
    assert (one.person, one.team) == ("", "red")


def test_those_who_are_away_or_exempt_are_missing() -> None:
    exempt = [{"person": "Rolf", "no": "days", "first": may(5), "last": may(5)}]
    assert found(*team(5, "day", *TEAM[:2]), leave=[absent_on("Rita", 5)], exemptions=exempt) == []
    assert found(*team(5, "day", *TEAM[:2]), leave=[absent_on("Rita", 5)]) == [(11, "red", 5)]
    night = team(5, "night", *TEAM[:3])
    assert found(*night, leave=[absent_on("Rolf", 6)]) == []


def test_a_member_is_on_duty_with_their_own_team_only() -> None:
    assert found(*team(5, "day", *TEAM, "Gail")) == [(11, "Gail", 5)]
    assert found(*team(5, "day", *TEAM, "Ana")) == [(2, "Ana", 5), (11, "Ana", 5)]


def test_a_team_is_of_its_department_and_level() -> None:
    teams = [{"name": "red", "department": "wards", "level": "nursing"}]
    staff = [person("Rose", "nursing", team="red")]
    assert found(*team(5, "day", "Rose"), teams=teams, staff=staff) == [(11, "Rose", 5)]


def test_stand_ins_take_the_places_of_those_who_are_missing() -> None:
    for origin in ("substitute", "swap"):
        assert found(*team(5, "day", *TEAM[:3]), *team(5, "day", "Gail", origin=origin)) == []
        assert found(*team(5, "day", *TEAM[:2]), *team(5, "day", "Gail", origin=origin)) == [(11, "red", 5)]
        assert found(*team(5, "day", *TEAM[:3]), duty(5, "day", "Gail", "nursing", origin=origin)) == []


def test_a_team_keeps_the_order_of_duties_as_its_members() -> None:
    leave = [absent_on(name, 5) for name in TEAM[:2]] + [absent_on(name, 6, 7) for name in TEAM[2:]]
    days = {"free_after_night": True, "rest_hours": 0}
    night, day = team(4, "night", *TEAM[2:]), team(5, "day", *TEAM[2:])
    assert {rule for rule, _, _ in found(*night, *day, leave=leave, **days)} == {4}
    # those of the night are others than those of the day after it
    away = [absent_on(name, 6) for name in TEAM[2:]] + [absent_on(name, 4) for name in TEAM[:2]]
    night, day = team(4, "night", *TEAM[2:]), team(6, "day", *TEAM[:2])
    assert found(*night, *day, leave=away, **days) == []
    night, day = team(5, "night", *TEAM[2:]), team(6, "day", *TEAM[:2])
    away = [absent_on(name, 7) for name in TEAM[2:]] + [absent_on(name, 5) for name in TEAM[:2]]
    rest = [{"person": name, "no": "days", "first": may(6), "last": may(6)} for name in TEAM[2:]]
    assert found(*night, *day, leave=away, exemptions=rest, **days) == [(4, "red", 6)]
    assert found(*night, *day, leave=away, exemptions=rest, free_after_night=False, rest_hours=0) == []


def test_a_team_has_one_duty_a_day() -> None:
    nights = [{"person": name, "no": "nights", "first": may(5), "last": may(5)} for name in TEAM[:2]]
    days = [{"person": name, "no": "days", "first": may(5), "last": may(5)} for name in TEAM[2:]]
    duties = [*team(5, "day", *TEAM[:2]), *team(5, "night", *TEAM[2:])]
    assert found(*duties, exemptions=[*nights, *days], rest_hours=0) == [(3, "red", 5)]
