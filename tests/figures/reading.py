"""What the tests of the pages share: rows of the studies table, and readers of what was drawn or written."""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ET
from html import unescape

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch

from schedvisu_lib.figures.html import Html

SCANNER = "Discovery 690"
MONDAY, TUESDAY, FRIDAY = "2026-04-20", "2026-04-21", "2026-04-24"
"""A week without a closed day."""
SVG = "{http://www.w3.org/2000/svg}"


def exam(start: str, minutes: float, **more: object) -> dict[str, object]:
    begin = pd.Timestamp(start)
    end = begin + pd.Timedelta(minutes=minutes)
    prepared = {
        "prepared_from": begin - pd.Timedelta(minutes=6),
        "prepared_until": end + pd.Timedelta(minutes=6),
    }
    return {"start": begin, "end": end, **prepared, **more}


def patches(ax: Axes, gid: str) -> list[PathPatch]:
    """Return the paths whose name begins with ``gid``."""
    return [artist for artist in ax.get_children() if isinstance(artist, PathPatch) and _named(artist, gid)]


def _named(artist: PathPatch, gid: str) -> bool:
    return (artist.get_gid() or "").startswith(gid)


def boxes(ax: Axes, gid: str) -> np.ndarray:
    """Return left, right, top and bottom of each rectangle of the paths whose name begins with ``gid``."""
    corners = [patch.get_path().vertices.reshape(-1, 5, 2) for patch in patches(ax, gid)]
    if not corners:
        return np.empty((0, 4))
    points = np.concatenate(corners)
    return np.column_stack([points[:, 0, 0], points[:, 1, 0], points[:, 0, 1], points[:, 2, 1]])


def drawing(html: Html) -> ET.Element:
    """Return the SVG within an image."""
    found = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', html.text)
    assert found
    return ET.fromstring(base64.b64decode(found[1]))  # noqa: S314  # written by ourselves


def size(html: Html) -> tuple[float, float]:
    """Return width and height of an image in millimetres."""
    found = re.search(r"width:([\d.]+)mm;height:([\d.]+)mm", html.text)
    assert found
    return float(found[1]), float(found[2])


def words(html: Html) -> str:
    """Return what is read, with a bar for each tag."""
    return unescape(re.sub(r"<[^>]+>", "|", html.text))
