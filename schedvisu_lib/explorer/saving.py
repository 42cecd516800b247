"""Plan or roster as files: the row of buttons that saves them and hands them over, and the lines that name them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from enum import StrEnum
from html import escape
from pathlib import Path
from typing import Final, Generic, TypeAlias, TypeVar

from ipywidgets import Button, HBox, VBox

from schedvisu_lib.errors import ReportError
from schedvisu_lib.explorer.busy import Busy
from schedvisu_lib.explorer.paragraph import paragraph
from schedvisu_lib.explorer.trouble import in_words
from schedvisu_lib.figures.html import Html, element
from schedvisu_lib.language import Language

ContentT = TypeVar("ContentT")


class Form(StrEnum):
    """Of the files that a desk offers; the command writes the same ones, and more."""

    XLSX = "xlsx"
    ICS = "ics"
    PDF = "pdf"


Writer: TypeAlias = Callable[[ContentT, Form, Path], list[Path]]
"""Writes a content in a form into a folder, and returns the files."""

_MIME: Final = {
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.ICS: "text/calendar",
    Form.PDF: "application/pdf",
}
_LARGEST: Final = 15_000_000
"""Bytes of a file that the browser is handed over; a larger one is told by its path alone."""
_MOST: Final = 12
"""Files that are handed over one by one; of more the folder is told."""


class SaveBar(Generic[ContentT]):
    """A button for each form of file, and below them what was written.

    Parameters
    ----------
    content
        Gives the plan as it is when a button is clicked.
    folder
        Where files are written.
    t
        The language.
    write
        Writes them.
    words
        Name and explanation of each form.
    """

    def __init__(
        self,
        content: Callable[[], ContentT],
        folder: Path,
        t: Language,
        write: Writer[ContentT],
        words: Mapping[Form, tuple[str, str]],
    ) -> None:
        self._content, self._folder, self._t, self._write = content, folder, t, write
        self.busy = Busy()
        self.made = paragraph("sv-made-files")
        self.buttons = {form: Button(description=name, tooltip=tooltip) for form, (name, tooltip) in words.items()}
        for form, button in self.buttons.items():
            button.on_click(lambda _, form=form: self.save(form))
        title = paragraph("sv-name")
        title.value = escape(t("Save the plan as"))
        row = HBox([title, *self.buttons.values(), self.busy])
        row.add_class("sv-takeaway-row")
        self.widget = VBox([row, self.made])
        self.widget.add_class("sv-takeaway")

    def enable(self, *, is_enabled: bool) -> None:
        """Let the buttons be clicked, or not."""
        for button in self.buttons.values():
            button.disabled = not is_enabled

    def save(self, form: Form) -> None:
        """Write the files of a form, and say where they lie; what goes wrong becomes a sentence."""
        try:
            with self.busy(self._t("Saving…")):
                files = self._write(self._content(), form, self._folder)
                self.made.value = self._told(files, form).text
        except Exception as error:
            self.made.value = element("p", in_words(error), "sv-problem").text

    def _told(self, files: list[Path], form: Form) -> Html:
        t = self._t
        if len(files) > _MOST:
            folder = element("code", str(files[0].parent))
            return element("p", Html(escape(t("{n} files in", n=t.number(len(files)))) + " " + folder.text))
        return element("div", [self._line(file, form) for file in files])

    def _line(self, file: Path, form: Form) -> Html:
        content = file.read_bytes()
        where = element("code", str(file))
        if len(content) > _LARGEST:
            return element("p", where)
        uri = f"data:{_MIME[form]};base64,{b64encode(content).decode()}"
        name = escape(file.name, quote=True)
        link = f'<a class="sv-download" download="{name}" href="{uri}">{escape(self._t("Download"))}</a> '
        return element("p", Html(link) + where)


def saved_lines(content: ContentT, folder: Path, write: Writer[ContentT]) -> list[Html]:
    """Write the files of all forms into a folder, and return a line that names each.

    Without a browser that prints the pages the other files are written, and a line says so.

    Raises
    ------
    ExportError
        A file cannot be written.
    """
    lines = []
    for form in Form:
        try:
            lines += [element("p", str(file)) for file in write(content, form, folder)]
        except ReportError as error:
            lines.append(element("p", str(error), "sv-problem"))
    return lines
