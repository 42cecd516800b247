"""What the views show of a small desk, in both languages, of empty days and of limited questions."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from ipywidgets import Widget
from itables.widget import ITable

import schedvisu_lib as sv
from schedvisu_lib.explorer.code import python_code
from schedvisu_lib.explorer.desk import Desk
from schedvisu_lib.explorer.question import Question
from schedvisu_lib.explorer.sight import View, sight_of
from schedvisu_lib.explorer.views import VIEWS
from schedvisu_lib.explorer.views.exams import _cells, _options, _table
from schedvisu_lib.figures.html import Html
from schedvisu_lib.language import language
from schedvisu_lib.studies.exam_list import exam_list
from tests.conftest import build_studies
from tests.explorer.small_desk import small_desk

NAMES = ("agenda", "counts", "durations", "hours", "trend", "gaps", "exams")
SCANNER = "Discovery 690"
MONDAY, FRIDAY = date(2026, 5, 18), date(2026, 5, 22)
WEEK = Question((SCANNER,), MONDAY, FRIDAY)
# Discovery 690 has a threshold of 40 minutes, and lunch from 12:00 to 13:00 (params/demo.yaml).
EXAMS: list[dict[str, Any]] = [
    {"start": "2026-05-11 09:00", "end": "2026-05-11 09:30"},
    {"start": "2026-05-18 08:00", "end": "2026-05-18 08:30", "patient": "SECRET1", "exam_id": "9.8.7_1"},
    {"start": "2026-05-18 09:30", "end": "2026-05-18 10:00", "exam_type": "PSMA", "study_description": "PET <b> 1"},
    {"start": "2026-05-18 12:00", "end": "2026-05-18 12:05"},
    {"start": "2026-05-18 13:05", "end": "2026-05-18 13:15:30", "exam_type": "PSMA", "take": 2, "n_takes": 2},
    {"start": "2026-05-20 09:00", "end": "2026-05-20 09:20"},
]
VIEW = {view.name: view for view in VIEWS}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk that these tests share, since they only read."""
    made = small_desk(tmp_path_factory.mktemp("views"))
    made.studies = build_studies(EXAMS)
    return made


def shown(desk: Desk, name: str, question: Question = WEEK, width: float = 280.0) -> Html | Widget:
    return VIEW[name].show(sight_of(desk, question, SCANNER), width)


def words(answer: Html | Widget) -> str:
    """Return what a reader sees of an answer in HTML, cells parted by spaces; pictures by their words."""
    assert isinstance(answer, Html)
    text = re.sub(r'<img[^>]* alt="([^"]*)"[^>]*>', r" \1 ", answer.text)
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<script.*?</script>|<[^>]*>", " ", text))).strip()


def table_of(answer: Html | Widget) -> tuple[Any, dict[str, Any], str]:
    """Return the table of exams as the browser gets it: its widget, its options, and its rows as JSON."""
    [table] = [child for child in answer.children if hasattr(child, "_dt_args")]  # type: ignore[union-attr]
    return table, table._dt_args, table._dt_args["data_json"]


def test_views_stand_in_the_order_of_their_buttons() -> None:
    assert tuple(view.name for view in VIEWS) == NAMES
    assert {view.page for view in VIEWS} <= {"scanner-page", "overview", "overview-hours"}


# --- each view --------------------------------------------------------------------------------------------------------


def test_agenda_has_the_exams_and_its_legend(desk: Desk) -> None:
    answer = shown(desk, "agenda")
    assert "Agenda of Discovery 690" in words(answer)
    assert "gap: hole" in words(answer)
    assert isinstance(answer, Html)
    assert answer.text.count("Mon") == 1  # told by the pointer, beside the picture: one Monday with its exams
    assert "not chosen" not in words(answer)


def test_agenda_is_drawn_as_wide_as_letters_are_read(desk: Desk) -> None:
    for width, paper in ((280, 210), (150, 112.5)):
        answer = shown(desk, "agenda", width=width)
        assert isinstance(answer, Html)
        assert f"width:{paper:.1f}mm" in answer.text


