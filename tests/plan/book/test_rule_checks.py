"""What must be right about procedures and the rules between them: each mistake with its place and exact wording."""

from __future__ import annotations

from typing import Any

from tests.plan.book.conftest import Found, mistakes
from tests.plan.conftest import changed, daily


def test_a_procedure_needs_minutes_or_an_exam_type() -> None:
    without = changed("procedures", "mud", minutes=None)
    assert mistakes(procedures=without) == [
        ("procedures.0.minutes", "missing, and there is no exam_type to tell the duration either")
    ]
    assert not mistakes(procedures=changed("procedures", "mud", minutes=None, exam_type="OS"))


def too_long(needed: int, longest: int) -> Found:
    text = (
        f"takes {needed} minutes with preparation and exit, but the longest time on its resources, within their "
        f"opening hours and its own, is {longest}"
    )
    return [("procedures.3.minutes", text)]


def test_a_procedure_fits_in_an_opening_time_of_its_resources() -> None:
    def ecg(week: dict[str, list[str]], minutes: int, **fields: Any) -> Found:
        return mistakes(
            resources=changed("resources", "ecg", hours=week),
            procedures=changed("procedures", "ecg", minutes=minutes, preparation=5, exit=5, **fields),
        )

    assert not ecg({"mon": ["08:00-09:00"], "tue": ["08:00-10:00"]}, 110)
    assert ecg({"mon": ["08:00-09:00"], "tue": ["08:00-10:00"]}, 111) == too_long(121, 120)
    assert not ecg(daily("08:00-09:00", "09:00-10:00"), 110)
    assert ecg(daily("08:00-10:00"), 60, hours=["07:00-09:00"]) == too_long(70, 60)
    assert ecg(daily("08:00-10:00"), 60, hours=["10:00-12:00"]) == too_long(70, 0)
    assert not ecg(daily("08:00-10:00"), 60, resources=["ecg", "mud"], hours=["10:00-12:00"])


def test_a_procedure_fits_from_a_fixed_start_on() -> None:
    resources = changed("resources", "ecg", starts=["09:00", "14:10"])
    assert not mistakes(resources=resources, procedures=changed("procedures", "ecg", minutes=360))
    found = mistakes(resources=resources, procedures=changed("procedures", "ecg", minutes=361))
    assert found == too_long(361, 360)


def test_a_procedure_on_a_scanner_fits_before_or_after_its_lunch() -> None:
    resources = changed("resources", "ecg", hours={}, scanner="Millennium")  # 08:00-16:30, lunch 12:00-13:00
    assert not mistakes(resources=resources, procedures=changed("procedures", "ecg", minutes=240))
    assert mistakes(resources=resources, procedures=changed("procedures", "ecg", minutes=241)) == too_long(241, 240)


def test_a_pair_stands_in_one_row() -> None:
    text = "a row above is about the same pair already; keep one"
    assert mistakes(
        travel=[{"a": "A", "b": "B", "minutes": 5}, {"a": "B", "b": "A", "minutes": 6}],
        orders=[{"before": "mud", "after": "ecg"}, {"before": "mud", "after": "ecg", "least": 5}],
        incompatible=[
            {"a": "mud", "b": "bath", "rule": "within", "minutes": 5},
            {"a": "mud", "b": "bath", "rule": "same day"},
            {"a": "bath", "b": "mud", "rule": "within", "minutes": 6},
        ],
    ) == [("travel.1", text), ("orders.1", text), ("incompatible.2", text)]


def test_orders_make_no_circle() -> None:
    pairs = [("mud", "bath"), ("bath", "pool"), ("mud", "pool"), ("pool", "mud"), ("ecg", "ther"), ("ther", "ther")]
    assert mistakes(orders=[{"before": one, "after": other} for one, other in pairs]) == [
        (
            "orders.3.after",
            'makes a circle with the rows above ("pool" before "mud" before "pool"); take one of them out',
        ),
        ("orders.5.after", 'makes a circle with the rows above ("ther" before "ther"); take one of them out'),
    ]


def test_two_orders_that_contradict_each_other_are_a_circle() -> None:
    circle = 'makes a circle with the rows above ("ecg" before "mud" before "ecg"); take one of them out'
    orders = [{"before": "mud", "after": "ecg"}, {"before": "ecg", "after": "mud"}]
    assert mistakes(orders=orders) == [("orders.1.after", circle)]


def test_an_order_leaves_time() -> None:
    out = "take one of the two rules out"
    assert mistakes(
        orders=[
            {"before": "ecg", "after": "ther", "least": 30, "most": 29},
            {"before": "mud", "after": "bath", "most": 1439},
            {"before": "mud", "after": "pool", "most": 89},
        ]
    ) == [
        ("orders.0.most", "29 minutes at most, but at least 30; raise one or lower the other"),
        ("orders.1.most", f'1439 minutes at most, but "mud" and "bath" are incompatible on one day; {out}'),
        ("orders.2.most", f'89 minutes at most, but "mud" and "pool" are incompatible within 90 minutes; {out}'),
    ]


def test_orders_that_leave_time_are_right() -> None:
    orders = [
        {"before": "ecg", "after": "ther", "least": 30, "most": 30},
        {"before": "mud", "after": "bath", "most": 1440},
        {"before": "mud", "after": "pool", "most": 90},
    ]
    assert not mistakes(orders=orders)
    close = [{"before": "mud", "after": "bath", "most": 60}]
    assert not mistakes(orders=close, exceptions=[{"kind": "allow", "a": "bath", "b": "mud"}])
    for only in ({"patient": "P1"}, {"resource": "mud"}):
        assert mistakes(orders=close, exceptions=[{"kind": "allow", "a": "bath", "b": "mud", **only}])


def test_an_order_leaves_time_beside_what_is_forbidden() -> None:
    orders = [{"before": "ecg", "after": "ther", "most": 1439}]
    forbidden = {"kind": "forbid", "a": "ther", "b": "ecg"}
    assert mistakes(orders=orders, exceptions=[forbidden]) == [
        (
            "orders.0.most",
            '1439 minutes at most, but "ecg" and "ther" are forbidden on one day; take one of the two rules out',
        )
    ]
    assert not mistakes(orders=orders, exceptions=[forbidden | {"patient": "P1"}])
    assert not mistakes(orders=orders, exceptions=[{"kind": "forbid", "a": "ther"}])


def test_only_within_has_minutes_and_needs_them() -> None:
    incompatible = [
        {"a": "mud", "b": "ecg", "rule": "within"},
        {"a": "mud", "b": "ther", "rule": "same day", "minutes": 5},
    ]
    assert mistakes(incompatible=incompatible) == [
        ("incompatible.0.minutes", 'missing; "within" needs minutes'),
        (
            "incompatible.1.minutes",
            '5 given, but "same day" has none; write "within", or leave the minutes out',
        ),
    ]


def test_nothing_is_both_allowed_and_forbidden() -> None:
    exceptions = [
        {"kind": "allow", "a": "mud", "b": "bath", "patient": "P1"},
        {"kind": "forbid", "a": "mud", "b": "bath", "patient": "P2"},
        {"kind": "forbid", "a": "mud", "b": "bath", "resource": "mud"},
        {"kind": "forbid", "a": "bath", "b": "mud", "patient": "P1"},
        {"kind": "allow", "a": "bath", "b": "mud", "patient": "P1"},
        {"kind": "forbid", "a": "bath", "patient": "P1"},
    ]
    assert mistakes(exceptions=exceptions) == [
        ("exceptions.3.kind", "the same is both allowed and forbidden (a row above); keep one")
    ]
