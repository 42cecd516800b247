"""Files are replaced whole, or stay as they were."""

from __future__ import annotations

from pathlib import Path

import pytest

from schedvisu_lib.files import HALF, replacing, write_atomically


def test_a_file_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    write_atomically(file, b"old")
    write_atomically(file, "new é".encode())
    assert file.read_bytes() == "new é".encode()
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("error", [OSError("disk full"), ValueError("no table"), KeyboardInterrupt()])
def test_an_error_half_way_leaves_what_was_there(tmp_path: Path, error: BaseException) -> None:
    file = tmp_path / "run.json"
    write_atomically(file, b"old")

    def write() -> None:
        with replacing(file) as stream:
            stream.write(b"new, bu")
            [half] = tmp_path.glob(HALF)
            assert half != file
            raise error

    with pytest.raises(type(error)):
        write()
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_place_that_is_taken_by_a_folder_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "run.json").mkdir()
    with pytest.raises(OSError, match="run"):
        write_atomically(tmp_path / "run.json", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]
