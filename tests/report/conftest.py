"""What the tests of the report share: tiny notebooks, a report built from them once, the installed browser."""

from __future__ import annotations

from pathlib import Path

import pytest

import schedvisu_lib as sv
from schedvisu_lib.errors import ReportError
from schedvisu_lib.report.browser import find_browser
from schedvisu_lib.report.build import BuiltReport, build_report
from schedvisu_lib.report.pages import Page
from tests.conftest import FromOneNursery

NOTEBOOKS = Path(__file__).parent / "notebooks"
PARAMS = Path(__file__).parents[2] / "params"


@pytest.fixture(scope="session")
def installed_browser() -> Path:
    """The browser of this machine; tests that need one are skipped without."""
    try:
        return find_browser()
    except ReportError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def built(
    installed_browser: Path, tmp_path_factory: pytest.TempPathFactory, from_one_nursery: FromOneNursery
) -> BuiltReport:
    """A report with good pages of two scanners, one page that raises and one that overflows."""
    folder = tmp_path_factory.mktemp("report {braces} été")
    site = sv.load_site(PARAMS / "demo.yaml")
    pages = [
        Page("shows", {"title": "Aperçu"}, "Vue d'ensemble"),
        *(
            Page("shows", {"title": title, "number": number}, title, scanner)
            for scanner in ("Discovery 690", "Vision 600")
            for number, title in enumerate(("hebdomadaire", "trimestriel"))
        ),
        Page("raises", {"reason": "no such table"}, "semestriel", "Vision 600"),
        Page("overflows", {"title": "annuel"}, "annuel", "Vision 600"),
        Page("plain", {"text": "séries listées"}, "Qualité des données"),
    ]
    with from_one_nursery():
        return build_report(
            site, pages, folder, name="rapport", executed_folder=folder / "executed", notebooks=NOTEBOOKS
        )
