"""The form of the staff book."""

from __future__ import annotations

from typing import Final, TypeAlias

from schedvisu_lib.plan.roster.book.model import OFF, StaffBook
from schedvisu_lib.plan.sheets import facts
from schedvisu_lib.plan.sheets.form import Form, Reference

Facts: TypeAlias = facts.Facts[StaffBook]
Check: TypeAlias = facts.Check[StaffBook]

FORM: Final = Form(
    StaffBook,
    example="params/staff.example.yaml",
    template="schedvisu plan roster --template FILE",
    named={
        "departments": "department",
        "levels": "level",
        "shifts": "shift",
        "contracts": "contract",
        "teams": "team",
        "staff": "person",
    },
    references=(
        Reference("shifts", "levels", "levels"),
        Reference("shifts", "not_next", "shifts"),
        Reference("sequences", "shifts", "shifts", also=(OFF,)),
        Reference("sequences", "levels", "levels"),
        Reference("teams", "department", "departments"),
        Reference("teams", "level", "levels"),
        Reference("staff", "department", "departments"),
        Reference("staff", "levels", "levels"),
        Reference("staff", "team", "teams"),
        Reference("staff", "contract", "contracts"),
        Reference("exemptions", "person", "staff"),
        Reference("leave", "person", "staff"),
        Reference("wishes", "person", "staff"),
        Reference("wishes", "shift", "shifts"),
        Reference("requests", "department", "departments"),
        Reference("requests", "level", "levels"),
        Reference("requests", "shift", "shifts"),
        Reference("duties", "shift", "shifts"),
        Reference("duties", "level", "levels"),
        Reference("duties", "department", "departments"),
        Reference("duties", "person", "staff"),
        Reference("duties", "team", "teams"),
        Reference("duties", "counts_for", "staff"),
        Reference("counts", "person", "staff"),
        Reference("counts", "level", "levels"),
        Reference("debts", "debtor", "staff"),
        Reference("debts", "creditor", "staff"),
        Reference("debts", "shift", "shifts"),
        Reference("debts", "level", "levels"),
    ),
)
