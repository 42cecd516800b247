"""Small staff books by chance: two departments, single persons, teams, a guard of the hospital, rules of every kind."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from hypothesis import strategies as st

from schedvisu_lib.plan.roster.book.model import StaffBook
from schedvisu_lib.plan.roster.duty import Duty

FIRST: Final = date(2026, 5, 8)
LAST: Final = date(2026, 5, 15)
"""A period of eight days from a Friday, with a weekend and Ascension, Thursday 14 May."""
SINGLE: Final = {"Ada": "imaging", "Bob": "imaging", "Cid": "imaging", "Dot": "wards", "Eve": "wards"}
"""Who stands singly, with their departments; all but Eve do clinical work, Cid, Dot and Eve guard the hospital."""
TEAMS: Final = {"red": ("Rae", "Roy"), "sky": ("Sal", "Sue")}
"""Teams of the level ``care`` in imaging."""
NAMES: Final = (*SINGLE, *(name for names in TEAMS.values() for name in names))
SHIFTS: Final = ("day", "late", "night")


def day_of(offset: int) -> date:
    """Return a day, counted from the first of the period."""
    return FIRST + timedelta(days=offset)


def stretches() -> st.SearchStrategy[dict[str, Any]]:
    """Draw one to three days of the period, or around its ends."""
    return st.tuples(st.integers(-2, 8), st.integers(0, 2)).map(
        lambda drawn: {"first": day_of(drawn[0]), "last": day_of(sum(drawn))}
    )


def maybe(*values: Any) -> st.SearchStrategy[Any]:
    """Draw nothing, or one of some values."""
    return st.sampled_from([None, *values])


@st.composite
def contracts(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """Draw limits, most of them none."""
    return {
        "name": name, "least_shifts": draw(st.sampled_from([0, 0, 2])), "most_shifts": draw(maybe(3, 5)),
        "most_nights": draw(maybe(1, 2)), "least_minutes": draw(st.sampled_from([0, 0, 1000])),
        "most_minutes": draw(maybe(1800, 3000)), "most_in_row": draw(maybe(2, 3)),
        "least_in_row": draw(st.sampled_from([1, 1, 2])), "most_nights_in_row": draw(maybe(1, 2)),
        "least_free_in_row": draw(st.sampled_from([1, 1, 2])), "most_weekends": draw(maybe(0, 1)),
    }  # fmt: skip


@st.composite
def staff(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw titles, skills, contracts and what each may do."""
    people = []
    for name in NAMES:
        team = next((team for team, names in TEAMS.items() if name in names), None)
        levels = ["care"] if team else [level for level, names in (
            ("clinical", ("Ada", "Bob", "Cid", "Dot")), ("guard", ("Cid", "Dot", "Eve"))
        ) if name in names]  # fmt: skip
        can = draw(st.sampled_from(["both", "both", "both", "days", "nights"]))
        people.append({
            "name": name, "department": SINGLE.get(name, "imaging"), "title": draw(st.sampled_from(["MD", ""])),
            "levels": levels, "day": can != "nights", "night": can != "days", "team": team,
            "contract": draw(maybe("full", "part")), "skills": draw(st.sampled_from([[], ["PET"]])),
        })  # fmt: skip
    return people


