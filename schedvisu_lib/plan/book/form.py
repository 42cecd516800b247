"""The form of the appointments planner's book."""

from __future__ import annotations

from typing import Final

from schedvisu_lib.plan.book.model import Book
from schedvisu_lib.plan.sheets.form import Form, Reference

FORM: Final = Form(
    Book,
    example="params/book.example.yaml",
    template="schedvisu plan appointments --template FILE",
    named={"groups": "group", "resources": "resource", "procedures": "procedure", "patients": "patient"},
    references=(
        Reference("travel", "a", "groups"),
        Reference("travel", "b", "groups"),
        Reference("resources", "group", "groups"),
        Reference("closures", "resource", "resources"),
        Reference("procedures", "resources", "resources"),
        Reference("orders", "before", "procedures"),
        Reference("orders", "after", "procedures"),
        Reference("incompatible", "a", "procedures"),
        Reference("incompatible", "b", "procedures"),
        Reference("exceptions", "a", "procedures"),
        Reference("exceptions", "b", "procedures"),
        Reference("exceptions", "patient", "patients"),
        Reference("exceptions", "resource", "resources"),
        Reference("busy", "patient", "patients"),
        Reference("prescriptions", "patient", "patients"),
        Reference("prescriptions", "procedure", "procedures"),
        Reference("prescriptions", "resources", "resources"),
        Reference("bookings", "resource", "resources"),
        Reference("bookings", "patient", "patients"),
        Reference("bookings", "procedure", "procedures"),
    ),
    hidden=frozenset({"patients"}),
)
