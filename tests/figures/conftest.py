"""What the tests of the figures share: sites with other settings, and readers of what was drawn or written."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch

import schedvisu_lib as sv
from schedvisu_lib.figures.html import Html
from schedvisu_lib.periods import is_open

Floats = npt.NDArray[np.float64]
MONDAY = date(2026, 5, 4)


@pytest.fixture
def site_with(demo_site: sv.Site) -> Callable[..., sv.Site]:
    """Gives the demo's site with other settings: ``site_with(report={"language": "en"})``."""

    def changed(**sections: dict[str, Any]) -> sv.Site:
        parts = {name: getattr(demo_site, name).model_copy(update=settings) for name, settings in sections.items()}
        return demo_site.model_copy(update=parts)

    return changed


@pytest.fixture
def one_type(demo_site: sv.Site) -> Callable[..., sv.Site]:
    """Gives the demo's site with other settings of one exam type: ``one_type("OS", color="#123456")``."""

    def changed(which: str, **settings: Any) -> sv.Site:
        types = tuple(t.model_copy(update=settings) if t.name == which else t for t in demo_site.exam_types)
        return demo_site.model_copy(update={"exam_types": types})

    return changed


@pytest.fixture
def one_scanner(demo_site: sv.Site) -> Callable[..., sv.Site]:
    """Gives the demo's site with other settings of its first scanner, as ``one_scanner(gap=20)``."""

    def changed(**settings: Any) -> sv.Site:
        first, *others = demo_site.scanners
        site = demo_site.model_copy(update={"scanners": (first.model_copy(update=settings), *others)})
        for cached in ("scanner_names", "scanner_of_model"):
            site.__dict__.pop(cached, None)
        return site

    return changed


@pytest.fixture
def week(make_studies) -> pd.DataFrame:
    """The Discovery 690 in the week from 4 May 2026: three exams on Monday, one with two takes on Tuesday."""
    return make_studies(
        [
            exam("2026-05-04 08:00", "2026-05-04 08:30"),
            exam("2026-05-04 08:40", "2026-05-04 09:00", exam_type="PSMA"),
            exam("2026-05-04 10:00", "2026-05-04 10:45"),
            exam("2026-05-05 09:00", "2026-05-05 09:30", exam_type="DOTATATE", take=1, n_takes=2),
            exam("2026-05-05 13:00", "2026-05-05 13:20", exam_type="DOTATATE", take=2, n_takes=2),
        ]
    )


def exam(start: str, end: str, minutes: int = 5, **values: Any) -> dict[str, Any]:
    """Return a row with so many minutes of preparation on both sides."""
    around = pd.Timedelta(minutes=minutes)
    prepared = {"prepared_from": pd.Timestamp(start) - around, "prepared_until": pd.Timestamp(end) + around}
    return {"start": start, "end": end} | prepared | values


@pytest.fixture(name="exam")
def _exam() -> Callable[..., dict[str, Any]]:
    """Writes a row of the studies table with preparation."""
    return exam


@pytest.fixture
def open_days(demo_site: sv.Site) -> Callable[[int], list[date]]:
    """Gives the first n open days from 4 May 2026."""

    def days(n: int) -> list[date]:
        found: list[date] = []
        day = MONDAY
        while len(found) < n:
            found += [day] if is_open(demo_site.calendar, day) else []
            day += timedelta(days=1)
        return found

    return days


@pytest.fixture
def ax() -> Axes:
    """Axes of the size of a page's agenda."""
    return plt.figure(figsize=(7, 4)).add_axes((0.05, 0.02, 0.94, 0.9))


def patches(ax: Axes, gid: str) -> list[PathPatch]:
    """Return the paths of a kind."""
    return [artist for artist in ax.patches if isinstance(artist, PathPatch) and artist.get_gid() == gid]


def boxes(ax: Axes, gid: str) -> Floats:
    """Return left, right, top and bottom of the boxes of a kind, from left to right, then downwards."""
    found = [
        (corners[0, 0], corners[2, 0], corners[0, 1], corners[2, 1])
        for patch in patches(ax, gid)
        for corners in patch.get_path().vertices.reshape(-1, 5, 2)
    ]
    return np.array(sorted(found, key=lambda box: (box[0], box[2]))).reshape(-1, 4)


def lines(ax: Axes, gid: str) -> Floats:
    """Return x0, y0, x1 and y1 of the lines of a kind."""
    found = [patch.get_path().vertices.reshape(-1, 4) for patch in patches(ax, gid)]
    return np.vstack(found) if found else np.empty((0, 4))


def exam_boxes(ax: Axes) -> Floats:
    """Return the boxes of all exams."""
    kinds = sorted({str(p.get_gid()) for p in ax.patches if str(p.get_gid()).startswith("exams ")})
    found = np.vstack([boxes(ax, kind) for kind in kinds]) if kinds else np.empty((0, 4))
    return found[np.lexsort((found[:, 2], found[:, 0]))]


def texts(ax: Axes) -> list[str]:
    """Return what is written in the axes."""
    return [text.get_text() for text in ax.texts]


@pytest.fixture
def drawn() -> Any:
    """Readers of axes: ``drawn.boxes(ax, gid)``, ``drawn.lines``, ``drawn.exam_boxes``, ``drawn.texts``."""

    class Readers:
        patches = staticmethod(patches)
        boxes = staticmethod(boxes)
        lines = staticmethod(lines)
        exam_boxes = staticmethod(exam_boxes)
        texts = staticmethod(texts)

    return Readers


def rows(html: Html) -> list[list[str]]:
    """Return the cells of a table as they are read, the headings first."""
    [table] = BeautifulSoup(html.text, "html.parser").find_all("table")
    return [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in table.find_all("tr")]


@pytest.fixture(name="rows")
def _rows() -> Callable[[Html], list[list[str]]]:
    """Reads a table: ``rows(html)``."""
    return rows


@pytest.fixture
def svg_of() -> Callable[[Html], list[str]]:
    """Gives the SVG texts of the images in a piece of HTML."""

    def read(html: Html) -> list[str]:
        found = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', html.text)
        return [base64.b64decode(data).decode() for data in found]

    return read


@pytest.fixture
def words_of() -> Callable[[str], list[str]]:
    """Gives the texts of an SVG, which must be well-formed."""

    def read(svg: str) -> list[str]:
        root = ElementTree.fromstring(svg)  # noqa: S314  # written by ourselves
        return ["".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")]

    return read
