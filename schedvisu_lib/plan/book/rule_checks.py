"""What must be right about the procedures of a book and the rules between them."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping

from schedvisu_lib.config import Site
from schedvisu_lib.plan.book.facts import Facts
from schedvisu_lib.plan.book.model import Book, Exemption, Procedure, Resource
from schedvisu_lib.plan.sheets.facts import repeated
from schedvisu_lib.plan.sheets.source import Mistake
from schedvisu_lib.plan.terms import DAY, minute_of
from schedvisu_lib.settings.calendar import WEEKDAYS


def no_duration(facts: Facts) -> Iterator[Mistake]:
    """Find procedures of which nothing tells how long they take."""
    for number, procedure in enumerate(facts.book.procedures):
        if procedure.minutes is None and procedure.exam_type is None:
            yield ("procedures", number, "minutes"), "missing, and there is no exam_type to tell the duration either"


def too_long(facts: Facts) -> Iterator[Mistake]:
    """Find procedures that fit in no opening time of their resources."""
    for number, procedure in enumerate(facts.book.procedures):
        if procedure.minutes is None:
            continue
        needed = procedure.preparation + procedure.minutes + procedure.exit
        able = [row for row in facts.book.resources if row.name in procedure.resources]
        if not any(_open(row, facts.site) for row in able) or len(able) < len(procedure.resources):
            continue
        longest = max(longest_stay(row, procedure, facts.site) for row in able)
        if needed > longest:
            yield (
                ("procedures", number, "minutes"),
                f"takes {needed} minutes with preparation and exit, but the longest time on its resources, within "
                f"their opening hours and its own, is {longest}",
            )


def longest_stay(resource: Resource, procedure: Procedure, site: Site) -> int:
    """Return for how many minutes at most a procedure can take a resource on any weekday, from a possible start on."""
    allowed = [(minute_of(hours.opens), minute_of(hours.closes)) for hours in procedure.hours] or [(0, DAY)]
    fixed = [minute_of(start) for start in resource.starts]
    longest = 0
    for opens, closes in _open(resource, site):
        for first, last in allowed:
            begin, end = max(opens, first), min(closes, last)
            starts = [start for start in fixed if start >= begin] if fixed else [begin]
            longest = max(longest, *(end - start for start in starts), 0)
    return longest


def _open(resource: Resource, site: Site) -> list[tuple[int, int]]:
    """Return the opening times of a resource on all weekdays, in minutes; what touches is one."""
    times: list[tuple[int, int]] = []
    for weekday in WEEKDAYS:
        of_day = sorted((minute_of(span.opens), minute_of(span.closes)) for span in resource.hours.get(weekday, ()))
        if not resource.hours and resource.scanner in site.scanner_names:
            of_day = _scanner_times(site, str(resource.scanner), weekday)
        joined: list[tuple[int, int]] = []
        for begin, end in of_day:
            if joined and begin <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(joined[-1][1], end))
            else:
                joined.append((begin, end))
        times += joined
    return times


def _scanner_times(site: Site, name: str, weekday: str) -> list[tuple[int, int]]:
    """Return the hours of a scanner on a weekday, before and after its lunch."""
    scanner = site.scanner(name)
    hours = next((hours for day, hours in scanner.hours.items() if day == weekday), None)
    if hours is None or weekday not in site.calendar.workdays:
        return []
    opens, closes = minute_of(hours.opens), minute_of(hours.closes)
    if scanner.lunch is None:
        return [(opens, closes)]
    begin, end = minute_of(scanner.lunch.opens), minute_of(scanner.lunch.closes)
    return [(first, last) for first, last in ((opens, min(closes, begin)), (max(opens, end), closes)) if first < last]


def pairs_given_twice(facts: Facts) -> Iterator[Mistake]:
    """Find pairs of groups or procedures of which two rows say the same thing, maybe with other minutes."""
    book = facts.book
    keys: dict[str, list[Hashable]] = {
        "travel": [frozenset({row.a, row.b}) for row in book.travel],
        "orders": [(row.before, row.after) for row in book.orders],
        "incompatible": [(frozenset({row.a, row.b}), row.rule) for row in book.incompatible],
    }
    for sheet, pairs in keys.items():
        for number in repeated(pairs):
            yield (sheet, number), "a row above is about the same pair already; keep one"


def circles(facts: Facts) -> Iterator[Mistake]:
    """Find orders by which a procedure would come before itself."""
    following: dict[str, list[str]] = {}
    for number, order in enumerate(facts.book.orders):
        way = _way(following, order.after, order.before)
        if way is None:
            following.setdefault(order.before, []).append(order.after)
        else:
            text = " before ".join(f'"{name}"' for name in [order.before, *way])
            yield ("orders", number, "after"), f"makes a circle with the rows above ({text}); take one of them out"


def _way(following: Mapping[str, Collection[str]], start: str, goal: str) -> list[str] | None:
    """Return procedures from one to another one, each before the next; None if there is no way."""
    ways, seen = [[start]], {start}
    for way in ways:
        if way[-1] == goal:
            return way
        for name in following.get(way[-1], ()):
            if name not in seen:
                seen.add(name)
                ways.append([*way, name])
    return None


def orders_that_leave_no_time(facts: Facts) -> Iterator[Mistake]:
    """Find orders whose greatest distance is less than the least one, or than the rules for the pair leave."""
    for number, order in enumerate(facts.book.orders):
        if order.most is None:
            continue
        reasons = [f"at least {order.least}; raise one or lower the other"] if order.most < order.least else []
        pair = f'"{order.before}" and "{order.after}"'
        for what, minutes in _apart(facts.book, order.before, order.after).items():
            if order.most < minutes:
                reasons.append(f"{pair} are {what}; take one of the two rules out")
        for reason in reasons:
            yield ("orders", number, "most"), f"{order.most} minutes at most, but {reason}"


def _apart(book: Book, one: str, other: str) -> dict[str, int]:
    """Return what keeps two procedures apart for everybody and everywhere, with the minutes by which it does."""
    pair = {one, other}
    kinds = {row.kind for row in book.exceptions if {row.a, row.b} == pair and not (row.patient or row.resource)}
    apart = {"forbidden on one day": DAY} if "forbid" in kinds else {}
    for rule in book.incompatible if "allow" not in kinds else ():
        if {rule.a, rule.b} == pair:
            on_one_day = rule.rule == "same day"
            what = "incompatible on one day" if on_one_day else f"incompatible within {rule.minutes} minutes"
            apart[what] = DAY if on_one_day else rule.minutes
    return apart


def minutes_of_incompatibilities(facts: Facts) -> Iterator[Mistake]:
    """Find incompatibilities with minutes that mean nothing, or without those that they need."""
    for number, rule in enumerate(facts.book.incompatible):
        place = ("incompatible", number, "minutes")
        if rule.rule == "within" and not rule.minutes:
            yield place, 'missing; "within" needs minutes'
        elif rule.rule == "same day" and rule.minutes:
            yield place, f'{rule.minutes} given, but "same day" has none; write "within", or leave the minutes out'


def allowed_and_forbidden(facts: Facts) -> Iterator[Mistake]:
    """Find what is both allowed and forbidden."""
    kinds: dict[Hashable, str] = {}
    for number, row in enumerate(facts.book.exceptions):
        if kinds.setdefault(_about(row), row.kind) != row.kind:
            yield ("exceptions", number, "kind"), "the same is both allowed and forbidden (a row above); keep one"


def _about(row: Exemption) -> Hashable:
    return frozenset({row.a, row.b}), row.patient, row.resource
