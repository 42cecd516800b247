"""Pieces of HTML that show themselves in a notebook; every text from outside is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import isnan
from typing import TypeAlias

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


@dataclass(frozen=True)
class Cell:
    """A cell of a table whose text does not tell its place when the reader sorts the table on the screen.

    Numbers, percentages and durations (h:mm), as the report's language writes them, need none: of a text with several
    lines the first one counts. A day does ("lun. 18.05.2026").
    """

    content: str | Html
    sort: float | str
    """What to compare: numbers by size, texts (days and moments in ISO form) by the order of the language.

    NaN or "" stand for nothing, which comes last however the table is sorted.
    """


Content: TypeAlias = str | Html | Cell
"""Of a cell: a text, which is escaped; HTML; or either with what it sorts by."""


def table(
    headings: Sequence[str],
    rows: Sequence[Sequence[Content]],
    css: str,
    *,
    caption: str = "",
    last: int = 0,
    apart: Sequence[Sequence[Content]] = (),
) -> Html:
    """Return a table whose first column names the rows; without rows it shows dashes.

    On the screen the reader sorts the rows by a click on a heading, except in tables of class "counts", whose rows are
    different measures.

    Parameters
    ----------
    headings
        Of the columns.
    rows
        A cell for each heading; the first one names the row.
    css
        Class of the table.
    caption
        Stands above it.
    last
        How many columns at the end are sums.
    apart
        Rows that stay below the others however these are sorted: a total, say.
    """
    n = len(headings)
    if not rows and not apart:
        rows = [[NOTHING] * n]

    def cell(tag: str, position: int, content: Content, scope: str = "") -> str:
        place = f' scope="{scope}"' if scope else ""
        kind = ' class="sum"' if position >= n - last else ""
        sort = f' data-sort="{_sort(content)}"' if isinstance(content, Cell) else ""
        return f"<{tag}{place}{kind}{sort}>{_inner(content)}</{tag}>"

    def line(row: Sequence[Content]) -> str:
        first, *others = row
        values = (cell("td", position, content) for position, content in enumerate(others, start=1))
        return f"<tr>{cell('th', 0, first, 'row')}{''.join(values)}</tr>"

    head = "".join(cell("th", position, text, "col") for position, text in enumerate(headings))
    bodies = f"<tbody>{''.join(map(line, rows))}</tbody>" if rows else ""
    bodies += f'<tbody class="apart">{"".join(map(line, apart))}</tbody>' if apart else ""
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return Html(f'<table class="{escape(css)}">{title}<thead><tr>{head}</tr></thead>{bodies}</table>')


def _inner(content: Content) -> str:
    if isinstance(content, Cell):
        content = content.content
    return content.text if isinstance(content, Html) else escape(content)


def _sort(cell: Cell) -> str:
    missing = isinstance(cell.sort, float) and isnan(cell.sort)
    return "" if missing else escape(str(cell.sort))
