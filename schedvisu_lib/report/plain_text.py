"""Say a mail's HTML in plain text, for programs that show no HTML: what a mail says stands in one template."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Final

_SILENT: Final = frozenset({"style", "script", "title"})
_BLOCKS: Final = frozenset(
    {"p", "div", "table", "tr", "ul", "ol", "li", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "body"}
)


def plain_text(html: str) -> str:
    """Return the words of a HTML mail: a paragraph for each block, ``- `` before list items, ``<address>`` after links.

    Line breaks of the source mean nothing, as in a browser; styles, scripts and the document's title are left out.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._blocks: list[str] = []
        self._words = ""
        self._bullet = ""
        self._silent = 0
        self._link = ""
        self._linked_from = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in _BLOCKS:
            self._end_block()
            if tag == "li":
                self._bullet = "- "
        elif tag == "br":
            self._words += "\n"
        elif tag in {"td", "th"}:
            self._words += " "
        elif tag == "a":
            self._link, self._linked_from = dict(attrs).get("href") or "", len(self._words)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(self._silent - 1, 0)
        elif tag in _BLOCKS:
            self._end_block()
            if tag == "li":
                self._bullet = ""
        elif tag == "a" and self._link:
            if self._words[self._linked_from :].strip() != self._link:
                self._words += f" <{self._link}>"
            self._link = ""

    def handle_data(self, data: str) -> None:
        if not self._silent:
            # A space of any width between words, as browsers show it; one that must not break stays.
            self._words += "".join(" " if sign in " \t\r\n\f" else sign for sign in data)

    def text(self) -> str:
        self._end_block()
        parts: list[str] = []
        for block in self._blocks:
            listed = bool(parts) and block.startswith("- ") and parts[-1].startswith("- ")
            parts += ["\n" if listed else "\n\n"] * bool(parts) + [block]
        return "".join(parts) + "\n"

    def _end_block(self) -> None:
        lines = [" ".join(filter(None, line.split(" "))) for line in self._words.split("\n")]
        words = "\n".join(lines).strip()
        if words:
            self._blocks.append(self._bullet + words)
            self._bullet = ""
        self._words, self._link = "", ""
