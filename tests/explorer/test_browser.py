"""The main path through the explorer, as a user walks it, in a real browser; one server, for a start costs seconds."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

import schedvisu_lib as sv
from schedvisu_lib.config import OTHER, squeeze_description
from schedvisu_lib.studies.selection import of_scanner
from tests.explorer.conftest import Server

playwright = pytest.importorskip("playwright.sync_api")
MINUTE = 60_000
MONDAY, FRIDAY = date(2026, 5, 18), date(2026, 5, 22)


class User:
    """Somebody at the explorer's page, and the store whose exams it should show."""

    def __init__(self, page: Any, url: str, site: sv.Site) -> None:
        page.set_default_timeout(MINUTE)
        self.page, self.site = page, site
        self.expect = playwright.expect
        self.expect.set_options(timeout=MINUTE)
        self.exams = sv.open_store(site).studies(date(2026, 4, 20), FRIDAY)
        self.heading, self.picture = page.locator(".sv-heading"), page.locator(".sv-drawing img")
        page.goto(url)

    def button(self, name: str) -> Any:
        return self.page.get_by_role("button", name=name, exact=True)

    def day(self, name: str) -> Any:
        return self.page.locator(".sv-days").get_by_label(name)

    def sees(self, scanner: str, first: date, last: date, *more: str) -> None:
        """Wait for the heading of a scanner and days, with the number of exams that the store has."""
        n = len(of_scanner(self.exams, scanner, first, last))
        assert n > 1
        words = [scanner, f"du {first:%d.%m.%Y} au {last:%d.%m.%Y}", f"{n} examens", *more]
        for text in words:
            self.expect(self.heading.first).to_contain_text(text)

    def changes(self, act: Callable[[], None]) -> None:
        """Do something, and wait until the figure is another one."""
        before = self.picture.first.get_attribute("src")
        act()
        self.expect(self.picture.first).not_to_have_attribute("src", before)


@pytest.fixture
def user(own_explorer: Server, desk_site: sv.Site, browser_page: Any) -> User:
    return User(browser_page, own_explorer.url, desk_site)


def test_choose_a_scanner_change_days_make_a_page_map_a_description_reload(user: User) -> None:
    choose(user)
    what_was_inserted_later_is_live(user)
    compare(user)
    make_a_page(user)
    mapped = map_a_description(user)
    reload_it(user, mapped)


def choose(user: User) -> None:
    user.sees("Discovery 690", MONDAY, FRIDAY)
    user.changes(user.button("Vision 600").click)
    user.sees("Vision 600", MONDAY, FRIDAY)
    user.expect(user.button("Vision 600")).to_have_attribute("aria-pressed", "true")
    user.expect(user.button("Discovery 690")).to_have_attribute("aria-pressed", "false")
    user.changes(user.page.get_by_title("Une semaine plus tôt").click)
    user.sees("Vision 600", date(2026, 5, 11), date(2026, 5, 15))
    user.changes(lambda: user.day("Du").fill("2026-05-05"))
    user.sees("Vision 600", date(2026, 5, 5), date(2026, 5, 15))
    user.expect(user.page.get_by_label("Période")).to_have_value("Période choisie")
    for name in ("Millennium", "Discovery 670", "Symbia Intevo", "Discovery 670", "Vision 600"):  # as fast as it goes
        user.button(name).click()
    user.sees("Vision 600", date(2026, 5, 5), date(2026, 5, 15))
    user.expect(user.button("Vision 600")).to_have_attribute("aria-pressed", "true")


def what_was_inserted_later_is_live(user: User) -> None:
    page, expect = user.page, user.expect
    user.picture.hover()
    page.locator(".hoverable").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".tooltip")).to_contain_text("min")
    user.button("Durées").click()
    page.locator(".durations").get_by_role("button", name="Moyenne").click()
    expect(page.locator(".durations th[aria-sort=ascending]")).to_have_text("Moyenne")
    expect(page.locator(".tooltip:visible")).to_have_count(0)
    # Days in the wrong order are a sentence; the figure stays.
    user.day("Au").fill("2026-05-01")
    expect(page.locator(".sv-problem p")).to_contain_text("précède le premier")
    user.sees("Vision 600", date(2026, 5, 5), date(2026, 5, 15))
    page.get_by_title("Les derniers jours enregistrés").click()
    expect(page.locator(".sv-problem p")).to_have_count(0)
    user.button("Recharger").click()
    user.sees("Vision 600", MONDAY, FRIDAY)


