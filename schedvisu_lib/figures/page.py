"""The parts of a scanner's page, as the notebook ``scanner_page`` shows them one by one (design, section 6)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.figures.agenda import agenda_boxes, plot_agenda
from schedvisu_lib.figures.durations import label_height, plot_durations, violin_caption, violin_labels
from schedvisu_lib.figures.hours import add_ghost, plot_hours
from schedvisu_lib.figures.hover import hoverable
from schedvisu_lib.figures.html import Html, element
from schedvisu_lib.figures.layout import VIOLIN_WIDTH, WIDTH, agenda_height, violin_height
from schedvisu_lib.figures.legend import agenda_legend, legend_html
from schedvisu_lib.figures.notes import long_page_notes, page_notes
from schedvisu_lib.figures.pictures import picture
from schedvisu_lib.figures.style import house_style
from schedvisu_lib.figures.svg import as_svg, new_figure
from schedvisu_lib.figures.tables import count_table_html, duration_table_html
from schedvisu_lib.language import Language, language
from schedvisu_lib.periods import Period, closures_between, find_period, previous_period
from schedvisu_lib.studies.durations import duration_table, gap_durations

LONG: Final = 12 * 7
"""Days from which the hour profile stands beside the agenda."""
_PROFILE_WIDTH: Final = 40.0
"""Of the hour profile, in millimetres, with the space before it."""
_LONG_NAME: Final = 28
"""Letters from which a scanner's name is smaller, so that the head is no higher."""
_MOST_NAMED_CLOSURES: Final = 5
_TAG: Final = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class PageHead:
    """What the head of a page says: whose, which days, made when."""

    site: Site
    period: Period
    generated_at: datetime

    def html(self, above: Html, heading: Html, image: Html) -> Html:
        """Return the head of a page: what stands above its heading, the heading, and a picture at the right."""
        t = language(self.site.report.language)
        department = self.site.department
        whose = element("p", f"{department.hospital} · {department.name}", "whose")
        made = element("p", t("generated {moment}", moment=t.moment(self.generated_at)), "made")
        days = element("p", f"{self._days(t)} · {t.weeks(self.period.first, self.period.last)}", "days")
        logo = picture(department.logo, department.hospital, "logo")
        left = element("div", [whose, above, heading])
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
        names = (f"{t.day(day, 'EEE d MMM')}{f' ({name})' if name else ''}" for day, name in closed.items())
        return element("p", t("closed: {days}", days=", ".join(names)), "closed")


def scanner_line(scanner: str) -> Html:
    """Return the line of a page's head that names the scanner, smaller where the name is long."""
    return element("p", scanner, "scanner" if len(scanner) <= _LONG_NAME else "scanner long")


def chosen_period(site: Site, title: str, first: str, last: str, today: datetime) -> Period:
    """Return the period of a title with the days given as ISO strings, or its own where they are ""."""
    if bool(first) != bool(last):
        raise ValueError('give both the first and the last day, or "" for both')
    if first:
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
        above, heading = scanner_line(self.scanner), element("h3", t(self.period.title))
        return PageHead(self.site, self.period, self.generated_at).html(above, heading, image)

    def agenda(self, studies: pd.DataFrame, before: pd.DataFrame | None = None) -> Html:
        """Return the agenda, as high as there is room; of a long period with the hour profile beside it.

        This has the outline of the period before, if its studies are given.
        """
        t = language(self.site.report.language)
        rows = len(duration_table(studies, self.site, *self._days)) + len(
            gap_durations(studies, self.site, *self._days)
        )
        height = agenda_height(list(self._legend(studies, before)), rows, len(_TAG.sub("", self.notes().text)))
        with house_style():
            figure = new_figure(WIDTH, height)
            # Margins in millimetres: hours at the left, days at the top.
            left, right, upper, lower = 9.0, 0.5, 6.5, 1.0
            inner = (height - upper - lower) / height
            beside = _PROFILE_WIDTH if self._is_long else 0.0
            width = (WIDTH - left - right - beside) / WIDTH
            agenda = figure.add_axes((left / WIDTH, lower / height, width, inner))
            plot_agenda(studies, self.site, *self._days, ax=agenda)
            if self._is_long:
                width = (_PROFILE_WIDTH - 3) / WIDTH
                profile = figure.add_axes((1 - right / WIDTH - width, lower / height, width, inner), sharey=agenda)
                plot_hours(studies, self.site, *self._days, ax=profile)
                if before is not None:
                    earlier = previous_period(self.period)
                    add_ghost(profile, before, self.site, self.scanner, earlier.first, earlier.last)
                profile.tick_params(labelleft=False, length=0, labeltop=True, labelbottom=False, pad=1.5)
                profile.xaxis.set_label_position("top")
                profile.xaxis.labelpad = 1.5
        image = as_svg(figure, t("Agenda of {scanner}", scanner=self.scanner), "agenda")
        return hoverable(image, agenda, *agenda_boxes(studies, self.site, *self._days), t)

    def legend(self, studies: pd.DataFrame, before: pd.DataFrame | None = None) -> Html:
        """Return the legend of :meth:`agenda`: the exam types that occur, and the agenda's signs."""
        return legend_html(self._legend(studies, before))

    def counts(self, studies: pd.DataFrame) -> Html:
        """Return the count table."""
        return count_table_html(studies, self.site, *self._days)

    def durations(self, studies: pd.DataFrame) -> Html:
        """Return the violins and, beside them, the duration table; under both, what the violins show."""
        t = language(self.site.report.language)
        table = duration_table(studies, self.site, *self._days)
        gaps = gap_durations(studies, self.site, *self._days)
        height = violin_height(len(table) + len(gaps))
        below = label_height(violin_labels(list(table.index), self.site))
        with house_style():
            figure = new_figure(VIOLIN_WIDTH, height)
            box = (8.5 / VIOLIN_WIDTH, below / height, 1 - 9 / VIOLIN_WIDTH, 1 - (below + 1.5) / height)
            plot_durations(studies, self.site, *self._days, ax=figure.add_axes(box))
        violin = as_svg(figure, t("Durations by exam type"), "violin")
        both = element("div", [violin, duration_table_html(studies, self.site, *self._days)], "beside")
        return both + element("p", violin_caption(t), "caption") if len(table) else both

    def notes(self) -> Html:
        """Return what each number means."""
        return (long_page_notes if self._is_long else page_notes)(self.site, self.scanner)

    @property
    def _days(self) -> tuple[str, date, date]:
        return self.scanner, self.period.first, self.period.last

    @property
    def _is_long(self) -> bool:
        return (self.period.last - self.period.first).days >= LONG

    def _legend(self, studies: pd.DataFrame, before: pd.DataFrame | None) -> dict[str, Html]:
        ghost = self._is_long and before is not None
        return agenda_legend(studies, self.site, *self._days, profile=self._is_long, ghost=ghost)
