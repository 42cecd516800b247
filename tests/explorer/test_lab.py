"""JupyterLab with the user's own notebooks: a real server and a real browser."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import pytest

import schedvisu_lib as sv
from tests.explorer.conftest import ask, explore

playwright = pytest.importorskip("playwright.sync_api")
MINUTE = 60_000
_OPEN = {"notebook:elsewhere.ipynb": {"data": {"path": "elsewhere.ipynb", "factory": "Notebook"}}}
OWN = json.dumps({"data": _OPEN, "metadata": {"id": "default"}})
"""What JupyterLab keeps of the notebooks that are open."""


def test_the_same_notebook_works_in_jupyterlab(desk_site: sv.Site, browser_page: Any, tmp_path: Path) -> None:
    """Beside what the user's own JupyterLab had open in another folder."""
    own = tmp_path / "lab" / "workspaces" / "default-37a8.jupyterlab-workspace"
    own.parent.mkdir(parents=True)
    own.write_text(OWN, encoding="utf-8")
    # Whatever the server itself would ask of other computers goes to a proxy that is not there.
    away = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}
    with explore(desk_site.file, "--lab", **away, JUPYTERLAB_WORKSPACES_DIR=str(own.parent)) as server:
        assert ask(server.url, "/api/contents").status == 403
        assert ask(server.url, "/voila/files/figure.png").status == 302  # to the login: Voilà would give it to anybody
        assert ask(server.url, "/api/contents", Host="evil.example").status == 403
        browser_page.goto(server.url)
        browser_page.get_by_text("sv.explore(site_file)").wait_for(timeout=90_000)
        browser_page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=90_000)
        browser_page.get_by_role("menuitem", name="Run", exact=True).click()
        browser_page.get_by_text("Run All Cells", exact=True).click()
        browser_page.wait_for_selector(".sv-screen img", timeout=90_000)
        use(browser_page, desk_site)
        browser_page.close()
        assert server.end(signal.SIGINT) == 0
    assert own.read_text(encoding="utf-8") == OWN


def use(page: Any, site: sv.Site) -> None:
    """Choose a scanner and a week, and look at the exams themselves; the numbers are the store's."""
    expect = playwright.expect
    exams = sv.open_store(site).studies("2026-05-11", "2026-05-15")
    n = int((exams["scanner"] == "Vision 600").sum())
    page.get_by_role("button", name="Vision 600").click(timeout=MINUTE)
    page.get_by_title("Une semaine plus tôt").click(timeout=MINUTE)
    for words in ("Vision 600", "du 11.05.2026 au 15.05.2026", f"{n} examens"):
        expect(page.locator(".sv-heading")).to_contain_text(words, timeout=MINUTE)
    page.get_by_role("button", name="Examens", exact=True).click(timeout=MINUTE)
    expect(page.locator(".dt-info")).to_have_text(f"1 à 15 sur {n}", timeout=MINUTE)