def compare(user: User) -> None:
    """Two sides stand beside each other where there is room, and each figure is as wide as its place."""
    page, expect = user.page, user.expect
    user.button("Agenda").click()
    page.get_by_label("Comparer avec").select_option(label="la période précédente")
    expect(user.heading).to_have_count(2)
    expect(user.picture).to_have_count(2)
    before = len(of_scanner(user.exams, "Vision 600", date(2026, 5, 11), date(2026, 5, 15)))
    expect(user.heading.nth(1)).to_contain_text(f"{before} examens")
    for width in (1400, 1000, 700):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(_FITS, arg=width > 900)
    page.set_viewport_size({"width": 1400, "height": 1000})
    page.get_by_label("Comparer avec").select_option(label="rien")
    expect(user.heading).to_have_count(1)


_FITS = """beside => {
  const [first, second] = [...document.querySelectorAll(".sv-heading")].map(one => one.getBoundingClientRect().y);
  const place = document.querySelector(".sv-drawing");
  const wide = place.clientWidth, drawn = place.querySelector("img").getBoundingClientRect().width;
  const leastWide = parseFloat(getComputedStyle(place).getPropertyValue("--sv-paper")) * 96 / 25.4;
  const fits = Math.abs(drawn / Math.max(wide, leastWide) - 1) < 0.02;
  return (first === second) === beside && fits && document.documentElement.scrollWidth <= innerWidth;
}"""
"""The sides stand beside each other, or do not, the figure is as wide as its place, and the page is not too wide."""


def make_a_page(user: User) -> None:
    user.button("Créer la page").click()
    link = user.page.locator("a.sv-download")
    with user.page.expect_download() as handed_over:
        link.click()
    [made] = (user.site.report.folder / "explorer").glob("*.pdf")
    assert made.name == "scanner-page-2026-05-18_2026-05-22-vision-600.pdf"
    user.expect(user.page.locator(".sv-made code")).to_have_text(str(made))
    assert Path(handed_over.value.path()).read_bytes() == made.read_bytes()
    [sheet] = PdfReader(made).pages
    assert "Vision 600" in sheet.extract_text()


def map_a_description(user: User) -> str:
    """Give the first description without a type a new one; return the description."""
    page, expect, file = user.page, user.expect, user.site.file
    before = file.read_text(encoding="utf-8")
    open_mapping(user)
    others = user.exams.loc[user.exams["exam_type"] == OTHER].groupby(["scanner", "study_description"]).size()
    expect(page.get_by_label("Descriptions")).to_contain_text(f"({others.sum()})")
    lines = page.locator(".sv-descriptions > .widget-vbox > .widget-hbox")
    expect(lines).to_have_count(len(others))
    expect(lines.first.locator(".n")).to_have_text(str(others.max()))
    description = lines.first.locator("label span").text_content()
    lines.first.get_by_role("checkbox").check()
    page.locator(".sv-mapping-pick select").select_option(label="un nouveau type…")
    page.get_by_label("Nom").fill("DU JOUR")
    expect(page.locator(".remapping")).to_contain_text("DU JOUR")
    user.button("Enregistrer dans le fichier du site").click()
    expect(page.locator(".sv-mapping-told")).to_contain_text("Écrit dans")
    [kept] = file.parent.glob("site.yaml.*.bak")
    assert kept.read_text(encoding="utf-8") == before
    newest = sv.load_site(file).exam_types[-1]
    assert (newest.name, newest.patterns) == ("DU JOUR", (re.escape(squeeze_description(description)),))
    return description


def open_mapping(user: User) -> None:
    user.button("Attribuer les descriptions").click()
    user.button("Tous les scanners et jours").click()


def reload_it(user: User, mapped: str) -> None:
    """After a reload the page begins anew, and the exams have their new type."""
    page, expect = user.page, user.expect
    page.reload()
    user.sees("Discovery 690", MONDAY, FRIDAY)
    assert page.evaluate("document.querySelector('.sv-screen').lang") == "fr"
    squeezed = user.exams["study_description"].map(squeeze_description)
    n = int(((user.exams["exam_type"] == OTHER) & (squeezed == squeeze_description(mapped))).sum())
    open_mapping(user)
    kinds = page.get_by_label("Descriptions")
    expect(kinds).to_contain_text(re.compile(rf"DU\sJOUR\s\({n}\)"))
    kinds.select_option(index=kinds.locator("option").count() - 1)  # the newest type
    expect(page.locator(".sv-descriptions .remark").nth(1)).to_have_text(re.escape(squeeze_description(mapped)))
