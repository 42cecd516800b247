"""The names by which pages of the report are linked to."""

from __future__ import annotations

from zlib import crc32

from schedvisu_lib.slugs import slug


def page_name(title: str, scanner: str = "") -> str:
    """Return the name of a page: its title, in the report's language, after the scanner under which it stands."""
    return f"{scanner}, {title}" if scanner else title


def page_anchor(title: str, scanner: str = "") -> str:
    """Return the id of a page's section: its name as a slug, or a hash of it where nothing of it could be kept."""
    name = page_name(title, scanner)
    return slug(name) or f"{crc32(name.encode()):08x}"
