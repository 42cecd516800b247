"""The small roster of the exports' tests on the desk."""

from __future__ import annotations

from pathlib import Path

import pytest

from schedvisu_lib.explorer.roster.draft import RosterDraft
from schedvisu_lib.explorer.roster.screen import RosterScreen
from tests.export.roster.conftest import build_content


@pytest.fixture
def draft() -> RosterDraft:
    """Two weeks of four physicians and two teams, in English."""
    content = build_content()
    return RosterDraft(content.duties, content.book, content.site, content.first, content.last)


@pytest.fixture
def screen(draft: RosterDraft, tmp_path: Path) -> RosterScreen:
    """The desk with that roster."""
    return RosterScreen(draft, tmp_path / "out", 2)
