"""The bar below a view: its page of the report, and its lines of Python."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path
from threading import Event

import pytest
from jupyter_client.manager import start_new_kernel
from pypdf import PdfReader

import schedvisu_lib as sv
from schedvisu_lib.errors import ExportError, ReportError
from schedvisu_lib.explorer import takeaway
from schedvisu_lib.explorer.busy import Busy
from schedvisu_lib.explorer.desk import Desk
from schedvisu_lib.explorer.page_maker import MadePage
from schedvisu_lib.explorer.question import Question
from schedvisu_lib.explorer.takeaway import TakeawayBar
from schedvisu_lib.explorer.views import VIEWS
from schedvisu_lib.export.target import Format
from schedvisu_lib.report.browser import find_browser

D690 = "Discovery 690"
WEEK = Question((D690,), date(2026, 5, 18), date(2026, 5, 22), "weekly")
AGENDA = VIEWS[0]


def text(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html)).strip()


@pytest.fixture
def bar(desk_site: sv.Site) -> TakeawayBar:
    bar = TakeawayBar(Desk(desk_site), Busy())
    bar.ask(WEEK, AGENDA)
    return bar


class Overview:
    """A view whose page shows all scanners."""

    name, title, page = "overview", "Overview", "overview"

    def code(self, question: Question, scanner: str) -> list[str]:
        return []


def test_before_anything_is_looked_at_nothing_can_be_taken(desk_site: sv.Site) -> None:
    bar = TakeawayBar(Desk(desk_site), Busy())
    assert (bar.page.disabled, bar.code.disabled) == (True, True)
    bar.ask(WEEK, AGENDA)
    assert (bar.page.disabled, bar.code.disabled) == (False, False)


def test_the_bar_says_what_a_page_does_not_leave_out(bar: TakeawayBar) -> None:
    some = replace(WEEK, exam_types=("PSMA",))
    bar.ask(some, AGENDA)
    assert text(bar.note.value) == ""
    bar.ask(some, Overview())
    assert "montre tous les examens" in text(bar.note.value)
    bar.ask(WEEK, Overview())
    assert text(bar.note.value) == "La page de cette vue montre tous les scanners."
    bar.ask(WEEK, Overview(), replace(WEEK, weekdays=("mon",)))
    assert "montre tous les examens" in text(bar.note.value)


def test_the_lines_of_python_follow_what_is_looked_at(bar: TakeawayBar) -> None:
    assert bar.lines.value == ""
    bar.code.value = True
    assert f'"{D690}", "2026-05-18", "2026-05-22"' in text(bar.lines.value)
    bar.ask(WEEK.moved(-1), AGENDA, WEEK.of_scanners("Millennium"))
    assert '"2026-05-11", "2026-05-15"' in text(bar.lines.value)
    assert '"Millennium", "2026-05-18", "2026-05-22"' in text(bar.lines.value)
    assert "navigator.clipboard.writeText(area.value)" in unescape(bar.lines.value)
    bar.code.value = False
    assert bar.lines.value == ""


def test_a_second_click_is_refused_while_a_page_is_being_made(
    bar: TakeawayBar, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file, go, calls = tmp_path / "page.html", Event(), []
    file.write_text("<p>é</p>", encoding="utf-8")

    def make(site, questions, kind, form, now, on_step):  # type: ignore[no-untyped-def]
        calls.append((questions, kind, form))
        on_step("print")
        assert go.wait(10)
        return MadePage(Format.HTML, (file,), ("Monday",))

    monkeypatch.setattr(takeaway, "make_page", make)
    bar.format.value = Format.HTML
    bar.page.click()
    bar.page.click()
    assert text(bar.made.value) == "Une page est en cours de création\xa0; attendez qu’elle soit prête."
    while not bar.progress.value:
        time.sleep(0.01)
    assert text(bar.progress.value) in ("Préparation…", "Impression…")
    go.set()
    bar.wait(10)
    assert text(bar.progress.value) == ""
    assert text(bar.made.value) == f"Télécharger {file} (1 kB)Manque\xa0: Monday"
    assert 'download="page.html" href="data:text/html;base64,PHA+w6k8L3A+"' in bar.made.value
    assert calls == [((WEEK,), "scanner-page", Format.HTML)]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ExportError("page.pdf: cannot be <written>"), "page.pdf: cannot be <written>"),
        (ValueError("no such page"), "no such page"),
        (KeyError("patient 4711"), "KeyError at test_takeaway.py:"),
    ],
)
def test_what_goes_wrong_is_one_sentence_and_the_next_click_works(
    bar: TakeawayBar,
    monkeypatch: pytest.MonkeyPatch,
    library_log: pytest.LogCaptureFixture,
    error: Exception,
    words: str,
) -> None:
    def fail(*_: object) -> MadePage:
        raise error

    monkeypatch.setattr(takeaway, "make_page", fail)
    for _ in range(2):
        bar.made.value = ""
        bar.page.click()
        bar.wait(10)
        assert text(bar.made.value).startswith(words)
    assert text(bar.progress.value) == ""
    assert "4711" not in bar.made.value + library_log.text


def test_a_large_file_is_told_by_its_path_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bar: TakeawayBar
) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(bytes(1_250_000))
    monkeypatch.setattr(takeaway, "make_page", lambda *_: MadePage(Format.HTML, (file,)))
    monkeypatch.setattr(takeaway, "_LARGEST", 1_000_000)
    bar.page.click()
    bar.wait(10)
    assert text(bar.made.value) == f"{file} (1,3 MB)"
    assert "href" not in bar.made.value


KERNEL = """
from datetime import date, time
import schedvisu_lib as sv
from schedvisu_lib.explorer.busy import Busy
from schedvisu_lib.explorer.desk import Desk
from schedvisu_lib.explorer.question import Question
from schedvisu_lib.explorer.takeaway import TakeawayBar
from schedvisu_lib.explorer.views import VIEWS
bar = TakeawayBar(Desk(sv.load_site({site!r})), Busy())
days = date(2026, 5, 18), date(2026, 5, 22)
some = dict(weekdays=("mon", "wed"), hours=(time(8), time(12)), exam_types=("FDG STAND.",))
bar.ask(Question(("Vision 600",), *days, "weekly", **some), VIEWS[0])
bar.page.click()
"""


def test_a_kernel_makes_a_filtered_page_in_a_thread_and_answers_meanwhile(desk_site: sv.Site) -> None:
    try:
        find_browser(desk_site.report.browser)
    except ReportError as error:
        pytest.skip(str(error))
    manager, client = start_new_kernel(kernel_name="python3")
    seen: list[str] = []
    try:
        hook = seen_in(seen)
        # `execute_interactive` drops what the thread says, for the first request, while it waits for the second.
        for code in (KERNEL.format(site=str(desk_site.file)), "assert bar._maker.is_alive()"):
            assert client.execute(code, reply=True, timeout=60)["content"]["status"] == "ok"
        deadline = time.monotonic() + 90
        while not any("sv-made" in value or "sv-problem" in value for value in seen):
            assert time.monotonic() < deadline
            hook(client.get_iopub_msg(timeout=90))
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert not [value for value in seen if value.startswith("stream")]
    words = [text(value) for value in seen]
    assert [w for w in words if w.endswith("…")][-3:] == [
        "Exécution du notebook…",
        "Assemblage de la page…",
        "Impression…",
    ]
    [file] = (desk_site.report.folder / "explorer").iterdir()
    assert file.name == "scanner-page-2026-05-18_2026-05-22-vision-600-mon-wed-08-00-12-00-fdg-stand.pdf"
    told = next(value for value in seen if "sv-made" in value)
    assert str(file) in text(told)
    assert "data:application/pdf;base64," in told
    assert 'class="sv-preview"' in told
    exams = sv.choose_exams(
        sv.open_store(desk_site).studies("2026-05-18", "2026-05-22"),
        weekdays=["mon", "wed"],
        hours=("08:00", "12:00"),
        exam_types=["FDG STAND."],
    )
    by_day = exams.loc[exams["scanner"] == "Vision 600"].groupby("date").size()
    [page] = PdfReader(file).pages
    row = re.search(r"^Examens((?: \d+)+) [\d,]+$", page.extract_text(), re.MULTILINE)
    assert by_day.sum() > 2
    assert row
    assert [int(n) for n in row[1].split()] == [*by_day, by_day.sum()]


def seen_in(seen: list[str]):  # type: ignore[no-untyped-def]
    """Keep the values that widgets are given, and whatever a kernel writes."""

    def hook(message: dict) -> None:  # type: ignore[type-arg]
        content = message["content"]
        if message["msg_type"] == "stream":
            seen.append(f"stream: {content['text']}")
        elif message["msg_type"] == "error":
            seen.append(f"stream: {content['evalue']}")
        elif message["msg_type"] == "comm_msg":
            value = content["data"].get("state", {}).get("value")
            if isinstance(value, str):
                seen.append(value)

    return hook
