"""A site of the weekly run, its mails and records, and notebooks that take no time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import nbformat
import pytest

import schedvisu_lib as sv
from schedvisu_lib.periods import working_days
from schedvisu_lib.report.pages import notebooks_folder
from schedvisu_lib.runs import RECORD, runs_folder
from tests.conftest import ROOT, FromOneNursery, write_site_file

EVENING = datetime(2026, 5, 22, 23)
MONDAY, FRIDAY = date(2026, 5, 18), date(2026, 5, 22)
WEEK = working_days(sv.load_site(ROOT / "params" / "demo.yaml").calendar, MONDAY, FRIDAY)
WEEK_BEFORE = [date(2026, 5, 11), date(2026, 5, 12), date(2026, 5, 13)]
"""The week of Ascension has three open days."""


def mails(site: sv.Site) -> list[EmailMessage]:
    """Return the mails in the outbox, the oldest first."""
    assert site.mail is not None
    files = sorted(site.mail.outbox.glob("*.eml"))
    return [message_from_bytes(file.read_bytes(), policy=default) for file in files]  # type: ignore[misc]


def body(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def record_of(site: sv.Site, command: str) -> dict[str, Any]:
    """Return the only record of a command, as it stands on the disk."""
    [file] = runs_folder(site).glob(f"*-{command}/{RECORD}")
    return json.loads(file.read_text(encoding="utf-8"))


@pytest.fixture
def site(tmp_path: Path) -> sv.Site:
    return sv.load_site(write_site_file(tmp_path))


@pytest.fixture(scope="session")
def bare_notebooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report's notebooks without what takes their time: the same parameters, and one sentence."""
    folder = tmp_path_factory.mktemp("bare")
    for file in notebooks_folder().glob("*.ipynb"):
        notebook = nbformat.read(file, as_version=4)
        shown = nbformat.v4.new_code_cell('from IPython.display import HTML\nHTML(f"<p>{first} to {last}</p>")')
        notebook.cells = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])] + [shown]
        nbformat.write(notebook, folder / file.name)
    return folder


@pytest.fixture(scope="session")
def with_bare_notebooks(
    bare_notebooks: Path, from_one_nursery: FromOneNursery
) -> Callable[[], AbstractContextManager[None]]:
    """Lets reports be made of bare notebooks meanwhile: ``with with_bare_notebooks():``."""

    @contextmanager
    def patched() -> Iterator[None]:
        with from_one_nursery(), pytest.MonkeyPatch.context() as patch:
            patch.setattr("schedvisu_lib.report.execute.notebooks_folder", lambda: bare_notebooks)
            yield

    return patched


@pytest.fixture
def bare(with_bare_notebooks: Callable[[], AbstractContextManager[None]]) -> Iterator[None]:
    """Let reports of which no page is looked at be made of bare notebooks."""
    with with_bare_notebooks():
        yield
