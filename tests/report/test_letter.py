"""The template of the mail's body: the packaged one, a site's own one, and what is said of a broken one."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

import schedvisu_lib as sv
from schedvisu_lib.check import check_site
from schedvisu_lib.errors import MailTemplateError
from schedvisu_lib.language import language
from schedvisu_lib.report.build import BuiltReport
from schedvisu_lib.report.letter import PACKAGED, PLACEHOLDERS, Facts, State, try_template, write_letter
from schedvisu_lib.report.message import compose

ALLOWED = f"; allowed placeholders: {', '.join(PLACEHOLDERS)}"
FACTS = Facts("Occupation", "18.05.2026", "22.05.2026", "complete", version="1.2")


def template(folder: Path, text: str) -> Path:
    file = folder / "own mail.j2"
    file.write_text(text, encoding="utf-8")
    return file


def with_template(site: sv.Site, file: Path) -> sv.Site:
    assert site.mail is not None
    return site.model_copy(update={"mail": site.mail.model_copy(update={"template": file})})


def mistake(folder: Path, text: str) -> str:
    """Return what is said of a template, without its file and the placeholders."""
    file = template(folder, text)
    with pytest.raises(MailTemplateError) as error:
        write_letter(file, FACTS, language("en"))
    told = str(error.value)
    assert "\n" not in told
    assert told.startswith(f"{file}: ")
    assert told.endswith(ALLOWED)
    return told.removeprefix(f"{file}: ").removesuffix(ALLOWED)


@pytest.mark.parametrize("state", ["complete", "incomplete", "failed"])
def test_packaged_template_needs_nothing_from_outside(state: State) -> None:
    missing = () if state == "complete" else ("2026-05-19 was not retrieved",)
    html = write_letter(None, Facts("Occupation", "18.05.2026", "22.05.2026", state, missing), language("en"))
    assert html.count("<td") == html.count("</td>") == 2
    assert not re.search(r"<(img|link|script|style)|url\(|https?:", html)
    assert ("2026-05-19 was not retrieved</li>" in html) == (state != "complete")
    assert ("could not be made" in html) == (state == "failed")


def test_packaged_template_explains_every_placeholder() -> None:
    explained = PACKAGED.read_text(encoding="utf-8").split("#}")[0]
    named = [name for column in re.findall(r"^    (\S.*?)  ", explained, re.MULTILINE) for name in column.split(", ")]
    assert sorted(named) == sorted({*PLACEHOLDERS, "t(text)"} - {"t"})


def test_own_template_gets_every_placeholder(tmp_path: Path) -> None:
    names = [field.name for field in fields(Facts)]
    file = template(tmp_path, "\n".join(f"{name}={{{{ {name} }}}}" for name in names))
    facts = Facts(
        title="T",
        first="1",
        last="2",
        state="incomplete",
        missing=("a",),
        pdf="r.pdf",
        html="r.html",
        folder="/f",
        link="https://h/r.html",
        pdf_link="https://h/r.pdf",
        attached=True,
        size="1,5",
        version="9",
        language="fr",
    )
    assert write_letter(file, facts, language("fr")).splitlines() == [
        "title=T",
        "first=1",
        "last=2",
        "state=incomplete",
        "missing=(&#39;a&#39;,)",
        "pdf=r.pdf",
        "html=r.html",
        "folder=/f",
        "link=https://h/r.html",
        "pdf_link=https://h/r.pdf",
        "attached=True",
        "size=1,5",
        "version=9",
        "language=fr",
    ]


def test_own_template_is_the_body_of_the_mail_plain_too(demo_site: sv.Site, tmp_path: Path) -> None:
    file = template(
        tmp_path, "<h1>{{ title }}</h1><p>{{ t('What is missing:') }} {{ missing|length }}, {{ state }}</p>"
    )
    report = BuiltReport(html=tmp_path / "r.html", pdf=None, notebooks=tmp_path, n_pages=1, error="no <browser>")
    mail = compose(with_template(demo_site, file), report, first=date(2026, 5, 18), last=date(2026, 5, 22))
    plain, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    assert plain.get_content() == "Occupation des scanners\n\nCe qui manque\N{NO-BREAK SPACE}: 1, incomplete\n"
    assert html.get_content().startswith("<h1>Occupation des scanners</h1>")


def test_values_are_escaped(tmp_path: Path) -> None:
    file = template(tmp_path, "{{ title }}|{{ t('From {a}', a=title) }}")
    facts = Facts("<b>&", "1", "2", "complete")
    assert write_letter(file, facts, language("en")) == "&lt;b&gt;&amp;|From &lt;b&gt;&amp;"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<p>\n{{ titel }}", "line 2: titel is no placeholder"),
        # Only a failed run would come by here.
        ('ok\n{% if state == "failed" %}\n\n{{ reason }}{% endif %}', "line 4: reason is no placeholder"),
        ("{{ title }", "line 1: unexpected '}'"),
        ("\n{% if missing %}", "line 2: Unexpected end of template"),
        ("\n\n{{ title.lenght }}", "line 3: 'str object' has no attribute 'lenght'"),
        ("{{ 1 / 0 }}", "line 1: division by zero"),
        ("{{ t('From {first}', last=last) }}", "line 1: 'first'"),
        ("{% include 'logo.html' %}", "line 1: no loader for this environment specified"),
        ("{{ title.__class__.__mro__ }}", "line 1: access to attribute '__class__' of 'str' object is unsafe"),
        ("{{ t.__globals__ }}", "line 1: access to attribute '__globals__' of 'function' object is unsafe"),
    ],
)
def test_broken_template_is_told_in_one_line(text: str, told: str, tmp_path: Path) -> None:
    assert mistake(tmp_path, text).startswith(told)


def test_template_that_cannot_be_read_is_told(demo_site: sv.Site, tmp_path: Path) -> None:
    with pytest.raises(MailTemplateError, match=r"none\.j2: cannot be read \(No such file .*\); check mail\.template$"):
        try_template(with_template(demo_site, tmp_path / "none.j2"))
    file = template(tmp_path, "")
    file.write_bytes("été".encode("latin-1"))
    with pytest.raises(MailTemplateError, match=r"own mail\.j2: is no text in UTF-8; save it so"):
        try_template(with_template(demo_site, file))


@pytest.mark.parametrize(
    "condition",
    [
        'state == "failed"',
        'state == "incomplete"',
        'state == "complete"',
        "missing",
        "not missing",
        "attached",
        "not attached and pdf and not link",
        "not attached and pdf_link",
        "html and not pdf",
    ],
)
def test_template_is_tried_for_every_kind_of_mail(condition: str, demo_site: sv.Site, tmp_path: Path) -> None:
    site = with_template(demo_site, template(tmp_path, f"{{% if {condition} %}}{{{{ title.wrong }}}}{{% endif %}}"))
    with pytest.raises(MailTemplateError, match="has no attribute 'wrong'"):
        try_template(site)


def test_check_tells_of_a_broken_template(demo_site: sv.Site, tmp_path: Path) -> None:
    def finding(text: str) -> tuple[bool, str]:
        site = with_template(demo_site, template(tmp_path, text))
        site = site.model_copy(update={"pacs": site.pacs.model_copy(update={"port": 1}), "planned": None})
        [found] = [found for found in check_site(site, date(2026, 5, 22)) if found.subject == "mail template"]
        return found.ok, found.words

    assert finding("{{ title }}") == (True, f"{tmp_path / 'own mail.j2'} can be filled in")
    ok, words = finding("{{ titel }}")
    assert not ok
    assert words.endswith(f"line 1: titel is no placeholder{ALLOWED}")
