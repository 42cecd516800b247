"""What the cells of an executed notebook show."""

from __future__ import annotations

from collections.abc import Sequence

from nbformat import NotebookNode


def shown(cells: Sequence[NotebookNode], call: str) -> dict[str, str]:
    """Return the last thing that the only cell with a call shows."""
    [cell] = [cell for cell in cells if cell.cell_type == "code" and call in cell.source]
    data: dict[str, str] = cell.outputs[-1].data
    return data
