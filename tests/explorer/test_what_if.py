"""The what-if panel: what is typed into its fields, and what it shows then."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, time

import pandas as pd
import pytest
from bs4 import BeautifulSoup

import schedvisu_lib as sv
from schedvisu_lib.explorer.busy import Busy
from schedvisu_lib.explorer.desk import Desk
from schedvisu_lib.explorer.question import Question
from schedvisu_lib.explorer.what_if import WhatIfPanel
from schedvisu_lib.studies import what_if as rules
from tests.conftest import build_studies, write_site_file

SCANNER, OTHER = "Discovery 690", "Vision 600"
"""The first one on a Monday: 7:30 to 17:30, 14 slots, gaps from 40 min, 5 min of preparation."""
MONDAY, FRIDAY = date(2026, 5, 18), date(2026, 5, 22)
QUESTION = Question((SCANNER,), MONDAY, FRIDAY, "weekly")
REPORT = {"folder": "report", "language": "en", "title": "Scanners"}


@pytest.fixture(scope="module")
def site_file(tmp_path_factory):
    return write_site_file(tmp_path_factory.mktemp("what-if"), report=REPORT)


@pytest.fixture
def desk(site_file):
    """A desk with an English site and seven exams of a Monday and Tuesday, as if the store held them."""
    desk = Desk(sv.load_site(site_file))
    spans = [("18 08:00", "18 09:00"), ("18 09:55", "18 11:00"), ("18 14:00", "18 15:00"), ("19 10:00", "19 11:00")]
    rows = [{"start": f"2026-05-{begin}", "end": f"2026-05-{end}"} for begin, end in spans]
    rows += [row | {"scanner": OTHER} for row in rows[:3]]
    desk.studies = rules.prepare_anew(build_studies(rows), desk.site)
    return desk


@pytest.fixture
def panel(desk):
    panel = WhatIfPanel(desk, Busy())
    panel.ask(QUESTION)
    return panel


def type_into(panel, key, day, text, scanner=SCANNER):
    panel.fields(scanner).field(key, day).value = text


def classes(panel, key, day="all"):
    return set(panel.fields(SCANNER).field(key, day)._dom_classes) & {"sv-changed", "sv-wrong"}


def htmls(widget):
    """Yield the texts of all widgets that show HTML, in order."""
    if hasattr(widget, "children"):
        for child in widget.children:
            yield from htmls(child)
    elif type(widget).__name__ == "HTML" and widget.layout.display != "none":
        yield widget.value


def shown(panel):
    return "\n".join(htmls(panel.widget))


def numbers(panel, place=0):
    """Return the cells of each row of the table of a scanner."""
    table = BeautifulSoup(shown(panel), "html.parser").find_all("table")[place]
    return {row.th.text: [cell.text for cell in row.find_all("td")] for row in table.tbody.find_all("tr")}


def test_the_fields_hold_todays_values_and_nothing_differs(panel):
    fields = panel.fields(SCANNER)
    assert [fields.field("slots", day).value for day in ("all", "mon", "fri")] == ["", "14", "12"]
    assert [fields.field("opens", day).value for day in ("all", "mon", "fri")] == ["07:30", "07:30", "07:30"]
    assert [fields.field("closes", day).value for day in ("all", "mon", "fri")] == ["", "17:30", "16:30"]
    assert (fields.field("gap").value, fields.field("preparation").value) == ("40", "5")
    assert panel.changes() == {}
    assert numbers(panel)["Slots"] == ["68", "68", "0"]
    assert numbers(panel)["Utilisation"] == ["5.9%", "5.9%", "0.0 pts"]
    assert "<img" not in shown(panel)


def test_a_changed_field_is_marked_and_its_effect_stands_beside_today(panel):
    type_into(panel, "slots", "mon", "10")
    assert classes(panel, "slots", "mon") == {"sv-changed"}
    assert classes(panel, "slots", "tue") == set()
    assert panel.fields(SCANNER).field("slots", "mon").tooltip == "Today: 14"
    assert panel.changes() == {SCANNER: {"slots": {"mon": 10}}}
    assert numbers(panel)["Slots"] == ["68", "64", "\N{MINUS SIGN}4"]
    assert numbers(panel)["Utilisation"] == ["5.9%", "6.3%", "+0.4 pts"]  # 4 exams
    assert "<img" in shown(panel)
    assert "under scanners, “Discovery 690”: slots." in shown(panel)
    type_into(panel, "slots", "mon", "14")
    assert panel.changes() == {}
    assert classes(panel, "slots", "mon") == set()


def test_the_column_of_all_days_writes_into_each(panel):
    type_into(panel, "slots", "all", "20")
    type_into(panel, "opens", "all", "8h")
    fields = panel.fields(SCANNER)
    assert {fields.field("opens", day).value for day in ("all", "mon", "tue", "wed", "thu", "fri")} == {"08:00"}
    assert panel.changes()[SCANNER]["slots"] == 20
    assert panel.changes()[SCANNER]["hours"]["fri"] == "08:00-16:30"
    assert numbers(panel)["Slots"] == ["68", "100", "+32"]
    assert numbers(panel)["Opening hours"] == ["49:00", "46:30", "\N{MINUS SIGN}2:30"]
    type_into(panel, "slots", "mon", "19")
    assert fields.field("slots", "all").value == ""


def test_gap_and_preparation_change_the_gaps(panel):
    # Monday's gaps run from 9:05 to 9:50 and from 11:05 to 13:55, with 10 min from 9:10 to 9:45 and 11:10 to 13:50.
    type_into(panel, "gap", "all", "60")
    assert numbers(panel)["Gaps"] == ["2 (3:35)", "1 (2:50)", "\N{MINUS SIGN}1 (\N{MINUS SIGN}0:45)"]
    assert "<img" not in shown(panel)  # the ratios are the same
    type_into(panel, "gap", "all", "40")
    type_into(panel, "preparation", "all", "10,0")
    assert panel.changes() == {SCANNER: {"preparation": 10}}
    assert numbers(panel)["Gaps"] == ["2 (3:35)", "1 (2:40)", "\N{MINUS SIGN}1 (\N{MINUS SIGN}0:55)"]
    assert numbers(panel)["Time with prepared exams"] == ["4:45", "5:25", "+0:40"]


WRONG = [
    ("slots", "mon", "abc", "Mon: Write a whole number"),
    ("slots", "mon", "-3", "Mon: Write a whole number"),
    ("slots", "all", "2.5", "Mon, Tue, Wed, Thu, Fri: Write a whole number"),
    ("opens", "tue", "25:00", "Tue: Write a time like 8:00"),
    ("closes", "tue", "07:00", "Tue: Closes before it opens"),
    ("closes", "tue", "", "Tue: Write both times, or none"),
    ("gap", "all", "0", "Write minutes, more than 0"),
    ("preparation", "all", "-1", "Write minutes, from 0 to 240"),
    ("preparation", "all", "nan", "Write minutes, from 0 to 240"),
    ("preparation", "all", "9999", "Write minutes, from 0 to 240"),
]


def test_wrong_input_is_told_at_its_field_and_changes_nothing(panel):
    before = shown(panel)
    for key, day, wrong, words in WRONG:
        type_into(panel, key, day, wrong)
        assert words in panel.fields(SCANNER).sentence(key), wrong
        assert words in shown(panel)
        assert classes(panel, key, "mon" if key == "slots" else day) == {"sv-wrong"}
        assert panel.changes() == {}
        panel.fields(SCANNER).reset()
        assert shown(panel) == before


def test_what_was_right_before_counts_until_the_field_is_right_again(panel):
    type_into(panel, "closes", "mon", "12:00")
    type_into(panel, "opens", "mon", "13:00")
    assert panel.changes() == {SCANNER: {"hours": {"mon": "07:30-12:00"}}}
    type_into(panel, "closes", "mon", "18:00")
    assert panel.changes() == {SCANNER: {"hours": {"mon": "13:00-18:00"}}}
    assert panel.fields(SCANNER).sentence("closes") == ""


def test_a_day_without_hours_is_closed_and_has_no_slots(panel):
    type_into(panel, "opens", "fri", "")
    type_into(panel, "closes", "fri", "")
    assert panel.changes() == {SCANNER: {"hours": {"fri": None}}}
    assert "Fri: Closed: without opening hours no slot counts." in shown(panel)
    assert numbers(panel)["Slots"] == ["68", "56", "\N{MINUS SIGN}12"]
    assert numbers(panel)["Opening hours"] == ["49:00", "40:00", "\N{MINUS SIGN}9:00"]


def test_the_button_brings_todays_values_back(panel):
    type_into(panel, "slots", "all", "30")
    type_into(panel, "gap", "all", "wrong")
    before, button = numbers(panel), button_of(panel, "Today’s values")
    button.click()
    assert panel.changes() == {}
    assert numbers(panel) != before
    assert panel.fields(SCANNER).field("gap").value == "40"
    assert panel.fields(SCANNER).sentence("gap") == ""
    assert classes(panel, "gap") == set()


def button_of(panel, words):
    def buttons(widget):
        for child in getattr(widget, "children", ()):
            yield from buttons(child)
        if type(widget).__name__ in ("Button", "ToggleButton") and widget.description == words:
            yield widget

    return next(buttons(panel.widget))


def test_weekdays_of_the_question_count_and_other_limits_are_said_to_be_ignored(panel):
    whole = numbers(panel)
    panel.ask(replace(QUESTION, exam_types=("PSMA",), takes=(2,), hours=(time(8), time(9))))
    assert numbers(panel) == whole
    assert "are ignored here" in shown(panel)
    panel.ask(replace(QUESTION, weekdays=("mon", "fri")))
    assert "are ignored here" not in shown(panel)
    assert numbers(panel)["Slots"][0] == "26"
    assert numbers(panel)["Exams"][0] == "3"
    assert panel.fields(SCANNER).field("slots", "tue").layout.display == "none"
    type_into(panel, "slots", "all", "5")
    assert panel.fields(SCANNER).field("slots", "tue").value == "14"
    assert panel.changes() == {SCANNER: {"slots": 5}}


def test_each_scanner_has_fields_and_a_table_of_its_own_that_stay(panel):
    type_into(panel, "gap", "all", "60")
    panel.ask(replace(QUESTION, scanners=(SCANNER, OTHER)))
    type_into(panel, "slots", "all", "40", OTHER)
    assert panel.changes() == {SCANNER: {"gap": 60}, OTHER: {"slots": 40}}
    assert numbers(panel, 0)["Gaps"][1] == "1 (2:50)"
    assert numbers(panel, 1)["Slots"] == ["87", "200", "+113"]
    panel.ask(replace(QUESTION, scanners=(OTHER,)))
    assert panel.changes() == {OTHER: {"slots": 40}}


def test_todays_numbers_are_worked_out_once(panel, monkeypatch):
    asked = []
    real = rules.describe_days
    monkeypatch.setattr(rules, "describe_days", lambda *args: asked.append(args[2]) or real(*args))
    type_into(panel, "gap", "all", "60")
    assert asked == []  # another threshold leaves the days as they are
    type_into(panel, "slots", "all", "20")
    assert len(asked) == 1
    panel.ask(QUESTION)
    assert len(asked) == 1
    panel.ask(replace(QUESTION, first=date(2026, 5, 11), last=date(2026, 5, 15)))
    assert len(asked) == 3
    panel.ask(QUESTION)
    assert len(asked) == 4  # with the other slots alone: today's are known


def test_the_lines_of_python_give_the_same_tables(panel, desk, monkeypatch):
    type_into(panel, "slots", "mon", "10")
    type_into(panel, "closes", "fri", "12:30")
    type_into(panel, "preparation", "all", "7.5")
    panel.ask(replace(QUESTION, weekdays=("mon", "fri")))
    button_of(panel, "Python").value = True
    lines = BeautifulSoup(shown(panel), "html.parser").textarea.text.lstrip()
    assert set(re.findall(r"\bsv\.\w+", lines)) <= {f"sv.{name}" for name in NAMES}
    site = sv.load_site(desk.site.file)
    names = {"site": site, "studies": desk.studies, "sv": StandIn()}
    *setup, last = lines.split("\n\n")[1].rstrip().split("\n")
    exec("\n".join(line for line in setup if "load_site" not in line and "open_store" not in line), names)  # noqa: S102
    table = eval(last, names).T  # noqa: S307
    assert table["slots"].to_dict() == {"today": 26, "then": 22, "difference": -4}
    assert table["opening"].to_dict()["difference"] == -pd.Timedelta(hours=4)
    assert numbers(panel)["Slots"] == ["26", "22", "\N{MINUS SIGN}4"]
    assert numbers(panel)["Time with prepared exams"][1] == "3:50"
    assert table.loc["then", "busy"] == pd.Timedelta(hours=3, minutes=50)
    button_of(panel, "Python").value = False
    assert BeautifulSoup(shown(panel), "html.parser").textarea is None


NAMES = ("load_site", "open_store", "on_weekdays", "choose_exams", "what_if", "what_if_table")


class StandIn:
    """The public names that the lines use."""

    on_weekdays = staticmethod(sv.on_weekdays)
    choose_exams = staticmethod(sv.choose_exams)
    what_if = staticmethod(rules.what_if)
    what_if_table = staticmethod(rules.what_if_table)


def test_a_scanner_that_the_site_file_no_longer_has_is_told(panel):
    panel.ask(replace(QUESTION, scanners=("PET 9",)))
    assert "scanner &quot;PET 9&quot; is unknown; site.yaml has: Discovery 690" in shown(panel)
    panel.ask(QUESTION)
    assert "PET 9" not in shown(panel)


def test_a_site_file_with_other_settings_gives_other_fields(panel, desk):
    type_into(panel, "gap", "all", "60")
    studies = desk.studies
    content = desk.site.file.read_text(encoding="utf-8")
    desk.read()
    assert panel.changes() == {SCANNER: {"gap": 60}}
    try:
        desk.site.file.write_text(content.replace("gap: 40", "gap: 45"), encoding="utf-8")
        desk.read()
    finally:
        desk.site.file.write_text(content, encoding="utf-8")
    assert panel.fields(SCANNER).field("gap").value == "45"
    assert panel.changes() == {}
    assert studies is not desk.studies


NAME = "".join(["Muster", "mann"])


def test_what_nobody_foresaw_is_told_without_a_traceback(panel, monkeypatch, library_log):
    def fail(*_):
        raise KeyError(NAME)

    monkeypatch.setattr(rules, "find_gaps", fail)
    type_into(panel, "gap", "all", "50")
    assert "KeyError at test_what_if.py" in shown(panel)
    assert NAME not in shown(panel) + library_log.text
    assert "KeyError" in library_log.text


def test_the_panel_speaks_french(tmp_path):
    panel = WhatIfPanel(Desk(sv.load_site(write_site_file(tmp_path))), Busy())
    panel.ask(QUESTION)
    type_into(panel, "slots", "mon", "abc")
    assert "lun.\N{NO-BREAK SPACE}: Écrivez un nombre entier" in shown(panel)
    assert list(numbers(panel))[:3] == ["Examens", "Plages", "Utilisation"]
