"""Lines of Python that a user can paste."""

from __future__ import annotations

import json
from typing import Final

from schedvisu_lib.explorer import code
from schedvisu_lib.explorer.code import Name
from schedvisu_lib.explorer.question import Question

PYPLOT: Final = "import matplotlib.pyplot as plt"


def call(result: str, function: str, question: Question, scanner: str, exams: str, among: str = "", **more: str) -> str:
    """Return a line that calls a public function of studies, site, scanner, first and last day.

    Parameters
    ----------
    result
        What its result is called; "" for none.
    function
        Its name.
    question
        Gives the days.
    scanner
        The scanner's name.
    exams
        What the exams that are meant are called.
    among
        What all exams are called, where the function takes them too.
    more
        Further arguments by name, as they are written.
    """
    named = {name: Name(value) for name, value in (more | ({"among": among} if among else {})).items()}
    arguments = [Name(exams), Name("site"), scanner, str(question.first), str(question.last)]
    return code.call(result, f"sv.{function}", arguments, **named)


def meant(question: Question) -> str:
    """Return what the exams are called that a question means."""
    return "chosen" if question.is_limited else "studies"


def both(question: Question) -> tuple[str, str]:
    """Return what the exams are called that a question means, and all exams where those are only some of them."""
    return meant(question), "studies" if question.is_limited else ""


def new_axes(width: float, height: float) -> str:
    """Return the line that makes empty axes of a size in inches."""
    return f"figure, ax = plt.subplots(figsize=({width:g}, {height:g}))"


def quoted(text: str) -> str:
    """Return a text as Python writes it."""
    return json.dumps(text, ensure_ascii=False)
