"""How long exams last: the report's violins and table."""

from __future__ import annotations

from schedvisu_lib.explorer.question import Question
from schedvisu_lib.explorer.sight import Sight
from schedvisu_lib.explorer.views.lines import PYPLOT, call, meant, new_axes
from schedvisu_lib.explorer.views.paper import is_narrow, paper_width
from schedvisu_lib.explorer.views.words import if_limited
from schedvisu_lib.figures.durations import violin_caption
from schedvisu_lib.figures.html import Html, element
from schedvisu_lib.figures.layout import VIOLIN_WIDTH
from schedvisu_lib.figures.notes import chosen_sentence
from schedvisu_lib.figures.tables import durations_html
from schedvisu_lib.figures.violin_picture import violin_picture
from schedvisu_lib.language import language
from schedvisu_lib.studies.durations import describe_exams, exam_durations, gap_durations

_HEIGHT = 80.0


class DurationsView:
    """Durations by exam type, and idle times."""

    name = "durations"
    title = "Durations"
    page = "scanner-page"

    def show(self, sight: Sight, width: float) -> Html:
        """Return violins and table, beside each other where there is room."""
        t = language(sight.site.report.language)
        groups = exam_durations(sight.chosen, sight.site, *sight.days)
        idle = gap_durations(sight.exams, sight.site, *sight.days)
        table = durations_html(describe_exams(groups), idle, sight.site)
        below = element("p", violin_caption(t), "notes") + if_limited(sight, chosen_sentence(t))
        if is_narrow(width):
            return violin_picture(groups, sight.site, (paper_width(width), _HEIGHT)) + table + below
        violins = violin_picture(groups, sight.site, (VIOLIN_WIDTH + 10, _HEIGHT))
        return element("div", [violins, table], "beside") + below

    def code(self, question: Question, scanner: str) -> list[str]:
        """Return the lines of Python that give tables and figure."""
        return [
            PYPLOT,
            call("durations", "duration_table", question, scanner, meant(question)),
            call("idle", "gap_durations", question, scanner, "studies"),
            new_axes(8, 5),
            call("", "plot_durations", question, scanner, meant(question), ax="ax"),
            "durations",
        ]
