"""Cells are read as people write them."""

from __future__ import annotations

from typing import Any

import pytest

from schedvisu_lib.plan.roster.book.model import Person, Shift
from schedvisu_lib.plan.sheets.cells import columns_of, flag, number


@pytest.mark.parametrize(("value", "read"), [(11, 11.0), (11.5, 11.5), ("11.5", 11.5), (" 11,5 ", 11.5)])
def test_a_number_may_have_a_point_or_a_comma(value: Any, read: float) -> None:
    assert number(value) == read


@pytest.mark.parametrize(("value", "found"), [("often", "'often'"), (True, "True")])
def test_what_is_no_number_is_told(value: Any, found: str) -> None:
    with pytest.raises(ValueError, match=f"^must be a number, found {found}$"):
        number(value)


@pytest.mark.parametrize("word", ["yes", "Yes", "true", "on", "x", 1, "oui", True])
def test_a_yes_is_written_in_many_ways(word: Any) -> None:
    assert flag(word) is True


@pytest.mark.parametrize("word", ["no", "NO", "false", "off", 0, "non", False])
def test_so_is_a_no(word: Any) -> None:
    assert flag(word) is False


def test_columns_know_their_type_and_what_an_empty_cell_means() -> None:
    columns = columns_of(Person)
    assert (columns["night"].kind, columns["night"].is_usually_yes) == (bool, True)
    assert (columns["levels"].kind, columns["levels"].is_list, columns["levels"].required) == (str, True, True)
    assert (columns_of(Shift)["minutes"].kind, columns_of(Shift)["minutes"].required) == (int, False)
