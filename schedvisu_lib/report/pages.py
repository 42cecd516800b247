"""Which pages a report has, and what each one asks of its notebook (design, section 6)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Final

import schedvisu_lib
from schedvisu_lib.config import Site
from schedvisu_lib.errors import ReportError
from schedvisu_lib.figures.anchors import page_anchor, page_name
from schedvisu_lib.language import language
from schedvisu_lib.periods import Period
from schedvisu_lib.slugs import slug
from schedvisu_lib.studies.limits import Limits

Value = str | int | float | bool | None
"""What a notebook's parameter can be; days and times are ISO strings."""

_LINKED: Final = "linked_"
"""How the parameters begin that say to which pages a page links."""
_LONGEST_PLAN: Final = 14
"""Days of the longest period that has a page of plan and effect: in more, nobody could tell appointments apart."""


@dataclass(frozen=True)
class Page:
    """One section of the report: a notebook and its parameters.

    Parameters
    ----------
    notebook
        Name of the notebook, without its ending ("scanner_page").
    parameters
        Values for the notebook's ``parameters`` cell.
    title
        What bookmarks, navigation and messages call the page, in the report's language.
    scanner
        Name of the scanner under which the page stands, "" for none.
    """

    notebook: str
    parameters: Mapping[str, Value]
    title: str
    scanner: str = ""

    @property
    def kind(self) -> str:
        """The CSS class of the page: the notebook's name with hyphens ("scanner-page")."""
        return self.notebook.replace("_", "-")

    @property
    def name(self) -> str:
        """The page's name in messages ("Discovery 690, weekly")."""
        return page_name(self.title, self.scanner)

    @property
    def slug(self) -> str:
        """The page's name as a part of file names ("discovery-690-weekly")."""
        return slug(self.name) or self.kind

    @property
    def anchor(self) -> str:
        """The id of the page's section, to which other pages can link."""
        return page_anchor(self.title, self.scanner)

    @property
    def alone(self) -> Page:
        """The page without links to others, which stand beside it in a report only."""
        own = {name: value for name, value in self.parameters.items() if not name.startswith(_LINKED)}
        return replace(self, parameters=own)

    @property
    def can_be_limited(self) -> bool:
        """Whether the page can show some of the exams alone."""
        return self.notebook == "scanner_page"

    def limited(self, limits: Limits) -> Page:
        """Return the page, if it can be limited, of some of the exams; else as it is."""
        return replace(self, parameters={**self.parameters, **limits.parameters()}) if self.can_be_limited else self


def notebooks_folder() -> Path:
    """Return the folder of the report's notebooks: of the installed wheel, else of the checkout.

    Raises
    ------
    ReportError
        Neither exists.
    """
    package = Path(schedvisu_lib.__file__).resolve().parent
    candidates = (package / "_shipped" / "notebooks" / "report", package.parent / "notebooks" / "report")
    for folder in candidates:
        if folder.is_dir():
            return folder
    raise ReportError(f"the report's notebooks are missing ({candidates[-1]}); install schedvisu again")


def report_pages(
    site: Site,
    periods: Sequence[Period],
    *,
    generated_at: datetime,
    scanners: Iterable[str] | None = None,
    planned: Collection[str] = (),
    first: date | None = None,
    last: date | None = None,
) -> list[Page]:
    """Return the pages of a report: two of overview, the pages of each scanner, data quality and exams to check.

    A scanner has a page per period; if it had appointments, a page of plan and effect follows that of the shortest
    period, unless this is too long for one to tell them apart.

    Parameters
    ----------
    site
        The site, read from a file: the notebooks read that file again.
    periods
        The periods of the scanner pages, in their order.
    generated_at
        When the report is made; printed on the pages.
    scanners
        Names of the scanners to show; all of the site by default.
    planned
        Names of the scanners that had appointments in the shortest period: a page of plan and effect follows there.
    first, last
        The days of the overview, of data quality and of the exams to check; by default those of the shortest period
        (the week).

    Raises
    ------
    ReportError
        There is no period, or a scanner is unknown.
    """
    if not periods:
        raise ReportError("a report needs at least one period; see periods.report in the site file")
    try:
        chosen = [site.scanner(name).name for name in scanners] if scanners is not None else list(site.scanner_names)
    except ValueError as error:
        raise ReportError(str(error)) from error
    shortest = min(periods, key=lambda period: period.last - period.first)
    t = language(site.report.language)

    def parameters(begin: date, end: date, **more: Value) -> dict[str, Value]:
        days: dict[str, Value] = {"first": begin.isoformat(), "last": end.isoformat()}
        return {"site_file": str(site.file), **more, **days, "generated_at": generated_at.isoformat("T", "minutes")}

    begin, end = first or shortest.first, last or shortest.last
    around = parameters(begin, end)
    # The overview's lines link to the pages of its own days.
    linked = shortest if (begin, end) == (shortest.first, shortest.last) else None
    links: dict[str, Value] = {
        "linked_title": linked.title if linked else "",
        "linked_scanners": "\n".join(chosen),
    }

    def pages_of(scanner: str) -> Iterator[Page]:
        for period in periods:
            days = parameters(period.first, period.last, scanner=scanner, title=period.title)
            yield Page("scanner_page", days, t(period.title), scanner)
            if period is shortest and scanner in planned and (period.last - period.first).days < _LONGEST_PLAN:
                days = parameters(period.first, period.last, scanner=scanner)
                yield Page("plan_and_effect", days, t("plan and effect"), scanner)

    return [
        Page("overview", around | links, t("Overview")),
        Page("overview_hours", around, t("The week and its hours")),
        *(page for scanner in chosen for page in pages_of(scanner)),
        Page("data_quality", around, t("Data quality")),
        Page("exams_to_check", around, t("Exams to check")),
    ]
