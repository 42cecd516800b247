"""``schedvisu explore``, as a user types it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import schedvisu_lib as sv
from schedvisu_lib.cli import app
from schedvisu_lib.cli import explore as command
from schedvisu_lib.explorer import shipped
from schedvisu_lib.explorer.address import listen_at
from tests.conftest import write_site_file

OK, FAILURE, USAGE = 0, 1, 2


@pytest.fixture
def site_file(tmp_path: Path) -> Path:
    return write_site_file(tmp_path)


def explore(site_file: Path, *arguments: object) -> Result:
    words = ["explore", "--no-browser", "--site", str(site_file), *map(str, arguments)]
    return CliRunner().invoke(app, words)


def test_taken_port_is_named(site_file: Path) -> None:
    (taken,) = listen_at(0)
    port = taken.getsockname()[1]
    for more in ((), ("--lab",)):
        result = explore(site_file, "--port", port, *more)
        assert (result.exit_code, result.stdout) == (FAILURE, "")
        assert result.stderr == (
            f"--port {port} is taken by another program; choose another one, or leave it out for a free one\n"
        )
    taken.close()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--scanner", "Nobody"], 'scanner "Nobody" is unknown; site.yaml has: '),
        (["--period", "never"], 'period "never" is unknown; allowed: weekly, '),
        (["--to", "2026-05-22"], "--to needs --from: give the first day too\n"),
        (["--from", "2026-05-22", "--to", "2026-05-18"], "the last day (2026-05-18) lies before the first one"),
        (["--from", "2026-05-22", "--period", "weekly"], "--from and --period both say which days; leave one of them"),
    ],
)
def test_question_that_makes_no_sense_ends_the_command(site_file: Path, arguments: list[str], words: str) -> None:
    result = explore(site_file, *arguments)
    assert (result.exit_code, result.stdout) == (USAGE, "")
    assert result.stderr.startswith(words)
    assert result.stderr.count("\n") == 1


def test_wrong_site_file_is_told_line_by_line(tmp_path: Path) -> None:
    result = explore(tmp_path / "none.yaml")
    assert result.exit_code == USAGE
    assert result.stderr.startswith(f"{tmp_path / 'none.yaml'}: ")


@pytest.mark.parametrize(("library", "more"), [("voila", ()), ("jupyterlab", ("--lab",))])
def test_missing_library_is_named(
    site_file: Path, monkeypatch: pytest.MonkeyPatch, library: str, more: tuple[str, ...]
) -> None:
    for module in [name for name in sys.modules if name.split(".")[0] == library]:
        monkeypatch.delitem(sys.modules, module)
    for module in ("schedvisu_lib.explorer.server", "schedvisu_lib.explorer.page", "schedvisu_lib.explorer.lab"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setitem(sys.modules, library, None)
    result = explore(site_file, *more)
    assert (result.exit_code, result.stdout) == (FAILURE, "")
    assert result.stderr == f"{library} is not installed here; install schedvisu again with all that it needs\n"


def test_missing_notebook_is_named(site_file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sv, "__file__", str(tmp_path / "schedvisu_lib" / "__init__.py"))
    result = explore(site_file)
    assert (result.exit_code, result.stdout) == (FAILURE, "")
    assert result.stderr == (
        f"the notebook {tmp_path / 'notebooks' / 'explore.ipynb'} is missing; install schedvisu again\n"
    )


def test_first_question_is_of_what_was_asked_for_alone(site_file: Path) -> None:
    site = sv.load_site(site_file)
    day = command.datetime(2026, 5, 18)
    assert json.loads(command._ask(site, None, None, None, None)) == {}
    assert json.loads(command._ask(site, ["Vision 600"], None, None, "monthly")) == {
        "scanners": ["Vision 600"],
        "title": "monthly",
    }
    assert json.loads(command._ask(site, None, day, day, None)) == {"first": "2026-05-18", "last": "2026-05-18"}


def test_without_a_browser_the_address_is_all_there_is(tmp_path: Path) -> None:
    code = (
        "from schedvisu_lib.explorer.address import open_browser; print(open_browser(__import__('pathlib').Path('/x')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={"PATH": str(tmp_path)})
    assert done.stdout == "False\n"


def test_browser_is_led_by_a_file_and_ctrl_c_ends_all(site_file: Path, tmp_path: Path) -> None:
    opened = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(
        f'#!/bin/sh\necho "$1" > {opened}.part; cat "${{1#file://}}" >> {opened}.part; mv {opened}.part {opened}\n'
    )
    browser.chmod(0o755)
    words = [sys.executable, "-c", "from schedvisu_lib.cli import main; main()", "explore", "--site", str(site_file)]
    environment = {"PATH": "/usr/bin:/bin", "BROWSER": str(browser), "HOME": str(tmp_path)}
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as process:
        line = process.stdout.readline() if process.stdout else ""
        for _ in range(300):
            if opened.exists():
                break
            signal.sigtimedwait([], 0.1)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    url = line.split()[0]
    assert line == f"{url} opens the explorer; Ctrl-C ends it\n"
    command_line, page = opened.read_text().split("\n", 1)
    assert url.split("token=")[1] not in command_line  # all users of a computer can read it
    assert f'content="0; url={url}"' in page
    assert (out, err, process.returncode) == ("", "", OK)


# The user's own notebooks


def test_own_notebooks_are_copies_that_name_the_site(site_file: Path) -> None:
    folder = shipped.own_notebooks(sv.load_site(site_file))
    assert folder == site_file.parent / "my-notebooks"
    assert sorted(file.name for file in folder.iterdir()) == [
        "explore.ipynb",
        "gallery.ipynb",
        "plan_appointments.ipynb",
        "plan_roster.ipynb",
    ]
    for file in folder.iterdir():
        cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
        (source,) = ["".join(cell["source"]) for cell in cells if "parameters" in cell["metadata"].get("tags", ())]
        assert f'site_file = "{site_file}"' in source.splitlines()
        assert "../params" not in source
        books = {"plan_appointments.ipynb": "book.demo.yaml", "plan_roster.ipynb": "staff.demo.yaml"}
        if file.name in books:
            assert f'book_file = "{site_file.with_name(books[file.name])}"' in source.splitlines()


def test_what_the_user_changed_is_never_overwritten(site_file: Path) -> None:
    site = sv.load_site(site_file)
    folder = shipped.own_notebooks(site)
    (folder / "explore.ipynb").write_text("mine")
    (folder / "gallery.ipynb").unlink()
    shipped.own_notebooks(site)
    assert (folder / "explore.ipynb").read_text() == "mine"
    assert (folder / "gallery.ipynb").exists()


def test_folder_that_cannot_be_written_is_named(site_file: Path) -> None:
    (site_file.parent / "my-notebooks").write_text("a file")
    result = explore(site_file, "--lab")
    assert result.exit_code == FAILURE
    assert result.stderr.startswith(f"{site_file.parent / 'my-notebooks'}: cannot be written (File exists); your note")
