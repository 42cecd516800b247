"""What the documents say is true: the example of a site file, the tables, the pins, the names."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pyarrow as pa
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python
from typer.testing import CliRunner

import schedvisu_lib as sv
from schedvisu_lib.cli import app
from schedvisu_lib.config import Site
from schedvisu_lib.export.columns import meanings
from schedvisu_lib.export.target import TABLES, What
from schedvisu_lib.language import language
from schedvisu_lib.studies.plan_effect import COLUMNS, OUTCOMES
from schedvisu_lib.tables import PLANNED, SERIES, STATUSES, STUDIES, VERDICTS
from schedvisu_lib.yaml_file import KeyPath, read_yaml

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "params" / "site.example.yaml"
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


# --- params/site.example.yaml -----------------------------------------------------------------------------------------


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the settings models that a type holds, as in ``tuple[Scanner, ...]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models_in(part)


def keys_of(model: type[BaseModel], content: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, FieldInfo]]:
    """Yield each key that the example explains; of a list, its first entry explains them."""
    for name, info in model.model_fields.items():
        yield (*path, name), info
        held = content.get(name) if isinstance(content, dict) else None
        is_list = get_origin(info.annotation) is tuple
        for nested in models_in(info.annotation):
            # Hours, windows and closures are written in one piece, as "08:00-17:00" and 2026-12-24..2026-12-31.
            if nested.__name__ in {"Hours", "Closure", "Service", "Window"}:
                continue
            if held is not None:
                inner = held[0] if is_list else held
                yield from keys_of(nested, inner, (*path, name, 0) if is_list else (*path, name))
            else:
                LEFT_OUT[*path, name] = nested


LEFT_OUT: dict[KeyPath, type[BaseModel]] = {}
"""Sections that the example does not use; the comment above them shows their keys."""
KEYS = dict(keys_of(Site, yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))))
ALL_KEYS = pytest.mark.parametrize("path", KEYS, ids=lambda path: ".".join(map(str, path)))


def comment_above(line: int) -> list[str]:
    """Return the lines of the comment that ends above a line (from 1), without their number signs."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()[: line - 1]
    comment: list[str] = []
    while lines and (words := re.fullmatch(r"\s*# ?(.*)", lines.pop())):
        comment.insert(0, words[1])
    return comment


@pytest.fixture(scope="module")
def lines() -> dict[KeyPath, int]:
    return read_yaml(EXAMPLE).lines


@ALL_KEYS
def test_the_example_holds_every_key_with_an_explanation(path: KeyPath, lines: dict[KeyPath, int]) -> None:
    assert path in lines
    comment = comment_above(lines[path])
    assert len(comment) >= 2
    assert re.match(r"(Required\.|Default: .+)$", comment[-1])
    assert comment[-2].endswith((".", ":"))


@ALL_KEYS
def test_defaults_in_the_example_are_those_of_the_model(path: KeyPath, lines: dict[KeyPath, int]) -> None:
    stated, info = comment_above(lines[path])[-1], KEYS[path]
    if info.is_required():
        assert stated == "Required."
    else:
        assert stated.startswith("Default: ")
        assert yaml.safe_load(stated.removeprefix("Default: ")) == to_jsonable_python(info.get_default())


@pytest.mark.parametrize("path", LEFT_OUT, ids=lambda path: ".".join(map(str, path)))
def test_a_section_that_the_example_does_not_use_shows_its_keys(path: KeyPath, lines: dict[KeyPath, int]) -> None:
    comment = "\n".join(comment_above(lines[path])[:-1])
    block = re.search(r"^(?P<key>\w+):\n(?P<keys>(?: +.*\n?)+)", comment, flags=re.MULTILINE)
    assert block is not None
    assert block["key"] == path[-1]
    shown = yaml.safe_load(block["keys"])
    assert list(shown) == list(LEFT_OUT[path].model_fields)
    LEFT_OUT[path].model_validate(shown, context={"folder": ROOT})


@ALL_KEYS
def test_the_example_names_all_choices(path: KeyPath, lines: dict[KeyPath, int]) -> None:
    words = " ".join(comment_above(lines[path])[:-1])
    for choice in choices_in(KEYS[path].annotation):
        assert re.search(rf"\b{choice}\b", words), choice


def choices_in(annotation: Any) -> Iterator[str]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
    for part in get_args(annotation):
        yield from choices_in(part)


def test_the_example_keeps_the_order_of_the_models(lines: dict[KeyPath, int]) -> None:
    order = [lines[path] for path in KEYS]
    assert order == sorted(order)


def test_the_example_names_no_real_host() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert not re.search(r"\d+\.\d+\.\d+\.\d+", text)
    assert all(address.endswith("hospital.example") for address in re.findall(r"@([\w.-]+)", text))


# --- docs/data.md -----------------------------------------------------------------------------------------------------


def section(title: str) -> str:
    text = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
    (found,) = re.findall(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text, flags=re.MULTILINE | re.DOTALL)
    return found


@pytest.mark.parametrize(("title", "schema"), [("series", SERIES), ("studies", STUDIES), ("planned", PLANNED)])
def test_every_column_is_documented_in_its_order_with_its_type(title: str, schema: pa.Schema) -> None:
    words = {pa.timestamp("us"): "datetime", pa.string(): "text", pa.int64(): "integer", pa.float64(): "number"}
    rows = re.findall(r"^\| `(\w+)` \| (datetime|text|integer|number) \| \S", section(title), flags=re.MULTILINE)
    assert rows == [(field.name, words[field.type]) for field in schema]


