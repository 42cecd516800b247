"""Descriptions of studies come from outside: no program may run them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedvisu_lib.export.texts import defused, looks_like_formula, printable


@pytest.mark.parametrize(
    ("text", "harmless"),
    [
        ("=1+1", "'=1+1"),
        ("+41 21", "'+41 21"),
        ("-contrast", "'-contrast"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1+1", "  '=1+1"),
        ("\t=1+1", " '=1+1"),
        ("\r\n=1+1", " '=1+1"),
        ("＝1+1", "'＝1+1"),
        ("a;=1+1", "a;'=1+1"),
        ('a,"=1+1', "a,\"'=1+1"),
        ("PET-CT FDG", "PET-CT FDG"),
        ("a+b = c", "a+b = c"),
        ("", ""),
    ],
)
def test_a_formula_becomes_a_text(text: str, harmless: str) -> None:
    assert defused(text) == harmless


@pytest.mark.parametrize(
    ("text", "is_one"), [("=1", True), (" -1", True), ("a=1", False), ("a;=1", False), ("", False)]
)
def test_only_the_beginning_of_a_cell_of_its_own_counts(text: str, is_one: bool) -> None:
    assert looks_like_formula(text) is is_one


def test_control_characters_become_a_space() -> None:
    assert printable("Os\x1b$B \x00\x07 entier\x85é") == "Os $B   entier é"
    assert printable("début\r\nfin\ufffe") == "début fin "


@given(st.text(alphabet=st.one_of(st.sampled_from("=+-@＝,;|\"' \t\n\x00a"), st.characters())))
def test_no_cell_begins_as_a_formula_at_any_separator(text: str) -> None:
    for separator in ",;|\t":
        for cell in defused(text).split(separator):
            assert not re.match(r'[\s"]*[=+\-@＝＋－＠]', cell)
