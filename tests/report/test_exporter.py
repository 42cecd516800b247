"""Merging and exporting: sections, bookmarks, outputs that arrive as they were drawn."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbconvert.nbconvertapp import NbConvertApp
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from schedvisu_lib.language import language
from schedvisu_lib.report.execute import ExecutedPage
from schedvisu_lib.report.exporter import SCRIPTS, ReportExporter
from schedvisu_lib.report.merge import kernel_messages, merge_pages
from schedvisu_lib.report.pages import Page

SVG = '<svg viewBox="0 0 1 1"><clipPath id="a"/><text>Été</text></svg>'


class Headings(HTMLParser):
    """Collects level, class and text of the headings of a page, and all the addresses that it refers to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []
        self.addresses: list[str] = []
        self._open: tuple[str, str] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.addresses += [values[name] for name in ("src", "href", "srcset", "data") if name in values]
        if re.fullmatch("h[1-6]", tag):
            self._open = (tag, values.get("class", ""))

    def handle_data(self, data: str) -> None:
        if self._open:
            self.found.append((*self._open, data))
            self._open = None


def page(folder: Path, title: str, *outputs: Any, scanner: str = "", notebook: str = "scanner_page") -> ExecutedPage:
    """Write an executed notebook that shows some outputs."""
    cells = [
        new_code_cell("secret = 1", metadata={"tags": ["parameters"]}, outputs=[stream("stdout", "from parameters")]),
        new_code_cell("secret = 2", metadata={"tags": ["injected-parameters"]}),
        new_code_cell("show()", outputs=list(outputs)),
    ]
    file = folder / f"{scanner}-{title}.ipynb"
    nbformat.write(new_notebook(cells=cells), file)
    return ExecutedPage(Page(notebook, {}, title, scanner), file, 1.0)


def html(text: str) -> Any:
    return new_output("display_data", {"text/html": text, "text/plain": "<HTML>"})


def stream(name: str, text: str) -> Any:
    return new_output("stream", name=name, text=text)


def export(*pages: ExecutedPage, code: str = "fr") -> str:
    merged = merge_pages(pages, title="Rapport & suite", author="Médecine <nucléaire>", language=language(code))
    nbformat.validate(merged)
    text, _ = ReportExporter().from_notebook_node(merged)
    return str(text)


def test_each_page_is_a_section_of_its_kind(tmp_path: Path) -> None:
    text = export(page(tmp_path, "Vue", notebook="overview"), page(tmp_path, "hebdomadaire", scanner="Vision 600"))
    assert re.findall('<section class="(.*?)" id="(.*?)">', text) == [
        ("page overview", "vue"),
        ("page scanner-page", "vision-600-hebdomadaire"),
    ]
    assert text.count("</section>") == 2


def test_every_section_has_an_id_of_its_own(tmp_path: Path) -> None:
    """Two scanners whose names differ in signs alone."""
    pages = [page(tmp_path, "hebdomadaire", scanner=name) for name in ("A-B", "A B", "A.B")]
    text = export(*pages)
    ids = re.findall('<section class="page scanner-page" id="(.*?)">', text)
    assert ids[0] == "a-b-hebdomadaire"
    assert len(set(ids)) == 3


def test_headings_that_the_outline_lacks_are_added_unseen(tmp_path: Path) -> None:
    text = export(
        page(tmp_path, "Vue", notebook="overview"),
        page(tmp_path, "hebdomadaire", html("<h3>Hebdomadaire</h3>"), scanner="A"),
        page(tmp_path, "annuel", new_output("display_data", {"text/markdown": "### Annuel"}), scanner="A"),
        page(tmp_path, "hebdomadaire", scanner="B"),
        page(tmp_path, "Qualité", html('<h2 class="x">Qualité</h2>'), notebook="data_quality"),
    )
    assert Headings(text).found == [
        ("h1", "bookmark", "Rapport & suite"),
        ("h2", "bookmark", "Vue"),
        ("h2", "bookmark", "A"),
        ("h3", "", "Hebdomadaire"),
        ("h3", "", "Annuel"),
        ("h2", "bookmark", "B"),
        ("h3", "bookmark", "hebdomadaire"),
        ("h2", "x", "Qualité"),
    ]


def test_figures_arrive_as_they_were_drawn(tmp_path: Path) -> None:
    source = "data:image/svg+xml;base64," + base64.b64encode(SVG.encode()).decode()
    text = export(
        page(tmp_path, "a", html(f'<img src="{source}" alt="x">')),
        page(tmp_path, "b", html(SVG)),
        page(tmp_path, "c", new_output("display_data", {"image/svg+xml": SVG})),
    )
    assert text.count(source) == 2
    assert text.count(SVG) == 1


def test_html_is_one_file_without_code_or_anything_from_outside(tmp_path: Path) -> None:
    text = export(page(tmp_path, "hebdomadaire", html("<p>ici</p>"), scanner="A"))
    outside = [found for found in Headings(text).addresses if not found.startswith(("#", "data:"))]
    assert outside == []
    assert not re.search(r"url\((?!\s*['\"]?data:)|@import|import\(|fetch\(", text)
    assert "secret" not in text
    assert "from parameters" not in text
    assert "show()" not in text
    assert "¶" not in text


