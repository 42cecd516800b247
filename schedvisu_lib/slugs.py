"""Names as parts of file names and addresses."""

from __future__ import annotations

import re
import unicodedata
from zlib import crc32


def slug(name: str) -> str:
    """Return a name as a part of file names and addresses: "PET/CT 1, weekly" is "pet-ct-1-weekly".

    It has the letters a to z, digits, ``_`` and ``-``; a hash of the name follows where other letters are lost, so that
    names without a Latin letter stay apart.
    """
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
    kept = re.sub(r"[^a-z0-9_]+", "-", plain.lower()).strip("-")
    lost = any(letter.isalnum() and not letter.isascii() for letter in plain)
    return f"{kept}-{crc32(name.encode()):08x}".lstrip("-") if lost else kept
