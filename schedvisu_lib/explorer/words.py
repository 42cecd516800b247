"""What the explorer's server says by itself, before a page's kernel has anything to say, and in its place."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader

from schedvisu_lib.config import Site
from schedvisu_lib.language import language

TEMPLATE: Final = Path(__file__).parent / "template"
"""The pages; Voilà's own is ``index.html.j2``."""


class Words:
    """Sentences in the site's language, and pages made from them.

    Parameters
    ----------
    site
        Says language and title.
    """

    def __init__(self, site: Site) -> None:
        t = language(site.report.language)
        self.texts = {
            "language": t.code,
            "title": site.report.title,
            "loading": t("The explorer is being made ready…"),
            "failed": t("The explorer could not be shown. Close this page and start “schedvisu explore” again."),
            "ended": t("The explorer was ended. Start “schedvisu explore” again and open the page that it names."),
            "lost": t("This page rested too long and was ended. Load it again to go on."),
            "refused": t("This page opens with the address that “schedvisu explore” printed."),
            "nothing": t("This page does not exist here."),
            "opening": t("SchedVisu opens in a moment. If not, follow this link."),
        }
        self.pages = Environment(loader=FileSystemLoader(TEMPLATE), autoescape=True)
        self.pages.globals["words"] = self.texts

    def refusal(self) -> str:
        """Return the page of those who may not see the explorer."""
        return self.pages.get_template("sentence.html").render(sentence=self.texts["refused"])

    def write_way(self, private: Path, url: str) -> Path:
        """Write a page that leads to an address: a browser's command line is for all users of a computer to read."""
        file = private / "open.html"
        file.write_text(self.pages.get_template("open.html").render(url=url), encoding="utf-8")
        return file