def test_agenda_of_very_many_exams_does_not_tell_of_each(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    told = shown(desk, "agenda")
    monkeypatch.setattr("schedvisu_lib.explorer.views.agenda._MOST_TOLD", 4)
    bare = shown(desk, "agenda")
    assert isinstance(told, Html)
    assert isinstance(bare, Html)
    assert 'class="hoverable"' in told.text
    assert 'class="hoverable"' not in bare.text
    assert 'class="agenda"' in bare.text


def test_counts_has_bars_and_the_reports_table(desk: Desk) -> None:
    text = words(shown(desk, "counts"))
    assert "Exams and slots of Discovery 690" in text
    # Monday 4, Wednesday 1; total 5, mean of five open days 1.0
    assert "Exams 4 0 1 0 0 5 1.0" in text
    # 08:30-09:30, 10:00-12:00, 12:05-13:05
    assert "Gaps 3 0 0 0 0 3 0.6" in text


def test_durations_stand_beside_or_below_the_violins(desk: Desk) -> None:
    wide, narrow = shown(desk, "durations"), shown(desk, "durations", width=150)
    assert isinstance(wide, Html)
    assert isinstance(narrow, Html)
    assert 'class="beside"' in wide.text
    assert 'class="beside"' not in narrow.text
    # FDG STAND.: 30, 5 and 20 minutes
    for answer in (wide, narrow):
        assert "FDG STAND. 3 18.3 20.0 12.5 25.0 5.0 30.0" in words(answer)
        assert "Durations by exam type" in words(answer)


def test_hour_map_says_of_how_many_days(desk: Desk) -> None:
    text = words(shown(desk, "hours"))
    assert "Occupancy by weekday and hour" in text
    assert "the mean of 5 days" in text


def test_trend_says_which_periods_it_has(desk: Desk) -> None:
    text = words(shown(desk, "trend"))
    # Twelve weeks to 18 May begin on 2 March; three of them are stored (4 May to 22 May).
    assert "the 11 equal ones before it, from 2 Mar 2026 to 22 May 2026" in text.replace("March", "Mar")
    assert "Not wholly stored: 9." in text


def test_gaps_are_listed_and_summed_up_by_class(desk: Desk) -> None:
    text = words(shown(desk, "gaps"))
    assert "Class Gaps Time Median Longest lunch 1 1:00 1:00 1:00 hole 2 3:00 1:30 2:00 Total 3 4:00 1:00 2:00" in text
    assert "08:30 09:30 60 hole" in text
    assert "10:00 12:00 120 hole" in text
    assert "12:05 13:05 60 lunch" in text


def test_only_the_last_of_many_gaps_are_listed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schedvisu_lib.explorer.views.gaps.MOST", 2)
    text = words(shown(desk, "gaps"))
    assert "08:30 09:30" not in text
    assert "12:05 13:05 60 lunch" in text
    assert "Total 3" in text
    assert "The last 2 of 3 gaps are listed" in text


def test_exams_are_a_row_each_in_order(desk: Desk) -> None:
    _, options, rows = table_of(shown(desk, "exams"))
    days = re.findall(r"2026-05-\d\d \d\d:\d\d", rows)
    assert days == ["2026-05-18 08:00", "2026-05-18 09:30", "2026-05-18 12:00", "2026-05-18 13:05", "2026-05-20 09:00"]
    assert '"10.5"' in rows  # minutes of the fourth
    assert "2 of 2" in rows
    heads = re.findall(r"<th>(.*?)</th>", options["table_html"])
    assert heads[:5] == ["Day", "Start", "End", "Minutes", "Exam type"]


@pytest.mark.parametrize("n", [0, 5, 40])
def test_table_of_exams_is_as_itables_would_make_it(n: int) -> None:
    rows = [
        {"start": f"2026-05-18 08:{m:02d}", "end": "2026-05-18 09:00", "study_description": "<b> & \"é'"}
        for m in range(n)
    ]
    cells, t = _cells(exam_list(build_studies(rows), SCANNER, MONDAY, FRIDAY), language("fr")), language("fr")
    assert _table(cells, t)._dt_args == ITable(cells, **_options(t))._dt_args


def test_days_of_the_table_sort_by_date_and_minutes_as_numbers(desk: Desk) -> None:
    _, options, _ = table_of(shown(desk, "exams"))
    heads = re.findall(r"<th>(.*?)</th>", options["table_html"])
    day, order = options["columnDefs"][:2]
    assert heads[day["targets"]] == "Day"
    assert day["orderData"] == order["targets"] == len(heads) - 1  # the column that holds moments in ISO form
    assert order["visible"] is False
    assert options["language"]["decimal"] == "."


def test_only_the_last_of_many_exams_are_in_the_table(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schedvisu_lib.explorer.views.exams.MOST", 2)
    answer = shown(desk, "exams")
    _, _, rows = table_of(answer)
    assert re.findall(r"2026-05-\d\d \d\d:\d\d", rows) == ["2026-05-18 13:05", "2026-05-20 09:00"]
    assert "The last 2 of 5 exams are listed" in answer.children[0].value  # type: ignore[union-attr]


# --- limited questions ------------------------------------------------------------------------------------------------


def test_others_are_pale_in_the_agenda(desk: Desk) -> None:
    assert "not chosen" in words(shown(desk, "agenda", replace(WEEK, exam_types=("PSMA",))))


def test_counts_of_chosen_exams_stand_against_all_slots_and_gaps(desk: Desk) -> None:
    everything, some = (words(shown(desk, "counts", asked)) for asked in (WEEK, replace(WEEK, exam_types=("PSMA",))))
    assert "Exams 2 0 0 0 0 2 0.4" in some
    for row in (r"Slots [\d ]+", r"Gaps [\d ]+"):
        assert re.findall(row, everything) == re.findall(row, some)
    assert "those of the chosen exams" in some
    assert "chosen exams" not in everything


def test_durations_are_those_of_the_chosen_exams(desk: Desk) -> None:
    text = words(shown(desk, "durations", replace(WEEK, exam_types=("PSMA",))))
    assert "PSMA 2 20.3" in text  # 30 and 10.5 minutes
    assert "FDG STAND." not in text
    assert "Gap: hole 2 90.0" in text  # between all


def test_gaps_lie_between_all_exams_and_begin_in_the_hours(desk: Desk) -> None:
    typed = words(shown(desk, "gaps", replace(WEEK, exam_types=("PSMA",))))
    assert "Total 3 4:00" in typed
    assert "Gaps between all exams, not only the chosen ones." in typed
    early = words(shown(desk, "gaps", replace(WEEK, hours=(time(8), time(10)))))
    assert "Total 1 1:00" in early
    assert "of which the chosen hours hold the start" in early


def test_exams_are_the_chosen_ones(desk: Desk) -> None:
    _, _, rows = table_of(shown(desk, "exams", replace(WEEK, takes=(2,))))
    assert re.findall(r"2026-05-\d\d \d\d:\d\d", rows) == ["2026-05-18 13:05"]


def test_trend_is_that_of_the_chosen_exams_of_the_weekdays(desk: Desk) -> None:
    from schedvisu_lib.explorer.views.trend import _trend

    asked = replace(WEEK, exam_types=("FDG STAND.",), weekdays=("mon",))
    trend = _trend(sight_of(desk, asked, SCANNER))
    assert trend["exams"].dropna().tolist() == [0, 1, 2]  # weeks of 4, 11 and 18 May, Mondays alone
    assert trend["gaps"].dropna().tolist() == [0, 0, 3]  # between all


def test_hour_map_counts_the_chosen_exams(desk: Desk) -> None:
    assert "Only the chosen exams count." in words(shown(desk, "hours", replace(WEEK, takes=(1,))))
    assert "Only the chosen exams count." not in words(shown(desk, "hours"))


# --- all views --------------------------------------------------------------------------------------------------------


def everything_of(answer: Html | Widget) -> str:
    """Return all that is sent to the browser, code of libraries apart."""
    if isinstance(answer, Html):
        return answer.text
    parts = [answer, *answer.children]  # type: ignore[attr-defined]
    return " ".join(str({**part.get_state(), "_esm": "", "_css": ""}) for part in parts)


@pytest.mark.parametrize("view", VIEWS, ids=NAMES)
@pytest.mark.parametrize(
    "days",
    [(date(2026, 5, 19), date(2026, 5, 19)), (date(2026, 5, 23), date(2026, 5, 24)), (date(2024, 1, 1), MONDAY)],
    ids=["open", "closed", "long"],
)
def test_empty_and_long_ranges_are_no_error(desk: Desk, view: View, days: tuple[date, date]) -> None:
    question = replace(WEEK, first=days[0], last=days[1])
    assert everything_of(view.show(sight_of(desk, question, SCANNER), 280.0))


@pytest.mark.parametrize("view", VIEWS, ids=NAMES)
def test_nothing_tells_a_patient_or_a_study(desk: Desk, view: View) -> None:
    import base64

    text = everything_of(view.show(sight_of(desk, WEEK, SCANNER), 280.0))
    pictures = [base64.b64decode(data).decode() for data in re.findall(r"base64,([A-Za-z0-9+/=]+)", text)]
    for secret in ("SECRET1", "9.8.7", "patient"):
        assert secret not in " ".join([text, *pictures])


def test_descriptions_are_escaped(desk: Desk) -> None:
    _, _, rows = table_of(shown(desk, "exams"))
    assert "<b>" not in rows
    assert "&lt;b&gt;" in rows


def test_views_speak_french(tmp_path: Path) -> None:
    desk = small_desk(tmp_path, "fr")
    desk.studies = build_studies(EXAMS)
    assert "Classe Trous Temps Médiane Le plus long pause de midi 1" in words(shown(desk, "gaps"))
    assert "Examens et plages de Discovery 690" in words(shown(desk, "counts"))
    _, options, rows = table_of(shown(desk, "exams"))
    assert options["language"]["search"] == "Rechercher\N{NO-BREAK SPACE}:"
    assert options["language"]["decimal"] == ","
    assert '"10,5"' in rows
    assert "lun. 18.05.2026" in rows
    assert {desk.t(view.title) for view in VIEWS} >= {"Comptages", "Durées", "Heures", "Tendance", "Trous", "Examens"}


@pytest.mark.parametrize("view", VIEWS, ids=NAMES)
def test_the_lines_of_python_use_public_names_alone(desk: Desk, view: View) -> None:
    for question in (WEEK, replace(WEEK, exam_types=("PSMA",), hours=(time(8), time(12)), weekdays=("mon",))):
        code = python_code(desk.site, [question], view)
        compile(code, view.name, "exec")
        assert set(re.findall(r"\bsv\.(\w+)", code)) <= set(sv.__all__)
        assert max(map(len, code.splitlines())) <= 120
