"""Write the mail that carries the report, or says what is missing of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, localtime, make_msgid
from pathlib import Path
from typing import Final
from urllib.parse import quote

from schedvisu_lib import __version__
from schedvisu_lib.config import Site
from schedvisu_lib.errors import MailError
from schedvisu_lib.language import Language, language
from schedvisu_lib.report.build import BuiltReport
from schedvisu_lib.report.letter import Facts, State, write_letter
from schedvisu_lib.report.plain_text import plain_text
from schedvisu_lib.settings.mail import Mail

_MEGABYTE: Final = 1_000_000


def mail_settings(site: Site) -> Mail:
    """Return the mail section of the site; ``MailError`` if it has none."""
    if site.mail is None:
        raise MailError(f"{site.file} has no mail section; see params/site.example.yaml")
    return site.mail


def new_message(site: Site, recipients: Sequence[str], subject: str) -> EmailMessage:
    """Return a mail of the site that still lacks its content; ``MailError`` if the site has no mail section."""
    settings = mail_settings(site)
    message = EmailMessage(policy=SMTP)
    message["From"] = settings.sender
    message["To"] = ", ".join(recipients)
    message["Subject"] = subject
    message["Date"] = format_datetime(localtime())
    message["Message-ID"] = make_msgid(domain=settings.sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"  # keeps absence notes from answering
    return message


def compose(
    site: Site, report: BuiltReport | None, *, first: date, last: date, problems: Sequence[str] = ()
) -> EmailMessage:
    """Write the mail of a run, in the site's language.

    Parameters
    ----------
    site
        Gives sender, recipients, subject, template, link, language and the largest attachment.
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
        With a plain and a HTML body, both from one template; the PDF is attached if it is small enough, else the mail
        says where it lies, by its link if the site has ``mail.link``.

    Raises
    ------
    MailError
        The site has no mail section, its subject has an unknown placeholder, or the PDF cannot be read.
    MailTemplateError
        The site's own template cannot be filled in.
    """
    settings = mail_settings(site)
    t = language(site.report.language)
    missing = tuple(dict.fromkeys((*problems, *(report.problems if report else ()))))
    days = {"first": t.day(first), "last": t.day(last)}
    state: State = "failed" if report is None else "incomplete" if missing else "complete"
    attachment = _attachment(report, settings)

    message = new_message(site, settings.recipients, _subject(site, settings, t, days, state))
    facts = Facts(
        title=site.report.title,
        **days,
        state=state,
        missing=missing,
        attached=attachment is not None,
        version=__version__,
        language=t.code,
    )
    html = write_letter(settings.template, _with_places(facts, report, settings, t), t)
    message.set_content(plain_text(html))
    message.add_alternative(html, subtype="html")
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


def _subject(site: Site, settings: Mail, t: Language, days: dict[str, str], state: State) -> str:
    try:
        subject = settings.subject.format(title=site.report.title, **days)
    except (LookupError, ValueError, AttributeError) as error:
        raise MailError(
            f'{site.file.name}: mail.subject "{settings.subject}" cannot be filled in; '
            "allowed are {title}, {first} and {last}"
        ) from error
    if state == "failed":
        subject = t("Failed: {subject}", subject=subject)
    elif state == "incomplete":
        subject = t("Incomplete: {subject}", subject=subject)
    return " ".join(subject.split())  # a header is one line


def _with_places(facts: Facts, report: BuiltReport | None, settings: Mail, t: Language) -> Facts:
    """Add where the files lie, if there are any."""
    if report is None:
        return facts
    facts = replace(facts, html=report.html.name, folder=str(report.html.parent), link=_link(settings, report.html))
    if report.pdf is None:
        return facts
    size = t.number(report.pdf.stat().st_size / _MEGABYTE, 1)
    return replace(facts, pdf=report.pdf.name, size=size, pdf_link=_link(settings, report.pdf))


def _link(settings: Mail, file: Path) -> str:
    """Return the address of a file of the report's folder; empty if the site names none."""
    return f"{settings.link.rstrip('/')}/{quote(file.name)}" if settings.link else ""
