"""What should be known of a staff book though it stops nothing: each note with its place and exact wording."""

from __future__ import annotations

from typing import Any

from schedvisu_lib.plan.roster.book.notes import notes_on
from tests.plan.roster.book.test_checks import Found, found_by, given, mistakes, wish
from tests.plan.roster.small import STAFF, absent_on, person


def notes(**changes: Any) -> Found:
    """Return place and wording of the notes on the small book with other fields; it has no mistake."""
    assert not mistakes(**changes)
    return found_by(notes_on, changes)


def test_the_small_book_has_no_notes() -> None:
    assert notes() == []


# --- people -----------------------------------------------------------------------------------------------------------


def test_teams_without_members_are_named() -> None:
    empty = {"name": "grey", "department": "imaging", "level": "nursing"}
    assert notes(teams=[*STAFF["teams"], empty]) == [("teams.3", 'nobody of the staff is in "grey"')]


# --- what stands ------------------------------------------------------------------------------------------------------


def test_given_duties_that_break_rules_are_told() -> None:
    found = notes(duties=[given(5, shift="night"), given(6)])
    assert [(place, text.partition(" (rule ")[2]) for place, text in found] == [
        ("duties.1", "4, after a night)"),
        ("duties.1", "5, rest)"),
    ]
    assert all(text.startswith("Ana, Wed 6 May, day: ") for _, text in found)
    [(place, text)] = notes(duties=[given(5)], leave=[absent_on("Ana", 5)])
    assert (place, text) == ("duties.0", "Ana, Tue 5 May, day: is away (rule 7, leave)")


def test_a_book_tells_of_some_duties_only() -> None:
    """Stretches shorter than the contract's, and duties for which there is no request, need not be wrong."""
    contract = {"name": "full", "least_in_row": 2, "most_in_row": 2, "least_free_in_row": 2}
    changes = {"contracts": [contract], "staff": [person("Ana", contract="full"), *STAFF["staff"][1:]]}
    assert notes(duties=[given(1, shift="late"), given(3), given(5)], **changes) == []
    assert [place for place, _ in notes(duties=[given(1), given(2), given(3)], **changes)] == ["duties.2"]


# --- wishes and counts ------------------------------------------------------------------------------------------------


def test_wishes_on_days_of_leave_are_told() -> None:
    text = 'means nothing from 2026-05-06 to 2026-05-07, when "Ana" is away'
    leave = [absent_on("Ana", 6, 7)]
    assert notes(leave=leave, wishes=[wish("on", 5, 6), wish("off", 8, 9), wish("off", 7, 7)]) == [
        ("wishes.0", text),
        ("wishes.2", text),
    ]


def test_counts_above_their_total_are_told() -> None:
    rows = [{"nights": 2, "total": 2}, {"holidays": 3, "total": 2}]
    counts = [{"person": name, "level": "clinical", **row} for name, row in zip(("Ana", "Ben"), rows, strict=True)]
    assert notes(counts=counts) == [
        ("counts.1.total", '2, but "Ben" has 3 holidays; nights and days count here')
    ]  # fmt: skip
