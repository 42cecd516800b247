"""A rule that a duty breaks, in words that name person, day, shift and rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from schedvisu_lib.language import Language
from schedvisu_lib.plan.roster.duty import Duty


@dataclass(frozen=True)
class Broken:
    """A rule that a duty breaks, alone or together with others."""

    rule: int
    """Its number in ``docs/plan-roster.md``; 0 where the row itself is at fault."""
    text: str
    date: date | None = None
    """Day of the duty that it is told of; nothing where the row has none."""
    shift: str = ""
    level: str = ""
    department: str = ""
    person: str = ""
    """ "" where a whole team breaks it."""
    team: str = ""
    stood: bool = False
    """Whether all duties that take part were locked, given or set by hand: it stops nothing."""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Fault:
    """What some duties break together, not yet in whole sentences; the first is the one that it is told of."""

    rule: int
    duties: Sequence[Duty]
    what: str


def told(t: Language, fault: Fault, at: Duty, *, stood: bool, team: str = "") -> Broken:
    """Say what a fault is.

    Parameters
    ----------
    at
        The duty at which it is to be marked: one of the period, even if the sentence is about one after it.
    team
        The team that breaks the rule; nothing for a person.
    """
    one = fault.duties[0]
    who = t("team {team}", team=team) if team else one.person
    text = worded(t, fault.rule, who, one.date, one.shift, fault.what)
    person = "" if team else at.person
    return Broken(fault.rule, text, at.date, at.shift, at.level, at.department, person, team or at.team, stood)


def worded(t: Language, rule: int, who: str, day: date, shift: str, what: str) -> str:
    """Say who breaks a rule where, and how."""
    return t("{who}, {day}, {shift}: {what} ({rule})", who=who, day=short_day(t, day), shift=shift, what=what,
             rule=rule_name(t, rule))  # fmt: skip


@cache
def rule_name(t: Language, number: int) -> str:
    """Return number and short name of a rule."""
    names = {
        0: t("row"),
        1: t("seat"),
        2: t("level"),
        3: t("one a day"),
        4: t("after a night"),
        5: t("rest"),
        6: t("day and night"),
        7: t("leave"),
        8: t("sequences"),
        9: t("in a row"),
        10: t("in the period"),
        11: t("teams"),
        12: t("standing"),
    }
    return t("rule {n}, {name}", n=number, name=names[number]) if number else names[0]


def short_day(t: Language, day: date) -> str:
    """Write weekday and day."""
    return t.day(day, "EEE d MMM")
