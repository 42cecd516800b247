"""Two letters for each exam type: each its own, and always the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from schedvisu_lib.figures.codes import exam_type_codes
from schedvisu_lib.settings.scanners import ExamType
from tests.conftest import load_demo


def with_types(site, names):
    kinds = tuple(ExamType(name=name, patterns=("x",)) for name in names)
    return site.model_copy(update={"exam_types": kinds})


def test_code_is_made_of_the_words_or_of_the_letters(demo_site):
    codes = exam_type_codes(demo_site)
    wanted = {"FDG STAND.": "FS", "FDG CERV.": "FC", "PSMA": "PS", "V/P POUMON": "VP", "OS": "OS", "OTHER": "AU"}
    assert {name: codes[name] for name in wanted} == wanted


def test_later_type_takes_another_letter_then_a_number(demo_site):
    codes = exam_type_codes(with_types(demo_site, ["FDG STAND.", "FDG SPEC.", "FS", "F S", "FES"]))
    assert list(codes.values()) == ["FS", "FD", "F1", "F2", "FE", "AU"]


def test_name_without_letters_has_a_code(demo_site):
    assert list(exam_type_codes(with_types(demo_site, ["***", "_"])).values()) == ["?1", "?2", "AU"]


def test_code_does_not_depend_on_types_that_come_later(demo_site):
    few = exam_type_codes(with_types(demo_site, ["FDG STAND.", "FDG SPEC."]))
    more = exam_type_codes(with_types(demo_site, ["FDG STAND.", "FDG SPEC.", "FS", "AUX"]))
    assert few.items() - {("OTHER", "AU")} <= more.items()


@given(st.lists(st.text("AB .é1", min_size=1, max_size=6).filter(str.strip).map(str.strip), max_size=25, unique=True))
def test_no_two_types_have_the_same(names):
    codes = exam_type_codes(with_types(load_demo(), names))
    assert len(set(codes.values())) == len(codes) == len(names) + 1
    assert all(2 <= len(code) <= 3 for code in codes.values())
