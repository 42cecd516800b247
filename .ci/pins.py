"""Rewrite constraints.txt: one name==version line for each package that SchedVisu needs, as installed here.

Packages that only other platforms or versions of Python need (the second part of the file) are not installed here;
their lines stay as they are.
"""

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

FILE = Path(__file__).parents[1] / "constraints.txt"
ELSEWHERE = "# On other platforms or versions of Python only; `make pins` leaves these lines alone."
OLDEST_PYTHON = "3.11.0"
HEADER = """\
# The versions that SchedVisu is tested with, on Python 3.11 to 3.13; written by `make pins`.
# Use: pip install -c constraints.txt .
"""


def closure(root: str, extras: set[str]) -> dict[str, str]:
    """Return name and version of each installed package that a requirement leads to, itself left out."""
    versions: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    todo = [(root, extra) for extra in ("", *extras)]
    while todo:
        name, extra = todo.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue
        if not SpecifierSet(package.metadata["Requires-Python"] or "").contains(OLDEST_PYTHON):
            raise SystemExit(f"{name} {package.version} does not run on Python {OLDEST_PYTHON}; install an older one")
        versions[name] = package.version
        for text in package.requires or ():
            needed = Requirement(text)
            if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                todo += [(canonicalize_name(needed.name), each) for each in ("", *needed.extras)]
    del versions[root]
    return versions


def main() -> None:
    """Rewrite the file."""
    here = closure("schedvisu", {"dev"})
    old = FILE.read_text(encoding="utf-8") if FILE.is_file() else ""
    lines = old.partition(ELSEWHERE)[2].splitlines()
    elsewhere = [line for line in lines if line and canonicalize_name(line.partition("==")[0]) not in here]
    pins = [f"{name}=={version}" for name, version in sorted(here.items())]
    FILE.write_text("\n".join([HEADER, *pins, "", ELSEWHERE, *elsewhere, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
