"""A place for words on the screen."""

from __future__ import annotations

from ipywidgets import HTML


def paragraph(css: str) -> HTML:
    """Return an empty piece of HTML of a class of the style sheets."""
    place = HTML()
    place.add_class(css)
    return place
