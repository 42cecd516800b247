"""The exams themselves, to be sorted, searched and leafed through."""

from __future__ import annotations

import json
from html import escape
from typing import Any, Final

import pandas as pd
from ipywidgets import HTML, VBox, Widget
from itables.widget import ITable

from schedvisu_lib.config import OTHER
from schedvisu_lib.explorer.question import Question
from schedvisu_lib.explorer.sight import Sight
from schedvisu_lib.explorer.views.lines import meant, quoted
from schedvisu_lib.explorer.views.words import said
from schedvisu_lib.language import Language, language
from schedvisu_lib.studies.exam_list import exam_list

MOST: Final = 4000
"""Exams in the table: a year and a half of one scanner. The browser gets all of them at once."""
_PAGES: Final = (15, 50, 100)
"""Rows that may be shown at a time."""


class ExamsView:
    """A row per exam; the user sorts by a click on a heading, and searches."""

    name = "exams"
    title = "Exams"
    page = "scanner-page"

    def show(self, sight: Sight, width: float) -> Widget:  # noqa: ARG002
        """Return the table; of very many exams the last ones."""
        t = language(sight.site.report.language)
        exams = exam_list(sight.chosen, *sight.days)
        shown = VBox([_table(_cells(exams.tail(MOST), t), t)])
        shown.add_class("sv-exams")
        if len(exams) > MOST:
            words = t("The last {most} of {n} exams are listed; ask for fewer days to see the others.",
                      most=t.number(MOST), n=t.number(len(exams)))  # fmt: skip
            shown.children = (HTML(said(words).text), *shown.children)
        return shown

    def code(self, question: Question, scanner: str) -> list[str]:
        """Return the lines of Python that give the table."""
        return [f"exams = sv.exam_list({meant(question)}, {quoted(scanner)}, {quoted(str(question.first))}, "
                f"{quoted(str(question.last))})", "exams"]  # fmt: skip


def _table(cells: pd.DataFrame, t: Language) -> ITable:
    """Return a table whose rows are written here: pandas would lay out each text for it, in twice the whole time."""
    table = ITable(cells.head(_PAGES[0] + 1), **_options(t))  # so many that it has more than one page
    columns = (cells[name].astype("object").tolist() for name in cells)
    rows = [[escape(cell, quote=False) if isinstance(cell, str) else cell for cell in column] for column in columns]
    data = json.dumps(list(zip(*rows, strict=True)))
    table._dt_args = table._dt_args | {"data_json": data}  # noqa: SLF001  # update() would lay all out again
    return table


def _cells(exams: pd.DataFrame, t: Language) -> pd.DataFrame:
    """Return the table as it is read: texts alone; the last column tells the order of days."""
    days = {day: t.day(day.date(), "EEE d MMM y") for day in exams["date"].unique()}
    names = {name: t(name) if name == OTHER else name for name in exams["exam_type"].unique()}
    takes = {
        pair: t("{take} of {takes}", take=pair[0], takes=pair[1]) if pair[1] > 1 else ""
        for pair in set(zip(exams["take"], exams["n_takes"], strict=True))
    }
    minutes = {value: t.number(value, 1) for value in exams["minutes"].unique()}
    clock = {name: exams[name].dt.strftime("%H:%M") for name in ("start", "end", "prepared_from", "prepared_until")}
    return pd.DataFrame(
        {
            t("Day"): exams["date"].map(days),
            t("Start"): clock["start"],
            t("End"): clock["end"],
            t("Minutes"): exams["minutes"].map(minutes),
            t("Exam type"): exams["exam_type"].map(names),
            t("Take"): [takes[pair] for pair in zip(exams["take"], exams["n_takes"], strict=True)],
            t("Study description"): exams["study_description"],
            t("Modalities"): exams["modalities"],
            t("Series"): exams["n_series"],
            t("With preparation"): clock["prepared_from"] + "–" + clock["prepared_until"],
            "": exams["start"].dt.strftime("%Y-%m-%d %H:%M"),
        }
    )


def _options(t: Language) -> dict[str, Any]:
    """Return what DataTables is told: order, pages, and its texts in the language."""
    day, minutes, series, order = 0, 3, 8, 10
    return {
        "maxBytes": 0,
        "maxColumns": 0,
        "showIndex": False,
        "text_in_header_can_be_selected": False,  # else only the arrow beside it sorts
        "classes": "compact nowrap order-column",
        "style": "width:100%",
        "order": [[day, "asc"]],
        "lengthMenu": list(_PAGES),
        "pageLength": _PAGES[0],
        "autoWidth": False,
        "columnDefs": [
            {"targets": day, "orderData": order},
            {"targets": order, "visible": False, "searchable": False},
            {"targets": [minutes, series], "className": "dt-right"},
        ],
        "language": _texts(t),
    }


def _texts(t: Language) -> dict[str, Any]:
    return {
        "decimal": t.number(0.5, 1)[1],
        "thousands": t.number(1000)[1],
        "search": t("Search:"),
        "lengthMenu": t("_MENU_ rows"),
        "info": t("_START_ to _END_ of _TOTAL_"),
        "infoEmpty": t("No exam in this period."),
        "infoFiltered": t("(among _MAX_)"),
        "zeroRecords": t("No exam has these letters."),
        "emptyTable": t("No exam in this period."),
    }
