"""What programs without HTML show of a mail."""

from __future__ import annotations

import pytest

from schedvisu_lib.report.plain_text import plain_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one</p><p>two</p>", "one\n\ntwo\n"),
        ("<div><p>one</p>two</div>three", "one\n\ntwo\n\nthree\n"),
        ("<p>a\n   b\tc</p>", "a b c\n"),
        ("<p>18\N{NO-BREAK SPACE}%</p>", "18\N{NO-BREAK SPACE}%\n"),
        ("<p>a<br>b<br/> c</p>", "a\nb\nc\n"),
        ("<p>list:</p><ul><li>a</li>\n<li>b</li></ul><p>end</p>", "list:\n\n- a\n- b\n\nend\n"),
        ("<ul><li>a<li>b</ul>", "- a\n- b\n"),
        ("<ul><li><p>a</p></li><li></li></ul><p>b</p>", "- a\n\nb\n"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\n\nc\n"),
        ('see <a href="https://h/r.pdf">the report</a>.', "see the report <https://h/r.pdf>.\n"),
        ('<a href="https://h/">https://h/</a>', "https://h/\n"),
        ("<a name='x'>here</a>", "here\n"),
        ("<p>1 &lt; 2 &amp; <b>bold</b>er</p>", "1 < 2 & bolder\n"),
        ("<!DOCTYPE html><head><title>T</title><style>p {}</style></head><!-- c --><body>x</body>", "x\n"),
        ("", "\n"),
    ],
)
def test_words_of_a_page(html: str, text: str) -> None:
    assert plain_text(html) == text
