"""Links between pages lead to their page, also in the PDF."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pikepdf
from nbformat.v4 import new_code_cell, new_notebook, new_output

from schedvisu_lib.figures.anchors import page_anchor
from schedvisu_lib.language import language
from schedvisu_lib.report.browser import print_pdf
from schedvisu_lib.report.execute import ExecutedPage
from schedvisu_lib.report.exporter import ReportExporter
from schedvisu_lib.report.merge import merge_pages
from schedvisu_lib.report.pages import Page

SCANNERS = ("Vision 600", "数据", "设备")


def executed(folder: Path, page: Page, html: str) -> ExecutedPage:
    """Write a notebook that shows some HTML."""
    file = folder / f"{page.slug}-{page.anchor}.ipynb"
    output = new_output("display_data", {"text/html": html})
    nbformat.write(new_notebook(cells=[new_code_cell("show()", outputs=[output])]), file)
    return ExecutedPage(page, file, 1.0)


def test_each_link_of_the_overview_leads_to_the_page_of_its_scanner(installed_browser: Path, tmp_path: Path) -> None:
    links = [f'<a href="#{page_anchor("hebdomadaire", name)}">{name}</a>' for name in SCANNERS]
    pages = [
        executed(tmp_path, Page("overview", {}, "Vue d’ensemble"), " ".join(links)),
        *(executed(tmp_path, Page("scanner_page", {}, "hebdomadaire", name), f"<p>{name}</p>") for name in SCANNERS),
    ]
    merged = merge_pages(pages, title="Rapport", author="", language=language("fr"))
    text, _ = ReportExporter().from_notebook_node(merged)
    html, pdf = tmp_path / "report.html", tmp_path / "report.pdf"
    html.write_text(text, encoding="utf-8")
    print_pdf(html, pdf, browser=str(installed_browser))

    with pikepdf.open(pdf) as document:
        numbers = {page.obj.objgen: number for number, page in enumerate(document.pages)}
        leads_to = []
        for annotation in document.pages[0].obj.Annots:
            if annotation.Subtype == pikepdf.Name.Link:
                target = document.Root.Dests[annotation.Dest]
                leads_to.append(numbers[target[0].objgen])
        assert leads_to == [1, 2, 3]
