"""Write the mail that carries the report, or says what is missing of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, localtime, make_msgid
from html import escape
from pathlib import Path
from typing import Final

from schedvisu_lib import __version__
from schedvisu_lib.config import Site
from schedvisu_lib.errors import MailError
from schedvisu_lib.language import Language, language
from schedvisu_lib.report.build import BuiltReport
from schedvisu_lib.settings.mail import Mail

_MEGABYTE: Final = 1_000_000

Block = str | tuple[str, ...]
"""A paragraph, or the lines of a list."""


def mail_settings(site: Site) -> Mail:
    """Return the mail section of the site; ``MailError`` if it has none."""
    if site.mail is None:
        raise MailError(f"{site.file} has no mail section; see params/site.example.yaml")
    return site.mail


def compose(
    site: Site, report: BuiltReport | None, *, first: date, last: date, problems: Sequence[str] = ()
) -> EmailMessage:
    """Write the mail of a run, in the site's language.

    Parameters
    ----------
    site
        Gives sender, recipients, subject, language and the largest attachment.
    report
        What was built; None if there is no report at all.
    first, last
        The days that the subject names.
    problems
        What else is missing (days that could not be retrieved, ...), one line each; those of the report come by
        themselves. Never a patient's identifier.

    Returns
    -------
    email.message.EmailMessage
        With a plain and a HTML body; the PDF is attached if it is small enough, else its path is named.

    Raises
    ------
    MailError
        The site has no mail section, its subject has an unknown placeholder, or the PDF cannot be read.
    """
    settings = mail_settings(site)
    t = language(site.report.language)
    missing = tuple(dict.fromkeys((*problems, *(report.problems if report else ()))))
    days = {"first": t.day(first), "last": t.day(last)}
    attachment = _attachment(report, settings)

    message = EmailMessage(policy=SMTP)
    message["From"] = settings.sender
    message["To"] = ", ".join(settings.recipients)
    message["Subject"] = _subject(site, settings, t, days, report=report, missing=missing)
    message["Date"] = format_datetime(localtime())
    message["Message-ID"] = make_msgid(domain=settings.sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"  # keeps absence notes from answering
    message["Content-Language"] = t.code
    blocks = _blocks(t, report, missing, days, attached=attachment is not None)
    message.set_content(_as_text(blocks))
    message.add_alternative(_as_html(blocks, t.code), subtype="html")
    if report is not None and report.pdf is not None and attachment is not None:
        message.add_attachment(attachment, maintype="application", subtype="pdf", filename=report.pdf.name)
    return message


def _attachment(report: BuiltReport | None, settings: Mail) -> bytes | None:
    if report is None or report.pdf is None:
        return None
    try:
        if report.pdf.stat().st_size > settings.max_attachment * _MEGABYTE:
            return None
        return report.pdf.read_bytes()
    except OSError as error:
        raise MailError(f"cannot attach {report.pdf}: {error.strerror or error}") from error


def _subject(
    site: Site,
    settings: Mail,
    t: Language,
    days: dict[str, str],
    *,
    report: BuiltReport | None,
    missing: Sequence[str],
) -> str:
    try:
        subject = settings.subject.format(title=site.report.title, **days)
    except (LookupError, ValueError, AttributeError) as error:
        raise MailError(
            f'{site.file.name}: mail.subject "{settings.subject}" cannot be filled in; '
            "allowed are {title}, {first} and {last}"
        ) from error
    if report is None:
        subject = t("Failed: {subject}", subject=subject)
    elif missing:
        subject = t("Incomplete: {subject}", subject=subject)
    return " ".join(subject.split())  # a header is one line


def _blocks(
    t: Language, report: BuiltReport | None, missing: tuple[str, ...], days: dict[str, str], *, attached: bool
) -> list[Block]:
    blocks: list[Block] = []
    if report is None:
        blocks.append(t("The report from {first} to {last} could not be made.", **days))
    elif attached:
        blocks.append(t("The report of the scanners from {first} to {last} is attached.", **days))
    else:
        blocks.append(t("The report of the scanners from {first} to {last} is ready.", **days))
    if missing:
        blocks += [t("What is missing:"), missing]
    blocks += _places(t, report, attached=attached)
    blocks.append(t("This mail was written by SchedVisu {version}.", version=__version__))
    return blocks


def _places(t: Language, report: BuiltReport | None, *, attached: bool) -> list[Block]:
    """Say where the files lie."""
    if report is None:
        return []
    lines: list[Block] = []
    if report.pdf is not None and not attached:
        size = t.number(_size(report.pdf) / _MEGABYTE, 1)
        lines.append(
            t("The PDF is too large to be attached ({size} MB). It lies in {file}.", size=size, file=report.pdf)
        )
    lines.append(t("The report for the screen lies in {file}.", file=report.html))
    return lines


def _size(file: Path) -> int:
    return file.stat().st_size


def _as_text(blocks: Sequence[Block]) -> str:
    paragraphs = (block if isinstance(block, str) else "\n".join(f"- {line}" for line in block) for block in blocks)
    return "\n\n".join(paragraphs) + "\n"


def _as_html(blocks: Sequence[Block], code: str) -> str:
    parts = (
        f"<p>{escape(block)}</p>"
        if isinstance(block, str)
        else "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in block) + "</ul>"
        for block in blocks
    )
    return f'<!DOCTYPE html>\n<html lang="{code}"><body>\n' + "\n".join(parts) + "\n</body></html>\n"
