"""Of which size figures are drawn so that their letters can be read on a screen."""

from __future__ import annotations

from typing import Final

_SCREEN: Final = 0.75
"""Paper for a place of the screen: letters of 5 points, the smallest of the report, are 9 pixels high there."""
_NARROW: Final = 160.0
"""Width of a place, in millimetres of paper, up to which parts stand below each other."""


def paper_width(width: float) -> float:
    """Return the width in millimetres of a figure that the screen shows as wide as a place of a width."""
    return width * _SCREEN


def is_narrow(width: float) -> bool:
    """Tell whether a place of a width has no room for two parts beside each other."""
    return paper_width(width) < _NARROW
