"""The parts of a scanner's page: header, agenda, legend, tables, notes; all on one sheet."""

from __future__ import annotations

import re
from datetime import date, datetime

import pandas as pd
import pytest

import schedvisu_lib as sv
from schedvisu_lib.figures.layout import (
    HEIGHT,
    agenda_height,
    legend_height,
    notes_height,
    table_height,
    violin_height,
)
from schedvisu_lib.figures.page import ScannerPage
from schedvisu_lib.periods import Period
from schedvisu_lib.settings.calendar import Hours
from schedvisu_lib.settings.scanners import ExamType, Service
from tests.conftest import Builder, build_studies
from tests.figures.reading import SCANNER, SVG, drawing, exam, size, words


def page(site: sv.Site, first: date = date(2026, 4, 20), last: date = date(2026, 4, 24)) -> ScannerPage:
    return ScannerPage(site, SCANNER, Period("weekly", first, last), datetime(2026, 4, 25, 1, 30))


# --- header and choice ------------------------------------------------------------------------------------------------


# --- pictures ---------------------------------------------------------------------------------------------------------


# --- agenda, legend, durations ----------------------------------------------------------------------------------------


def test_violins_and_table_stand_side_by_side(demo_site: sv.Site, make_studies: Builder) -> None:
    html = page(demo_site).durations(make_studies([exam("2026-04-20 09:00", 30)]))
    beside = r'<div class="beside"><img .*?><table class="durations">.*</table></div>'
    assert re.fullmatch(rf'{beside}<p class="caption">Violons\xa0: .*médiane.*</p>', html.text)


def test_a_page_without_exams_says_so(demo_site: sv.Site, make_studies: Builder) -> None:
    texts = ["".join(node.itertext()) for node in drawing(page(demo_site).agenda(make_studies())).iter(f"{SVG}text")]
    assert "Aucun examen dans cette période." in texts


# --- one sheet --------------------------------------------------------------------------------------------------------


def many_types(site: sv.Site, n: int, name: str) -> tuple[sv.Site, pd.DataFrame]:
    kinds = tuple(ExamType(name=f"{name} {k:02d}", patterns=("x",), takes_apart=k < 3) for k in range(n))
    rows = [
        exam("2026-04-20 08:00", 20 + k, exam_type=kind.name, take=take, n_takes=2)
        for k, kind in enumerate(kinds)
        for take in (1, 2)
    ]
    return site.model_copy(update={"exam_types": kinds}), build_studies([*rows, exam("2026-04-20 12:00", 20)])


def every_class(site: sv.Site) -> tuple[sv.Site, list[dict[str, object]]]:
    """Return a site whose scanner has a lunch window and time out of service, and exams with each class of gap."""
    first, *others = site.scanners
    lunch, service = (
        Hours(opens="12:00", closes="13:00"),
        Service(first="2026-04-21", last="2026-04-21", hours="8:00-11:00"),
    )
    changed = first.model_copy(update={"lunch": lunch, "service": (service,), "gap": 30})
    times = ("20 08:00", "20 08:30", "20 10:00", "20 11:50", "20 13:10", "21 07:40", "21 11:00")
    return site.model_copy(update={"scanners": (changed, *others)}), [exam(f"2026-04-{at}", 10) for at in times]


@pytest.mark.parametrize(("n", "name"), [(1, "T"), (9, "EXAM"), (15, "SCINTIGRAPHIE LONGUE")])
def test_the_parts_share_one_sheet(n: int, name: str, demo_site: sv.Site) -> None:
    site, rows = every_class(demo_site)
    site, studies = many_types(site, n, name)
    studies = pd.concat([studies, build_studies(rows)], ignore_index=True)
    shown = page(site)
    _, agenda = size(shown.agenda(studies))
    _, violins = size(shown.durations(studies))
    rows_shown = shown.durations(studies).text.count("<tr>") - 1
    assert rows_shown == n + min(n, 3) + 1 + 4  # types, second takes, the type of the other exams; idle time
    legend = legend_height(re.findall("<b>(.*?)</b>", shown.legend(studies).text))
    notes = notes_height(len("".join(words(shown.notes()).split("|"))))
    # Header and count table as measured on paper at their largest.
    assert 22 + agenda + legend + 38 + max(violins, table_height(rows_shown)) + 3.2 + notes <= HEIGHT
    assert agenda >= 65


def test_the_agenda_takes_the_room_that_others_leave() -> None:
    assert agenda_height(["T"] * 4, 4, 600) > agenda_height(["T"] * 20, 12, 600) > agenda_height(["T"] * 20, 12, 1200)
    assert violin_height(2) < violin_height(19) <= table_height(19)


# --- svg --------------------------------------------------------------------------------------------------------------
