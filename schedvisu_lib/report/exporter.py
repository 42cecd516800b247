"""The nbconvert exporter ``schedvisu``: one self-contained HTML page, in the look of the report."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from nbconvert.exporters.html import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from traitlets.config import Config

from schedvisu_lib import __version__
from schedvisu_lib.report.merge import LEFT_OUT

TEMPLATE: Final = Path(__file__).parent / "template"
SCRIPTS: Final = ("navigation.js", "scrolling.js", "sorting.js", "hover.js")
"""Of the template, in the order in which they run."""


@dataclass(frozen=True)
class Script:
    """A script of the template, and its digest by which the page's content security policy knows it."""

    text: str
    digest: str

    @classmethod
    def read(cls, name: str) -> Script:
        """Return a script by the name of its file."""
        text = (TEMPLATE / name).read_text(encoding="utf-8")
        return cls(text, b64encode(sha256(text.encode()).digest()).decode())


class ReportExporter(HTMLExporter):  # type: ignore[misc]  # nbconvert has no types
    """Write the report's notebook, or a single page, as HTML without code, scripts from outside or a style from a CDN.

    Usage from a terminal: ``jupyter nbconvert --to schedvisu page.ipynb``.
    """

    export_from_notebook = "SchedVisu report page"

    @property
    def default_config(self) -> Config:
        """Own template, no code, no pilcrows behind headings, and the cells that are not part of a page left out."""
        config = super().default_config.copy()
        config.merge(
            Config(
                {
                    "ReportExporter": {
                        "template_name": TEMPLATE.name,
                        "extra_template_basedirs": [str(TEMPLATE.parent)],
                        "exclude_input": True,
                        "exclude_anchor_links": True,
                        "language_code": "fr",
                    },
                    "TagRemovePreprocessor": {"enabled": True, "remove_cell_tags": set(LEFT_OUT)},
                }
            )
        )
        return config

    def from_notebook_node(
        self, nb: Any, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Convert a notebook.

        Unlike the parent this does not send the finished page through BeautifulSoup, which takes seconds for a page
        full of figures and lower-cases the attributes of SVG (viewBox, clipPath).
        """
        resources = self._init_resources(resources)
        widgets = WidgetsDataTypeFilter(notebook_metadata=self._nb_metadata, parent=self, resources=resources)
        self.register_filter("filter_data_type", widgets)
        frame = nb.metadata.get("schedvisu", {})
        resources["version"] = __version__
        resources["scripts"] = [Script.read(name) for name in SCRIPTS]
        resources["frame"] = frame
        resources["title"] = nb.metadata.get("title") or resources.get("metadata", {}).get("name") or "SchedVisu"
        # A merged report brings its own sections; a notebook converted alone is one section.
        resources["lone_page"] = None if frame else _kind_of(nb, resources)
        html, resources = TemplateExporter.from_notebook_node(self, nb, resources, **kw)
        return str(html), resources


def _kind_of(nb: Any, resources: dict[str, Any]) -> str:
    """Return the CSS class of a notebook that is converted alone: the name of the notebook that papermill ran."""
    ran = nb.metadata.get("papermill", {}).get("input_path")
    name = Path(ran).stem if ran else str(resources.get("metadata", {}).get("name", ""))
    return name.replace("_", "-")