def test_every_verdict_is_documented() -> None:
    for verdict in VERDICTS:
        assert f"| `{verdict}` |" in section("series")


def test_every_status_and_outcome_of_an_appointment_is_documented() -> None:
    for word in (*STATUSES, *OUTCOMES):
        assert f"| `{word}` |" in section("planned")


def test_every_column_of_the_comparison_is_documented() -> None:
    said = set(re.findall(r"`(\w+)`", section("planned")))
    assert said >= set(COLUMNS)


def test_every_rule_of_timing_is_documented() -> None:
    timing = pytest.importorskip("schedvisu_lib.pacs.timing")
    for rule in (*timing._DURATIONS, "CT enhanced", "PT enhanced"):
        assert f"`{rule}`" in section("series")


# --- docs/export.md ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", TABLES)
def test_every_column_of_an_export_is_documented_in_its_order(what: What) -> None:
    text = (ROOT / "docs" / "export.md").read_text(encoding="utf-8")
    (found,) = re.findall(rf"^### {what}\n(.*?)(?=^### |\Z)", text, flags=re.MULTILINE | re.DOTALL)
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \|$", found, flags=re.MULTILINE)
    assert rows == list(meanings(what, language("en")).items())


# --- names, links, commands -------------------------------------------------------------------------------------------


def test_the_readme_opens_with_the_two_commands() -> None:
    assert (
        (ROOT / "README.md").read_text(encoding="utf-8").startswith("# SchedVisu\n\n```\nmake demo\nmake test\n```\n")
    )


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.name)
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", document.read_text(encoding="utf-8")):
        assert target.startswith("https://") or (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.name)
def test_public_names_in_documents_exist(document: Path) -> None:
    for name in re.findall(r"\bsv\.(\w+)", document.read_text(encoding="utf-8")):
        assert name in sv.__all__, name


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.name)
def test_make_targets_in_documents_exist(document: Path) -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    for target in re.findall(r"`make ([a-z-]+)", document.read_text(encoding="utf-8")):
        assert target in targets


def test_commands_and_options_in_the_readme_exist() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    said = set(re.findall(r"^\| `schedvisu ([a-z ]+)`", text, flags=re.MULTILINE))
    assert said >= {"run", "retrieve", "consolidate", "report", "mail", "check", "demo"}
    helps = [schedvisu_help(command) for command in sorted(said)]
    for option in re.findall(r"(--[a-z][a-z-]*)", text):
        assert any(re.search(rf"{option}\b", words) for words in helps), option


def schedvisu_help(command: str) -> str:
    plain = {"COLUMNS": "200", "TERM": "dumb", "NO_COLOR": "1"}
    done = CliRunner().invoke(app, [*command.split(), "--help"], env=plain)
    assert done.exit_code == 0, f"schedvisu {command}: {done.output}"
    return done.stdout


# --- pins -------------------------------------------------------------------------------------------------------------


def dependencies() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"]
    needed = map(Requirement, [*project["project"]["dependencies"], *extras["plan"], *extras["dev"]])
    others = [one for one in needed if one.name != project["project"]["name"]]
    return [*others, *map(Requirement, project["build-system"]["requires"])]


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    matches = [re.fullmatch(r"([a-z0-9-]+)==([0-9][0-9a-z.]*)", line) for line in lines if line and line[0] != "#"]
    assert all(matches), "constraints.txt holds more than name==version lines"
    return {match[1]: match[2] for match in matches if match}


@pytest.mark.parametrize("needed", dependencies(), ids=lambda needed: needed.name)
def test_every_dependency_has_a_pin_that_fits(needed: Requirement) -> None:
    assert needed.specifier.contains(pins()[canonicalize_name(needed.name)])


def test_a_wheel_ships_the_parameter_files_but_never_a_sites_own() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    shipped = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    ours = {f"params/{file.name}" for file in (ROOT / "params").iterdir()} - {"params/site.yaml"}
    assert {source for source in shipped if source.startswith("params")} == ours
    assert all(target == f"schedvisu_lib/_shipped/{source}" for source, target in shipped.items())


def test_conda_users_get_what_pip_users_get() -> None:
    content = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert content["name"] == "schedvisu"
    assert content["channels"] == ["conda-forge"]
    pip = content["dependencies"].pop()["pip"]
    assert pip.pop() == "-e ."
    conda = [Requirement(line) for line in (*content["dependencies"], *pip)]
    # conda-forge has smaller packages of these, without what a report does not need
    renamed = {
        "ortools-python": "ortools",
        "matplotlib-base": "matplotlib",
        "seaborn-base": "seaborn",
        "nbconvert-core": "nbconvert",
    }
    names = [renamed.get(each.name, each.name.removeprefix("python-")) for each in conda]
    given = {canonicalize_name(name): each.specifier for name, each in zip(names, conda, strict=True)}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert given.pop("python") == SpecifierSet(project["requires-python"])
    for needed in map(Requirement, [*project["dependencies"], *project["optional-dependencies"]["plan"]]):
        assert given[canonicalize_name(needed.name)] == needed.specifier
