"""Logos and pictures of scanners, held in the page itself; the one place of this floor that reads files."""

from __future__ import annotations

import base64
import logging
from html import escape
from pathlib import Path
from typing import Final

from schedvisu_lib.figures.html import Html

_KINDS: Final = {".png": "image/png", ".svg": "image/svg+xml", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}


def picture(file: Path | None, words: str, css: str) -> Html:
    """Return a picture as an ``<img>`` that holds it; nothing where the site gives none, or it cannot be read."""
    if file is None:
        return Html("")
    try:
        data = base64.b64encode(file.read_bytes()).decode()
        kind = _KINDS[file.suffix.lower()]
    except (OSError, KeyError) as error:
        logging.getLogger(__name__).warning(
            "%s: not shown (%s); use a PNG, JPEG or SVG file", file, type(error).__name__
        )
        return Html("")
    return Html(f'<img class="{escape(css)}" alt="{escape(words)}" src="data:{kind};base64,{data}">')
