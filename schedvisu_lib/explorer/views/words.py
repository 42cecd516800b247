"""What is counted, where a question asks for some of the exams."""

from __future__ import annotations

from schedvisu_lib.explorer.sight import Sight
from schedvisu_lib.figures.html import Html, element


def said(words: str) -> Html:
    """Return a line of words above or below a table or figure."""
    return element("p", words, "sv-said") if words else Html("")


def if_limited(sight: Sight, words: str) -> Html:
    """Return a line of words, if some of the exams are asked for."""
    return said(words if sight.question.is_limited else "")