def test_head_tells_language_title_author_and_generator(tmp_path: Path) -> None:
    text = export(page(tmp_path, "Week"), code="en")
    assert '<html lang="en">' in text
    assert "<title>Rapport &amp; suite</title>" in text
    assert '<meta name="author" content="Médecine &lt;nucléaire&gt;">' in text
    assert '<meta name="generator" content="SchedVisu ' in text
    assert '<meta charset="utf-8">' in text


def test_navigation_lists_scanners_and_periods_with_links_that_exist(tmp_path: Path) -> None:
    pages = [
        page(tmp_path, "Vue"),
        page(tmp_path, "hebdomadaire", scanner="A & B"),
        page(tmp_path, "annuel", scanner="A & B"),
    ]
    text = export(*pages)
    navigation = text[text.index("<nav") : text.index("</nav>")]
    assert navigation.count("<summary>A &amp; B</summary>") == 1
    links = re.findall('href="#(.*?)"', navigation)
    assert len(links) == 3
    assert all(f'id="{link}"' in text for link in links)


def test_scripts_are_the_ones_that_the_policy_names(tmp_path: Path) -> None:
    text = export(page(tmp_path, "Vue", html("<script>alert(1)</script>")))
    [policy] = re.findall('http-equiv="Content-Security-Policy" content="(.*?)"', text)
    assert "default-src 'none'" in policy
    assert "unsafe-inline'; script" in policy  # for styles
    assert "http" not in policy
    own = re.findall('<script type="module">(.*?)</script>', text, re.DOTALL)
    assert own
    digests = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in own]
    assert re.findall("'sha256-(.*?)'", policy) == digests


def test_words_of_the_frame_are_in_the_report_s_language(tmp_path: Path) -> None:
    french, english = (export(page(tmp_path, "Vue"), code=code) for code in ("fr", "en"))
    assert '<a class="skip" href="#report-pages">Aller au contenu</a>' in french
    assert '<a class="skip" href="#report-pages">To the content</a>' in english
    assert "page suivante" in french
    assert "next page" in english


def test_failed_page_says_what_failed_and_where_its_copy_lies(tmp_path: Path) -> None:
    failed = page(tmp_path, "hebdomadaire", html("<p>half a page</p>"), scanner="A")
    failed = ExecutedPage(failed.page, failed.file, 1.0, 'page "A, hebdomadaire" failed: In [3]: ValueError: <b>')
    text = export(page(tmp_path, "Vue"), failed)
    assert "Cette page n" in text  # in the report's language
    assert "failed: In [3]: ValueError: &lt;b&gt;" in text
    assert str(failed.file) in text
    assert "half a page" not in text
    assert ("h3", "", "hebdomadaire") in Headings(text).found


def test_what_a_kernel_grumbles_is_for_the_log_only(tmp_path: Path) -> None:
    grumbling = page(tmp_path, "Vue", stream("stderr", "FutureWarning:\n  old"), stream("stdout", "said"))
    text = export(grumbling)
    assert "FutureWarning" not in text
    assert "<pre>said</pre>" in text
    assert kernel_messages(grumbling) == ['page "Vue" wrote: FutureWarning: old']


def test_error_output_shows_no_traceback() -> None:
    error = new_output("error", ename="KeyError", evalue="<x>", traceback=["Traceback: secret line"])
    text, _ = ReportExporter().from_notebook_node(new_notebook(cells=[new_code_cell("x", outputs=[error])]))
    assert "KeyError: &lt;x&gt;" in text
    assert "secret line" not in text


def test_markdown_keeps_its_heading_without_a_pilcrow() -> None:
    text, _ = ReportExporter().from_notebook_node(new_notebook(cells=[new_markdown_cell("# Été\n\n*vrai*")]))
    assert "¶" not in text
    assert "<em>vrai</em>" in text
    assert [found[2] for found in Headings(text).found] == ["Été"]


def test_single_page_converts_on_the_command_line(tmp_path: Path) -> None:
    done = page(tmp_path, "Vue", html("<p>content</p>"))
    assert done.file is not None
    notebook = nbformat.read(done.file, as_version=4)
    notebook.metadata["papermill"] = {"input_path": "/somewhere/scanner_page.ipynb"}
    nbformat.write(notebook, tmp_path / "out.ipynb")
    convert = NbConvertApp()  # what python -m nbconvert starts
    convert.initialize(["--to", "schedvisu", str(tmp_path / "out.ipynb")])
    convert.start()
    text = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert '<section class="page scanner-page">' in text
    assert "<nav" not in text
    assert "skip" not in text[text.index("<body>") : text.index("<script")]
    assert text.count('<script type="module">') == len(SCRIPTS)
    assert "<p>content</p>" in text
    assert "secret" not in text


@pytest.mark.parametrize("scanner", ["", "A"])
def test_page_that_never_started_has_a_page_without_a_path(scanner: str) -> None:
    text = export(ExecutedPage(Page("nowhere", {}, "Vue", scanner), None, 0.0, "the notebook is missing"))
    assert "the notebook is missing" in text
    assert ".ipynb" not in text
