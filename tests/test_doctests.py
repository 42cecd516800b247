"""Each public name has an example that does what it says, on the last week of the demo; so do the recipes."""

from __future__ import annotations

import doctest
import inspect
import re
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pytest

import schedvisu_lib as sv
from tests.conftest import ROOT
from tests.filling import fill_demo

METHODS = ("Store.series", "Store.studies", "Store.planned", "Store.days")
"""Those of the public classes that are public names too (design, section 8)."""
NAMES = sorted({*sv.__all__, *METHODS} - {"__version__"})
LIBRARY = ROOT / "docs" / "library.md"
SAME = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def docstring(name: str) -> str:
    return inspect.cleandoc(attrgetter(name)(sv).__doc__ or "")


def _recipes() -> Iterator[tuple[str, str]]:
    """Yield each block of code of the library's page by its heading."""
    parts = re.split(r"^##+ (.+)$", LIBRARY.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for heading, text in zip(parts[1::2], parts[2::2], strict=True):
        for block in re.findall(r"^```pycon\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL):
            yield heading, block


RECIPES = dict(_recipes())
[TOP] = re.findall(r"^```python\n(.*?)^```$", LIBRARY.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    fill_demo(folder)
    return folder


@pytest.fixture
def in_demo_folder(demo_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after ``make demo`` in the checkout's folder; what an example writes goes elsewhere."""
    monkeypatch.delenv("SCHEDVISU_SITE", raising=False)
    for name in ("params", "demo-data"):
        (tmp_path / name).symlink_to(demo_folder / name)
    monkeypatch.chdir(tmp_path)


def failures(name: str, text: str, **known: Any) -> str:
    """Return what the examples of a text do else than they say."""
    examples = doctest.DocTestParser().get_doctest(text, {"sv": sv} | known, name, name, 0)
    said: list[str] = []
    doctest.DocTestRunner(optionflags=SAME).run(examples, out=said.append)
    return "".join(said)


@pytest.mark.parametrize("name", NAMES)
def test_every_public_name_has_an_example_of_its_own(name: str) -> None:
    examples = doctest.DocTestParser().get_examples(docstring(name))
    own = {"Site": "load_site", "Store": "open_store"}.get(name, name.rpartition(".")[2])
    assert any(re.search(rf"\.{own}\b", one.source) for one in examples), "no example uses it"
    assert any(one.want for one in examples), "no example shows what comes of it"


@pytest.mark.parametrize("name", NAMES)
def test_the_example_of_a_public_name_does_what_it_says(name: str, in_demo_folder: None) -> None:
    assert failures(name, docstring(name)) == ""
    assert len(plt.get_fignums()) <= 1


@pytest.mark.parametrize("heading", RECIPES)
def test_a_recipe_does_what_it_says(heading: str, in_demo_folder: None) -> None:
    known: dict[str, Any] = {}
    exec(TOP, known)  # noqa: S102  (the lines that the page begins with)
    assert failures(heading, RECIPES[heading], **known) == ""
    assert len(RECIPES[heading].splitlines()) < 15


def test_the_librarys_page_has_five_recipes_and_all_names() -> None:
    assert len(RECIPES) >= 5
    said = set(re.findall(r"^\| `(?:sv|store)\.(\w+)\(", LIBRARY.read_text(encoding="utf-8"), flags=re.MULTILINE))
    calls = {name.rpartition(".")[2] for name in NAMES if name.rpartition(".")[2].islower()}
    assert said == calls - {"explore"}
