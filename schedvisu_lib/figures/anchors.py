"""The names by which pages of the report are linked to."""

from __future__ import annotations

import re
import unicodedata
from zlib import crc32


def page_name(title: str, scanner: str = "") -> str:
    """Return the name of a page: its title, in the report's language, after the scanner under which it stands."""
    return f"{scanner}, {title}" if scanner else title


def slug(name: str) -> str:
    """Return a name as a part of file names and addresses ("discovery-690-weekly"); "" if no letter of it is Latin."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_name.lower()).strip("-")


def page_anchor(title: str, scanner: str = "") -> str:
    """Return the id of a page's section: its name as a slug, with a hash of it where letters that tell it are lost."""
    name = page_name(title, scanner)
    kept = slug(name)
    lost = not kept or any(letter.isalnum() and not letter.isascii() for letter in _plain(name))
    return f"{kept}-{crc32(name.encode()):08x}".lstrip("-") if lost else kept


def _plain(name: str) -> str:
    """Return a name without accents."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
