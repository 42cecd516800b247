"""The data-quality page: what became of every series (design, section 6)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from schedvisu_lib.config import Site
from schedvisu_lib.figures.html import Html, element
from schedvisu_lib.figures.page import PageHead
from schedvisu_lib.language import language
from schedvisu_lib.periods import Period


def quality_header(site: Site, period: Period, generated_at: datetime) -> Html:
    """Return the head of the data-quality page."""
    t = language(site.report.language)
    return PageHead(site, period, generated_at).html(Html(""), element("h2", t("Data quality")), Html(""))


def quality_part(site: Site, part: Literal["series", "ways", "unmapped", "mixed", "days"], table: Html) -> Html:
    """Return a table of the page under its title."""
    t = language(site.report.language)
    titles = {
        "series": t("What became of the series that the archive listed"),
        "ways": t("How the headers of series came"),
        "unmapped": t("Study descriptions without an exam type"),
        "mixed": t("Studies that belong to no scanner"),
        "days": t("Days that are missing or have failed series"),
    }
    return element("div", [element("h4", titles[part]), table], "part")
