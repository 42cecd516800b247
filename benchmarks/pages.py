"""Draw one page of the report without papermill: the cells of its notebook, one after the other in this process."""

from __future__ import annotations

import ast
from typing import Any

import nbformat

from schedvisu_lib.report.pages import Page, notebooks_folder


def draw(page: Page) -> str:
    """Do what a page's notebook does, and return the HTML that it shows."""
    file = notebooks_folder() / f"{page.notebook}.ipynb"
    names: dict[str, Any] = {}
    shown = []
    for cell in nbformat.read(file, as_version=4).cells:
        if cell.cell_type == "code":
            shown.append(_run(cell.source, names))
        if "parameters" in cell.metadata.get("tags", ()):
            names.update(page.parameters)
    return "".join(shown)


def _run(source: str, names: dict[str, Any]) -> str:
    """Run a cell and return what its last line shows."""
    tree = ast.parse(source)
    asked: ast.Expression | None = None
    if tree.body and isinstance(last := tree.body[-1], ast.Expr):
        asked = ast.Expression(last.value)
        del tree.body[-1]
    exec(compile(tree, "cell", "exec"), names)
    shown = eval(compile(asked, "cell", "eval"), names) if asked else None
    return "" if shown is None else str(shown._repr_html_())
