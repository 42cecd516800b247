"""The parts of a scanner's page, as the notebook ``scanner_page`` shows them one after the other (design, section 6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import pandas as pd

from schedvisu_lib.config import OTHER, Site
from schedvisu_lib.figures.agenda import plot_agenda
from schedvisu_lib.figures.durations import plot_durations
from schedvisu_lib.figures.hours import plot_hours
from schedvisu_lib.figures.html import Html, element
from schedvisu_lib.figures.notes import page_notes
from schedvisu_lib.figures.pictures import picture
from schedvisu_lib.figures.style import exam_type_colors, house_style
from schedvisu_lib.figures.svg import as_svg, new_figure
from schedvisu_lib.figures.tables import count_table_html, duration_table_html
from schedvisu_lib.language import Language, language
from schedvisu_lib.periods import Period, closures_between, find_period
from schedvisu_lib.studies.durations import type_order
from schedvisu_lib.studies.selection import of_scanner

WIDTH: Final = 190.0
"""Of the page between its margins, in millimetres."""
AGENDA_HEIGHT: Final = 104.0
VIOLIN_SIZE: Final = (100.0, 62.0)
LONG: Final = 12 * 7
"""Days from which the hour profile stands beside the agenda."""
_MOST_NAMED_CLOSURES: Final = 6


@dataclass(frozen=True)
class PageHead:
    """What the head of a page says: whose, which days, made when."""

    site: Site
    period: Period
    generated_at: datetime

    def html(self, name: str, level: int, heading: str, image: Html) -> Html:
        """Return the head of a page; ``level`` is that of its heading in the report's outline."""
        t = language(self.site.report.language)
        department = self.site.department
        whose = element("p", f"{department.hospital} · {department.name}", "whose")
        title = element("p", name, "scanner") if name else Html("")
        made = element("p", t("generated {moment}", moment=t.moment(self.generated_at)), "made")
        days = element("p", f"{self._days(t)} · {t.weeks(self.period.first, self.period.last)}", "days")
        logo = picture(department.logo, department.hospital, "logo")
        left = element("div", [whose, title, element(f"h{level}", heading)])
        right = element("div", [days, made, self._closed(t)], "when")
        return element("header", [logo, left, right, image], "head")

    def _days(self, t: Language) -> str:
        return t("from {first} to {last}", first=t.day(self.period.first), last=t.day(self.period.last))

    def _closed(self, t: Language) -> Html:
        """Name the closed workdays, or count them where they are many."""
        closed = closures_between(self.site.calendar, self.period.first, self.period.last, t.code)
        if not closed:
            return Html("")
        if len(closed) > _MOST_NAMED_CLOSURES:
            return element("p", t("{n} closed days", n=len(closed)), "closed")
        names = (f"{t.day(day, 'EEE dd.MM')}{f' ({name})' if name else ''}" for day, name in closed.items())
        return element("p", t("closed: {days}", days=", ".join(names)), "closed")


def chosen_period(site: Site, title: str, first: str, last: str, today: datetime) -> Period:
    """Return the period of a title with the days given as ISO strings, or its own where they are ""."""
    if first and last:
        return Period(title, date.fromisoformat(first), date.fromisoformat(last))
    return find_period(site, title, today)


def chosen_moment(moment: str) -> datetime:
    """Return the moment of an ISO string, or now where it is ""."""
    return datetime.fromisoformat(moment) if moment else datetime.now()


@dataclass(frozen=True)
class ScannerPage:
    """One scanner and period; each method is one part of the page."""

    site: Site
    scanner: str
    period: Period
    generated_at: datetime

    def header(self) -> Html:
        """Return the head: scanner, period, days, ISO weeks, closed days, when it was made."""
        t = language(self.site.report.language)
        image = picture(self.site.scanner(self.scanner).picture, self.scanner, "picture")
        return PageHead(self.site, self.period, self.generated_at).html(self.scanner, 3, t(self.period.title), image)

    def agenda(self, studies: pd.DataFrame) -> Html:
        """Return the agenda; of a long period with the hour profile beside it."""
        t = language(self.site.report.language)
        period = (self.scanner, self.period.first, self.period.last)
        with house_style():
            figure = new_figure(WIDTH, AGENDA_HEIGHT)
            if (self.period.last - self.period.first).days < LONG:
                plot_agenda(studies, self.site, *period, ax=figure.add_axes((0.045, 0.06, 0.95, 0.925)))
            else:
                agenda = plot_agenda(studies, self.site, *period, ax=figure.add_axes((0.045, 0.06, 0.75, 0.925)))
                beside = figure.add_axes((0.81, 0.06, 0.185, 0.925), sharey=agenda)
                plot_hours(studies, self.site, *period, ax=beside)
                beside.tick_params(labelleft=False)
        return as_svg(figure, t("Agenda of {scanner}", scanner=self.scanner), "agenda")

    def counts(self, studies: pd.DataFrame) -> Html:
        """Return the count table."""
        return count_table_html(studies, self.site, self.scanner, self.period.first, self.period.last)

    def durations(self, studies: pd.DataFrame) -> Html:
        """Return the violins and, beside them, the duration table."""
        t = language(self.site.report.language)
        period = (self.scanner, self.period.first, self.period.last)
        with house_style():
            figure = new_figure(*VIOLIN_SIZE)
            plot_durations(studies, self.site, *period, ax=figure.add_axes((0.085, 0.2, 0.905, 0.785)))
        violin = as_svg(figure, t("Durations by exam type"), "violin")
        return element("div", [violin, duration_table_html(studies, self.site, *period)], "beside")

    def legend(self, studies: pd.DataFrame) -> Html:
        """Return the legend: the exam types that occur, and the agenda's signs."""
        t = language(self.site.report.language)
        present = set(of_scanner(studies, self.scanner, self.period.first, self.period.last)["exam_type"])
        colors = exam_type_colors(self.site)
        types = [
            Html(
                f'<span><i style="background:{colors[name]}"></i>{element("b", t(name) if name == OTHER else name).text}</span>'
            )
            for name in type_order(self.site)
            if name in present
        ]
        signs = [
            Html(f'<span><i class="{css}"></i>{element("b", words).text}</span>')
            for css, words in (
                ("preparation", t("preparation")),
                ("take-1", t("take 1")),
                ("take-2", t("take 2")),
                ("gap", t("gap")),
                ("hours", t("opening hours")),
                ("closed", t("closed")),
                ("cut", t("goes on beyond the axis")),
            )
        ]
        return element("p", [*types, *signs], "legend")

    def notes(self) -> Html:
        """Return what each number means."""
        return page_notes(self.site, self.scanner)
