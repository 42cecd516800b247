"""Change lists within the text of a YAML document; every other character of it stays as it is.

The text is not written anew from what was read: where things stand is told by ruamel.yaml's events, and only the places
concerned are cut out or filled in. Writing it anew would move indentation, spaces and line breaks all over the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, Final, Self

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

_PLAIN: Final[dict[str, Any]] = {"width": float("inf"), "allow_unicode": True}


@dataclass
class Node:
    """A piece of a YAML text: a scalar, an alias, a sequence of items, or a mapping of keys and values in turn."""

    kind: str
    start: int
    """Where it begins in the text, with its anchor."""
    end: int = 0
    """Behind its last character; of a block, behind its last child."""
    flow: bool = True
    anchor: str = ""
    """Its own, or of an alias the one that it repeats."""
    value: str = ""
    children: list[Node] = field(default_factory=list)

    def get(self, key: str) -> Node | None:
        """Return the value of a key that the mapping itself names."""
        pairs = zip(self.children[::2], self.children[1::2], strict=True)
        return next((value for name, value in pairs if name.kind == "scalar" and name.value == key), None)

    def all(self) -> Iterator[Node]:
        """Yield it and all pieces of it, in the order of the text."""
        yield self
        for child in self.children:
            yield from child.all()


def read_tree(text: str) -> Node | None:
    """Return the first document of a text; None, if it holds nothing."""
    open_nodes: list[Node] = []
    root = None
    for event in YAML(pure=True).parse(text):
        if isinstance(event, SequenceEndEvent | MappingEndEvent):
            node = open_nodes.pop()
            node.end = event.end_mark.index if node.flow else max([node.start, *(c.end for c in node.children)])
            continue
        begun = _node(event)
        if begun is None:
            continue
        root = root or begun
        if open_nodes:
            open_nodes[-1].children.append(begun)
        if begun.kind in ("sequence", "mapping"):
            open_nodes.append(begun)
    return root


def _node(event: Any) -> Node | None:
    start, end = event.start_mark.index, event.end_mark.index
    if isinstance(event, ScalarEvent):
        return Node("scalar", start, end, anchor=event.anchor or "", value=event.value)
    if isinstance(event, AliasEvent):
        return Node("alias", start, end, anchor=event.anchor)
    if isinstance(event, SequenceStartEvent | MappingStartEvent):
        kind = "sequence" if isinstance(event, SequenceStartEvent) else "mapping"
        return Node(kind, start, flow=bool(event.flow_style), anchor=event.anchor or "")
    return None


def quoted(text: str) -> str:
    """Write a text between quotes: single ones, unless it holds what these cannot."""
    return str(yaml.dump(text, Dumper=yaml.SafeDumper, default_style="'", **_PLAIN)).rstrip("\n")


def plain(text: str) -> str:
    """Write a text as it is where YAML takes it for this text anywhere, else between quotes."""
    return str(yaml.dump([text], Dumper=yaml.SafeDumper, default_flow_style=True, **_PLAIN)).rstrip("\n")[1:-1]


class YamlText:
    """A YAML document that is to be changed in some places; they are collected, then :meth:`changed` gives the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.root = read_tree(text)
        self._edits: list[tuple[int, int, str]] = []

    def changed(self) -> str:
        """Return the text with all changes made."""
        text = self.text
        places = sorted((edit[:2], number) for number, edit in enumerate(self._edits))
        for (start, end), number in reversed(places):
            text = text[:start] + self._edits[number][2] + text[end:]
        return text

    def set_list(self, entry: Node, key: str, old: Sequence[str], new: Sequence[str]) -> Self:
        """Make a list of texts under a key of a mapping another one, item by item.

        Parameters
        ----------
        entry
            The mapping.
        key
            Which of its lists; one that it takes from elsewhere (alias, merge key) becomes its own.
        old, new
            The items, each as YAML writes it; of ``old`` only which differ from ``new`` matters.
        """
        node = entry.get(key)
        if node is None:
            return self.add_key(entry, key, f"[{', '.join(new)}]")
        if node.kind != "sequence":
            return self._replace(node, f"[{', '.join(new)}]")
        self._hand_on_anchor(node, f"[{', '.join(old)}]")
        for what, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if what == "equal":
                continue
            both = min(i2 - i1, j2 - j1)
            for step in range(both):
                self._replace(node.children[i1 + step], new[j1 + step])
            if i1 + both < i2:
                self._delete(node, i1 + both, i2 - 1)
            if j1 + both < j2:
                self.insert(node, i1 + both, new[j1 + both : j2])
        return self

    def add_key(self, entry: Node, key: str, value: str) -> Self:
        """Give a mapping one more key, behind its last one."""
        last = entry.children[-1]
        if entry.flow:
            return self._edit(last.end, last.end, f", {key}: {value}")
        return self._add_lines(last.end, [" " * self.column(entry.children[0].start) + f"{key}: {value}"])

    def insert(self, sequence: Node, place: int, items: Sequence[str]) -> Self:
        """Put items into a list before the one that stands at a place, or behind its last one."""
        if not sequence.children:
            inner = sequence.end - 1
            return self._edit(inner, inner, ", ".join(items))
        if place == 0:
            first = sequence.children[0]
            between = ", " if sequence.flow else self._newline() + " " * self.dash(first) + "- "
            return self._edit(first.start, first.start, "".join(item + between for item in items))
        before = sequence.children[place - 1]
        if sequence.flow:
            return self._edit(before.end, before.end, "".join(f", {item}" for item in items))
        return self._add_lines(before.end, [" " * self.dash(before) + f"- {item}" for item in items])

    def append_lines(self, sequence: Node, lines: Sequence[str]) -> Self:
        """Put an item of several lines behind a block list's last one: the first line stands behind the dash."""
        last = sequence.children[-1]
        dash = " " * self.dash(last)
        inner = " " * self.column(last.children[0].start) if last.children else f"{dash}  "
        first = dash + "-" + inner[len(dash) + 1 :] + lines[0]
        return self._add_lines(last.end, [first, *(inner + line for line in lines[1:])])

    def append_text(self, lines: Sequence[str]) -> Self:
        """Put lines at the end of the text."""
        return self._add_lines(len(self.text.rstrip()), ["", *lines])

    def column(self, place: int) -> int:
        """Return how many characters stand before a place on its line."""
        return place - self._line_start(place)

    def _line_start(self, place: int) -> int:
        start = max(self.text.rfind(sign, 0, place) for sign in "\r\n") + 1
        return max(start, 1) if self.text.startswith("\ufeff") else start

    def _line_end(self, place: int) -> int:
        found = re.compile(r"\r\n|\r|\n").search(self.text, place)
        return found.start() if found else len(self.text)

    def _newline(self) -> str:
        found = re.search(r"\r\n|\r|\n", self.text)
        return found[0] if found else "\n"

    def dash(self, item: Node) -> int:
        """Return the column of the dash before an item of a block list."""
        return self.column(self.text.rfind("-", 0, item.start))

    def _edit(self, start: int, end: int, words: str) -> Self:
        self._edits.append((start, end, words))
        return self

    def _add_lines(self, place: int, lines: Sequence[str]) -> Self:
        """Add lines below the one of a place."""
        end = self._line_end(place)
        return self._edit(end, end, "".join(self._newline() + line for line in lines))

    def _replace(self, node: Node, words: str) -> Self:
        return self._edit(node.start, node.end, words)

    def _delete(self, sequence: Node, first: int, last: int) -> Self:
        """Take items out of a list that keeps others, with their commas, or with their lines."""
        items = sequence.children
        behind = items[last + 1] if last + 1 < len(items) else None
        if sequence.flow and behind is None:
            return self._edit(items[first - 1].end, items[last].end, "")
        line = self._line_start(self.text.rfind("-", 0, items[first].start))
        if behind is not None and (sequence.flow or self.text[line : items[first].start].strip() != "-"):
            return self._edit(items[first].start, behind.start, "")  # in brackets, or behind another dash
        # The line break before goes rather than the one behind, which the last line may lack.
        return self._edit(self._line_end_before(line), self._line_end(items[last].end), "")

    def _line_end_before(self, line_start: int) -> int:
        """Return where the line before the one that starts here ends."""
        return line_start - (2 if self.text[:line_start].endswith("\r\n") else 1)

    def _hand_on_anchor(self, node: Node, content: str) -> None:
        """Leave what others repeat of a list as it is: the first of them says it, and the others repeat that."""
        repeats = [] if self.root is None else [other for other in self.root.all() if other.kind == "alias"]
        first = next((other for other in repeats if node.anchor and other.anchor == node.anchor), None)
        if first is None:
            return
        self._replace(first, f"&{node.anchor} {content}")
        before = len(self.text[: node.start].rstrip(" "))
        self._edit(before, node.start + len(node.anchor) + 1, "")
