"""Which scheduler is taken where none is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from schedvisu_lib.schedule import kinds
from schedvisu_lib.schedule.kinds import Kind, kind_of_this_system


@pytest.mark.parametrize(
    ("platform", "booted", "program", "kind"),
    [
        ("win32", False, True, Kind.WINDOWS),
        ("linux", True, True, Kind.SYSTEMD),
        ("linux", False, True, Kind.CRON),  # a container
        ("linux", True, False, Kind.CRON),
        ("darwin", False, False, Kind.CRON),
    ],
)
def test_the_kind_that_the_system_has(
    platform: str, booted: bool, program: bool, kind: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setattr(kinds, "BOOTED", tmp_path if booted else tmp_path / "none")
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}" if program else None)
    assert kind_of_this_system() is kind
