"""What libraries make at import for nobody is not made."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["schedvisu_lib.report.execute", "schedvisu_lib.explorer.server"])
def test_no_grammar_of_addresses_is_made(module: str) -> None:
    program = f"import sys, {module}; print('jsonschema' in sys.modules, 'lark' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False"]


HELP = "import sys; from schedvisu_lib.cli import {way}; sys.argv = ['schedvisu', *{arguments}]; {way}()"


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"]])
def test_help_is_the_same_without_what_it_never_renders(arguments: list[str]) -> None:
    programs = [HELP.format(way=way, arguments=arguments) for way in ("main", "app")]
    lean, whole = (subprocess.run([sys.executable, "-c", one], capture_output=True, text=True) for one in programs)
    assert "Usage: schedvisu" in lean.stdout
    assert lean.stdout == whole.stdout


def test_help_imports_no_library_of_the_work_and_no_renderer() -> None:
    program = (
        "import sys, atexit\n"
        "from schedvisu_lib.cli import main\n"
        "sys.argv = ['schedvisu', 'run', '--help']\n"
        "atexit.register(lambda: print(*{name.partition('.')[0] for name in sys.modules}))\n"
        "main()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    imported = set(done.stdout.splitlines()[-1].split())
    assert "typer" in imported
    assert not imported & {"pandas", "numpy", "matplotlib", "pynetdicom", "holidays", "markdown_it", "pygments"}


def test_who_wants_tracebacks_of_rich_gets_the_real_module() -> None:
    program = (
        "from schedvisu_lib.lean_imports import skip_unused_renderers\n"
        "skip_unused_renderers()\n"
        "from rich.traceback import install\n"
        "from rich.traceback import Traceback\n"
        "print(install.__module__, Traceback.__module__, hasattr(Traceback, 'from_exception'))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["rich.traceback", "rich.traceback", "True"]
