"""Finding and calling the browser; scripts stand in for browsers that fail."""

from __future__ import annotations

import json
import os
import stat
import sys
import time
from pathlib import Path

import pytest
from pypdf import PdfReader

from schedvisu_lib.errors import ReportError
from schedvisu_lib.report import browser
from schedvisu_lib.report.browser import find_browser, print_pdf

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")


def stand_in(folder: Path, name: str, script: str) -> Path:
    """Write a program that behaves like a browser in trouble."""
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


@pytest.fixture
def page(tmp_path: Path) -> Path:
    html = tmp_path / "page.html"
    html.write_text("<!DOCTYPE html><title>x</title><h1>x</h1>")
    return html


@posix_only
def test_browser_of_the_site_comes_first(tmp_path: Path) -> None:
    program = stand_in(tmp_path, "my-browser", "exit 0")
    assert find_browser(str(program)) == program


@posix_only
def test_browser_is_found_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = stand_in(tmp_path, "google-chrome", "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_browser() == program


def test_no_browser_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(browser, "_usual_places", list)
    with pytest.raises(ReportError, match=r"install Chromium, Chrome or Edge .*report\.browser") as error:
        find_browser()
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("platform", ["win32", "darwin", "linux"])
def test_usual_places_of_each_system(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv("ProgramFiles", "C:/Program Files")
    monkeypatch.setenv("LocalAppData", "C:/Users/x/AppData/Local")
    monkeypatch.delenv("ProgramFiles(x86)", raising=False)
    places = [str(place) for place in browser._usual_places()]
    part = {"win32": "msedge.exe", "darwin": "Google Chrome.app", "linux": "/usr/bin/chromium"}[platform]
    assert any(part in place for place in places)


@posix_only
def test_browser_that_fails_is_quoted_and_the_old_pdf_stays(page: Path, tmp_path: Path) -> None:
    script = 'echo "dbus: noise" >&2; echo "cannot open display" >&2; echo "[1:dbus/bus.cc] noise" >&2; exit 7'
    program = stand_in(tmp_path, "chromium", script)
    old = tmp_path / "page.pdf"
    old.write_bytes(b"old")
    with pytest.raises(ReportError, match=r"could not print page\.html \(status 7\): cannot open display; the HTML"):
        print_pdf(page, old, browser=str(program))
    assert old.read_bytes() == b"old"
    assert not list(tmp_path.glob("*.part*"))


@posix_only
def test_browser_that_prints_nothing_is_an_error(page: Path, tmp_path: Path) -> None:
    program = stand_in(tmp_path, "chromium", "exit 0")
    with pytest.raises(ReportError, match=r"\(status 0\): it said nothing"):
        print_pdf(page, tmp_path / "page.pdf", browser=str(program))


@pytest.mark.usefixtures("installed_browser")
def test_scripts_and_a_layout_for_the_screen_are_not_asked_of_the_browser(tmp_path: Path) -> None:
    html = tmp_path / "page.html"
    text = '<head></head><h1>x</h1><script type="a">1\n2</script><p>é</p><script>document.body.textContent=3</script>'
    html.write_text(text, encoding="utf-8")
    print_pdf(html, tmp_path / "page.pdf")
    assert PdfReader(tmp_path / "page.pdf").pages[0].extract_text().split() == ["x", "é"]
    style = "<style>@media screen { body { display: none } }</style>"
    assert browser._for_paper(text) == f"<head>{style}</head><h1>x</h1><p>é</p>"
    assert html.read_text(encoding="utf-8") == text
    assert {file.name for file in tmp_path.iterdir()} == {"page.html", "page.pdf"}


@posix_only
def test_browser_that_refuses_an_order_is_quoted(page: Path, tmp_path: Path) -> None:
    answer = '{"id": 1, "error": {"message": "no such thing"}}'
    program = stand_in(tmp_path, "chromium", f"printf '%s\\0' '{answer}' >&4; cat <&3 >/dev/null")
    with pytest.raises(ReportError, match=r"\(status 0\): Target\.getTargets: no such thing; the HTML is complete"):
        print_pdf(page, tmp_path / "page.pdf", browser=str(program), timeout=20)
    assert {file.name for file in tmp_path.iterdir()} == {"chromium", "page.html"}


@posix_only
@pytest.mark.parametrize("tabs", ["[]", '[{"type": "page", "targetId": "B"}]'])
def test_page_that_crashes_is_told_at_once_with_a_tab_of_the_browser_or_a_new_one(
    tabs: str, page: Path, tmp_path: Path
) -> None:
    answers = [f'{{"id": 1, "result": {{"targetInfos": {tabs}}}}}', '{"id": 2, "result": {"targetId": "A"}}']
    answers = answers if tabs == "[]" else answers[:1]
    crash = '{"method": "Inspector.targetCrashed"}'
    said = "".join(f"printf '%s\\0' '{answer}' >&4; " for answer in [*answers, crash])
    program = stand_in(tmp_path, "chromium", f'{said} cat <&3 | tr "\\0" "\\n" > "{tmp_path}/orders"')
    with pytest.raises(ReportError, match=r"page\.html \(status 0\): the page crashed; the HTML is complete"):
        print_pdf(page, tmp_path / "page.pdf", browser=str(program), timeout=20)
    orders = [json.loads(line) for line in (tmp_path / "orders").read_text().splitlines()]
    assert orders[-1]["method"] == "Target.attachToTarget"
    assert orders[-1]["params"]["targetId"] == ("A" if tabs == "[]" else "B")


@pytest.mark.usefixtures("installed_browser")
def test_the_browsers_own_command_prints_the_same(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    print_pdf(page, tmp_path / "pipe.pdf")
    monkeypatch.setattr(browser, "_print_by_pipe", browser._print_by_command)
    print_pdf(page, tmp_path / "command.pdf")
    ways = [PdfReader(tmp_path / f"{way}.pdf") for way in ("pipe", "command")]
    for reader in ways:
        assert [one.extract_text() for one in reader.pages] == ["x"]
        assert [entry["/Title"] for entry in reader.outline] == ["x"]
        assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert ways[0].pages[0].mediabox == ways[1].pages[0].mediabox


@posix_only
def test_browser_that_hangs_is_ended_with_its_helpers(page: Path, tmp_path: Path) -> None:
    program = stand_in(tmp_path, "chromium", f"sleep 600 & echo $! > {tmp_path}/helper; wait")
    with pytest.raises(ReportError, match=r"did not finish printing page\.html within 1 s"):
        print_pdf(page, tmp_path / "page.pdf", browser=str(program), timeout=1)
    helper = int((tmp_path / "helper").read_text())
    for _ in range(50):
        if not is_running(helper):
            return
        time.sleep(0.1)
    pytest.fail("the helper is still running")


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # Killed, but nobody has fetched its status yet.
    status = Path(f"/proc/{pid}/stat")
    return not (status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z")


@pytest.mark.usefixtures("installed_browser")
def test_profile_is_removed_and_the_terminal_stays_quiet(
    page: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(browser.tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    print_pdf(page, tmp_path / "été {1}.pdf")
    assert (tmp_path / "été {1}.pdf").read_bytes().startswith(b"%PDF")
    assert list((tmp_path / "temporary").iterdir()) == []
    assert capfd.readouterr() == ("", "")
