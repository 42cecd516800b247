"""The roster as a figure: where duties stand, how they look, what is marked."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from schedvisu_lib.figures.roster import plot_roster
from schedvisu_lib.figures.roster_lines import Line, RosterFrame, empty_words, roster_lines, shift_colors, shift_letters
from schedvisu_lib.figures.roster_page import RosterPages, pages_of, stretches
from tests.plan.conftest import english_site

DAYS = pd.date_range("2026-05-08", "2026-05-11")  # Friday to Monday


def frame() -> RosterFrame:
    return RosterFrame(
        shifts=pd.DataFrame(
            {"shift": ["day", "night"], "night": [False, True], "hours": ["07:00–17:00", "17:00–07:00"]}
        ),
        people=pd.DataFrame(
            {"person": ["Ada", "Bo"], "level": "clinical", "department": "", "team": ["", "T1"], "phone": ""},
        ),
        days=pd.DataFrame({"date": DAYS, "off": [False, True, True, False], "name": ""}),
        away=pd.DataFrame({"person": ["Bo"], "date": [DAYS[3]]}),
        counts=pd.DataFrame({"person": ["Ada", "Bo"], "nights": [2, 0], "weekends": 1, "holidays": 0, "total": [2, 1]}),
    )


def duties(*changes: dict[str, Any]) -> pd.DataFrame:
    usual = {"level": "clinical", "department": "", "team": "", "origin": "auto", "locked": False, "reason": ""}
    rows = [
        {"date": DAYS[0], "shift": "night", "person": "Ada"},
        {"date": DAYS[2], "shift": "night", "person": "Ada", "locked": True},
        {"date": DAYS[1], "shift": "day", "person": "Bo", "origin": "manual"},
        {"date": DAYS[2], "shift": "day", "person": ""},
        {"date": DAYS[2], "shift": "day", "person": ""},
        *changes,
    ]
    return pd.DataFrame([{**usual, **row} for row in rows])


@pytest.fixture
def ax() -> Any:
    figure = plt.figure(figsize=(8, 3))
    yield figure.add_axes((0.2, 0.1, 0.75, 0.7))
    plt.close(figure)


def boxes(ax: Any, gid: str) -> list[list[float]]:
    """Return left and top of the rectangles of a name."""
    found = [artist for artist in ax.artists + ax.patches if artist.get_gid() == gid]
    return [
        sorted({(round(corner[:, 0].min(), 2), round(corner[:, 1].min(), 2))})
        for artist in found
        for corner in artist.get_path().vertices.reshape(-1, 5, 2)
    ]


def texts(ax: Any, gid: str) -> list[tuple[float, float, str]]:
    return [(*text.get_position(), text.get_text()) for text in ax.texts if text.get_gid() == gid]


def test_each_duty_is_a_box_with_its_letter_in_the_row_of_its_person(ax):
    plot_roster(duties(), frame(), english_site(), ax=ax)
    # The pool's heading is row 0, Ada row 1, Bo row 2, what is empty row 3.
    assert texts(ax, "duty") == [(0.5, 1.5, "N"), (2.5, 1.5, "N"), (1.5, 2.5, "D")]
    assert boxes(ax, "planned night") == [[(0.05, 1.05)], [(2.05, 1.05)]]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Ada", "Bo (T1)", "nobody"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["May\nF\n8", "S\n9", "S\n10", "M\n11"]


def test_days_off_leave_locks_and_what_was_set_by_hand_are_marked(ax):
    plot_roster(duties(), frame(), english_site(), ax=ax)
    assert boxes(ax, "days off") == [[(1, 0)], [(2, 0)]]
    assert boxes(ax, "away") == [[(3, 2)]]
    assert boxes(ax, "locked") == [[(2.05, 1.05)]]
    [mark] = [artist for artist in ax.artists + ax.patches if artist.get_gid() == "mark manual"]
    assert mark.get_xy()[0].tolist() == pytest.approx([1.95, 2.05])  # the upper right corner


def test_seats_that_nobody_fills_stand_in_a_red_row_with_their_number(ax):
    plot_roster(duties(), frame(), english_site(), ax=ax)
    assert texts(ax, "empty seats") == [(2.5, 3.5, "2D")]
    [red] = [artist for artist in ax.artists + ax.patches if artist.get_gid() == "empty"]
    assert to_hex(red.get_facecolor()) == "#c00000"


def test_counts_stand_at_the_right(ax):
    plot_roster(duties(), frame(), english_site(), ax=ax)
    assert [text for _, y, text in texts(ax, "count") if y == 1.5] == ["2", "1", "0", "2"]


def test_what_stood_is_pale_and_another_level_in_italics(ax):
    stood = {"date": DAYS[3], "shift": "day", "person": "Ada", "origin": "given", "level": "leadership"}
    plot_roster(duties(stood), frame(), english_site(), ax=ax)
    assert boxes(ax, "stood day") == [[(3.05, 1.05)]]
    [last] = [text for text in ax.texts if text.get_gid() == "duty" and text.get_position()[0] == 3.5]
    assert last.get_fontstyle() == "italic"


def test_without_people_a_sentence(ax):
    none = RosterFrame(*(table.iloc[:0] for table in vars(frame()).values()))
    plot_roster(duties().iloc[:0], none, english_site(), ax=ax)
    assert [text.get_text() for text in ax.texts] == ["No duty on these days."]


def test_letters_are_few_and_no_two_shifts_have_the_same():
    assert shift_letters(["day", "night", "duty", "d"]) == {"day": "D", "night": "N", "duty": "Du", "d": "D1"}
    many = pd.DataFrame({"shift": [f"s{n}" for n in range(12)], "night": [n % 2 == 0 for n in range(12)]})
    assert len(shift_colors(many)) == 12
    assert empty_words(pd.DataFrame({"shift": ["night", "day", "night"]}), {"day": "D", "night": "N"}) == "D 2N"


def test_a_pool_that_only_lacks_somebody_has_its_row():
    vacant = {"date": DAYS[0], "shift": "day", "person": "", "level": "nursing", "department": "Ward"}
    lines = roster_lines(duties(vacant), frame())
    assert [(line.kind, line.level) for line in lines[-2:]] == [("pool", "nursing"), ("empty", "nursing")]


def test_long_rosters_are_split_by_people_and_by_weeks():
    pool = [Line("pool", "a", ""), *(Line("person", "a", "", str(n)) for n in range(5))]
    other = [Line("pool", "b", ""), Line("person", "b", "", "x")]
    assert [len(page) for page in pages_of([*pool, *other], 4)] == [4, 3, 2]
    assert [page[0].kind for page in pages_of([*pool, *other], 4)] == ["pool"] * 3
    assert [len(page) for page in pages_of([*pool, *other], 9)] == [8]
    first, last = DAYS[0].date(), pd.Timestamp("2026-06-30").date()
    assert [(str(a), str(b)) for a, b in stretches(first, last)] == [
        ("2026-05-08", "2026-05-31"), ("2026-06-01", "2026-06-28"), ("2026-06-29", "2026-06-30"),
    ]  # fmt: skip


def test_the_page_explains_only_the_signs_that_occur():
    from datetime import date, datetime

    with_times = duties().assign(start=DAYS[0], end=DAYS[0])
    days = (date(2026, 5, 8), date(2026, 5, 11))
    nothing = pd.DataFrame()
    pages = RosterPages(with_times, frame(), english_site(), *days, datetime(2026, 5, 1), nothing, nothing)
    [page] = pages.roster()
    legend = page.text[page.text.index('class="legend"') :]
    for words, occurs in (
        ("locked", True),
        ("set by hand", True),
        ("nobody", True),
        ("substitute", False),
        ("italics", False),
    ):
        assert (words in legend) == occurs, words
