"""Single pages for slides, made by the real notebook, browser and drawing programs."""

from __future__ import annotations

import re
import shutil
import struct
from datetime import date
from pathlib import Path

import pytest
from matplotlib import pyplot as plt
from matplotlib.backends.backend_pdf import PdfPages

import schedvisu_lib as sv
from schedvisu_lib.errors import ExportError
from schedvisu_lib.export.page import export_pages, find_page, find_pages, place
from schedvisu_lib.export.target import Format, Target
from schedvisu_lib.periods import Period
from schedvisu_lib.report.pages import Page

from .conftest import EVENING, FRIDAY, MONDAY

WEEK = Period("weekly", MONDAY, FRIDAY)


def test_a_page_of_a_scanner_is_found(demo_site: sv.Site) -> None:
    page = find_page(demo_site, WEEK, EVENING, kind="scanner-page", scanners=["Vision 600"])
    assert (page.notebook, page.scanner) == ("scanner_page", "Vision 600")
    assert (page.parameters["first"], page.parameters["last"]) == ("2026-05-18", "2026-05-22")


@pytest.mark.parametrize("kind", ["overview", "overview-hours", "data-quality", "data_quality"])
def test_pages_of_all_scanners_need_no_name(kind: str, demo_site: sv.Site) -> None:
    assert find_page(demo_site, WEEK, EVENING, kind=kind).kind == kind.replace("_", "-")


def test_the_overview_alone_links_to_no_other_page(demo_site: sv.Site) -> None:
    page = find_page(demo_site, WEEK, EVENING, kind="overview")
    assert not [name for name in page.parameters if name.startswith("linked")]


def test_a_site_with_one_scanner_need_not_name_it(demo_site: sv.Site) -> None:
    site = demo_site.model_copy(update={"scanners": demo_site.scanners[:1]})
    # A new copy: scanner_names of the old one is remembered.
    site.__dict__.pop("scanner_names", None)
    assert find_page(site, WEEK, EVENING, kind="scanner-page").scanner == "Discovery 690"


@pytest.mark.parametrize(
    ("kind", "scanners", "words"),
    [
        ("scanner-page", None, "page scanner-page shows one scanner; add one --scanner (demo.yaml has: Discovery 690,"),
        ("scanner-page", ["Vision 600", "Millennium"], "shows one scanner; add one --scanner"),
        ("overview", ["Vision 600"], "page overview shows all scanners; leave --scanner out"),
        ("week", None, 'page "week" is unknown for this period; allowed: overview, '),
    ],
)
def test_what_makes_no_page_is_told(kind: str, scanners: list[str] | None, words: str, demo_site: sv.Site) -> None:
    with pytest.raises(ValueError, match="page") as error:
        find_page(demo_site, WEEK, EVENING, kind=kind, scanners=scanners)
    assert words in str(error.value)


def test_plan_and_effect_is_a_page_of_short_periods_only(demo_site: sv.Site) -> None:
    names = ["Vision 600"]
    assert find_page(demo_site, WEEK, EVENING, kind="plan-and-effect", scanners=names).scanner == "Vision 600"
    month = Period("monthly", date(2026, 4, 27), FRIDAY)
    with pytest.raises(ValueError, match="unknown for this period"):
        find_page(demo_site, month, EVENING, kind="plan-and-effect", scanners=names)


def test_several_scanners_have_a_page_each_and_pages_of_all_stand_once(demo_site: sv.Site) -> None:
    names = ["Millennium", "Vision 600"]
    pages = find_pages(demo_site, WEEK, EVENING, kind="scanner-page", scanners=names)
    assert [(page.kind, page.scanner) for page in pages] == [("scanner-page", name) for name in names]
    [overview] = find_pages(demo_site, WEEK, EVENING, kind="overview", scanners=names)
    assert overview == find_page(demo_site, WEEK, EVENING, kind="overview")


