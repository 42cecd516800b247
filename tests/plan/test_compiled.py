from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from schedvisu_lib.plan.compiled import sources_of

CALLED = """from schedvisu_lib.plan.compiled import inner


@inner
def called():
    return {number}
"""
ENTRY = """from called import called

from schedvisu_lib.plan.compiled import compiled


@compiled
def entry():
    return called()


print(entry(), dict(entry.stats.cache_hits) != {})
"""


def entry_of(folder: Path) -> str:
    return subprocess.run([sys.executable, "entry.py"], cwd=folder, capture_output=True, text=True, check=True).stdout


def test_kept_code_is_not_taken_once_another_source_of_the_folder_has_changed(tmp_path: Path) -> None:
    """numba looks only at the file of the entry, not at what the entry calls."""
    (tmp_path / "entry.py").write_text(ENTRY)
    (tmp_path / "called.py").write_text(CALLED.format(number=1))
    assert [entry_of(tmp_path) for _ in range(2)] == ["1 False\n", "1 True\n"]
    (tmp_path / "called.py").write_text(CALLED.format(number=2))
    assert entry_of(tmp_path) == "2 False\n"


def test_sources_of_two_folders_are_told_apart(tmp_path: Path) -> None:
    assert sources_of(tmp_path) != sources_of(Path(__file__).parent)
