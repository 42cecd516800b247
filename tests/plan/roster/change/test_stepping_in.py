"""Others stand in for somebody who is absent, wherever that breaks no rule."""

from __future__ import annotations

from datetime import date

from schedvisu_lib.plan.roster.change.stepping_in import step_in
from tests.export.roster.conftest import LAST, MONDAY, build_content, rows_of


def test_the_first_who_breaks_no_rule_stands_in_and_is_owed_and_others_seats_stay_empty():
    content = build_content()
    found = step_in(
        content.duties, content.book, content.site, MONDAY, LAST, "Bo", date(2026, 5, 12), date(2026, 5, 16)
    )
    # Di has the fewest nights and is free around Tuesday; around Saturday the others have a night.
    assert found.lines == [
        "Tue 12 May, night, clinical: Di stands in for Bo (free)",
        "Sat 16 May, night, clinical: nobody can stand in for Bo without breaking a rule",
    ]
    assert rows_of(found.table, origin="substitute", person="Di")["date"].dt.day.tolist() == [12]
    assert rows_of(found.table, person="", shift="night")["date"].dt.day.tolist() == [16]
    assert [(one.debtor, one.creditor, one.date.day) for one in found.book.debts] == [("Bo", "Di", 12)]


def test_those_of_a_team_who_are_there_do_the_work():
    content = build_content()
    day = date(2026, 5, 4)
    found = step_in(content.duties, content.book, content.site, MONDAY, LAST, "Tech 1", day, day)
    assert found.lines == ["Mon 4 May, day, paraclinical: 1 of 2 of T1 do the work"]
    assert found.book.debts == ()
