"""The report on a screen, clicked through in a real browser: navigation, sorting, hover, keyboard, phone."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from filelock import FileLock
from nbformat.v4 import new_code_cell, new_notebook, new_output

import schedvisu_lib as sv
from schedvisu_lib.figures.html import Cell, Html, table
from schedvisu_lib.language import language
from schedvisu_lib.report.execute import ExecutedPage, execute_pages
from schedvisu_lib.report.exporter import ReportExporter
from schedvisu_lib.report.merge import merge_pages
from schedvisu_lib.report.pages import Page
from tests.conftest import build_studies, write_site_file

playwright = pytest.importorskip("playwright.sync_api")

MONDAY, FRIDAY = date(2026, 5, 18), date(2026, 5, 22)
D690, VISION = "Discovery 690", "Vision 600"
NARROW, HARD, MINUS = "\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}", "\N{MINUS SIGN}"
FIRST = "FDG STAND. · 08:12–08:43 · 31 min"
EXAMS: list[dict[str, Any]] = [
    {"start": "2026-05-18 08:12", "end": "2026-05-18 08:43"},
    {"start": "2026-05-18 09:00", "end": "2026-05-18 09:20", "exam_type": "PSMA"},
    {"start": "2026-05-18 13:00", "end": "2026-05-18 13:45", "exam_type": "DOTATATE", "take": 2, "n_takes": 2},
    {"start": "2026-05-19 08:40", "end": "2026-05-19 09:00"},
    {"start": "2026-05-19 14:10", "end": "2026-05-19 14:35", "exam_type": "COEUR RB"},
    {"start": "2026-05-20 10:00", "end": "2026-05-20 10:20", "scanner": VISION},
]


def numbers_table() -> Html:
    """A table of all that a cell may hold, and rows and columns that stay at the end."""
    rows = [
        ["École", "48,5", f"1{NARROW}234", "1:05", "–", Cell("mar. 19.05", "2026-05-19"), "7"],
        ["écho", f"{MINUS}12,4", "999", "0:07", f"12{HARD}%\n+3", Cell("lun. 25.05", "2026-05-25"), "8"],
        ["Zone", f"{MINUS}3,1", "–", "-0:10", f"100{HARD}%\n{MINUS}8", Cell("lun. 18.05", "2026-05-18"), "15"],
        ["abricot", "–", f"12{NARROW}000", "10:00", f"9{HARD}%", Cell("?", ""), "0"],
    ]
    headings = ["Nom", "Mesure", "Série", "Durée", "Part", "Jour", "Total"]
    return table(headings, rows, "numbers", last=1, apart=[["Total", "50", "1", "0:00", "5", "", "0"]])


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report with two scanner pages from a small store and a page of tables, built once for all test processes."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "screen"
    folder.mkdir(exist_ok=True)
    html = folder / "rapport.html"
    with FileLock(folder / "lock"):
        if not html.exists():
            html.write_text(_build(folder), encoding="utf-8")
    return html


def _build(folder: Path) -> str:
    site = sv.load_site(write_site_file(folder))
    sv.open_store(site).write_studies(2026, build_studies(EXAMS), "written by a test")
    days = {"first": MONDAY.isoformat(), "last": FRIDAY.isoformat(), "generated_at": "2026-05-22T23:00"}
    parameters = {"site_file": str(site.file), "title": "weekly", **days}
    pages = [Page("scanner_page", parameters | {"scanner": name}, "hebdomadaire", name) for name in (D690, VISION)]
    executed = execute_pages(pages, folder / "notebooks")
    assert [page.error for page in executed] == [None, None]
    shown = new_code_cell(outputs=[new_output("display_data", {"text/html": numbers_table().text})])
    nbformat.write(new_notebook(cells=[shown]), folder / "tables.ipynb")
    tables = ExecutedPage(Page("data_quality", {}, "Tableaux"), folder / "tables.ipynb", 0.0)
    merged = merge_pages([*executed, tables], title="Occupation", author="", language=language("fr"))
    return str(ReportExporter().from_notebook_node(merged)[0])


@dataclass
class Screen:
    """A page in the browser, and what went wrong on it."""

    page: Any
    troubles: list[str] = field(default_factory=list)

    def reads(self, script: str) -> Any:
        """Return the value of a script."""
        return self.page.evaluate(script)

    def is_at(self, number: int) -> None:
        """Wait until the link of a page, from 0, is the one that the navigation marks."""
        marked = "aria-current"
        playwright.expect(self.page.locator("nav a").nth(number)).to_have_attribute(marked, "true")
        assert self.page.locator(f"nav [{marked}]").count() == 1

    def column(self, number: int) -> list[str]:
        """Return what stands in a column of the table of numbers."""
        cells = self.page.locator(f".numbers tbody tr > :nth-child({number})").all_text_contents()
        return [cell.split("\n")[0].replace(NARROW, " ").replace(HARD, " ") for cell in cells]

    def order(self, number: int) -> str | None:
        """Return how the table of numbers says that a column is sorted."""
        return self.page.locator(f".numbers thead th:nth-child({number})").get_attribute("aria-sort")

    def place(self, exam: int, picture: int = 0) -> tuple[float, float]:
        """Scroll a picture into view and return the middle of an exam on the screen."""
        box = self.page.locator(".hoverable").nth(picture)
        box.scroll_into_view_if_needed()
        days = json.loads(box.locator("script").text_content())["days"]
        left, right, top, bottom, *_ = [row for _, rows in days for row in rows][exam]
        frame = box.locator("img").bounding_box()
        return (
            frame["x"] + frame["width"] * (left + right) / 2000,
            frame["y"] + frame["height"] * (top + bottom) / 2000,
        )

    def told(self) -> str | None:
        """Return the words of the tooltip and, behind a bar, its day; None if it is hidden."""
        tip = self.page.locator(".tooltip")
        return tip.inner_text().replace("\n", " | ") if tip.is_visible() else None


@pytest.fixture(scope="module")
def browser(installed_browser: Path) -> Iterator[Any]:
    flags = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=installed_browser, args=flags)
        yield started
        started.close()


def open_report(browser: Any, report: Path, **device: Any) -> Iterator[Screen]:
    context = browser.new_context(**device)
    screen = Screen(context.new_page())
    page = screen.page
    page.on("console", lambda message: screen.troubles.append(message.text))
    page.on("pageerror", lambda error: screen.troubles.append(str(error)))
    page.on("request", lambda asked: asked.url.startswith(("file:", "data:")) or screen.troubles.append(asked.url))
    page.goto(report.as_uri())
    yield screen
    context.close()
    assert screen.troubles == []


@pytest.fixture
def desk(browser: Any, report: Path) -> Iterator[Screen]:
    yield from open_report(browser, report, viewport={"width": 1400, "height": 900})


@pytest.fixture
def phone(browser: Any, report: Path) -> Iterator[Screen]:
    size = {"width": 360, "height": 740}
    yield from open_report(browser, report, viewport=size, has_touch=True, is_mobile=True, device_scale_factor=2)


# Navigation


def test_click_in_the_navigation_leads_to_the_page_and_marks_it(desk: Screen) -> None:
    desk.is_at(0)
    desk.page.get_by_role("link", name="Tableaux").click()
    desk.is_at(2)
    assert abs(desk.page.locator("section.data-quality").bounding_box()["y"]) < 30
    desk.page.mouse.move(800, 400)
    desk.page.mouse.wheel(0, -1200)
    desk.is_at(1)


def test_group_of_a_scanner_folds_by_mouse_and_keyboard(desk: Screen) -> None:
    group = desk.page.locator("nav details").first
    assert group.locator("summary").inner_text() == D690
    group.locator("summary").click()
    assert not group.get_by_role("link").is_visible()
    group.locator("summary").focus()
    desk.page.keyboard.press("Enter")
    assert group.get_by_role("link").is_visible()


def test_first_tab_offers_to_skip_the_navigation(desk: Screen) -> None:
    desk.page.keyboard.press("Tab")
    skip = desk.page.locator(":focus")
    assert skip.inner_text() == "Aller au contenu"
    assert skip.bounding_box()["y"] >= 0
    desk.page.keyboard.press("Enter")
    desk.page.keyboard.press("Tab")
    assert desk.reads("document.querySelector('main').contains(document.activeElement)")


def test_keys_lead_to_the_next_and_previous_page(desk: Screen) -> None:
    desk.is_at(0)
    for keys, number in (("jj", 2), ("j", 2), ("k", 1)):
        desk.page.keyboard.type(keys)
        desk.is_at(number)
    assert abs(desk.page.locator("section.page").nth(1).bounding_box()["y"]) < 30
    assert "page suivante" in desk.page.locator("nav .keys").inner_text()


# Sorting


ASCENDING = {
    1: ["abricot", "écho", "École", "Zone"],
    2: [f"{MINUS}12,4", f"{MINUS}3,1", "48,5", "–"],
    3: ["999", "1 234", "12 000", "–"],
    4: ["-0:10", "0:07", "1:05", "10:00"],
    5: ["9 %", "12 %", "100 %", "–"],
    6: ["lun. 18.05", "mar. 19.05", "lun. 25.05", "?"],
    7: ["0", "7", "8", "15"],
}
MISSING = {"–", "?"}


def test_clicks_sort_up_down_and_back(desk: Screen) -> None:
    for number, values in ASCENDING.items():
        before = desk.column(number)
        button = desk.page.locator(f".numbers thead th:nth-child({number}) button")
        known = [value for value in values if value not in MISSING]
        missing = [value for value in values if value in MISSING]
        for order, sorted_values in (("ascending", values), ("descending", known[::-1] + missing)):
            button.click()
            assert desk.column(number)[:4] == sorted_values
            assert desk.column(1)[4] == "Total"
            assert desk.order(number) == order
        button.click()
        assert desk.column(number) == before
        assert desk.order(number) is None


def test_keyboard_sorts_and_one_column_at_a_time_is_marked(desk: Screen) -> None:
    desk.page.locator(".numbers thead button").first.focus()
    desk.page.keyboard.press("Enter")
    assert desk.order(1) == "ascending"
    desk.page.keyboard.press("Tab")
    desk.page.keyboard.press("Space")
    assert desk.column(2)[0] == f"{MINUS}12,4"
    assert (desk.order(1), desk.order(2)) == (None, "ascending")


def test_durations_of_a_scanner_sort_and_its_count_table_does_not(desk: Screen) -> None:
    durations = desk.page.locator(".durations").first
    durations.get_by_role("button", name="Moyenne").click()
    names = durations.locator("tbody:not(.apart) th").all_inner_texts()
    # PSMA 20; COEUR RB 25; FDG STAND. 31 and 20; DOTATATE 45 minutes.
    assert names == ["PSMA", "COEUR RB", "FDG STAND.", "DOTATATE"]
    assert desk.page.locator(".counts button").count() == 0


def test_paper_shows_headings_without_buttons(desk: Screen) -> None:
    assert desk.page.locator("th button").count() > 7
    heading = desk.page.locator(".numbers thead th").first
    desk.reads("dispatchEvent(new Event('beforeprint'))")
    assert desk.page.locator("th button").count() == 0
    assert heading.inner_text() == "Nom"
    desk.reads("dispatchEvent(new Event('afterprint'))")
    desk.page.locator(".numbers thead button").first.click()
    assert desk.order(1) == "ascending"
    desk.page.emulate_media(media="print")
    for screen_only in (".skip", "nav", ".tooltip", ".said", ".mark"):
        assert not desk.page.locator(screen_only).first.is_visible()


# Hover


def test_pointer_on_an_exam_shows_type_times_duration_take_and_day(desk: Screen) -> None:
    assert desk.told() is None
    desk.page.mouse.move(*desk.place(0))
    assert desk.told() == f"{FIRST} | lun. 18.05.2026"
    desk.page.mouse.move(*desk.place(2))
    assert desk.told() == "DOTATATE · 13:00–13:45 · 45 min · reprise 2 sur 2 | lun. 18.05.2026"
    mark, (x, y) = desk.page.locator(".mark:visible").bounding_box(), desk.place(2)
    assert mark["x"] < x < mark["x"] + mark["width"]
    assert mark["y"] < y < mark["y"] + mark["height"]
    x, y = desk.place(1)
    desk.page.mouse.move(x, y + 100)  # an hour or more later, before the next exam
    assert desk.told() is None


def test_arrow_keys_lead_through_the_exams_and_tell_them(desk: Screen) -> None:
    picture = desk.page.locator(".hoverable").first
    desk.page.locator("summary").last.focus()
    while not desk.reads("document.activeElement.matches('.hoverable')"):
        desk.page.keyboard.press("Tab")
    assert desk.told() == "Les flèches du clavier mènent d’un examen à l’autre."
    assert picture.get_attribute("aria-label") == f"Agenda de {D690}"
    said = desk.page.locator(".said")
    assert said.get_attribute("aria-live") == "polite"
    for key, words in (
        ("ArrowDown", f"{FIRST} · lun. 18.05.2026"),
        ("ArrowDown", "PSMA · 09:00–09:20 · 20 min · lun. 18.05.2026"),
        ("ArrowRight", "FDG STAND. · 08:40–09:00 · 20 min · mar. 19.05.2026"),
        ("ArrowRight", "FDG STAND. · 08:40–09:00 · 20 min · mar. 19.05.2026"),  # no exam on another day
        ("ArrowUp", "DOTATATE · 13:00–13:45 · 45 min · reprise 2 sur 2 · lun. 18.05.2026"),
        ("ArrowRight", "COEUR RB · 14:10–14:35 · 25 min · mar. 19.05.2026"),
        ("ArrowLeft", "DOTATATE · 13:00–13:45 · 45 min · reprise 2 sur 2 · lun. 18.05.2026"),
        ("End", "COEUR RB · 14:10–14:35 · 25 min · mar. 19.05.2026"),
        ("ArrowDown", "COEUR RB · 14:10–14:35 · 25 min · mar. 19.05.2026"),
        ("Home", f"{FIRST} · lun. 18.05.2026"),
    ):
        desk.page.keyboard.press(key)
        assert said.text_content() == words
        assert desk.told() == " | ".join(words.rsplit(" · ", 1))
    desk.page.keyboard.press("Escape")
    assert desk.told() is None
    assert desk.page.locator(".mark:visible").count() == 0


def test_tooltip_stays_within_a_small_window(desk: Screen) -> None:
    desk.page.set_viewport_size({"width": 500, "height": 300})
    desk.page.locator(".hoverable").first.focus()
    for _ in range(5):
        desk.page.keyboard.press("ArrowDown")
        box = desk.page.locator(".tooltip").bounding_box()
        assert 0 <= box["x"] <= box["x"] + box["width"] <= 500
        assert 0 <= box["y"] <= box["y"] + box["height"] <= 300


def test_nothing_in_the_file_tells_a_patient_or_a_study(report: Path) -> None:
    text = report.read_text(encoding="utf-8")
    studies = build_studies(EXAMS)
    assert not [name for name in pd.concat([studies["exam_id"], studies["patient"]]) if f'"{name}"' in text]
    assert "exam_id" not in text


# Phone


def test_phone_never_scrolls_the_whole_page_sideways(phone: Screen) -> None:
    assert phone.reads("document.documentElement.scrollWidth") == 360
    phone.reads("scrollTo(500, 0)")
    assert phone.reads("scrollX") == 0
    wide = phone.page.locator(".scroll:has(.hoverable)").first
    assert wide.evaluate("box => box.scrollWidth > box.clientWidth")  # the agenda scrolls within itself
    for page in phone.page.locator("section.page").all():
        assert page.evaluate("page => [page.clientWidth, page.scrollWidth]") == [360, 360]


def test_letters_on_a_phone_are_readable(phone: Screen) -> None:
    smallest = """() => Math.min(...[...document.querySelectorAll("main *, nav *")]
        .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
        .filter(e => !e.matches("script, .bookmark, kbd"))
        .map(e => parseFloat(getComputedStyle(e).fontSize) * (e.currentCSSZoom ?? 1)))"""
    assert phone.reads(smallest) >= 11


def test_menu_opens_leads_to_a_page_and_closes(phone: Screen) -> None:
    button, listed = phone.page.get_by_role("button", name="Sommaire"), phone.page.locator("nav .list")
    assert button.get_attribute("aria-expanded") == "false"
    assert not listed.is_visible()
    button.tap()
    assert button.get_attribute("aria-expanded") == "true"
    button.tap()
    assert not listed.is_visible()
    button.tap()
    phone.page.get_by_role("link", name="Tableaux").tap()
    assert not listed.is_visible()
    phone.is_at(2)
    head = phone.page.locator("section.data-quality").bounding_box()["y"]
    assert phone.page.locator("nav").bounding_box()["height"] <= head + 1  # the bar hides nothing of the page
    button.tap()
    phone.page.keyboard.press("Escape")
    assert not listed.is_visible()
    assert button.get_attribute("aria-expanded") == "false"


def test_tap_tells_an_exam_and_a_tap_beside_it_ends_it(phone: Screen) -> None:
    phone.page.touchscreen.tap(*phone.place(0))
    assert phone.told() == f"{FIRST} | lun. 18.05.2026"
    phone.page.locator(".head .made").first.tap()
    assert phone.told() is None


def test_without_scripts_the_list_is_open_and_headings_are_plain(browser: Any, report: Path) -> None:
    device = {"viewport": {"width": 360, "height": 740}, "java_script_enabled": False}
    for screen in open_report(browser, report, **device):
        assert screen.page.get_by_role("link", name="Tableaux").is_visible()
        assert screen.page.locator("th button, nav button:visible").count() == 0


# The file


def test_nothing_from_outside_is_allowed(desk: Screen) -> None:
    fetched = "() => fetch('https://example.org/').then(() => 'fetched', error => error.name)"
    assert desk.reads(fetched) == "TypeError"
    desk.reads("document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = 1'}))")
    assert desk.reads("window.ran") is None
    assert len(desk.troubles) >= 2
    assert all("Content Security Policy" in trouble for trouble in desk.troubles)
    desk.troubles.clear()


def test_ids_are_unique_headings_in_order_and_pictures_described(desk: Screen) -> None:
    ids = desk.reads("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    levels = [1, *desk.reads("[...document.querySelectorAll('main :is(h1,h2,h3,h4)')].map(e => Number(e.tagName[1]))")]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert desk.page.locator("main img:not([alt]), main img[alt='']").count() == 0
    assert desk.page.locator("main th:not([scope])").count() == 0
    assert desk.reads("document.documentElement.lang") == "fr"


def test_scroll_boxes_that_scroll_are_reached_by_keyboard(phone: Screen) -> None:
    unreached = """[...document.querySelectorAll('.scroll')].filter(box =>
        box.scrollWidth > box.clientWidth && !box.querySelector('button, [tabindex]') && box.tabIndex !== 0)"""
    assert phone.reads(f"{unreached}.length") == 0
    assert phone.page.locator(".scroll[tabindex='0']").count() > 0
