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
