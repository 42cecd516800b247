"""What the checks of the appointments planner's book are about."""

from __future__ import annotations

from typing import TypeAlias

from schedvisu_lib.plan.book.model import Book
from schedvisu_lib.plan.sheets import facts

Facts: TypeAlias = facts.Facts[Book]
Check: TypeAlias = facts.Check[Book]
