"""Empty seats, missing skills, and what is short of the contracts, each with its number."""

from __future__ import annotations

from typing import Any

from schedvisu_lib.plan.roster.duty import Duty
from schedvisu_lib.plan.roster.rules.check import lacking
from schedvisu_lib.plan.roster.rules.lacking import Lack
from tests.plan.conftest import english_site
from tests.plan.roster.small import MONDAY, SUNDAY, build_staff, duty, may, person, request, table_of

SITE = english_site()


def lacks(*duties: Duty, requests: Any = (), **changes: Any) -> list[Lack]:
    book = build_staff(requests=requests, **changes)
    return lacking(table_of(*duties, book=book), book, SITE, MONDAY, SUNDAY)


def asked(level: str = "clinical", shift: str = "day", **fields: Any) -> list[dict[str, Any]]:
    return [request(level, shift, first=may(5), last=may(5), **fields)]


def test_each_required_seat_that_is_empty_is_told() -> None:
    (one,) = lacks(duty(5, "day", "Ana"), requests=asked(required=3, preferred=5, too_few=40))
    assert str(one) == "Tue 5 May, day, clinical, imaging: 2 of 3 lacking (persons)"
    assert (one.kind, one.number, one.weight, one.date, one.shift, one.level, one.department) == (
        "seat", 2, 40, may(5), "day", "clinical", "imaging",
    )  # fmt: skip


def test_preferred_seats_and_too_many_lack_nothing() -> None:
    ana, ben = duty(5, "day", "Ana"), duty(5, "day", "Ben")
    assert lacks(ana, requests=asked(required=1, preferred=2)) == []
    assert lacks(ana, ben, requests=asked(required=1)) == []


def test_a_duty_elsewhere_fills_nothing() -> None:
    for one in (duty(6, "day", "Ana"), duty(5, "night", "Ana"), duty(5, "day", "Ana", "nursing")):
        assert [lack.number for lack in lacks(one, requests=asked())] == [1]


def test_seats_of_a_title_and_of_the_hospital() -> None:
    staff = [person("Ana", title="MD"), person("Ben", title="RN")]
    (one,) = lacks(duty(5, "day", "Ben"), requests=asked(title="MD"), staff=staff)
    assert one.text == "Tue 5 May, day, clinical, imaging: 1 of 1 lacking (MD)"
    (one,) = lacks(requests=asked("guard", "night"))
    assert (one.text, one.department) == ("Tue 5 May, night, guard: 1 of 1 lacking (persons)", "")


def test_a_team_fills_one_seat_with_whoever_is_there() -> None:
    by_team = asked("nursing", by="team", required=2)
    rose, ruby, gail = (
        duty(5, "day", name, "nursing", team=team)
        for name, team in (("Rose", "red"), ("Ruby", "red"), ("Gail", "green"))
    )
    assert [one.text for one in lacks(rose, ruby, requests=by_team)] == [
        "Tue 5 May, day, nursing, imaging: 1 of 2 lacking (teams)"
    ]
    assert lacks(rose, gail, requests=by_team) == []


def test_each_skill_that_is_missing_is_told() -> None:
    staff = [person("Ana", skills=["PET", "CT"]), person("Ben", skills=["PET"]), person("Cleo")]
    duties = [duty(5, "day", "Ana"), duty(5, "day", "Cleo")]
    skilled = asked(required=2, skill="PET", skilled=2, too_few=7)
    (one,) = lacks(*duties, requests=skilled, staff=staff)
    assert one.text == "Tue 5 May, day, clinical, imaging: 1 of 2 lacking (skill PET)"
    assert (one.kind, one.number, one.weight) == ("skill", 1, 7)
    assert lacks(*duties, duty(5, "day", "Ben"), requests=skilled, staff=staff) == []


def test_what_is_short_of_a_contract_is_told_in_shifts() -> None:
    staff = [person("Ana", contract="least"), person("Ben")]
    contracts = [{"name": "least", "least_shifts": 3, "least_minutes": 2281}]
    told = lacks(duty(5, "day", "Ana"), duty(7, "day", "Ana", counts_for="Ben"), staff=staff, contracts=contracts)
    # 2 x 600 min, 1081 are lacking: more than one night of 840
    assert [(one.kind, one.number, one.text) for one in told] == [
        ("shifts", 1, "Ana, duties in the period: 2, at least 3"),
        ("minutes", 2, "Ana, minutes in the period: 1200, at least 2281"),
    ]
    contracts = [{"name": "least", "least_shifts": 2, "least_minutes": 2040}]
    assert [
        one.number for one in lacks(duty(5, "day", "Ana"), duty(7, "day", "Ana"), staff=staff, contracts=contracts)
    ] == [1]
    assert (
        lacks(duty(5, "day", "Ana"), duty(7, "night", "Ana"), duty(9, "day", "Ana"), staff=staff, contracts=contracts)
        == []
    )


def test_what_lies_outside_the_period_is_not_counted() -> None:
    contracts = [{"name": "least", "least_shifts": 1}]
    assert [
        one.kind for one in lacks(duty(3, "day", "Ana"), staff=[person("Ana", contract="least")], contracts=contracts)
    ] == ["shifts"]
