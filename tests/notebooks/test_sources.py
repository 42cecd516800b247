"""The notebooks as they are committed."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat
import papermill
import pytest
import yaml

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").rglob("[!.]*.ipynb"))
NOTEBOOKS = [file for file in NOTEBOOKS if ".ipynb_checkpoints" not in file.parts]
REPORT = ROOT / "notebooks" / "report"
EVERY = pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)


def code(file):
    return [cell for cell in nbformat.read(file, as_version=4).cells if cell.cell_type == "code"]


def test_report_has_its_notebooks():
    names = {"overview", "overview_hours", "scanner_page", "plan_and_effect", "data_quality", "exams_to_check"}
    assert {file.stem for file in NOTEBOOKS if file.parent == REPORT} == names


@EVERY
def test_notebook_is_valid_and_holds_no_outputs(file):
    nbformat.validate(nbformat.read(file, as_version=4))
    for cell in code(file):
        assert cell.outputs == []
        assert cell.execution_count is None


@EVERY
def test_parameters_are_plain_literals_each_with_a_comment(file):
    [cell] = [cell for cell in code(file) if "parameters" in cell.metadata.get("tags", [])]
    lines = cell.source.splitlines()
    statements = ast.parse(cell.source).body
    assert statements
    for number, statement in enumerate(statements):
        assert isinstance(statement, ast.Assign)
        ast.literal_eval(statement.value)
        first = statements[number - 1].lineno if number else 0
        above = lines[first : statement.lineno - 1]
        # Siblings, as first and last, may share a comment.
        assert any(line.startswith("# ") for line in above) or statement.targets[0].id == "last"


@EVERY
def test_no_cell_loops_or_defines(file):
    """Logic lives in the library (design, section 3)."""
    kinds = (ast.For, ast.While, ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.comprehension)
    for cell in code(file):
        assert not [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, kinds)]


def test_page_yaml_names_only_parameters_that_the_notebook_has():
    given = yaml.safe_load((ROOT / "params" / "page.yaml").read_text(encoding="utf-8"))
    known = papermill.inspect_notebook(str(REPORT / "scanner_page.ipynb"))
    assert set(given) == set(known)
    assert (ROOT / given["site_file"]).is_file()
    assert {type(value) for value in given.values()} == {str}
