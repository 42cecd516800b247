"""The lines of Python of each view give what the view shows."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import date, time
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from ipywidgets import Widget

import schedvisu_lib as sv
from schedvisu_lib.explorer.code import python_code
from schedvisu_lib.explorer.desk import Desk
from schedvisu_lib.explorer.question import Question
from schedvisu_lib.explorer.sight import Sight, sight_of
from schedvisu_lib.explorer.views import VIEWS
from schedvisu_lib.studies.counts import count_summary
from schedvisu_lib.studies.durations import gap_durations
from schedvisu_lib.studies.hour_map import hour_map

D690, V600 = "Discovery 690", "Vision 600"
WEEK = Question((V600,), date(2026, 5, 18), date(2026, 5, 22), "weekly")
SOME = replace(WEEK, weekdays=("mon", "wed"), hours=(time(8), time(12)), exam_types=("FDG STAND.", "PSMA"), takes=(1,))
QUESTIONS = {"all": WEEK, "weekdays": replace(WEEK, weekdays=("mon", "wed")), "some": SOME}
BY_NAME = {view.name: view for view in VIEWS}


@pytest.fixture(scope="module")
def desk(_desk_folder: Path) -> Desk:
    """A desk that these tests share, since they only read."""
    return Desk(sv.load_site(_desk_folder / "site.yaml"))


def run(lines: str) -> dict[str, Any]:
    """Execute lines as a notebook's cell does; ``shown`` holds what they display."""
    shown: list[Any] = []
    namespace: dict[str, Any] = {"display": shown.append, "shown": shown}
    exec(compile(lines, "pasted", "exec"), namespace)  # noqa: S102 - what a user would paste
    return namespace


def drawn() -> list[str]:
    """Return the open figures as SVG with their letters as text, and close them."""
    pictures = []
    for number in plt.get_fignums():
        with plt.rc_context({"svg.fonttype": "none"}):
            plt.figure(number).savefig(buffer := BytesIO(), format="svg")
        pictures.append(buffer.getvalue().decode())
    plt.close("all")
    return pictures


def svg_in(html: str) -> str:
    """Return the first picture that a view shows."""
    return base64.b64decode(re.search(r"svg\+xml;base64,([^\"]+)", html)[1]).decode()  # type: ignore[index]


def boxes(svg: str) -> dict[str, int]:
    """Return how many boxes an agenda has of each exam type, and how many that are not chosen."""
    groups = re.findall(r'<g id="(exams [^"]+|not chosen|gaps \w+)">\s*<path d="([^"]+)"', svg)
    return {name: path.count("M") for name, path in groups}


def words(svg: str) -> Counter[str]:
    return Counter(re.findall(r"<text[^>]*>([^<]+)</text>", svg))


def row(html: str, heading: str) -> list[str]:
    """Return the cells of a row of the first table that has it."""
    cell = BeautifulSoup(html, "html.parser").find("th", string=heading)
    assert cell is not None
    return [one.get_text() for one in cell.parent.find_all("td")]  # type: ignore[union-attr]


def answers(name: str, desk: Desk, question: Question) -> tuple[Sight, Any, dict[str, Any]]:
    """Return what a view looks at, what it shows, and what its lines leave behind."""
    view = BY_NAME[name]
    sight = sight_of(desk, question, V600)
    shown = view.show(sight, 280.0)
    return sight, getattr(shown, "text", shown), run(python_code(desk.site, [question], view))


@pytest.fixture(params=QUESTIONS)
def question(request: pytest.FixtureRequest) -> Question:
    return QUESTIONS[request.param]


