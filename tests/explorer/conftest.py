"""What tests of the explorer share: a small store, a running ``schedvisu explore``, and a page in a real browser."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from filelock import FileLock

import schedvisu_lib as sv
from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.demo.truth import true_series
from schedvisu_lib.errors import ReportError
from schedvisu_lib.periods import working_days
from schedvisu_lib.report.browser import find_browser
from tests.conftest import write_site_file
from tests.filling import consolidate_store

FIRST, LAST = date(2026, 4, 20), date(2026, 5, 22)
"""The days of the small store: five weeks to a Friday, with a holiday or two; of five scanners."""


def _fill(folder: Path) -> None:
    """Fill the store of a new site with what the simulated hospital did, without asking its archive."""
    site = sv.load_site(write_site_file(folder))
    store, hospital = sv.open_store(site), Hospital(site)
    for day in working_days(site.calendar, FIRST, LAST):
        store.write_day(day, true_series(hospital, day))
    consolidate_store(site, store)


@pytest.fixture(scope="session")
def _desk_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "desk"
    folder.mkdir(exist_ok=True)
    with FileLock(folder / "lock"):
        if not (folder / "filled").exists():
            _fill(folder)
            (folder / "filled").touch()
    return folder


def _copy(folder: Path, to: Path) -> Path:
    """Copy a site and its store, and return the site file."""
    shutil.copytree(folder / "store", to / "store")
    return Path(shutil.copy(folder / "site.yaml", to))


@pytest.fixture
def desk_site(_desk_folder: Path, tmp_path: Path) -> sv.Site:
    """A site with the exams of :data:`FIRST` to :data:`LAST`, all its files in a folder of the test."""
    return sv.load_site(_copy(_desk_folder, tmp_path))


@dataclass
class Server:
    """A running ``schedvisu explore``."""

    process: subprocess.Popen[str]
    url: str

    def end(self, sign: signal.Signals = signal.SIGINT) -> int:
        """End it, as Ctrl-C does, and return its exit status."""
        self.process.send_signal(sign)
        return self.process.wait(60)


@contextmanager
def explore(site_file: Path, *arguments: object, **environment: str) -> Iterator[Server]:
    """Run ``schedvisu explore --no-browser`` meanwhile."""
    program = [sys.executable, "-c", "from schedvisu_lib.cli import main; main()"]
    command = [*program, "explore", "--no-browser", "--site", site_file, *arguments]
    process = subprocess.Popen(
        list(map(str, command)), stdout=subprocess.PIPE, text=True, env=os.environ | environment, cwd=site_file.parent
    )
    try:
        yield read_address(process)
    finally:
        process.terminate()
        process.communicate(timeout=60)


def read_address(process: subprocess.Popen[str]) -> Server:
    """Wait until a server tells its address."""
    line = process.stdout.readline() if process.stdout else ""
    return Server(process, line[line.index("http") :].split()[0])


def ask(url: str, path: str, **headers: str) -> http.client.HTTPResponse:
    """Return the answer to a request; its text is read already."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.text = answer.read().decode()  # type: ignore[attr-defined]
    connection.close()
    return answer


@pytest.fixture(scope="session")
def explorer_server(_desk_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that the tests of a process share: none of them may change its site or its store."""
    with explore(_copy(_desk_folder, tmp_path_factory.mktemp("explorer"))) as server:
        yield server


@pytest.fixture
def explorer_url(explorer_server: Server) -> str:
    """The address, with its token, of a running explorer that tests share; see :func:`own_explorer` for changes."""
    return explorer_server.url


@pytest.fixture
def own_explorer(desk_site: sv.Site) -> Iterator[Server]:
    """An explorer of ``desk_site`` for a test that changes the site file or the store."""
    with explore(desk_site.file) as server:
        yield server


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """The installed Chromium, without a window."""
    driver = pytest.importorskip("playwright.sync_api")
    try:
        program = find_browser()
    except ReportError as error:
        pytest.skip(str(error))
    flags = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with driver.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=program, args=flags)
        yield chromium
        chromium.close()


@dataclass
class Watch:
    """What went wrong on a page."""

    troubles: list[str] = field(default_factory=list)

    def over(self, page: Any) -> Any:
        """Watch a page: no request may leave this computer, and nothing may fail."""
        page.on("request", lambda asked: asked.url.startswith(_LOCAL) or self.troubles.append(asked.url))
        page.on(
            "websocket", lambda socket: socket.url.startswith("ws://127.0.0.1:") or self.troubles.append(socket.url)
        )
        page.on("response", lambda answer: answer.status < 400 or self.troubles.append(f"{answer.status} {answer.url}"))
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", lambda message: message.type != "error" or self.troubles.append(message.text))
        return page


_LOCAL = ("http://127.0.0.1:", "data:", "blob:", "about:")
Pages = Callable[..., Any]


@pytest.fixture
def browser_pages(browser: Any) -> Iterator[Pages]:
    """Opens empty pages of a browser's profile of its own: ``browser_pages(viewport={...})``; all are watched."""
    watch, contexts = Watch(), []

    def new_page(**device: Any) -> Any:
        contexts.append(browser.new_context(**{"viewport": {"width": 1400, "height": 1000}} | device))
        return watch.over(contexts[-1].new_page())

    yield new_page
    for context in contexts:
        context.close()
    assert watch.troubles == []


@pytest.fixture
def browser_page(browser_pages: Pages) -> Any:
    """An empty page, 1400 pixels wide, that fails its test on a request to another computer and on any error."""
    return browser_pages()
