"""The whole desk of the planner: controls beside a sheet's timetable, its sessions, and how full the resources are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Final

import pandas as pd
from ipywidgets import HTML, Box, Button, HBox, VBox

from schedvisu_lib.explorer.busy import Busy
from schedvisu_lib.explorer.newest import Newest
from schedvisu_lib.explorer.paragraph import paragraph
from schedvisu_lib.explorer.planner.content import content_of
from schedvisu_lib.explorer.planner.controls import PlanControls
from schedvisu_lib.explorer.planner.draft import Draft, Wanted
from schedvisu_lib.explorer.planner.files import form_words, save_plan
from schedvisu_lib.explorer.planner.free_list import FreeList
from schedvisu_lib.explorer.planner.pictures import load_picture, timetable
from schedvisu_lib.explorer.planner.session_rows import Doings, SessionRows
from schedvisu_lib.explorer.saving import SaveBar
from schedvisu_lib.explorer.searching import Searching
from schedvisu_lib.explorer.trouble import in_words
from schedvisu_lib.export.plan.content import PlanContent
from schedvisu_lib.figures.appointment_lists import free_html
from schedvisu_lib.figures.html import element
from schedvisu_lib.language import language
from schedvisu_lib.plan.by_hand import Refused
from schedvisu_lib.plan.rules.broken import Broken, moment
from schedvisu_lib.plan.rules.slots import resources_of
from schedvisu_lib.plan.terms import Terms

_TIMETABLE: Final = (165.0, 76.0)
_LOAD: Final = 105.0
"""Sizes of the figures in millimetres of paper."""


class PlanScreen:
    """Joins controls, timetable, sessions, free times, load and files.

    Parameters
    ----------
    draft
        The plan.
    terms, seconds
        What the controls say to begin with.
    folder
        Where files are saved.
    studies
        Exams of the store, whose occupancy stands beside the load; may be empty.
    durations
        How long procedures take, for the files.
    """

    def __init__(
        self,
        draft: Draft,
        terms: Terms,
        seconds: float,
        folder: Path,
        studies: pd.DataFrame,
        durations: pd.DataFrame | None = None,
    ) -> None:
        t = self._t = language(draft.site.report.language)
        self.draft, self._studies, self._durations = draft, studies, durations
        self.busy, self.newest, self.searching = Busy(), Newest(), Searching()
        self._moving = ""
        """The session whose free times are shown."""
        self._is_searching = False
        self.controls = PlanControls(draft.book, terms, seconds, t, self._chose)
        self.plan = _button(t("Plan"), t("New times for the ticked positions; what is locked or set by hand stays"))
        self.refill = _button(t("Refill"), t("Times for ticked sessions that have none; all others stay"))
        self.stop = _button(t("Stop"), t("End the search with the best plan so far"))
        self.undo = _button(t("Undo"), t("Take the last change back"))
        self.plan.add_class("sv-first")
        self.plan.on_click(lambda _: self._begin(draft.plan))
        self.refill.on_click(lambda _: self._begin(draft.refill))
        self.stop.on_click(lambda _: self.searching.stop())
        self.undo.on_click(lambda _: self._undo())
        self.told, self.problem = paragraph("sv-told"), paragraph("sv-problem")
        self.heading, self.picture = paragraph("sv-head"), HTML()
        self.load, self.next_free = HTML(), paragraph("sv-next-free")
        self.signs = paragraph("sv-hint")
        self.signs.value = escape(
            t("Pale: booked before. Black frame: locked. Grey: the patient is elsewhere. Line: the way.")
        )
        self.rows = SessionRows(draft.book, t, Doings(self._move, self._lock, self._delete))
        self.free = FreeList(draft.book, t, self._set, self._close)
        self._free_place = Box()
        self.saving = SaveBar(lambda: self._content, folder, t, save_plan, form_words(t))
        self.widget = self._frame()
        self._show()
        self.newest.finish()

    def wait(self, timeout: float | None = None) -> None:
        """Wait until a search is over."""
        self.searching.wait(timeout)

    def _frame(self) -> VBox:
        """Put everything in its place."""
        t, site = self._t, self.draft.site
        title = HTML(f"<h1>{escape(t('Appointments'))}</h1><p>{escape(site.department.name)}</p>")
        title.add_class("sv-title")
        top = HBox([title, self.busy])
        top.add_class("sv-top")
        buttons = HBox([self.plan, self.stop, self.refill, self.undo])
        buttons.add_class("sv-plan-buttons")
        side = VBox([self.controls.widget, buttons])
        side.add_class("sv-controls")
        drawings = [Box([place]) for place in (self.picture, self.load)]
        for drawing in drawings:
            drawing.add_class("sv-drawing")
        sheet = VBox(
            [
                self.told,
                self.problem,
                self.heading,
                drawings[0],
                self.signs,
                self._free_place,
                self.rows.widget,
                self.saving.widget,
            ]
        )
        sheet.add_class("sv-plan-sheet")
        titles = [HTML(f"<h3>{escape(words)}</h3>") for words in (t("Load of the resources"), t("Next free times"))]
        load = VBox([titles[0], drawings[1], titles[1], self.next_free])
        load.add_class("sv-plan-load")
        room = HBox([sheet, load])
        room.add_class("sv-plan-room")
        body = HBox([side, room])
        body.add_class("sv-body")
        frame = VBox([top, body])
        for css in ("sv-screen", "sv-planner"):
            frame.add_class(css)
        return frame

    def _chose(self) -> None:
        """Show another sheet."""
        with self._guarded():
            self._moving = ""
            self._show()

    def _begin(self, search: Callable[[Wanted, Callable[[], bool]], pd.DataFrame]) -> None:
        """Search in a thread, unless a search is running."""
        with self._guarded():
            if self._is_searching:
                return
            wanted = self.controls.wanted
            self._moving = ""
            self._is_searching = True
            self._show_sheet()
            work = ExitStack()
            work.enter_context(self.busy(self._search_words(wanted.seconds)))
            self.searching.begin(lambda stopped: search(wanted, stopped), lambda result: self._found(result, work))

    def _search_words(self, seconds: float) -> str:
        t = self._t
        words = t("Searching for times, {n} s…", n=t.number(seconds))
        return f"{words} {t('(the first search after an installation takes longer)')}"

    def _found(self, result: pd.DataFrame | Exception, work: ExitStack) -> None:
        """Take what a search found, or say why it failed."""
        work.close()
        self._is_searching = False
        with self._guarded():
            if isinstance(result, Exception):
                self._show_sheet()
                raise result
            self.draft.take(result)
            self._show()

    def _undo(self) -> None:
        with self._guarded():
            self._moving = ""
            self.draft.undo()
            self._show()

    def _delete(self, appointment_id: str) -> None:
        with self._guarded():
            name = self._name(appointment_id)
            broken = self.draft.delete(appointment_id, self.controls.wanted)
            self._changed(self._t("{session}: taken out.", session=name), broken)

    def _lock(self, appointment_id: str) -> None:
        with self._guarded():
            is_locked = bool(self.draft.row(appointment_id)["locked"])
            (self.draft.unlock if is_locked else self.draft.lock)(appointment_id)
            name = self._name(appointment_id)
            words = (
                self._t("{session}: unlocked.", session=name)
                if is_locked
                else self._t("{session}: locked.", session=name)
            )
            self._changed(words)

    def _move(self, appointment_id: str) -> None:
        """Open the times at which a session could be."""
        with self._guarded():
            draft, wanted = self.draft, self.controls.wanted
            row = draft.row(appointment_id)
            is_placed = bool(pd.notna(row["start"]))
            now = (row["start"].to_pydatetime(), row["resource"]) if is_placed else None
            book = wanted.limit(draft.book)
            asked = draft.asked(row, book)
            with self.busy(self._t("Looking for free times…")):
                times = draft.free_times(appointment_id, wanted)
            names = resources_of(asked, book) if asked is not None else list(book.resource)
            names += [row["resource"]] if row["resource"] and row["resource"] not in names else []
            numbers = {name: row[name] for name in ("sheet", "position", "session")}
            told = self._t("{sheet} position {position}, session {session}", **numbers)
            self.free.show(self._name(appointment_id), (told, row["procedure"]), times, names, now)
            self._moving = appointment_id
            self._show_sheet()

    def _set(self, start: datetime, resource: str, in_spite: bool) -> None:
        """Set the session whose free times are shown at a time."""
        with self._guarded():
            name, moved = self._name(self._moving), self._moving
            try:
                broken = self.draft.move(moved, start, resource, self.controls.wanted, in_spite=in_spite)
            except Refused as error:
                self.free.own.refuse(str(error))
                return
            self._moving = ""
            where = {"when": moment(start, self._t), "resource": resource}
            self._changed(self._t("{session}: {when}, {resource}.", session=name, **where), broken)

    def _close(self) -> None:
        with self._guarded():
            self._moving = ""
            self._show_sheet()

    def _changed(self, words: str, broken: list[Broken] | None = None) -> None:
        """Show the plan after a change, what was done, and which rules that broke."""
        self._show()
        self.told.value = f"<p>{escape(words)}</p>"
        if broken:
            rules = "\n".join(map(str, broken))
            self.problem.value = f"<p>{escape(self._t('This breaks rules:') + chr(10) + rules)}</p>"

    def _name(self, appointment_id: str) -> str:
        """Name a session in a sentence."""
        row = self.draft.row(appointment_id)
        words = {"n": row["position"], "procedure": row["procedure"], "k": row["session"]}
        asked = self.draft.asked(row, self.draft.book)
        if asked is not None and asked.sessions > 1:
            return self._t("Position {n}, {procedure}, session {k}", **words)
        return self._t("Position {n}, {procedure}", n=words["n"], procedure=words["procedure"])

    def _show(self) -> None:
        """Show the plan as it is now; the figures come after the rest."""
        self._show_sheet()
        self.newest.begin(self._draw)

    def _show_sheet(self) -> None:
        sheet = self.controls.chosen_sheet
        rows = self.draft.of_sheet(sheet)
        self.rows.show(rows, self._moving)
        n_placed = int(rows["start"].notna().sum())
        number = self._t("{n} of {all} sessions have a time", n=self._t.number(n_placed), all=self._t.number(len(rows)))
        parts = [element("b", sheet), element("span", number, "sv-number")]
        self.heading.value = element("p", parts, "sv-heading").text
        self._free_place.children = [self.free.widget] if self._moving else []
        self._enable()

    def _draw(self) -> Iterator[None]:
        with self._caught(), self.busy(self._t("Drawing…")):
            content = self._content
            self.picture.value = timetable(content, self.controls.chosen_sheet, _TIMETABLE).text
            yield
            self.load.value = load_picture(content, _LOAD).text
            yield
            self.next_free.value = free_html(content.free, self._t).text

    @property
    def _content(self) -> PlanContent:
        """The plan as it is now."""
        draft = self.draft
        terms = self.controls.wanted.terms
        return content_of(draft.table, draft.book, draft.site, terms, self._studies, self._durations)

    def _enable(self) -> None:
        """Let a search only be stopped while it is running, and nothing else be done to the plan."""
        for button in (self.plan, self.refill):
            button.disabled = self._is_searching
        self.undo.disabled = self._is_searching or not self.draft.can_undo
        self.stop.layout.display = "" if self._is_searching else "none"
        self.rows.enable(is_enabled=not self._is_searching)
        self.saving.enable(is_enabled=not self._is_searching)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Forget what was told of the last thing that was done; tell what goes wrong now."""
        self.told.value = self.problem.value = ""
        with self._caught():
            yield

    @contextmanager
    def _caught(self) -> Iterator[None]:
        """Tell what goes wrong in a sentence, and go on: nobody at the screen sees a traceback."""
        try:
            yield
        except Exception as error:
            self.problem.value = f"<p>{escape(in_words(error))}</p>"


def _button(words: str, tooltip: str) -> Button:
    return Button(description=words, tooltip=tooltip)
