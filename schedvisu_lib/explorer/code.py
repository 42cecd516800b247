"""The few lines of Python that give what a view shows, ready to be pasted into a notebook."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from schedvisu_lib.config import Site
from schedvisu_lib.explorer.question import Question

_WIDTH: Final = 120
"""Of the longest line."""


class Writer(Protocol):
    """Whoever writes the lines of one scanner: a view, or the what-if."""

    def code(self, question: Question, scanner: str) -> list[str]:
        """Return lines that follow on those that set ``site``, ``studies`` and ``chosen``."""


def python_code(site: Site, questions: Sequence[Question], view: Writer) -> str:
    """Return lines of Python that give the tables and figures of a view.

    Parameters
    ----------
    site
        Gives the site file.
    questions
        What is asked; two where something is compared.
    view
        Writes the lines of each scanner.
    """
    blocks = [(question, scanner) for question in questions for scanner in question.scanners]
    imports = {"import schedvisu_lib as sv"}
    lines: list[str] = []
    asked: Question | None = None
    for question, scanner in blocks:
        if asked is not question:
            lines += ["", *_exams(site, question)]
            asked = question
        code = view.code(question, scanner)
        imports.update(line for line in code if line.startswith("import "))
        code = [line for line in code if line not in imports]
        if len(blocks) > 1:
            # A notebook shows only the last table of a cell by itself.
            code = [f"display({line})" if line.isidentifier() else line for line in code]
            lines += ["", f"# {scanner}"]
        lines += code
    return "\n".join([*sorted(imports), *lines]) + "\n"


def _exams(site: Site, question: Question) -> list[str]:
    """Return the lines that set ``site``, ``studies`` and, where the question limits them, ``chosen``."""
    days = [str(question.first), str(question.last)]
    lines = [call("site", "sv.load_site", [str(site.file)])]
    if question.weekdays:
        lines.append(call("site", "sv.on_weekdays", [Name("site"), list(question.weekdays)]))
    lines.append(call("studies", "sv.open_store(site).studies", days))
    return lines + choosing_lines(question)


def choosing_lines(question: Question, whole: str = "studies", chosen: str = "chosen") -> list[str]:
    """Return the lines that choose the exams of a question from those of its days, by the names of the two tables."""
    lines = []
    if question.weekdays:
        lines.append(call(whole, "sv.choose_exams", [Name(whole)], weekdays=list(question.weekdays)))
    if question.is_limited:
        limits: dict[str, object] = {}
        if question.hours:
            limits["hours"] = question.hours_text
        if question.exam_types:
            limits["exam_types"] = list(question.exam_types)
        if question.takes:
            limits["takes"] = list(question.takes)
        lines.append(call(chosen, "sv.choose_exams", [Name(whole)], **limits))
    return lines


class Name(str):
    """A name of Python, which is written without quotation marks."""


def call(result: str, function: str, positional: Sequence[object], **named: object) -> str:
    """Write a call in one line, or as many as formatters break a long one into; a text stands in quotation marks.

    ``result`` is what its result is called; "" for none.
    """
    arguments = [("", value) for value in positional] + [(f"{name}=", value) for name, value in named.items()]
    inner = ", ".join(f"{name}{_literal(value)}" for name, value in arguments)
    begin = f"{result} = {function}(" if result else f"{function}("
    whole = f"{begin}{inner})"
    if len(whole) <= _WIDTH:
        return whole
    if len(inner) + 4 <= _WIDTH:
        return f"{begin}\n    {inner}\n)"
    lines = "".join(f"    {_argument(name, value)},\n" for name, value in arguments)
    return f"{begin}\n{lines})"


def _argument(name: str, value: object) -> str:
    """Write an argument on a line of its own; a list that is too long, one name on each."""
    line = f"{name}{_literal(value)}"
    if len(line) + 5 <= _WIDTH or not isinstance(value, list):
        return line
    return f"{name}[\n" + "".join(f"        {_literal(item)},\n" for item in value) + "    ]"


def _literal(value: object) -> str:
    if isinstance(value, Name):
        return str(value)
    if isinstance(value, tuple):
        return f"({', '.join(map(_literal, value))})"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_literal(key)}: {_literal(each)}' for key, each in value.items())}}}"
    if value is None:
        return "None"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value, ensure_ascii=False)
