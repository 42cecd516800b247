"""Logos and pictures of scanners, held in the page itself; the one place of this floor that reads files."""

from __future__ import annotations

import base64
import logging
import warnings
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from PIL import Image, ImageOps

from schedvisu_lib.figures.html import Html

LARGEST: Final = 300_000
"""Bytes that a picture may have in the page: each page of the report holds its own."""
_MOST_BYTES: Final = 30_000_000
"""Of a file that is read at all."""
_PIXELS: Final = (768, 360)
"""Width and height to which larger pictures are made smaller: 32 mm and 15 mm at 600 dots an inch."""
_KINDS: Final = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}
_ADVICE: Final = "use a PNG, JPEG or SVG file"


def picture(file: Path | None, words: str, css: str) -> Html:
    """Return a picture as an ``<img>`` that holds it; nothing where the site gives none, or it cannot be shown.

    A PNG or JPEG that is larger than needed is made smaller; an SVG must be no larger than :data:`LARGEST`, and hold no
    script and no reference to other files.
    """
    if file is None:
        return Html("")
    try:
        kind, data = _svg(file) if file.suffix.lower() == ".svg" else _pixels(file)
    except (OSError, KeyError, ValueError, ElementTree.ParseError, Image.DecompressionBombError) as error:
        reason = str(error) if isinstance(error, _Unfit) else f"{type(error).__name__}; {_ADVICE}"
        logging.getLogger(__name__).warning("%s: not shown (%s)", file, reason)
        return Html("")
    text = base64.b64encode(data).decode()
    return Html(f'<img class="{escape(css)}" alt="{escape(words)}" src="data:image/{kind};base64,{text}">')


class _Unfit(ValueError):
    """A picture that could be read but must not be shown; the message says why, and what to do."""


def _read(file: Path, most: int) -> bytes:
    size = file.stat().st_size
    if size > most:
        raise _Unfit(f"{size / 1e6:.1f} MB, more than {most / 1e6:.1f} MB; save it smaller")
    return file.read_bytes()


def _pixels(file: Path) -> tuple[str, bytes]:
    """Return kind and bytes of a PNG or JPEG, smaller if it is larger than needed."""
    kind = _KINDS[file.suffix.lower()]
    data = _read(file, _MOST_BYTES)
    with warnings.catch_warnings():
        # Of many pixels Pillow only warns; what has more is no logo either.
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(BytesIO(data), formats=[kind]) as image:
                image.load()
                if len(data) <= LARGEST:
                    return kind.lower(), data
                upright = ImageOps.exif_transpose(image).convert("RGBA")
        except Image.DecompressionBombWarning as error:
            raise _Unfit(f"{_ADVICE} of fewer pixels") from error
    upright.thumbnail(_PIXELS)
    smaller = BytesIO()
    upright.save(smaller, "PNG", optimize=True)
    return "png", smaller.getvalue()


def _svg(file: Path) -> tuple[str, bytes]:
    """Return kind and bytes of an SVG that neither runs nor loads anything."""
    data = _read(file, LARGEST)
    if b"<!ENTITY" in data:
        raise _Unfit("it defines entities; save it as a plain SVG")
    root = ElementTree.fromstring(data)  # noqa: S314  # without entities
    if _name(root.tag) != "svg":
        raise _Unfit(f"no SVG; {_ADVICE}")
    for node in root.iter():
        if _name(node.tag) in ("script", "foreignObject"):
            raise _Unfit(f"it holds a {_name(node.tag)}; save it as a plain SVG")
        for key, value in node.attrib.items():
            if _name(key).startswith("on") or value.strip().lower().startswith("javascript:"):
                raise _Unfit("it holds a script; save it as a plain SVG")
            if _name(key) in ("href", "src") and not value.strip().startswith(("#", "data:")):
                raise _Unfit("it refers to another file; embed this, or save it as a plain SVG")
    return "svg+xml", data


def _name(tag: object) -> str:
    """Return the name of an element or attribute without its namespace; "" of a comment."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
