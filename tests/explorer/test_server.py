"""The explorer as a local web page: real processes and a real browser."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psutil
import pytest

import schedvisu_lib as sv
from tests.explorer.conftest import Pages, Server, ask, read_address

_FEW_SECONDS = """
import sys
from pathlib import Path
import schedvisu_lib as sv
from schedvisu_lib.explorer.address import listen_at
from schedvisu_lib.explorer.server import serve
from schedvisu_lib.explorer.words import Words
site, notebook = sv.load_site(sys.argv[1]), Path(sys.argv[2])
serve(site, notebook, Words(site), listen_at(0), lambda url, way: print(url, way, flush=True), cull_after=8)
"""
_NOTEBOOK = """
{"cells": [{"cell_type": "code", "execution_count": null, "id": "a", "metadata": {}, "outputs": [],
 "source": "import ipywidgets; from pathlib import Path; ipywidgets.Label(Path(%r).read_text())"}],
 "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
 "nbformat": 4, "nbformat_minor": 5}
"""


def kernels(server: Server) -> list[psutil.Process]:
    found = []
    for child in psutil.Process(server.process.pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # it ended just now
            if "ipykernel_launcher" in child.cmdline():
                found.append(child)
    return found


def wait_until(true: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


# Who is let in

_SOCKET = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "eA=="}
_KERNEL = "/api/kernels/00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize(
    "path",
    ["/", "/?token=", "/?token=wrong", _KERNEL, "/voila/templates/lab/static/voila.js", "/voila/static/x", "/login"],
)
def test_without_the_token_nothing_is_given(explorer_url: str, path: str) -> None:
    answer = ask(explorer_url, path)
    assert answer.status == 403
    assert "Cette page s’ouvre avec l’adresse que" in answer.text  # type: ignore[attr-defined]
    assert "Set-Cookie" not in answer.headers


def test_without_the_token_no_web_socket_opens(explorer_url: str) -> None:
    assert ask(explorer_url, f"{_KERNEL}/channels", **_SOCKET).status == 403


def test_token_is_given_for_a_cookie_that_scripts_cannot_read(explorer_url: str) -> None:
    answer = ask(explorer_url, "/?" + urlsplit(explorer_url).query)
    assert (answer.status, answer.headers["Location"]) == (302, "/")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert ask(explorer_url, _KERNEL, Cookie=cookie.split(";")[0]).status == 404  # let in, but there is none


def test_page_of_the_internet_whose_name_leads_here_is_refused(explorer_url: str) -> None:
    port = urlsplit(explorer_url).port
    token = parse_qs(urlsplit(explorer_url).query)["token"][0]
    cookie = f"schedvisu-{port}={token}"
    assert ask(explorer_url, _KERNEL, Cookie=cookie, Host=f"localhost:{port}").status == 404
    assert ask(explorer_url, _KERNEL, Cookie=cookie, Host=f"evil.example:{port}").status == 403
    assert ask(explorer_url, f"/?token={token}", Host="evil.example").status == 403


def test_only_this_computer_reaches_it(explorer_server: Server) -> None:
    listening = [
        each.laddr.ip
        for each in psutil.Process(explorer_server.process.pid).net_connections("inet")
        if each.status == psutil.CONN_LISTEN
    ]
    assert listening == ["127.0.0.1"]


@pytest.mark.skipif(os.name != "posix", reason="rights of files as POSIX has them")
def test_other_users_learn_no_secret(explorer_server: Server) -> None:
    wait_until(lambda: len(kernels(explorer_server)) > 0)
    token = parse_qs(urlsplit(explorer_server.url).query)["token"][0]
    process = psutil.Process(explorer_server.process.pid)
    seen = [*process.cmdline(), *process.environ().values()]
    for kernel in kernels(explorer_server):
        file = Path(kernel.cmdline()[kernel.cmdline().index("-f") + 1])
        assert stat.S_IMODE(file.parent.stat().st_mode) & 0o077 == 0
        seen += [*kernel.cmdline(), *kernel.environ().values()]
    assert [text for text in seen if token in text] == []


# The page


def test_page_shows_the_explorer_and_asks_no_other_computer(explorer_url: str, browser_page: Any) -> None:
    answer = browser_page.goto(explorer_url)
    browser_page.wait_for_selector(".sv-screen img", timeout=60_000)
    assert browser_page.url == explorer_url.split("?")[0]  # the token is in no history
    assert browser_page.title() == "Occupation des scanners"
    assert browser_page.locator("html").get_attribute("lang") == "fr"
    assert answer.headers["content-security-policy"].startswith("default-src 'self'")
    assert "sv.explore" not in browser_page.content()  # the code is hidden
    browser_page.reload()
    browser_page.wait_for_selector(".sv-screen img", timeout=60_000)


def test_browser_may_ask_no_other_computer(explorer_url: str, browser: Any) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(explorer_url.split("?")[0] + "?" + urlsplit(explorer_url).query)
    script = "fetch('http://127.0.0.2:9/').then(() => 'asked', () => 'refused')"
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    assert page.evaluate(script) == "refused"
    assert any("Content Security Policy" in text for text in heard)
    context.close()


# Kernels, with a notebook that reads a file


@pytest.fixture
def short_lived(desk_site: sv.Site, tmp_path: Path) -> Any:
    """A server that ends the kernel of a lost page after eight seconds."""
    (tmp_path / "words").write_text("first", encoding="utf-8")
    notebook = tmp_path / "tiny.ipynb"
    notebook.write_text(_NOTEBOOK % str(tmp_path / "words"), encoding="utf-8")
    command = [sys.executable, "-c", _FEW_SECONDS, str(desk_site.file), str(notebook)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, stderr=subprocess.STDOUT) as process:
        yield read_address(process)
        process.terminate()


def shows(page: Any, words: str) -> None:
    page.get_by_text(words, exact=True).wait_for(timeout=60_000)


def test_kernel_lives_as_long_as_its_page(short_lived: Server, browser_pages: Pages) -> None:
    url = short_lived.url
    stays, closed, lost = browser_pages(), browser_pages(), browser_pages()
    stays.goto(url)
    shows(stays, "first")
    for page in (closed, lost):
        page.goto(url)
        shows(page, "first")
    wait_until(lambda: len(kernels(short_lived)) == 4)
    closed.close(run_before_unload=True)
    wait_until(lambda: len(kernels(short_lived)) == 3)
    lost.close()
    wait_until(lambda: len(kernels(short_lived)) == 2)  # that of the page which is looked at, and the next one's
    assert stays.evaluate("document.querySelectorAll('.sv-lost').length") == 0