@st.composite
def requests(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw a request for each level, or two; those of clinical work may ask for a title, for skills, for more."""
    rows = []
    for level, department, by in (
        ("clinical", "imaging", "number"), ("clinical", "wards", "number"), ("care", "imaging", "team"),
        ("guard", None, "number"),
    ):  # fmt: skip
        for shift in draw(st.lists(st.sampled_from(["day", "night"]), max_size=2, unique=department != "imaging")):
            again = any((row["shift"], row["level"], row["department"]) == (shift, level, department) for row in rows)
            if again and (level, department) != ("clinical", "imaging"):
                continue
            required = draw(st.integers(0, 2 if department == "imaging" and by == "number" else 1))
            rows.append({
                "department": department, "level": level, "shift": shift, "by": by, "first": FIRST,
                "last": draw(st.sampled_from([LAST, day_of(4)])),
                "days": draw(st.sampled_from([["every"], ["every"], ["days off"], ["workdays"], ["mon", "thu"]])),
                "required": required, "preferred": draw(maybe(required + 1)),
                "title": "MD" if again else draw(maybe("MD")) if level == "clinical" else None,
                "too_few": draw(st.sampled_from([100, 40])), "too_many": draw(st.sampled_from([0, 1, 5])),
                **draw(st.sampled_from([{}, {"skill": "PET", "skilled": 1}])),
            })  # fmt: skip
    return rows


@st.composite
def standing(draw: st.DrawFn, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Draw duties that stand: up to four days before the period, a few in it and after it, locked or not."""
    drawn = st.tuples(st.sampled_from(NAMES), st.integers(-4, 9), st.sampled_from(SHIFTS), st.booleans())
    found = []
    for name, offset, shift, locked in draw(st.lists(drawn, max_size=6, unique_by=lambda one: one[:2])):
        person = next(one for one in rows if one["name"] == name)
        level = draw(st.sampled_from(person["levels"]))
        found.append({
            "date": day_of(offset), "shift": shift, "level": level, "person": name, "team": person["team"],
            "department": None if level == "guard" else person["department"], "locked": locked,
            "counts_for": draw(st.sampled_from([None, None, None, "Bob"])) if level == "clinical" else None,
        })  # fmt: skip
    return found


@st.composite
def staff_books(draw: st.DrawFn) -> StaffBook:
    """Draw a book with nine persons, three levels and three shifts, for the period from FIRST to LAST."""
    rows, names = draw(staff()), st.sampled_from(NAMES)

    def of_persons(**fields: st.SearchStrategy[Any]) -> list[dict[str, Any]]:
        drawn = draw(st.lists(st.tuples(names, stretches(), st.fixed_dictionaries(fields)), max_size=2))
        return [{"person": name, **days, **more} for name, days, more in drawn]

    return StaffBook.model_validate({
        "rest_hours": draw(st.sampled_from([0, 11, 16])),
        "free_after_night": draw(st.booleans()),
        "departments": [{"name": "imaging"}, {"name": "wards"}],
        "levels": [{"name": "clinical"}, {"name": "care"}, {"name": "guard", "hospital": True}],
        "shifts": [
            {"name": "day", "start": "07:00", "end": "17:00", "minutes": draw(maybe(540))},
            {"name": "late", "start": "15:00", "end": "00:00", "not_next": draw(st.sampled_from([[], ["day"]]))},
            {"name": "night", "start": "17:00", "end": "07:00",
             "levels": draw(st.sampled_from([[], ["clinical", "care"]]))},
        ],
        "sequences": draw(st.lists(st.sampled_from([
            {"shifts": ["night", "off", "night"]}, {"shifts": ["off", "day", "off"]},
            {"shifts": ["day", "day", "day"], "levels": ["clinical"]}, {"shifts": ["night", "off"]},
        ]), max_size=1)),
        "contracts": [draw(contracts("full")), draw(contracts("part"))],
        "teams": [{"name": team, "department": "imaging", "level": "care", "turn": turn}
                  for turn, team in enumerate(TEAMS, start=1)],
        "staff": rows,
        "exemptions": of_persons(no=st.sampled_from(["nights", "days"])),
        "leave": of_persons(kind=st.sampled_from(["leave", "absence"])),
        "wishes": of_persons(shift=maybe(*SHIFTS), wants=st.sampled_from(["on", "off"]), weight=st.integers(1, 3)),
        "requests": draw(requests()),
        "duties": draw(standing(rows)),
        "counts": [{"person": "Ada", "level": "clinical", "nights": nights, "weekends": 1, "total": nights + 2}
                   for nights in draw(st.lists(st.integers(0, 3), max_size=1))],
    })  # fmt: skip


@st.composite
def rosters(draw: st.DrawFn, book: StaffBook) -> list[Duty]:
    """Draw duties of a book's period, most of them as the book asks for, with whole teams or parts of them."""
    origins = st.sampled_from(["auto", "auto", "auto", "manual", "substitute", "swap"])
    drawn = st.tuples(st.integers(0, 7), st.sampled_from(SHIFTS), st.sampled_from([*SINGLE, *TEAMS]), origins)
    duties = []
    for offset, shift, name, origin in draw(st.lists(drawn, max_size=14)):
        day, here = day_of(offset), draw(st.sampled_from(["imaging", "wards", "home", "home", "home"]))
        if name in TEAMS:
            members = draw(st.sampled_from([TEAMS[name], TEAMS[name], TEAMS[name][:1], (*TEAMS[name], "Ada")]))
            duties += [Duty(day, shift, "care", "imaging", one, name, origin) for one in members]
        else:
            level = draw(st.sampled_from([*book.person[name].levels, "clinical"]))
            department = SINGLE[name] if here == "home" else here
            duties.append(Duty(day, shift, level, "" if level == "guard" else department, name, "", origin))
    return duties
