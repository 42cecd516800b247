"""What it takes until something happens: importing the library, and the help of each command."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.effort import Effort
from benchmarks.measure import WorkFailed, command_cpu
from benchmarks.table import Figure, Part, Row, digits, markdown

_SCHEDVISU: Final = str(Path(sys.executable).with_name("schedvisu"))
_RUNS: Final = 5
"""Of each command, for each run of a longer thing: they are short."""
_HEAVY: Final = (
    "pandas", "numpy", "pyarrow", "matplotlib", "pydicom", "pynetdicom", "papermill", "IPython", "holidays",
)  # fmt: skip
"""Libraries that nobody needs who only asks what a command can do."""
_COMMANDS: Final = """import json
from schedvisu_lib.cli import app
print(json.dumps([one.callback.__name__ for one in app.registered_commands]))"""
_IMPORTED: Final = """import json, sys
sys.argv = ["schedvisu", *sys.argv[1:]]
try:
    if sys.argv[1:] == ["import"]:
        import schedvisu_lib
    else:
        from schedvisu_lib.cli import main
        sys.stdout, said = None, sys.stdout
        main()
except SystemExit:
    sys.stdout = said
print(json.dumps([name for name in sys.modules if "." not in name]))"""


def commands() -> list[str]:
    """Return the names of the commands."""
    names: list[str] = json.loads(_python(_COMMANDS))
    return names


def heavy_modules(*arguments: str) -> list[str]:
    """Return which heavy libraries the command line imports with some arguments; with "import", the library itself."""
    imported = set(json.loads(_python(_IMPORTED, *arguments)))
    return [name for name in _HEAVY if name in imported]


def run(_folder: Path, effort: Effort) -> Part:
    """Measure."""
    runs = _RUNS * effort.runs
    bare = [sys.executable, "-c", "pass"]
    asked = {"schedvisu --help": ["--help"]} | {f"schedvisu {name} --help": [name, "--help"] for name in commands()}
    measured = {
        "import schedvisu_lib": [sys.executable, "-c", "import schedvisu_lib"],
        **{name: [_SCHEDVISU, *arguments] for name, arguments in asked.items()},
        "import pandas": [sys.executable, "-c", "import pandas"],
    }
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in measured}
    for _ in range(runs):
        for name, command in measured.items():
            times[name].append((command_cpu(command), command_cpu(bare)))
    ours = {name: median(one for one, _ in pairs) for name, pairs in times.items()}
    floor = median(other for pairs in times.values() for _, other in pairs)
    ratios = {name: median(one / other for one, other in pairs) for name, pairs in times.items()}
    heavy = {"import schedvisu_lib": heavy_modules("import")} | {
        name: heavy_modules(*arguments) for name, arguments in asked.items()
    }
    slowest = max(list(asked)[1:], key=ours.__getitem__)
    rows = tuple(
        Row(
            f"{name} ({words})" if words else name,
            (Figure(ours[name], "s CPU", 0.3),),
            (Figure(floor, "s"), f"python -c pass; with pandas imported {digits(ours['import pandas'])} s"),
            Figure(ratios[name], ""),
        )
        for name, words in (("import schedvisu_lib", ""), ("schedvisu --help", ""), (slowest, "the slowest command"))
    )
    table = markdown(
        ["", "s CPU", "heavy libraries imported"],
        [(name, digits(ours[name]), ", ".join(heavy[name]) or "none") for name in heavy],
    )
    return Part(rows, f"## Imports\n\nOf each the median of {runs} runs; looked for: {', '.join(_HEAVY)}.\n\n{table}")


def _python(program: str, *arguments: str) -> str:
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise WorkFailed(done.stderr)
    return done.stdout
