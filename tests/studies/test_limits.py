"""Which of a page's exams count: as parameters of a notebook, and in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedvisu_lib.language import language
from schedvisu_lib.settings.calendar import WEEKDAYS
from schedvisu_lib.studies.limits import ALL, Limits

MORNING = Limits(("mon", "tue"), ("08:00", "12:00"), ("FDG STAND.", "PSMA"), (1, 2))


def test_parameters_are_plain_texts_and_none_stands_for_what_does_not_limit():
    assert MORNING.parameters() == {
        "weekdays": "mon, tue",
        "hours": "08:00-12:00",
        "exam_types": "FDG STAND.\nPSMA",
        "takes": "1, 2",
    }
    assert tuple(MORNING.parameters()) == Limits.PARAMETERS
    assert Limits(takes=(3,)).parameters() == {"takes": "3"}
    assert ALL.parameters() == {}


_CLOCK = st.integers(0, 1440).map(lambda minute: f"{minute // 60:02d}:{minute % 60:02d}")
_NAMES = st.text("AZé./, -+;'", min_size=1).map(str.strip).filter(bool)


@given(
    st.lists(st.sampled_from(WEEKDAYS), unique=True).map(tuple),
    st.none() | st.lists(_CLOCK, min_size=2, max_size=2, unique=True).map(lambda two: tuple(sorted(two))),
    st.lists(_NAMES, unique=True).map(tuple),
    st.lists(st.integers(1, 99), unique=True).map(tuple),
)
def test_what_is_written_as_parameters_is_read_as_it_was(weekdays, hours, exam_types, takes):
    limits = Limits(weekdays, hours, exam_types, takes)
    assert Limits.read(**limits.parameters()) == limits


def test_a_hand_writes_them_loosely():
    assert Limits.read(" Mon tue ", "08:00 – 12:00", "\n FDG STAND. \nPSMA\n", "1 2") == MORNING
    assert Limits.read() == ALL


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ({"weekdays": "lundi"}, 'weekday "lundi" is unknown; allowed: mon, tue'),
        ({"hours": "8-12"}, 'hours "8-12": write from and until, as 08:00-12:00'),
        ({"hours": "12:00-08:00"}, "write from and until"),
        ({"hours": "08:00-25:00"}, "write from and until"),
        ({"takes": "1, first"}, 'take "first": write numbers from 1'),
        ({"takes": "0"}, 'take "0": write numbers from 1'),
    ],
)
def test_what_is_not_written_so_is_told(written, words):
    with pytest.raises(ValueError, match=words):
        Limits.read(**written)


def test_chosen_exams_meet_all_limits_and_days_keep_the_others(make_studies, demo_site):
    studies = make_studies(
        [
            {"start": "2026-05-18 08:00", "end": "2026-05-18 08:20"},
            {"start": "2026-05-18 12:00", "end": "2026-05-18 12:20"},
            {"start": "2026-05-18 09:00", "end": "2026-05-18 09:20", "exam_type": "FET"},
            {"start": "2026-05-20 08:00", "end": "2026-05-20 08:20"},
        ]
    )
    assert list(MORNING.chosen(studies).index) == [0]
    assert list(MORNING.on_days(studies).index) == [0, 1, 2]
    assert MORNING.site(demo_site).calendar.workdays == ("mon", "tue")
    assert list(ALL.chosen(studies).index) == [0, 1, 2, 3]
    assert ALL.site(demo_site) is demo_site


def test_only_a_choice_within_a_day_leaves_exams_of_it_out():
    assert [Limits(("mon",)).chooses_exams, ALL.chooses_exams] == [False, False]
    some = [Limits(hours=("08:00", "24:00")), Limits(exam_types=("OS",)), Limits(takes=(1,))]
    assert all(limits.chooses_exams for limits in some)


def test_words_name_what_counts_days_in_the_order_of_the_week():
    english, french = language("en"), language("fr")
    assert MORNING.words(english) == "only Mon, Tue; 08:00–12:00; FDG\xa0STAND., PSMA; take 1, 2"
    assert Limits(("fri", "mon")).words(french) == "seulement lun., ven."
    assert Limits(exam_types=("OTHER",)).words(french) == "seulement AUTRE"
    assert ALL.words(english) == ""


def test_many_exam_types_are_counted():
    assert Limits(exam_types=tuple("ABCDEF")).words(language("en")) == "only A, B, C, D, E, F"
    assert Limits(exam_types=tuple("ABCDEFG")).words(language("en")) == "only 7 exam types"