def test_svg_without_its_program_says_what_to_install_before_any_work(
    demo_site: sv.Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    target = Target(tmp_path / "page.svg", Format.SVG)
    with pytest.raises(ExportError, match="pdftocairo is missing to make SVG; install Poppler") as error:
        export_pages(demo_site, [Page("none", {}, "none")], target, dpi=150, executed_folder=tmp_path / "notebooks")
    assert "or choose --format pdf or png" in str(error.value)
    assert not (tmp_path / "notebooks").exists()


def test_a_notebook_that_fails_gives_no_file(demo_site: sv.Site, tmp_path: Path) -> None:
    site = demo_site.model_copy(update={"report": demo_site.report.model_copy(update={"browser": "/nowhere/chromium"})})
    target = Target(tmp_path / "page.pdf", Format.PDF)
    with pytest.raises(ExportError, match=r'page "none" failed: the notebook .*none\.ipynb is missing'):
        export_pages(site, [Page("none", {}, "none")], target, dpi=150, executed_folder=tmp_path / "notebooks")
    assert not target.file.exists()


@pytest.fixture
def printed(tmp_path: Path) -> Path:
    """A page as a browser prints it, of two sheets: 3 by 2 inches, and 2 by 3."""
    file = tmp_path / "printed" / "page.pdf"
    file.parent.mkdir()
    figure, axes = plt.subplots(figsize=(3, 2))
    axes.text(0.1, 0.5, "Durée de l'été")
    with PdfPages(file) as sheets:
        sheets.savefig(figure)
        figure.set_size_inches(2, 3)
        sheets.savefig(figure)
    return file


def test_a_page_of_two_sheets_is_one_pdf(printed: Path, tmp_path: Path) -> None:
    target = Target(tmp_path / "slide.pdf", Format.PDF)
    assert place(printed, target, dpi=150) == [target.file]
    assert target.file.read_bytes() == printed.read_bytes()


def test_html_is_written_as_it_was_made(tmp_path: Path) -> None:
    made = tmp_path / "made.html"
    made.write_text("<p>Durée</p>", encoding="utf-8")
    target = Target(tmp_path / "slide.html", Format.HTML)
    assert place(made, target, dpi=150) == [target.file]
    assert target.file.read_bytes() == made.read_bytes()


def test_a_page_of_two_sheets_gives_two_numbered_pictures(printed: Path, tmp_path: Path) -> None:
    files = place(printed, Target(tmp_path / "slide.png", Format.PNG), dpi=50)
    assert files == [tmp_path / "slide-1.png", tmp_path / "slide-2.png"]
    sizes = [struct.unpack(">II", file.read_bytes()[16:24]) for file in files]
    assert sizes == [(150, 100), (100, 150)]


@pytest.mark.skipif(shutil.which("pdftocairo") is None, reason="pdftocairo is not installed")
def test_svg_has_the_size_of_the_page_and_needs_no_font(printed: Path, tmp_path: Path) -> None:
    files = place(printed, Target(tmp_path / "slide.svg", Format.SVG), dpi=50)
    assert files == [tmp_path / "slide-1.svg", tmp_path / "slide-2.svg"]
    first, second = (file.read_text(encoding="utf-8") for file in files)
    assert 'viewBox="0 0 216 144"' in first
    assert 'viewBox="0 0 144 216"' in second
    assert "<path" in first
    assert not re.search(r"<(text|image|font)\b", first)


@pytest.mark.skipif(shutil.which("pdftocairo") is None, reason="pdftocairo is not installed")
def test_what_cannot_be_drawn_is_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "page.pdf"
    broken.write_bytes(b"no PDF")
    with pytest.raises(ExportError, match=r"pdftocairo could not make SVG .*; choose --format pdf or png"):
        place(broken, Target(tmp_path / "slide.svg", Format.SVG), dpi=50)
    assert not (tmp_path / "slide.svg").exists()
