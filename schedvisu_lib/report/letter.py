"""Fill the template of the mail's body: the site's own or the packaged one."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any, Final, Literal

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, meta, nodes
from jinja2.sandbox import SandboxedEnvironment

from schedvisu_lib.config import Site
from schedvisu_lib.errors import MailTemplateError
from schedvisu_lib.language import Language, language

PACKAGED: Final = Path(__file__).parent / "template" / "mail.html.j2"
"""The template of sites that have none of their own."""

State = Literal["complete", "incomplete", "failed"]


@dataclass(frozen=True)
class Facts:
    """What a template may name: each field is a placeholder, and so is ``t``, which translates a text.

    Nothing here tells of a patient.
    """

    title: str
    """The report's title."""
    first: str
    """The first day that the mail names, as the site's language writes it."""
    last: str
    """The last one."""
    state: State
    """``complete``; ``incomplete``, if something is missing; ``failed``, if there is no report."""
    missing: tuple[str, ...] = ()
    """One line for each thing that is missing."""
    pdf: str = ""
    """File name of the PDF; empty if there is none."""
    html: str = ""
    """File name of the HTML; empty if there is none."""
    folder: str = ""
    """Where these files lie."""
    link: str = ""
    """Address of the HTML; empty without ``mail.link`` or without a report."""
    pdf_link: str = ""
    """Address of the PDF, likewise."""
    attached: bool = False
    """Whether the PDF comes with the mail."""
    size: str = ""
    """Of the PDF in MB, with one decimal; empty if there is none."""
    version: str = ""
    """Of SchedVisu."""
    language: str = "en"
    """Code of the mail's language."""


PLACEHOLDERS: Final = (*(field.name for field in fields(Facts)), "t")
"""The names that a template may use."""


def write_letter(template: Path | None, facts: Facts, t: Language) -> str:
    """Return the mail's HTML body: a template (the packaged one for None), filled in.

    Raises
    ------
    MailTemplateError
        The template cannot be read, has a mistake or an unknown placeholder; the message names file, line and the
        placeholders that are allowed.
    """
    file = template or PACKAGED
    # The template may not reach into what it is given: it gets plain values, and a translator that turns all into text.
    values = {field.name: getattr(facts, field.name) for field in fields(Facts)} | {"t": _translator(t)}
    try:
        return _load(file).render(values)
    except MailTemplateError:
        raise
    except Exception as error:  # a template can fail in any way that an expression can
        raise _mistake(file, _line(error, file), str(error)) from error


def try_template(site: Site) -> str:
    """Fill the site's template for every kind of mail, and return one line that says that this works.

    Raises
    ------
    MailTemplateError
        As of :func:`write_letter`.
    """
    file = site.mail.template if site.mail else None
    t = language(site.report.language)
    day = t.day(date(2026, 1, 5))
    failed = Facts(site.report.title, day, day, "failed", ("a line",), version="1.0", language=t.code)
    built = replace(failed, html="report.html", folder=str(site.report.folder))
    with_pdf = replace(built, pdf="report.pdf", size="1.0")
    linked = replace(with_pdf, link="https://host/report.html", pdf_link="https://host/report.pdf")
    write_letter(file, failed, t)
    for facts, attached, missing in product((built, with_pdf, linked), (True, False), (("a line",), ())):
        state: State = "incomplete" if missing else "complete"
        write_letter(file, replace(facts, state=state, missing=missing, attached=attached and bool(facts.pdf)), t)
    return f"{file or PACKAGED} can be filled in"


def _translator(t: Language) -> Callable[..., str]:
    def translate(text: str, **values: object) -> str:
        return t(str(text), **{name: str(value) for name, value in values.items()})

    return translate


def _load(file: Path) -> Template:
    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    try:
        source = file.read_text(encoding="utf-8")
    except OSError as error:
        raise MailTemplateError(f"{file}: cannot be read ({error.strerror}); check mail.template") from error
    except UnicodeDecodeError as error:
        raise MailTemplateError(f"{file}: is no text in UTF-8; save it so, or check mail.template") from error
    try:
        tree = environment.parse(source, filename=str(file))
        unknown = meta.find_undeclared_variables(tree) - {*PLACEHOLDERS, *environment.globals}
        # Told before anything is filled in: a placeholder may stand where only a failed run comes by.
        for node in tree.find_all(nodes.Name):
            if node.name in unknown:
                raise _mistake(file, node.lineno, f"{node.name} is no placeholder")
        code: Any = environment.compile(tree, filename=str(file))
        return Template.from_code(environment, code, environment.make_globals(None))
    except TemplateSyntaxError as error:
        raise _mistake(file, error.lineno, error.message or "a mistake") from error


def _line(error: Exception, file: Path) -> int | None:
    """Return the line of the template at which an error arose."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(file)]
    return lines[-1] if lines else None


def _mistake(file: Path, line: int | None, words: str) -> MailTemplateError:
    where = f"{file}: line {line}" if line else str(file)
    return MailTemplateError(
        f"{where}: {' '.join(words.split()).rstrip('.')}; allowed placeholders: {', '.join(PLACEHOLDERS)}"
    )
