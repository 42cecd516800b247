"""What can be taken away of a look: the page of the report that shows it, and the lines of Python that give it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from html import escape
from pathlib import Path
from threading import Thread
from typing import Any, Final

from ipywidgets import HTML, Button, HBox, ToggleButton, ToggleButtons, VBox

from schedvisu_lib.explorer.busy import Busy
from schedvisu_lib.explorer.code import python_code
from schedvisu_lib.explorer.desk import Desk
from schedvisu_lib.explorer.page_maker import FORMATS, MadePage, data_uri, limits_of, make_page, pages_of, preview
from schedvisu_lib.explorer.question import Question
from schedvisu_lib.explorer.sight import View
from schedvisu_lib.explorer.trouble import in_words
from schedvisu_lib.export.target import Format
from schedvisu_lib.figures.html import Html, element
from schedvisu_lib.language import Language

_COPY: Final = Path(__file__).with_name("copy.js")
_LARGEST: Final = 15_000_000
"""Bytes of a file that the browser is handed over; a larger one is told by its path alone."""
_MOST_ROWS: Final = 24
"""Of the field with the lines of Python."""


class TakeawayBar:
    """Two buttons below a view: its page of the report, and its lines of Python.

    Parameters
    ----------
    desk
        Gives site and language.
    busy
        Shows that the desk reads what another program wrote, before a page is made of it.

    Attributes
    ----------
    widget : VBox
        What is shown.
    """

    def __init__(self, desk: Desk, busy: Busy) -> None:
        t = desk.t
        self._desk = desk
        self._busy = busy
        self._view: View | None = None
        self._questions: tuple[Question, ...] = ()
        self._maker: Thread | None = None
        self.format = ToggleButtons(options=[(form.upper(), form) for form in FORMATS], tooltips=_tooltips(t))
        self.format.add_class("sv-takeaway-format")
        self.page = Button(
            description=t("Make the page"), tooltip=t("This view as a page of the report"), disabled=True
        )
        self.page.on_click(lambda _: self._guarded(self._begin))
        self.code = ToggleButton(
            description="Python", tooltip=t("The lines of Python that give the same"), disabled=True
        )
        self.code.observe(lambda _: self._guarded(self._show_code), "value")
        self.progress = Busy()
        self.note, self.made, self.lines = HTML(), HTML(), HTML()
        row = HBox([self.page, self.format, self.code, self.progress])
        row.add_class("sv-takeaway-row")
        self.widget = VBox([row, self.note, self.made, self.lines])
        self.widget.add_class("sv-takeaway")

    def ask(self, question: Question, view: View, beside: Question | None = None) -> None:
        """Take what is looked at now: a question, the view of it, and the question that it is compared with."""
        self._questions = (question, beside) if beside else (question,)
        self._view = view
        self.page.disabled = self.code.disabled = False
        self.note.value = element("p", self._limit_note(view), "sv-note").text
        self._show_code()

    def _limit_note(self, view: View) -> str:
        """Say what the page of a view does not leave out though it was asked for."""
        t = self._desk.t
        site = self._desk.site
        pages = pages_of(site, self._questions, view.page, datetime.now())
        if pages[0].can_be_limited:
            return ""
        if any(limits_of(question).parameters() for question in self._questions):
            return t(
                "The page of this view shows all exams: weekdays, hours, exam types and takes limit nothing there."
            )
        if not pages[0].scanner and any(len(q.scanners) < len(site.scanners) for q in self._questions):
            return t("The page of this view shows all scanners.")
        return ""

    def _show_code(self) -> None:
        if not self.code.value or self._view is None:
            self.lines.value = ""
            return
        lines = python_code(self._desk.site, self._questions, self._view)
        self.lines.value = code_box(lines, self._desk.t).text

    def _begin(self) -> None:
        """Make the page in a thread, so that the widgets stay alive meanwhile."""
        t, view = self._desk.t, self._view
        if self._maker is not None and self._maker.is_alive():
            self.made.value = _sentence(t("A page is still being made; wait until it is there."))
            return
        if view is None:
            return
        with self._busy(t("Reading…")):
            self._desk.read_if_changed()
        self.made.value = ""
        asked = (self._questions, view.page, Format(self.format.value))
        self._maker = Thread(target=self._guarded, args=(lambda: self._make(*asked),), daemon=True, name="page")
        self._maker.start()

    def _make(self, questions: Sequence[Question], kind: str, form: Format) -> None:
        t = self._desk.t
        words = {
            "execute": t("Executing the notebook…"),
            "convert": t("Putting the page together…"),
            "print": t("Printing…"),
        }

        def begins(step: str) -> None:
            self.progress.value = f"<span>{escape(words.get(step, ''))}</span>"

        with self.progress(t("Beginning…")):
            made = make_page(self._desk.site, questions, kind, form, datetime.now(), begins)
            self.made.value = _made_html(made, t).text

    def _guarded(self, do: Callable[[], None]) -> None:
        """Do something; what goes wrong becomes a sentence."""
        try:
            do()
        except Exception as error:  # a user shall never see a traceback
            self.made.value = _sentence(in_words(error))

    def wait(self, timeout: float | None = None) -> None:
        """Wait until the page that is being made is there, or failed."""
        if self._maker is not None:
            self._maker.join(timeout)


def _tooltips(t: Language) -> list[str]:
    words: dict[Any, str] = {
        Format.PDF: t("For printing, and for mails"),
        Format.PNG: t("A picture for slides"),
        Format.HTML: t("For the browser: tables that sort, exams that tell of themselves"),
    }
    return [words[form] for form in FORMATS]


def _sentence(words: str) -> str:
    return element("p", words, "sv-problem").text


def _made_html(made: MadePage, t: Language) -> Html:
    """Say where the files lie and how large they are, with links that hand them over, and a picture of the first."""
    lines = [_file_line(file, made.format, t) for file in made.files]
    lines += [element("p", t("Missing: {what}", what=line), "sv-problem") for line in made.missing]
    picture = preview(made)
    shown = [] if picture is None else [_picture(picture, t)]
    return element("div", [element("div", lines), *shown], "sv-made")


def _file_line(file: Path, form: Format, t: Language) -> Html:
    content = file.read_bytes()
    where = element("code", str(file)) + Html(escape(f" ({_size(len(content), t)})"))
    if len(content) > _LARGEST:
        return element("p", where)
    name = escape(file.name, quote=True)
    link = f'<a class="sv-download" download="{name}" href="{data_uri(content, form)}">{escape(t("Download"))}</a> '
    return element("p", Html(link) + where)


def _picture(picture: bytes, t: Language) -> Html:
    words = escape(t("The page"), quote=True)
    return Html(f'<img class="sv-preview" alt="{words}" src="{data_uri(picture, Format.PNG)}">')


def _size(n_bytes: int, t: Language) -> str:
    return f"{t.number(n_bytes / 1e6, 1)} MB" if n_bytes >= 1e6 else f"{t.number(max(n_bytes / 1e3, 1))} kB"


def code_box(lines: str, t: Language) -> Html:
    """Return a field with lines of Python, and a button that copies them."""
    rows = min(lines.count("\n"), _MOST_ROWS)
    # A widget's own scripts never run, what stands at an element does.
    script = escape(_COPY.read_text(encoding="utf-8").partition("\n")[2], quote=True)
    done, label = escape(t("Copied"), quote=True), escape(t("Lines of Python"), quote=True)
    return Html(
        f'<div class="sv-code"><textarea readonly spellcheck="false" rows="{rows}" aria-label="{label}">'
        f'{escape(lines)}</textarea><button type="button" data-done="{done}" onclick="{script}">'
        f"{escape(t('Copy'))}</button></div>"
    )
