"""The versions of the roster: save one, and see what changed since another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from getpass import getuser
from html import escape
from pathlib import Path
from typing import Final

import pandas as pd
from ipywidgets import Button, Dropdown, HBox, Text, VBox

from schedvisu_lib.errors import SchedVisuError
from schedvisu_lib.explorer.paragraph import paragraph
from schedvisu_lib.explorer.roster.draft import RosterDraft
from schedvisu_lib.language import Language
from schedvisu_lib.plan.roster.change.versions import Version, load_book, load_version, save_version, versions

_BEGIN: Final = 0
"""Stands for the roster with which the desk began."""


class History:
    """Fields and buttons of the versions.

    Parameters
    ----------
    draft
        The roster.
    folder
        Of its versions.
    t
        The language.
    restored
        Called after a version became the roster.
    guarded
        Runs what a button does, and tells what goes wrong.
    """

    def __init__(
        self,
        draft: RosterDraft,
        folder: Path,
        t: Language,
        restored: Callable[[], None],
        guarded: Callable[[Callable[[], None]], None],
    ) -> None:
        self._draft, self._folder, self._t, self._restored = draft, folder, t, restored
        self.author = Text(description=t("Author"), value=getuser())
        self.note = Text(description=t("Note"), placeholder=t("what it is for"))
        self.save = Button(description=t("Save version"), tooltip=t("Keep the roster as it is now beside those before"))
        self.chosen = Dropdown(description=t("Version"))
        self.compare = Button(description=t("What changed"), tooltip=t("The duties that differ from this version"))
        self.restore = Button(description=t("Take it back"), tooltip=t("Go on from this version"))
        for button, do in ((self.save, self._save), (self.compare, self._compare), (self.restore, self._restore)):
            button.on_click(lambda _, do=do: guarded(do))
        self.told = paragraph("sv-roster-changes")
        rows = [HBox([self.author, self.note, self.save]), HBox([self.chosen, self.compare, self.restore])]
        for row in rows:
            row.add_class("sv-roster-fields")
        self.widget = VBox([*rows, self.told])
        self._list()

    def _save(self) -> None:
        now = datetime.now()
        draft, author, note = self._draft, self.author.value.strip(), self.note.value.strip()
        saved = save_version(self._folder, draft.table, draft.book, author=author, note=note, now=now)
        self._list()
        self.chosen.value = saved.number
        self.told.value = escape(self._t("Saved as version {n} in {folder}.", n=saved.number, folder=str(self._folder)))

    def _compare(self) -> None:
        lines = self._draft.changes(self._table())
        if not lines:
            self.told.value = escape(self._t("Nothing changed."))
            return
        self.told.value = "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"

    def _restore(self) -> None:
        version = self._versions.get(self.chosen.value)
        self._draft.take(self._table(), load_book(version) if version is not None else None)
        self.told.value = ""
        self._restored()

    def _table(self) -> pd.DataFrame:
        version = self._versions.get(self.chosen.value)
        return self._draft.begin if version is None else load_version(version)

    def _list(self) -> None:
        """Offer the versions of the folder, the newest first, and the roster with which the desk began."""
        t = self._t
        try:
            found = versions(self._folder)
        except SchedVisuError as error:
            found, self.told.value = [], escape(str(error))
        self._versions: dict[int, Version] = {one.number: one for one in found if not one.damaged}
        options = [(_words(one, t), number) for number, one in reversed(self._versions.items())]
        self.chosen.options = [*options, (t("as the desk began"), _BEGIN)]


def _words(version: Version, t: Language) -> str:
    return ", ".join(filter(None, [f"{version.number}: {t.moment(version.saved)}", version.author, version.note]))
