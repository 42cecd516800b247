"""Pieces of HTML that show themselves in a notebook; every text from outside is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from schedvisu_lib.language import NOTHING


@dataclass(frozen=True, repr=False)
class Html:
    """A piece of HTML."""

    text: str

    def __repr__(self) -> str:
        return f"Html({len(self.text)} characters)"  # a notebook stores this beside the HTML

    def _repr_html_(self) -> str:
        return self.text

    def __add__(self, other: Html) -> Html:
        return Html(self.text + other.text)


def element(tag: str, content: str | Html | Sequence[Html], css: str = "") -> Html:
    """Return an element around a text, which is escaped, or around HTML."""
    if isinstance(content, str):
        inner = escape(content)
    else:
        inner = content.text if isinstance(content, Html) else "".join(part.text for part in content)
    kind = f' class="{escape(css)}"' if css else ""
    return Html(f"<{tag}{kind}>{inner}</{tag}>")


def table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], css: str, *, caption: str = "", last: int = 0
) -> Html:
    """Return a table whose first column names the rows; the ``last`` columns are sums; without rows it shows dashes."""
    n = len(headings)
    if not rows:
        rows = [[NOTHING] * n]

    def cell(tag: str, position: int, text: str) -> str:
        scope = ' scope="row"' if tag == "th" and position == 0 else ""
        kind = ' class="sum"' if position >= n - last else ""
        return f"<{tag}{scope}{kind}>{escape(text)}</{tag}>"

    head = "".join(cell("th", position, text) for position, text in enumerate(headings))
    body = "".join(
        "<tr>"
        + "".join(cell("td" if position else "th", position, text) for position, text in enumerate(row))
        + "</tr>"
        for row in rows
    )
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return Html(f'<table class="{escape(css)}">{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>')
