"""What ran when: the report's agenda, with its legend."""

from __future__ import annotations

from typing import Final

from schedvisu_lib.explorer.question import Question
from schedvisu_lib.explorer.sight import Sight
from schedvisu_lib.explorer.views.lines import PYPLOT, both, call, meant, new_axes
from schedvisu_lib.explorer.views.paper import paper_width
from schedvisu_lib.figures.agenda_content import agenda_content
from schedvisu_lib.figures.agenda_picture import agenda_picture, is_long, plain_agenda
from schedvisu_lib.figures.html import Html
from schedvisu_lib.figures.legend import agenda_legend, legend_html

_MOST_TOLD: Final = 4000
"""Exams of which the screen tells one by one: more are thinner than the pointer, and weigh more than their picture."""
_HEIGHT: Final = 108.0
"""In millimetres: with its legend it fits a screen."""


class AgendaView:
    """Exams as boxes: a column per day, hours downwards; of a long period with the hour profile beside it."""

    name = "agenda"
    title = "Agenda"
    page = "scanner-page"

    def show(self, sight: Sight, width: float) -> Html:
        """Return the agenda and its legend; exams that are not asked for are pale."""
        among = sight.exams if sight.question.is_limited else None
        size = (paper_width(width), _HEIGHT)
        content = agenda_content(sight.chosen, sight.site, *sight.days, among)
        agenda = (agenda_picture if len(sight.exams) <= _MOST_TOLD else plain_agenda)(content, size)
        return agenda + legend_html(agenda_legend(content, profile=is_long(content.first, content.last)))

    def code(self, question: Question, scanner: str) -> list[str]:
        """Return the lines of Python that draw it."""
        agenda = call("", "plot_agenda", question, scanner, *both(question), ax="ax")
        if not is_long(question.first, question.last):
            return [PYPLOT, new_axes(12, 6), agenda]
        pair = "figure, (ax, profile) = plt.subplots(1, 2, sharey=True, width_ratios=[5, 1], figsize=(12, 6))"
        return [PYPLOT, pair, agenda, call("", "plot_hours", question, scanner, meant(question), ax="profile")]