def same(table: pd.DataFrame, wanted: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(table, wanted, check_dtype=False)


def among(sight: Sight) -> pd.DataFrame | None:
    return sight.exams if sight.question.is_limited else None


def test_lines_of_the_agenda_draw_the_boxes_that_the_view_shows(desk: Desk, question: Question) -> None:
    _, shown, _ = answers("agenda", desk, question)
    [pasted] = drawn()
    assert boxes(pasted) == boxes(svg_in(shown))
    assert ("not chosen" in boxes(pasted)) is (question is SOME)
    assert sum(boxes(pasted).values()) > 10


def test_lines_of_the_counts_give_table_and_bars(desk: Desk, question: Question) -> None:
    sight, shown, pasted = answers("counts", desk, question)
    same(pasted["counts"], sv.count_table(sight.chosen, sight.site, *sight.days, among=among(sight)))
    same(pasted["summary"], count_summary(sight.chosen, sight.site, *sight.days, among=among(sight)))
    assert row(shown, "Examens")[: len(pasted["counts"])] == [str(n) for n in pasted["counts"]["exams"]]
    assert row(shown, "Trous")[len(pasted["counts"])] == str(int(pasted["summary"].loc["total", "gaps"]))
    assert len(drawn()) == 1


def test_lines_of_the_durations_give_tables_and_violins(desk: Desk, question: Question) -> None:
    sight, shown, pasted = answers("durations", desk, question)
    same(pasted["durations"], sv.duration_table(sight.chosen, sight.site, *sight.days))
    same(pasted["idle"], gap_durations(sight.exams, sight.site, *sight.days))
    assert row(shown, "FDG STAND.")[0] == str(pasted["durations"].loc[("FDG STAND.", 0), "n"])
    assert row(shown, "Rotation")[0] == str(pasted["idle"].loc["turnover", "n"])
    [figure] = drawn()
    numbers = {name: n for name, n in words(figure).items() if name.startswith("n = ")}
    assert numbers == {name: n for name, n in words(svg_in(shown)).items() if name.startswith("n = ")}


def test_lines_of_the_hours_give_map_and_shares(desk: Desk, question: Question) -> None:
    sight, shown, pasted = answers("hours", desk, question)
    same(pasted["shares"], hour_map(sight.chosen, sight.site, *sight.days, sight.stored))
    [figure] = drawn()
    shares = re.compile(r"\d+")
    wanted = {name: n for name, n in words(figure).items() if shares.fullmatch(name)}
    there = words(svg_in(shown))
    assert wanted
    assert all(there[name] >= n for name, n in wanted.items())  # the view has a scale besides


def test_lines_of_the_trend_give_its_numbers_and_charts(desk: Desk) -> None:
    sight, shown, pasted = answers("trend", desk, SOME)
    assert pasted["trend"].iloc[-1]["exams"] == len(sight.chosen)
    assert pasted["trend"].iloc[-2]["exams"] == len(sight_of(desk, SOME.moved(-1), V600).chosen)
    [figure] = drawn()
    assert "svg+xml" in shown
    # Headings of the charts, whatever their size.
    titles = {name for name in words(figure) if name[0].isupper() and len(name) > 4}
    assert titles <= set(words(svg_in(shown)))
    assert len(titles) >= 5


def test_lines_of_the_gaps_give_list_and_sums(desk: Desk, question: Question) -> None:
    sight, shown, pasted = answers("gaps", desk, question)
    gaps = sv.find_gaps(sight.exams, sight.site)
    if question.hours:
        gaps = sv.choose_exams(gaps, hours=question.hours)
    same(pasted["gaps"].reset_index(drop=True), gaps.reset_index(drop=True))
    assert int(row(shown, "Total")[0]) == len(gaps) == pasted["sums"].loc["total", "n"]


def test_lines_of_the_exams_give_the_rows_without_patient_or_study(desk: Desk, question: Question) -> None:
    sight, shown, pasted = answers("exams", desk, question)
    exams = pasted["exams"]
    assert exams["start"].tolist() == sight.chosen["start"].tolist()
    assert not {"patient", "exam_id", "study_uid"} & set(exams.columns)
    assert isinstance(shown, Widget)


@pytest.mark.parametrize(("name", "figures", "tables"), [("agenda", 3, 0), ("counts", 3, 3), ("exams", 0, 3)])
def test_lines_of_two_scanners_and_ranges_show_each_apart(name: str, figures: int, tables: int, desk: Desk) -> None:
    sides = [SOME.of_scanners(D690, V600), WEEK.moved(-1)]
    lines = python_code(desk.site, sides, BY_NAME[name])
    assert lines.index(f"# {D690}") < lines.index(f"# {V600}")
    assert lines.count("import schedvisu_lib as sv") == 1
    left = run(lines)
    assert (len(plt.get_fignums()), len(left["shown"])) == (figures, tables)
    # Of the second side all exams are meant, on all weekdays.
    assert left["site"].calendar.workdays == desk.site.calendar.workdays
    assert set(left["studies"]["date"].dt.day_name()) >= {"Monday", "Tuesday"}


LONG = replace(SOME, exam_types=tuple(f"VERY LONG EXAM TYPE {n}" for n in range(12)), takes=(1, 2, 3))


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_lines_are_formatted_as_ruff_does(view: Any, desk: Desk, tmp_path: Path) -> None:
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")
    if ruff is None:
        pytest.skip("ruff is not installed")
    files = []
    for name, asked in (QUESTIONS | {"long": LONG}).items():
        lines = python_code(desk.site, [asked], view)
        assert name == "long" or len(lines.splitlines()) <= 20
        files.append(tmp_path / f"{name}.py")
        files[-1].write_text(lines, encoding="utf-8")
    options = ["--isolated", "--config", "line-length = 120"]
    for command in (["format", "--diff"], ["check", "--select", "E,F,W,I"]):
        call = [ruff, *command, *options, *files]
        told = subprocess.run(call, capture_output=True, text=True, check=False, cwd=tmp_path)
        assert told.returncode == 0, told.stdout + told.stderr


def test_what_a_name_holds_ends_no_text(desk: Desk) -> None:
    nasty = 'a"b\\c\n'
    lines = python_code(desk.site, [replace(WEEK, exam_types=(nasty,))], BY_NAME["counts"])
    [line] = [line for line in lines.splitlines() if line.startswith("chosen")]
    assert eval(line.partition("exam_types=")[2].removesuffix(")")) == [nasty]  # noqa: S307 - our own line


def test_midnight_is_written_as_the_end_of_the_day(desk: Desk) -> None:
    lines = python_code(desk.site, [replace(WEEK, hours=(time(17, 30), time.max))], BY_NAME["agenda"])
    assert 'chosen = sv.choose_exams(studies, hours=("17:30", "24:00"))' in lines
