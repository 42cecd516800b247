"""A small site file with replacements."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

MINIMAL = """\
department: {name: NM, hospital: Example, institutions: [Example]}
pacs: {host: pacs.hospital.example, ae_title: PACS}
store: {folder: store}
privacy: {key_file: secret.key}
calendar: {country: CH}
scanners:
  - {name: PET, models: [Discovery 690], hours: {mon: "08:00-17:00"}, slots: {mon: 10}}
  - {name: NM, models: [Encore2], hours: {mon: "8:00 - 16:30"}, slots: {mon: 5}}
exam_types:
  - {name: FDG, patterns: ['petctfdg.*'], scanners: [PET]}
  - {name: BONE, patterns: ['bone.*']}
periods: {first_year: 2025}
report: {folder: report}
mail: {transport: folder, sender: a@hospital.example, recipients: [b@hospital.example], outbox: mail}
log: {folder: log}
"""
"""Each line stands where the tests below expect it."""

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes the minimal site file with replacements, each of which must hit exactly once."""

    def write(*replacements: tuple[str, str]) -> Path:
        text = MINIMAL
        for old, new in replacements:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        file = tmp_path / "site.yaml"
        file.write_text(text, encoding="utf-8")
        return file

    return write
