"""The parts of a scanner's page, as the notebook ``scanner_page`` shows them one by one (design, section 6)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.figures.agenda_content import AgendaContent, agenda_content
from schedvisu_lib.figures.agenda_picture import agenda_picture, is_long
from schedvisu_lib.figures.durations import violin_caption
from schedvisu_lib.figures.html import Html, element
from schedvisu_lib.figures.layout import VIOLIN_WIDTH, WIDTH, agenda_height, violin_height
from schedvisu_lib.figures.legend import agenda_legend, legend_html
from schedvisu_lib.figures.notes import chosen_sentence, long_page_notes, page_notes
from schedvisu_lib.figures.pictures import picture
from schedvisu_lib.figures.tables import count_table_html, durations_html
from schedvisu_lib.figures.violin_picture import violin_picture
from schedvisu_lib.language import Language, language
from schedvisu_lib.periods import Period, closures_between, find_period
from schedvisu_lib.studies.durations import Lengths, describe_exams, exam_durations, gap_durations
from schedvisu_lib.studies.limits import ALL, Limits

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
    limits: Limits = ALL

    def html(self, above: Html, heading: Html, image: Html) -> Html:
        """Return the head of a page: what stands above its heading, the heading, and a picture at the right."""
        t = language(self.site.report.language)
        department = self.site.department
        whose = element("p", f"{department.hospital} · {department.name}", "whose")
        made = element("p", t("generated {moment}", moment=t.moment(self.generated_at)), "made")
        days = element("p", f"{self._days(t)} · {t.weeks(self.period.first, self.period.last)}", "days")
        logo = picture(department.logo, department.hospital, "logo")
        left = element("div", [whose, above, heading])
        right = element("div", [days, made, self._closed(t), self._limits(t)], "when")
        return element("header", [logo, left, right, image], "head")

    def _days(self, t: Language) -> str:
        return t("from {first} to {last}", first=t.day(self.period.first), last=t.day(self.period.last))

    def _limits(self, t: Language) -> Html:
        words = self.limits.words(t)
        return element("p", words, "days") if words else Html("")

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
    """One scanner and period; each method is one part of the page.

    Parameters
    ----------
    site
        The site.
    scanner
        Its name.
    period
        The days.
    generated_at
        When the page is made; printed on it.
    limits
        Which exams count: the others are pale in the agenda, and in no number but those of gaps and turnovers.
    """

    site: Site
    scanner: str
    period: Period
    generated_at: datetime
    limits: Limits = ALL

    def header(self) -> Html:
        """Return the head: scanner, period, days, ISO weeks, closed days, when it was made, and which exams count."""
        t = language(self.site.report.language)
        image = picture(self.site.scanner(self.scanner).picture, self.scanner, "picture")
        above, heading = scanner_line(self.scanner), element("h3", t(self.period.title))
        return PageHead(self._site, self.period, self.generated_at, self.limits).html(above, heading, image)

    def agenda(self, studies: pd.DataFrame, before: pd.DataFrame | None = None) -> Html:
        """Return the agenda, as high as there is room; of a long period with the hour profile beside it.

        This has the outline of the period before, if its studies are given.
        """
        rows = len(self._durations(studies)) + len(self._idle(studies))
        content = self._content(studies)
        height = agenda_height(list(self._legend(content, before)), rows, len(_TAG.sub("", self.notes().text)))
        before = None if before is None else self.limits.chosen(before)
        return agenda_picture(content, (WIDTH, height), before=before)

    def legend(self, studies: pd.DataFrame, before: pd.DataFrame | None = None) -> Html:
        """Return the legend of :meth:`agenda`: the exam types that occur, and the agenda's signs."""
        return legend_html(self._legend(self._content(studies), before))

    def counts(self, studies: pd.DataFrame) -> Html:
        """Return the count table."""
        return count_table_html(self.limits.chosen(studies), self._site, *self._days, among=self._among(studies))

    def durations(self, studies: pd.DataFrame) -> Html:
        """Return the violins and, beside them, the duration table; under both, what the violins show."""
        t = language(self.site.report.language)
        groups, idle = self._durations(studies), self._idle(studies)
        violin = violin_picture(groups, self._site, (VIOLIN_WIDTH, violin_height(len(groups) + len(idle))))
        numbers = durations_html(describe_exams(groups), idle, self._site)
        both = element("div", [violin, numbers], "beside")
        return both + element("p", violin_caption(t), "caption") if groups else both

    def notes(self) -> Html:
        """Return what each number means."""
        t = language(self.site.report.language)
        further = [chosen_sentence(t)] if self.limits.chooses_exams else []
        return (long_page_notes if self._is_long else page_notes)(self.site, self.scanner, *further)

    @property
    def _days(self) -> tuple[str, date, date]:
        return self.scanner, self.period.first, self.period.last

    @property
    def _is_long(self) -> bool:
        return is_long(self.period.first, self.period.last)

    @property
    def _site(self) -> Site:
        """The site as if it worked on the weekdays that count alone."""
        return self.limits.site(self.site)

    def _among(self, studies: pd.DataFrame) -> pd.DataFrame | None:
        """Return all exams of the weekdays that count, if only some of them do."""
        return self.limits.on_days(studies) if self.limits.chooses_exams else None

    def _durations(self, studies: pd.DataFrame) -> dict[tuple[str, int], Lengths]:
        return exam_durations(self.limits.chosen(studies), self._site, *self._days)

    def _idle(self, studies: pd.DataFrame) -> pd.DataFrame:
        return gap_durations(self.limits.on_days(studies), self._site, *self._days)

    def _content(self, studies: pd.DataFrame) -> AgendaContent:
        return agenda_content(self.limits.chosen(studies), self._site, *self._days, self._among(studies))

    def _legend(self, content: AgendaContent, before: pd.DataFrame | None) -> dict[str, Html]:
        ghost = self._is_long and before is not None
        return agenda_legend(content, profile=self._is_long, ghost=ghost)
