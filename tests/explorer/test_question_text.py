"""The first question, as the command line hands it to the notebook."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from schedvisu_lib.explorer.question import Question, as_text, question_from
from tests.conftest import load_demo

NOW = datetime(2026, 5, 22, 23)
D690, VISION = "Discovery 690", "Vision 600"
DEFAULT = Question((D690,), date(2026, 5, 18), date(2026, 5, 22), "weekly")


def asked(text: str) -> Question:
    return question_from(text, load_demo(), NOW, DEFAULT)


def test_nothing_said_is_the_default() -> None:
    assert asked("") == asked(as_text()) == DEFAULT


def test_scanners_come_in_the_order_of_the_site_file() -> None:
    assert asked(as_text([VISION, D690])) == DEFAULT.of_scanners(D690, VISION)


def test_days_of_ones_own_have_no_period_s_title() -> None:
    days = date(2026, 4, 1), date(2026, 4, 9)
    assert asked(as_text([VISION], days)) == Question((VISION,), *days, "chosen days")


def test_period_ends_on_the_last_friday_over() -> None:
    assert asked(as_text(title="biweekly")) == Question((D690,), date(2026, 5, 11), date(2026, 5, 22), "biweekly")


@pytest.mark.parametrize(
    "text",
    [
        "no JSON",
        "[1]",
        '{"scanners": ["Nobody"]}',
        '{"scanners": "Vision 600"}',
        '{"first": "2026-02-30"}',
        '{"first": "2026-05-22", "last": "2026-05-18"}',
        '{"last": "2026-05-18"}',
        '{"first": 5}',
        '{"first": "0202-05-18", "last": "2026-05-22"}',
        '{"first": "2026-05-18", "last": "9999-05-22"}',
        '{"title": "never"}',
        '{"title": ["weekly"]}',
        '{"title": "never", "first": "2026-05-01"}',
    ],
)
def test_what_is_wrong_leaves_the_default(text: str) -> None:
    assert asked(text) == DEFAULT


def test_wrong_days_leave_the_scanner() -> None:
    assert asked('{"scanners": ["Vision 600"], "first": "x"}') == DEFAULT.of_scanners(VISION)
