"""What the views drew last, so that going back is instant."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from ipywidgets import HTML, VBox, Widget

from schedvisu_lib.explorer.desk import Desk
from schedvisu_lib.explorer.question import Question
from schedvisu_lib.explorer.sight import Sight, View, sight_of
from schedvisu_lib.figures.html import Html, element
from schedvisu_lib.language import Language
from schedvisu_lib.periods import working_days
from schedvisu_lib.studies.trends import lacking_days

KEPT: Final = 40
"""Drawings; the largest, agendas of years, take some megabytes each."""


@dataclass(frozen=True)
class Drawing:
    """One scanner's answer in one view."""

    heading: Html
    content: Html | Widget


class Drawings:
    """Draws, and keeps the last drawings until the desk is read anew.

    Parameters
    ----------
    desk
        Gives the exams.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._kept: OrderedDict[object, Drawing] = OrderedDict()
        desk.watch(self.forget)

    def __contains__(self, key: object) -> bool:
        return key in self._kept

    def get(self, view: View, question: Question, scanner: str, width: float) -> Drawing:
        """Return a drawing, of a width in millimetres; drawn only if it is not among the last ones."""
        key = drawing_key(view, question, scanner, width)
        if key not in self._kept:
            self._kept[key] = draw(self._desk, view, question, scanner, width)
            while len(self._kept) > KEPT:
                _close(self._kept.popitem(last=False)[1].content)
        self._kept.move_to_end(key)
        return self._kept[key]

    def forget(self) -> None:
        """Draw everything anew."""
        for drawing in self._kept.values():
            _close(drawing.content)
        self._kept.clear()


def _close(content: Html | Widget) -> None:
    """Let kernel and browser forget a widget with all that is within it."""
    if isinstance(content, Widget):
        for child in getattr(content, "children", ()):
            _close(child)
        content.close()


def drawing_key(view: View, question: Question, scanner: str, width: float) -> object:
    """Return what a drawing depends on, beside the exams of the desk."""
    return view.name, question.of_scanners(scanner), width


def draw(desk: Desk, view: View, question: Question, scanner: str, width: float) -> Drawing:
    """Draw one scanner's answer: its heading, and the view or a sentence that says that there is nothing to see."""
    sight = sight_of(desk, question, scanner)
    return Drawing(_heading(sight, desk.t), _content(sight, view, desk.t, width))


def _heading(sight: Sight, t: Language) -> Html:
    """Name scanner, days and number of exams."""
    question = sight.question
    n, n_all = t.number(len(sight.chosen)), t.number(len(sight.exams))
    if question.is_limited:
        number = t("{n} of {all} exams", n=n, all=n_all)
    else:
        number = t("1 exam") if len(sight.chosen) == 1 else t("{n} exams", n=n)
    days = f"{_days(question, t)} · {t.weeks(question.first, question.last)}"
    parts = [element("b", sight.scanner), element("span", days), element("span", number, "sv-number")]
    return element("p", parts, "sv-heading")


def _content(sight: Sight, view: View, t: Language, width: float) -> Html | Widget:
    missing = _missing(sight, t)
    if sight.chosen.empty:
        words = t("{view}: no exam {days}.", view=t(view.title), days=_days(sight.question, t))
        if len(sight.exams):
            words += " " + t("The filters leave out all {n} exams.", n=t.number(len(sight.exams)))
        return element("p", " ".join([words, *missing]), "sv-nothing")
    shown = view.show(sight, width)
    if not missing:
        return shown
    sentence = element("p", missing[0], "sv-missing")
    return sentence + shown if isinstance(shown, Html) else VBox([HTML(sentence.text), shown])


def _days(question: Question, t: Language) -> str:
    """Write the days, in words that follow on a sentence."""
    if question.first == question.last:
        return t("on {day}", day=t.day(question.first, "EEE d MMM y"))
    return t("from {first} to {last}", first=t.day(question.first), last=t.day(question.last))


def _missing(sight: Sight, t: Language) -> list[str]:
    """Say how many open days of the range are not in the store, in one sentence; nothing where all are."""
    days = working_days(sight.site.calendar, sight.question.first, sight.question.last)
    n = len(lacking_days(sight.site, sight.question.period, frozenset(sight.stored)))
    if not n:
        return []
    if n == len(days):
        return [t("None of these open days is in the store.")]
    return [t("Open days that are not in the store: {n} of {all}.", n=t.number(n), all=t.number(len(days)))]
