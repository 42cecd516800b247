"""The screen: what is drawn, and what is not drawn again; sentences instead of tracebacks."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from ipywidgets import HTML, VBox

import schedvisu_lib as sv
from schedvisu_lib.errors import StoreError
from schedvisu_lib.explorer import screen as screen_module
from schedvisu_lib.explorer.busy import Busy
from schedvisu_lib.explorer.comparison import BEFORE
from schedvisu_lib.explorer.desk import Desk
from schedvisu_lib.explorer.drawings import KEPT, Drawings
from schedvisu_lib.explorer.newest import Newest
from schedvisu_lib.explorer.notebook import ASK, SITE
from schedvisu_lib.explorer.question import Question, as_text
from schedvisu_lib.explorer.screen import MAPPING, VIEWED, WHAT_IF, Screen
from schedvisu_lib.explorer.sight import Sight
from schedvisu_lib.explorer.stage import HALF, WIDE
from schedvisu_lib.figures.html import Html
from tests.conftest import build_studies, write_site_file
from tests.explorer.small_desk import D670, D690, EXAMS, VISION, small_desk

MONDAY, FRIDAY = date(2026, 5, 18), date(2026, 5, 22)


@dataclass
class Seen:
    """A view that writes down what it was asked to draw."""

    name: str = "seen"
    title: str = "Agenda"
    page: str = "scanner-page"
    drawn: list[tuple[str, date, float]] = field(default_factory=list)
    failure: Exception | None = None

    def show(self, sight: Sight, width: float) -> Html:
        self.drawn.append((sight.scanner, sight.question.first, width))
        if self.failure:
            raise self.failure
        return Html(f"<p>{len(sight.chosen)} drawn</p>")

    def code(self, question: Question, scanner: str) -> list[str]:
        return []


@dataclass
class SeenPanel:
    """A panel that writes down what it was asked."""

    asked: list[Question] = field(default_factory=list)
    widget: HTML = field(default_factory=HTML)

    def ask(self, question: Question) -> None:
        self.asked.append(question)


class Shown:
    """A screen with views that write down what they draw."""

    def __init__(self, desk: Desk, monkeypatch: pytest.MonkeyPatch, asked: str = "") -> None:
        self.views = (Seen(), Seen("other", "Counts"))
        self.panels = {room: SeenPanel() for room in (MAPPING, WHAT_IF)}
        self.built: list[str] = []
        monkeypatch.setattr(screen_module, "VIEWS", self.views)
        builders = {room: self._builder(room) for room in self.panels}
        monkeypatch.setattr(screen_module, "_PANELS", builders)
        self.desk = desk
        self.screen = Screen(desk, asked)
        self.controls = self.screen.controls

    def _builder(self, room: str) -> Any:
        def build(desk: Desk, busy: Any) -> SeenPanel:
            self.built.append(room)
            return self.panels[room]

        return build

    @property
    def drawn(self) -> list[tuple[str, date, float]]:
        """What was drawn since this was last asked."""
        found = self.views[0].drawn[:]
        self.views[0].drawn.clear()
        return found

    def sides(self) -> list[list[str]]:
        """What is read on the stage: the places of each side."""
        return [[words_of(place) for place in side.children] for side in self.screen.stage.widget.children]


def words_of(widget: Any) -> str:
    """Return all that the pieces of HTML of a widget say."""
    if isinstance(widget, HTML):
        return " ".join(unescape(re.sub("<[^>]*>", " ", widget.value)).split())
    return " ".join(filter(None, map(words_of, getattr(widget, "children", ()))))


@pytest.fixture
def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shown:
    return Shown(small_desk(tmp_path), monkeypatch)


# What is drawn


def test_first_look_shows_the_first_scanner_with_days_and_number_of_exams(shown: Shown) -> None:
    assert shown.sides() == [["Discovery 690 from 18 May 2026 to 22 May 2026 · W21 3 exams 3 drawn"]]
    assert shown.drawn == [(D690, MONDAY, WIDE)]


def test_first_question_may_come_from_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = as_text([VISION], (date(2026, 5, 12), date(2026, 5, 12)))
    shown = Shown(small_desk(tmp_path), monkeypatch, asked)
    assert shown.sides() == [["Vision 600 on Tue 12 May 2026 · W20 1 exam 1 drawn"]]
    assert shown.drawn == [(VISION, date(2026, 5, 12), WIDE)]


def test_scanner_that_is_added_is_drawn_alone(shown: Shown) -> None:
    assert shown.drawn
    shown.controls.scanners.several.value = True
    shown.controls.scanners.together.button(VISION).value = True
    assert [len(side) for side in shown.sides()] == [2]
    assert shown.drawn == [(VISION, MONDAY, WIDE)]
    shown.controls.scanners.together.button(D690).value = False
    assert shown.sides() == [["Vision 600 from 18 May 2026 to 22 May 2026 · W21 1 exam 1 drawn"]]
    assert shown.drawn == []


def test_going_back_draws_nothing_again(shown: Shown) -> None:
    assert shown.drawn
    shown.controls.days.steps["week before"].click()
    shown.controls.days.steps["week before"].click()  # a week without exams: nothing to draw
    shown.controls.days.steps["latest"].click()
    shown.screen.views.value = "other"
    shown.screen.views.value = "seen"
    assert shown.drawn == []
    assert shown.sides() == [["Discovery 690 from 18 May 2026 to 22 May 2026 · W21 3 exams 3 drawn"]]
    assert len(shown.views[1].drawn) == 1


def test_comparison_shows_two_sides_drawn_for_half_the_width(shown: Shown) -> None:
    shown.controls.scanners.alone.value = VISION
    assert shown.drawn
    shown.controls.comparison.kind.value = BEFORE
    assert shown.drawn == [(VISION, MONDAY, HALF), (VISION, date(2026, 5, 11), HALF)]
    first, second = shown.sides()
    assert "18 May 2026" in first[0]
    assert second == ["Vision 600 from 11 May 2026 to 15 May 2026 · W20 1 exam 1 drawn"]


def test_filtered_exams_are_told_beside_all(shown: Shown) -> None:
    shown.controls.filters.exam_types.button("PSMA").value = True
    assert shown.sides() == [["Discovery 690 from 18 May 2026 to 22 May 2026 · W21 2 of 3 exams 2 drawn"]]
    shown.controls.filters.weekdays.button("thu").value = True
    assert "Agenda: no exam from 18 May 2026" in shown.sides()[0][0]


def test_only_the_last_drawings_are_kept(shown: Shown) -> None:
    drawings, view = Drawings(shown.desk), Seen()
    question = shown.controls.default
    for width in range(KEPT + 1):
        drawings.get(view, question, D690, width)
    drawings.get(view, question, D690, 1)
    assert len(view.drawn) == KEPT + 1
    drawings.get(view, question, D690, 0)
    assert len(view.drawn) == KEPT + 2


def test_widgets_that_are_no_longer_kept_are_closed(shown: Shown) -> None:
    table = HTML("rows")
    shown.views[1].show = lambda sight, width: VBox([table])  # type: ignore[assignment, method-assign, return-value]
    shown.screen.views.value = "other"
    assert table.comm is not None
    shown.desk.read()
    assert table.comm is None


# Sentences


def test_range_without_exams_is_a_sentence(shown: Shown) -> None:
    shown.controls.days.steps["week before"].click()
    heading = "Discovery 690 from 11 May 2026 to 15 May 2026 · W20 0 exams"
    assert shown.sides() == [[f"{heading} Agenda: no exam from 11 May 2026 to 15 May 2026."]]


def test_filters_that_leave_out_everything_are_named(shown: Shown) -> None:
    shown.controls.filters.hours.value = (time(0), time(8))
    assert shown.sides()[0][0].endswith("22 May 2026. The filters leave out all 3 exams.")


def test_days_that_are_not_in_the_store_are_counted(shown: Shown) -> None:
    shown.desk.stored = shown.desk.stored[:-1]
    shown.controls.days.first.value = date(2026, 4, 30)
    # 30 April and 1 May are open days before the store begins, the 22nd was taken away; 14 and 15 May are closed.
    assert "Open days that are not in the store: 3 of 15. 3 drawn" in shown.sides()[0][0]
    shown.controls.show(Question((D690,), date(2026, 6, 1), date(2026, 6, 5)))
    shown.screen.views.value = "other"
    assert shown.sides()[0][0].endswith("2026. None of these open days is in the store.")


def test_days_in_the_wrong_order_leave_the_stage_as_it_is(shown: Shown) -> None:
    before = shown.sides()
    shown.controls.days.last.value = date(2026, 5, 1)
    assert shown.sides() == before
    assert "lies before" in shown.controls.problem_line.value


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (StoreError("2026.parquet: damaged; run schedvisu consolidate"), "2026.parquet: damaged; run schedvisu consol"),
        (ValueError("no such period"), "no such period"),
        (KeyError("patient p1"), "KeyError at test_screen.py:"),
    ],
)
def test_what_fails_is_a_sentence_until_the_next_change(shown: Shown, failure: Exception, words: str) -> None:
    shown.views[0].failure = failure
    shown.controls.scanners.alone.value = VISION
    assert words in words_of(shown.screen.banner)
    assert "p1" not in words_of(shown.screen.banner)
    assert shown.screen.busy.value == ""
    shown.views[0].failure = None
    shown.controls.scanners.alone.value = D670
    assert words_of(shown.screen.banner) == ""
    assert "2 drawn" in shown.sides()[0][0]


def test_notice_of_the_desk_stands_in_the_banner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(sv.load_site(write_site_file(tmp_path)))
    shown = Shown(desk, monkeypatch)
    assert words_of(shown.screen.banner) == " ".join(desk.notice.split()) != ""
    assert shown.sides()[0][0].startswith("Discovery 690 du ")


# What others change


def test_reload_and_changes_by_other_programs_draw_anew(shown: Shown) -> None:
    assert shown.drawn

    stored = build_studies()

    def read() -> str:
        shown.desk.studies = stored
        return ""

    shown.desk._read = read  # type: ignore[method-assign]  # the store of the test is empty
    shown.screen.reload.click()
    assert shown.drawn == []
    assert shown.controls.filters.exam_types.offered == ()
    stored = build_studies(EXAMS[:1])
    shown.desk._seen = "other files"
    shown.controls.comparison.kind.value = BEFORE
    assert shown.drawn == [(D690, MONDAY, HALF)]
    assert shown.controls.filters.exam_types.offered == ("FDG STAND.",)


# Panels


def test_panels_are_built_when_they_are_entered_and_asked_when_the_question_changes(shown: Shown) -> None:
    assert shown.built == []
    shown.screen.rooms.value = WHAT_IF
    shown.controls.scanners.alone.value = VISION
    shown.screen.rooms.value = VIEWED
    shown.screen.rooms.value = WHAT_IF
    assert shown.built == [WHAT_IF]
    assert [question.scanners for question in shown.panels[WHAT_IF].asked] == [(D690,), (VISION,), (VISION,)]
    assert shown.panels[MAPPING].asked == []


# Newest


def test_older_work_is_given_up_when_something_newer_is_wanted() -> None:
    done: list[str] = []

    def work(name: str) -> Iterator[None]:
        for step in range(3):
            yield
            done.append(f"{name}{step}")

    async def hurry() -> None:
        newest = Newest()
        newest.begin(lambda: work("a"))
        newest.begin(lambda: work("b"))
        while "b0" not in done:
            await asyncio.sleep(0.005)
        for name in "cde":
            newest.begin(lambda name=name: work(name))  # type: ignore[misc]
        while not newest.is_idle:
            await asyncio.sleep(0.005)

    asyncio.run(hurry())
    assert done == ["b0", "e0", "e1", "e2"]


def test_work_that_is_given_up_is_closed() -> None:
    closed: list[bool] = []

    def work() -> Iterator[None]:
        try:
            yield
        finally:
            closed.append(True)

    async def stop() -> None:
        newest = Newest()
        newest.begin(work)
        await asyncio.sleep(0.03)
        newest.give_up()

    asyncio.run(stop())
    assert len(closed) == 1


# explore()


def test_explorer_says_what_it_holds(desk_site: sv.Site, monkeypatch: pytest.MonkeyPatch) -> None:
    n = len(sv.open_store(desk_site).studies("2026-04-01", "2026-06-01"))
    assert n > 500
    assert repr(sv.explore(desk_site.file)) == f"Explorer: {n:,} exams of 5 scanners, 2026-04-20 to 2026-05-22"
    monkeypatch.setenv(SITE, str(desk_site.file))
    monkeypatch.setenv(ASK, as_text([VISION]))
    assert "Vision 600" in words_of(sv.explore("nowhere.yaml").widget)


def test_wrong_site_file_and_none_are_sentences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SITE, raising=False)
    assert repr(sv.explore()) == 'Explorer: Name the site file: sv.explore("params/site.yaml").'
    assert "no such file" in repr(sv.explore(tmp_path / "none.yaml"))
    wrong = write_site_file(tmp_path, scanners=[])
    explorer = sv.explore(wrong)
    assert "scanners" in words_of(explorer.widget)


def test_empty_store_is_a_sentence(tmp_path: Path) -> None:
    explorer = sv.explore(write_site_file(tmp_path))
    assert repr(explorer).startswith("Explorer: no exam of 5 scanners. ")


def test_first_exams_of_an_empty_store_are_shown_by_the_first_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = small_desk(tmp_path)
    desk = Desk(full.site)
    shown = Shown(desk, monkeypatch, as_text([VISION]))
    assert "no exam" in shown.sides()[0][0]

    def read() -> str:
        desk.studies, desk.stored = full.studies, full.stored
        return ""

    monkeypatch.setattr(desk, "_read", read)
    shown.screen.reload.click()
    assert shown.sides() == [["Vision 600 from 18 May 2026 to 22 May 2026 · W21 1 exam 1 drawn"]]
    shown.controls.days.steps["week before"].click()
    shown.screen.reload.click()
    assert shown.controls.question is not None
    assert shown.controls.question.first == date(2026, 5, 11)


def test_what_is_done_is_named_until_it_ends_in_whatever_order() -> None:
    busy = Busy()
    first, second = busy("Drawing…"), busy("Opening…")
    first.__enter__()
    second.__enter__()
    assert "Opening…" in busy.value
    first.__exit__(None, None, None)
    assert "Opening…" in busy.value
    second.__exit__(None, None, None)
    assert busy.value == ""


def test_controls_that_a_panel_does_not_heed_are_not_offered(shown: Shown) -> None:
    def offered() -> list[bool]:
        parts = (shown.controls.comparison, shown.controls.filters)
        return [part.widget.layout.display is None for part in parts]

    assert offered() == [True, True]
    shown.screen.rooms.value = MAPPING
    assert offered() == [False, False]
    shown.screen.rooms.value = WHAT_IF  # weekdays count there
    assert offered() == [False, True]
    shown.screen.rooms.value = VIEWED
    assert offered() == [True, True]
