"""What the mail says."""

from __future__ import annotations

from datetime import date
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from pathlib import Path

import pytest

import schedvisu_lib as sv
from schedvisu_lib.errors import MailError
from schedvisu_lib.report.build import BuiltReport
from schedvisu_lib.report.message import compose

WEEK = {"first": date(2026, 5, 18), "last": date(2026, 5, 22)}


def change(site: sv.Site, **mail: object) -> sv.Site:
    assert site.mail is not None
    return site.model_copy(update={"mail": site.mail.model_copy(update=mail)})


def in_english(site: sv.Site) -> sv.Site:
    return site.model_copy(update={"report": site.report.model_copy(update={"language": "en"})})


def report_of(folder: Path, *, size: int = 1000, **more: object) -> BuiltReport:
    pdf = folder / "rapport été.pdf"
    pdf.write_bytes(b"%PDF" + bytes(size))
    return BuiltReport(**{"html": folder / "rapport.html", "pdf": pdf, "notebooks": folder, "n_pages": 37, **more})


def read_back(message: EmailMessage) -> EmailMessage:
    """Return a mail as a mail program reads it."""
    read = message_from_bytes(message.as_bytes(policy=SMTP), policy=default)
    assert isinstance(read, EmailMessage)
    return read


def body(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_complete_report_is_attached(demo_site: sv.Site, tmp_path: Path) -> None:
    report = report_of(tmp_path)
    mail = read_back(compose(demo_site, report, **WEEK))
    assert mail["Subject"] == "Occupation des scanners: 18.05.2026 – 22.05.2026"
    assert mail["From"] == "schedvisu@demo.example"
    assert mail["To"] == "medecine.nucleaire@demo.example"
    assert mail["Message-ID"].endswith("@demo.example>")
    assert mail["Auto-Submitted"] == "auto-generated"
    [attachment] = mail.iter_attachments()
    assert report.pdf is not None
    assert (attachment.get_filename(), attachment.get_content_type()) == ("rapport été.pdf", "application/pdf")
    assert attachment.get_content() == report.pdf.read_bytes()


def test_body_is_plain_and_html_in_the_language_of_the_site(demo_site: sv.Site, tmp_path: Path) -> None:
    english = read_back(compose(in_english(demo_site), report_of(tmp_path), **WEEK))
    assert "The report of the scanners from 18 May 2026 to 22 May 2026 is attached." in body(english)
    assert ">The report of the scanners from 18 May 2026 to 22 May 2026 is attached.</p>" in body(english, "html")
    french = read_back(compose(demo_site, report_of(tmp_path), **WEEK))
    assert "est joint" in body(french)
    assert "attached" not in body(french)
    assert '<html lang="fr">' in body(french, "html")


def test_large_pdf_is_named_instead_of_attached(demo_site: sv.Site, tmp_path: Path) -> None:
    report = report_of(tmp_path, size=2_600_000)
    mail = read_back(compose(in_english(change(demo_site, max_attachment=2.5)), report, **WEEK))
    assert list(mail.iter_attachments()) == []
    assert "is ready." in body(mail)
    assert "too large to be attached (2.6 MB).\n" in body(mail)
    assert f"The files lie in {tmp_path}:\n\n- rapport été.pdf\n- rapport.html\n" in body(mail)
    assert "<a " not in body(mail, "html")  # no mail.link, no link
    just_fits = compose(change(demo_site, max_attachment=2.7), report, **WEEK)
    assert len(list(just_fits.iter_attachments())) == 1


def test_large_pdf_is_linked_where_people_reach_it(demo_site: sv.Site, tmp_path: Path) -> None:
    site = in_english(change(demo_site, max_attachment=0.0001, link="https://intranet.example/schedvisu/"))
    mail = read_back(compose(site, report_of(tmp_path), **WEEK))
    pdf, html = (f"https://intranet.example/schedvisu/rapport{end}" for end in ("%20%C3%A9t%C3%A9.pdf", ".html"))
    assert f"Open the PDF <{pdf}>\n\nOpen the report for the screen <{html}>" in body(mail)
    assert f'<a href="{pdf}"' in body(mail, "html")
    assert f"The files lie in {tmp_path}:" in body(mail)
    attached = compose(change(site, max_attachment=1), report_of(tmp_path), **WEEK)
    assert pdf not in body(attached)
    assert html in body(attached)
    assert "http" not in body(compose(site, None, **WEEK))


def test_every_recipient_is_named(demo_site: sv.Site) -> None:
    mail = read_back(compose(change(demo_site, recipients=("a@demo.example", "b@demo.example")), None, **WEEK))
    assert [address.addr_spec for address in mail["To"].addresses] == ["a@demo.example", "b@demo.example"]


def test_incomplete_report_lists_what_is_missing(demo_site: sv.Site, tmp_path: Path) -> None:
    failed = 'page "Vision 600, weekly" failed: In [3]: ValueError: a < b'
    report = report_of(tmp_path, failed_pages=(failed,))
    mail = read_back(compose(in_english(demo_site), report, **WEEK, problems=["no series of 2026-05-19", failed]))
    assert mail["Subject"].startswith("Incomplete: Occupation des scanners")
    assert "What is missing:\n\n- no series of 2026-05-19\n- page" in body(mail)
    assert body(mail).count("failed: In [3]") == 1
    assert "ValueError: a &lt; b</li>" in body(mail, "html")
    assert len(list(mail.iter_attachments())) == 1


def test_run_without_a_report_says_so(demo_site: sv.Site) -> None:
    mail = read_back(compose(in_english(demo_site), None, **WEEK, problems=["the archive refused us"]))
    assert mail["Subject"].startswith("Failed: ")
    assert "The report from 18 May 2026 to 22 May 2026 could not be made." in body(mail)
    assert "- the archive refused us" in body(mail)
    assert list(mail.iter_attachments()) == []


def test_report_without_a_pdf_names_the_html(demo_site: sv.Site, tmp_path: Path) -> None:
    report = report_of(tmp_path, pdf=None, error="no browser found to print the PDF")
    mail = read_back(compose(in_english(demo_site), report, **WEEK))
    assert mail["Subject"].startswith("Incomplete: ")
    assert "- no browser found" in body(mail)
    assert f"The files lie in {tmp_path}:\n\n- rapport.html\n" in body(mail)
    assert "too large" not in body(mail)


@pytest.mark.parametrize("subject", ["{titel}", "{", "{0}", "{title.missing}"])
def test_subject_with_an_unknown_placeholder_is_an_error(demo_site: sv.Site, subject: str) -> None:
    with pytest.raises(MailError, match=r"demo\.yaml: mail\.subject .* allowed are \{title\}, \{first\} and \{last\}"):
        compose(change(demo_site, subject=subject), None, **WEEK)


def test_subject_stays_one_line(demo_site: sv.Site) -> None:
    mail = compose(change(demo_site, subject="{title}\nBcc: someone@else.example"), None, **WEEK)
    assert mail["Bcc"] is None
    assert "\n" not in mail["Subject"]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\u2028", "\x0b", "\x85"])
def test_title_of_the_report_makes_no_header(demo_site: sv.Site, tmp_path: Path, newline: str) -> None:
    title = f"Occupation{newline}Bcc: someone@else.example{newline}{newline}<b>body</b>"
    site = demo_site.model_copy(update={"report": demo_site.report.model_copy(update={"title": title})})
    mail = read_back(compose(site, report_of(tmp_path), **WEEK))
    assert mail["Bcc"] is None
    assert mail["Subject"].startswith("Occupation Bcc: someone@else.example <b>body</b>: 18.05.2026")
    assert len(list(mail.iter_attachments())) == 1
    assert "<b>body" not in body(mail, "html")


def test_pdf_that_vanished_is_an_error(demo_site: sv.Site, tmp_path: Path) -> None:
    report = report_of(tmp_path, pdf=tmp_path / "gone.pdf")
    with pytest.raises(MailError, match=r"cannot attach .*gone\.pdf"):
        compose(demo_site, report, **WEEK)


def test_site_without_mail_is_an_error(demo_site: sv.Site) -> None:
    with pytest.raises(MailError, match="has no mail section"):
        compose(demo_site.model_copy(update={"mail": None}), None, **WEEK)
