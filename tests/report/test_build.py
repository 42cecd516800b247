"""The whole report, from notebooks to PDF: real papermill, nbconvert and browser."""

from __future__ import annotations

import re
from pathlib import Path

import pikepdf
import pytest
from pypdf import PdfReader

import schedvisu_lib as sv
from schedvisu_lib.errors import ReportError
from schedvisu_lib.files import HALF
from schedvisu_lib.report.build import BuiltReport, build_html, build_report
from schedvisu_lib.report.pages import Page
from schedvisu_lib.report.pdf import page_warnings, pages_to_png

from .conftest import NOTEBOOKS

PNG = b"\x89PNG\r\n"


@pytest.fixture
def reader(built: BuiltReport) -> PdfReader:
    assert built.pdf is not None
    return PdfReader(built.pdf)


def bookmarks(reader: PdfReader) -> list[tuple[int, str, int]]:
    """Return level, title and page number, both from 1, of each bookmark."""
    found: list[tuple[int, str, int]] = []

    def walk(marks: list, level: int) -> None:
        for mark in marks:
            if isinstance(mark, list):
                walk(mark, level + 1)
            else:
                found.append((level, mark.title, (reader.get_destination_page_number(mark) or 0) + 1))

    walk(reader.outline, 1)
    return found


def test_bookmarks_nest_report_scanner_period_at_the_right_pages(reader: PdfReader) -> None:
    assert bookmarks(reader) == [
        (1, "Occupation des scanners", 1),
        (2, "Vue d'ensemble", 1),
        (3, "Aperçu", 1),
        (2, "Discovery 690", 2),
        (3, "hebdomadaire", 2),
        (3, "trimestriel", 3),
        (2, "Vision 600", 4),
        (3, "hebdomadaire", 4),
        (3, "trimestriel", 5),
        (3, "semestriel", 6),
        (3, "annuel", 7),
        (2, "Qualité des données", 9),
    ]


def test_page_that_overflows_is_named(built: BuiltReport, reader: PdfReader) -> None:
    assert len(reader.pages) == built.n_pages + 1
    assert 'page "Vision 600, annuel" takes 2 sheets of rapport.pdf: its content overflows' in built.warnings


def test_failed_page_is_told_and_has_its_place(built: BuiltReport, reader: PdfReader) -> None:
    assert built.problems == ('page "Vision 600, semestriel" failed: In [4]: ValueError: no such table <&>',)
    text = reader.pages[5].extract_text()
    assert "ValueError: no such table <&>" in text
    assert "Traceback" not in text
    assert (built.notebooks / "06-vision-600-semestriel.ipynb").is_file()


def test_text_is_selectable_with_its_accents(reader: PdfReader) -> None:
    assert "Durée de l'été : 1 créneaux" in reader.pages[2].extract_text()
    assert "séries listées" in reader.pages[8].extract_text()


def test_figures_are_vectors(reader: PdfReader) -> None:
    assert [len(page.images) for page in reader.pages] == [0] * 9


def test_pages_are_a4_portrait(reader: PdfReader) -> None:
    for page in reader.pages:
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)


def test_metadata_language_and_tags(reader: PdfReader) -> None:
    assert reader.metadata is not None
    assert reader.metadata.title == "Occupation des scanners"
    assert reader.metadata.author == "Service de médecine nucléaire, Hôpital de démonstration"
    assert (reader.metadata.creator or "").startswith("SchedVisu ")
    assert reader.root_object["/Lang"] == "fr"
    assert reader.root_object["/MarkInfo"]["/Marked"]


def test_metadata_stand_in_both_forms_and_the_window_bears_the_title(built: BuiltReport) -> None:
    assert built.pdf is not None
    with pikepdf.open(built.pdf) as document:
        with document.open_metadata() as xmp:
            assert xmp["dc:title"] == str(document.docinfo["/Title"]) == "Occupation des scanners"
            assert xmp["dc:creator"] == [str(document.docinfo["/Author"])]
            assert xmp["dc:description"] == str(document.docinfo["/Subject"])
        assert document.Root.ViewerPreferences.DisplayDocTitle


def test_each_sheet_bears_its_number(reader: PdfReader) -> None:
    words = [" ".join(page.extract_text().split()) for page in reader.pages]
    assert [f"{number} / 9" in text for number, text in enumerate(words, start=1)] == [True] * 9


def test_html_has_the_same_pages_and_needs_no_network(built: BuiltReport) -> None:
    text = built.html.read_text(encoding="utf-8")
    assert text.count('<section class="page') == built.n_pages
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", text)
    assert "url(http" not in text


def test_message_of_a_kernel_is_a_warning_of_the_report(built: BuiltReport) -> None:
    assert 'page "Qualité des données" wrote: a grumble' in built.warnings


def test_pages_become_pictures(built: BuiltReport, tmp_path: Path) -> None:
    assert built.pdf is not None
    files = pages_to_png(built.pdf, tmp_path / "png", [2, 9], dpi=50)
    assert [file.name for file in files] == ["rapport-02.png", "rapport-09.png"]
    assert all(file.read_bytes().startswith(PNG) for file in files)
    with pytest.raises(ReportError, match=r"rapport\.pdf has pages 1 to 9, not 10"):
        pages_to_png(built.pdf, tmp_path, [10])


def test_pictures_of_something_else_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="cannot read"):
        pages_to_png(tmp_path / "missing.pdf", tmp_path)
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"not a PDF")
    with pytest.raises(ReportError, match="cannot read"):
        pages_to_png(broken, tmp_path)
    assert page_warnings(broken, "", []) != []


def with_browser(site: sv.Site, browser: str) -> sv.Site:
    return site.model_copy(update={"report": site.report.model_copy(update={"browser": browser})})


def test_without_a_browser_the_html_is_still_there(demo_site: sv.Site, tmp_path: Path) -> None:
    (tmp_path / "rapport.pdf").write_bytes(b"of last week")
    page = Page("plain", {}, "Vue")
    report = build_report(
        with_browser(demo_site, "/nowhere/chromium"),
        [page],
        tmp_path,
        name="rapport",
        executed_folder=tmp_path / "executed",
        notebooks=NOTEBOOKS,
    )
    assert report.pdf is None
    assert not (tmp_path / "rapport.pdf").exists()  # an old PDF must not pass for this one
    assert report.html.is_file()
    assert report.problems == (
        'report.browser: "/nowhere/chromium" is not a program; correct it, or leave it out to search',
    )


def test_folder_that_cannot_be_written_is_an_error(demo_site: sv.Site, tmp_path: Path) -> None:
    (tmp_path / "rapport.html").mkdir()
    with pytest.raises(ReportError, match=r"cannot write .*rapport\.html"):
        build_report(
            demo_site,
            [Page("nowhere", {}, "Vue")],
            tmp_path,
            name="rapport",
            executed_folder=tmp_path / "executed",
            notebooks=NOTEBOOKS,
        )
    assert not list(tmp_path.glob(HALF))


def test_html_alone_needs_no_browser(tmp_path: Path, demo_site: sv.Site) -> None:
    site = demo_site.model_copy(update={"report": demo_site.report.model_copy(update={"browser": "/nowhere/chromium"})})
    pages = [Page("plain", {"text": "séries listées"}, "Qualité des données")]
    built = build_html(site, pages, tmp_path, name="page", executed_folder=tmp_path / "nb", notebooks=NOTEBOOKS)
    assert (built.pdf, built.problems) == (None, ())
    assert "séries listées" in built.html.read_text(encoding="utf-8")
    assert [file.name for file in tmp_path.glob("page.*")] == ["page.html"]
