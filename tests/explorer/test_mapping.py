"""The panel that maps descriptions: what it lists, tries out, writes and takes back; with real store and site file."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import schedvisu_lib as sv
from schedvisu_lib.config import OTHER
from schedvisu_lib.explorer.busy import Busy
from schedvisu_lib.explorer.desk import Desk
from schedvisu_lib.explorer.mapping import ALL, NEW, NOT_CHOSEN, SUGGESTED, MappingPanel
from schedvisu_lib.explorer.question import Question
from tests.conftest import build_series, write_site_file

VISION, SYMBIA = "Vision 600", "Symbia Intevo"
MONDAY, TUESDAY = date(2026, 5, 18), date(2026, 5, 19)
PET = {"model": "Biograph64_Vision 600", "modality": "PT"}
NM = {"model": "Encore2", "modality": "NM"}
VENTILATION, PERFUSION = "Scintigraphie pulmonaire ventilation", "Scintigraphie pulmonaire perfusion"

EXAMS = [
    (MONDAY, "08:00", 20, "PET-CT FDG", PET, "p1"),
    (MONDAY, "09:00", 30, "PET/CT FDG Corps-Entier", PET, "p2"),
    (MONDAY, "10:00", 50, "Divers", PET, "p3"),
    (TUESDAY, "08:00", 40, "PET/CT FDG Corps-Entier", PET, "p4"),
    (MONDAY, "08:00", 10, VENTILATION, NM, "p5"),
    (MONDAY, "08:30", 10, PERFUSION, NM, "p5"),
    (MONDAY, "09:00", 10, "Poumon tardif", NM, "p5"),
]
"""Day, start, minutes, description, device, patient; the lungs of p5 are one encounter."""

QUESTION = Question((VISION,), MONDAY, MONDAY)


def make_desk(folder: Path, language: str = "en", exams: Any = EXAMS) -> Desk:
    report = {"folder": "report", "language": language, "title": "Scanners"}
    site = sv.load_site(write_site_file(folder, report=report))
    for day in {exam[0] for exam in exams}:
        rows = []
        for number, (begun, start, minutes, description, device, patient) in enumerate(exams):
            if begun == day:
                begin = pd.Timestamp(f"{day} {start}")
                end = begin + pd.Timedelta(minutes=minutes)
                rows.append(
                    {"start": begin, "end": end, "study_description": description, "patient": patient, **device}
                    | {"study_uid": f"1.{number}", "series_uid": f"1.{number}.1"}
                )
        sv.open_store(site).write_day(day, build_series(rows))
    return Desk(site)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path)


@pytest.fixture
def panel(desk: Desk) -> MappingPanel:
    panel = MappingPanel(desk, Busy())
    panel.ask(QUESTION)
    return panel


def listed(panel: MappingPanel) -> list[tuple[str, str, str]]:
    """Return what each row shows: description, cells, remark."""
    rows = [row.children for row in panel.lines.widget.children[1].children]
    found = []
    for box, cells in rows:
        *values, remark = re.findall(r'">([^<]*)</span>', cells.value)
        found.append((box.description, " | ".join(values), remark))
    return found


def tick(panel: MappingPanel, *descriptions: str) -> None:
    for box, _ in (row.children for row in panel.lines.widget.children[1].children):
        box.value = box.description in descriptions


def cells(panel: MappingPanel) -> list[list[str]]:
    """Return the rows of the table that shows what would change."""
    rows = re.findall(r"<tr>(.*?)</tr>", panel._preview.value)[1:]
    return [re.findall(r"<t[hd][^>]*>([^<]*)<", row) for row in rows]


def sentences(panel: MappingPanel) -> list[str]:
    return re.findall(r"<p>(.*?)</p>", panel._preview.value)


def types_now(panel: MappingPanel) -> dict[str, str]:
    """Return the exam type of each description, as the desk has it now."""
    studies = panel._desk.studies
    return dict(zip(studies["study_description"], studies["exam_type"], strict=True))


def text_of(desk: Desk) -> str:
    return desk.site.file.read_text(encoding="utf-8")


# --- what is listed ---------------------------------------------------------------------------------------------------


def test_descriptions_without_a_type_stand_with_counts_days_and_what_they_are_like(panel: MappingPanel) -> None:
    assert listed(panel) == [
        ("Divers", "Vision 600 | 1 | 18 May 2026", listed(panel)[0][2]),
        ("PET/CT FDG Corps-Entier", "Vision 600 | 1 | 18 May 2026", "FDG STAND., 97% alike"),
    ]
    assert listed(panel)[0][2].startswith("a new type (")


def test_all_scanners_and_days_can_be_asked_for(panel: MappingPanel) -> None:
    panel.scope.value = ALL
    assert [row[:2] for row in listed(panel)] == [
        ("PET/CT FDG Corps-Entier", "Vision 600 | 2 | 18 May 2026 – 19 May 2026"),
        ("Poumon tardif", "Symbia Intevo | 1 | 18 May 2026"),
        ("Divers", "Vision 600 | 1 | 18 May 2026"),
    ]


def test_those_of_a_type_stand_with_the_pattern_that_gave_it(panel: MappingPanel) -> None:
    panel.kind.value = "FDG STAND."
    assert listed(panel) == [("PET-CT FDG", "Vision 600 | 1 | 18 May 2026", "petctfdg(corpsentier|standard)?")]
    assert panel.exam_type.value == NOT_CHOSEN


def test_types_are_offered_with_their_counts(panel: MappingPanel) -> None:
    assert panel.kind.options[:2] == (("without an exam type (2)", OTHER), ("FDG STAND. (1)", "FDG STAND."))


def test_long_lists_show_more_on_demand(tmp_path: Path) -> None:
    exams = [(MONDAY, f"{8 + n // 4:02d}:{15 * (n % 4):02d}", 5, f"Divers {n}", PET, f"p{n}") for n in range(23)]
    panel = MappingPanel(make_desk(tmp_path, exams=exams), Busy())
    panel.ask(QUESTION)
    assert len(listed(panel)) == 20
    panel.lines.more.click()
    assert len(listed(panel)) == 23
    assert panel.lines.more.layout.display == "none"


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Every exam has an exam type: nothing is left to map."),
        ("fr", "Tous les examens ont un type : il ne reste rien à attribuer."),
    ],
)
def test_nothing_left_to_map_is_said(tmp_path: Path, language: str, sentence: str) -> None:
    panel = MappingPanel(make_desk(tmp_path, language, EXAMS[:1]), Busy())
    panel.ask(QUESTION)
    assert " ".join(panel._nothing.value.split()) == sentence  # whatever kind of space stands before the colon
    assert panel.lines.widget.layout.display == "none"


def test_days_without_anything_to_map_lead_to_all_days(panel: MappingPanel) -> None:
    panel.ask(Question(("Discovery 690",), MONDAY, MONDAY))
    assert panel._nothing.value.endswith("others have none: choose all days.")


def test_an_empty_store_is_no_error(tmp_path: Path) -> None:
    panel = MappingPanel(make_desk(tmp_path, exams=()), Busy())
    panel.ask(QUESTION)
    assert panel._nothing.value == "The store is still empty. Run “schedvisu retrieve”, then reload."
    assert panel._failure.value == ""


# --- what is tried out ------------------------------------------------------------------------------------------------


def test_the_suggestion_is_preselected_and_shown_before_and_after(panel: MappingPanel) -> None:
    assert panel.exam_type.value == SUGGESTED
    tick(panel, "PET/CT FDG Corps-Entier")
    # 20 min, then 20 and 30; without a type 30 and 50, then 50 alone.
    assert cells(panel) == [
        ["FDG STAND.", VISION, "1", "2", "20.0", "25.0", "20.0", "25.0"],
        ["OTHER", VISION, "2", "1", "40.0", "50.0", "40.0", "50.0"],
    ]
    assert sentences(panel) == [
        "FDG STAND. gets: pet/ctfdgcorpsentier",
        "There are still 3 exams: utilisation, occupancy and gaps stay as they are.",
    ]


def test_several_at_once_get_one_new_type(panel: MappingPanel) -> None:
    panel.lines.every.value = True
    panel.exam_type.value = NEW
    panel.name.value = "  RECHERCHE   1 "
    assert cells(panel)[0] == ["RECHERCHE 1", VISION, "0", "2", "–", "40.0", "–", "40.0"]
    assert sentences(panel)[0] == "New exam type RECHERCHE 1: divers   pet/ctfdgcorpsentier"


def test_a_new_type_begins_with_the_suggested_name(panel: MappingPanel) -> None:
    panel.exam_type.value = NEW
    tick(panel, "Divers")
    assert panel.name.value == "DIVERS"
    panel.name.value = ""  # to write another one: it must not come back
    assert (panel.name.value, panel.save.disabled) == ("", True)
    panel.name.value = "ANDERE"
    tick(panel, "Divers", "PET/CT FDG Corps-Entier")
    assert panel.name.value == "ANDERE"


def test_nothing_ticked_shows_nothing_to_save(panel: MappingPanel) -> None:
    tick(panel, "Divers")
    assert not panel.save.disabled
    tick(panel)
    assert panel.save.disabled
    assert panel._preview.value == ""
    assert panel._pick.layout.display == "none"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "Write the name of the new exam type."),
        ("OTHER", "“OTHER” cannot be the name of an exam type; write another one"),
    ],
)
def test_a_name_that_cannot_be_is_told_in_a_sentence(panel: MappingPanel, name: str, sentence: str) -> None:
    tick(panel, "Divers")
    panel.exam_type.value = NEW
    panel.name.value = name or " "
    assert panel._failure.value.replace("&quot;", '"').replace('"OTHER"', "“OTHER”") == sentence
    assert panel.save.disabled
    panel.name.value = "NEU"
    assert panel._failure.value == ""


def test_exams_that_become_one_encounter_are_counted_as_one(panel: MappingPanel) -> None:
    panel.ask(Question((SYMBIA,), MONDAY, MONDAY))
    tick(panel, "Poumon tardif")
    panel.exam_type.value = "V/P POUMON"
    # 8:00 to 8:40, then to 9:10.
    assert cells(panel)[0] == ["V/P POUMON", SYMBIA, "1", "1", "40.0", "70.0", "40.0", "70.0"]
    assert any(words.startswith("2 exams become 1, because") for words in sentences(panel))


def test_encounters_that_fall_apart_are_counted_from_their_series(panel: MappingPanel) -> None:
    panel.ask(Question((SYMBIA,), MONDAY, MONDAY))
    panel.kind.value = "V/P POUMON"
    tick(panel, VENTILATION)
    panel.exam_type.value = "OS"
    # The joined exam shows the ventilation alone; the perfusion that it holds keeps its type.
    assert cells(panel) == [
        ["OS", SYMBIA, "0", "1", "–", "10.0", "–", "10.0"],
        ["V/P POUMON", SYMBIA, "1", "1", "40.0", "10.0", "40.0", "10.0"],
    ]
    assert any(words.startswith("2 exams become 3, because") for words in sentences(panel))


def test_what_changes_besides_is_named(tmp_path: Path) -> None:
    exams = [(MONDAY, "08:00", 10, "Divers", PET, "p1"), (MONDAY, "08:00", 10, "Divers", NM, "p2")]
    panel = MappingPanel(make_desk(tmp_path, exams=exams), Busy())
    panel.ask(QUESTION)
    tick(panel, "Divers")
    assert sentences(panel)[-1] == "The same patterns also change: Divers (Symbia Intevo, OTHER → DIVERS)."


# --- saving -----------------------------------------------------------------------------------------------------------


def test_saving_writes_the_pattern_and_makes_the_exams_anew(panel: MappingPanel, desk: Desk) -> None:
    before = text_of(desk)
    promised: Callable[[], dict[tuple[str, str], int]] = lambda: {  # noqa: E731
        (row[0], row[1]): int(row[3]) for row in cells(panel)
    }
    tick(panel, "PET/CT FDG Corps-Entier")
    counts = promised()
    panel.save.click()
    assert types_now(panel)["PET/CT FDG Corps-Entier"] == "FDG STAND."
    monday = desk.studies.loc[(desk.studies["date"].dt.date == MONDAY) & (desk.studies["scanner"] == VISION)]
    assert monday["exam_type"].value_counts()["FDG STAND."] == counts["FDG STAND.", VISION]
    assert text_of(desk) != before
    [backup] = desk.site.file.parent.glob("*.bak")
    assert backup.read_text(encoding="utf-8") == before
    assert panel._said.value == f"Written into {desk.site.file}; the old file is kept as {backup.name}."
    assert [row[0] for row in listed(panel)] == ["Divers"]
    assert panel.save.disabled


def test_undo_brings_file_and_exams_back(panel: MappingPanel, desk: Desk) -> None:
    before = text_of(desk)
    assert panel.undo.layout.display == "none"
    tick(panel, "Divers")
    panel.save.click()
    assert panel.undo.layout.display == ""
    panel.undo.click()
    assert text_of(desk) == before
    assert types_now(panel)["Divers"] == OTHER
    assert panel._said.value == "The old site file is back."
    assert panel.undo.layout.display == "none"


def test_a_wrong_mapping_is_moved_to_another_type(panel: MappingPanel) -> None:
    panel.kind.value = "FDG STAND."
    tick(panel, "PET-CT FDG")
    panel.exam_type.value = "PSMA"
    panel.save.click()
    assert types_now(panel)["PET-CT FDG"] == "PSMA"


def test_a_file_that_somebody_changed_is_left_and_told(panel: MappingPanel, desk: Desk) -> None:
    tick(panel, "Divers")
    with desk.site.file.open("a", encoding="utf-8") as file:
        file.write("# a thought\n")
    before = text_of(desk)
    panel.save.click()
    assert panel._failure.value.endswith("was changed meanwhile by somebody else; reload, then try again")
    assert text_of(desk) == before
    desk.read()
    panel.ask(QUESTION)
    panel.save.click()
    assert "# a thought" in text_of(desk)
    assert types_now(panel)["Divers"] == "DIVERS"


def test_while_another_run_writes_the_file_is_saved_and_the_exams_come_later(panel: MappingPanel, desk: Desk) -> None:
    tick(panel, "Divers")
    with sv.open_store(desk.site).locked():
        panel.save.click()
    assert "divers" in text_of(desk)
    assert panel._said.value.endswith("Another run is writing just now: this is what was there before. Reload later.")


def test_no_unforeseen_error_shows_more_than_its_place(panel: MappingPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("p3")

    monkeypatch.setattr("schedvisu_lib.explorer.mapping.map_descriptions", broken)
    tick(panel, "Divers")
    assert re.fullmatch(r"KeyError at test_mapping\.py:\d+: a mistake of SchedVisu; report it", panel._failure.value)


def test_what_a_description_holds_is_no_markup(tmp_path: Path) -> None:
    exams = [(MONDAY, "08:00", 10, "<b>Divers & co</b>", PET, "p1")]
    panel = MappingPanel(make_desk(tmp_path, exams=exams), Busy())
    panel.ask(QUESTION)
    tick(panel, "<b>Divers & co</b>")
    assert panel._failure.value == ""
    assert "<b>" not in panel._preview.value
