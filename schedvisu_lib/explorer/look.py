"""The look of the screen: the report's fonts and colours, styles of all parts, and the scripts that make it live."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from schedvisu_lib.explorer.stage import HALF, WIDE
from schedvisu_lib.explorer.views.paper import paper_width
from schedvisu_lib.figures.html import Html, element

_HERE: Final = Path(__file__).parent
_TEMPLATE: Final = _HERE.parent / "report" / "template"
_SCRIPTS: Final = ("sorting.js", "hover.js")
"""Of the report's template: they attend to what is inserted later, too."""


@cache
def look(language: str) -> Html:
    """Return styles and scripts, for an output of a notebook that is shown before the screen.

    The report's style sheet holds for the screen's pieces of HTML alone, so that it changes nothing of JupyterLab.

    Parameters
    ----------
    language
        Code of the language of the screen's texts and numbers.
    """
    report = "\n".join(_read(_TEMPLATE / name) for name in ("page.css", "sorting.css"))
    parts = [_read(file) for file in sorted((_HERE / "css").glob("*.css"))]
    styles = [f".sv-screen .widget-html-content {{\n{report}\n}}", _read(_TEMPLATE / "hover.css"), _papers(), *parts]
    live = _read(_HERE / "live.js").replace("{/* what look.py knows */}", _as_script(language))
    return Html("<style>\n{}\n</style>\n<script>\n{}\n</script>".format("\n".join(styles), live))


def looking(parts: Sequence[Html]) -> Html:
    """Return pieces of HTML where the look of the screen holds for them."""
    return Html(f'<div class="sv-screen sv-planned">{element("div", parts, "widget-html-content").text}</div>')


def _papers() -> str:
    """Return how wide the paper is on which one side, and one of two, are drawn; live.js reads it."""
    papers = {".sv-screen": WIDE, ".sv-compared": HALF}
    return "\n".join(f"{css} {{ --sv-paper: {paper_width(width)}mm; }}" for css, width in papers.items())


def _as_script(language: str) -> str:
    """Return language and scripts as a literal that nothing within it ends."""
    known = {"language": language, "scripts": [_read(_TEMPLATE / name) for name in _SCRIPTS]}
    return json.dumps(known).replace("<", "\\u003c")


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8")
