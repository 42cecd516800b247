"""The whole desk of the roster: the grid, the chosen cell, what is broken or empty, absences, versions and files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime
from html import escape
from pathlib import Path
from typing import Final

from ipywidgets import HTML, BoundedIntText, Button, HBox, Tab, VBox

from schedvisu_lib.explorer.busy import Busy
from schedvisu_lib.explorer.paragraph import paragraph
from schedvisu_lib.explorer.roster.absence import AbsencePanel
from schedvisu_lib.explorer.roster.cell_panel import CellPanel
from schedvisu_lib.explorer.roster.cells import grid_lines, grid_texts, shift_in
from schedvisu_lib.explorer.roster.draft import RosterDraft, State
from schedvisu_lib.explorer.roster.files import form_words, save_roster
from schedvisu_lib.explorer.roster.grid import RosterGrid
from schedvisu_lib.explorer.roster.history import History
from schedvisu_lib.explorer.saving import Form, SaveBar
from schedvisu_lib.explorer.searching import Searching
from schedvisu_lib.explorer.trouble import in_words
from schedvisu_lib.export.roster.content import RosterContent, shifts_in_words
from schedvisu_lib.figures.html import element
from schedvisu_lib.figures.roster_lines import Line, shift_colors, shift_letters
from schedvisu_lib.figures.style import readable_on
from schedvisu_lib.plan.roster.book.file import write_staff
from schedvisu_lib.plan.roster.change.changes import Refused
from schedvisu_lib.plan.roster.duty import Duty
from schedvisu_lib.plan.roster.rules.broken import Broken

_MOST_SECONDS: Final = 600


class RosterScreen:
    """Joins all parts of the desk.

    Parameters
    ----------
    draft
        The roster.
    folder
        Where files are saved; versions go into its folder "versions".
    seconds
        For which a better roster is looked for, to begin with.
    """

    def __init__(self, draft: RosterDraft, folder: Path, seconds: float = 10.0) -> None:
        t = self._t = draft.t
        self.draft = draft
        self.busy, self.searching = Busy(), Searching()
        self._is_searching = False
        self._cell: tuple[str, date] | None = None
        self.told, self.problem, self.heading = paragraph("sv-told"), paragraph("sv-problem"), paragraph("sv-head")
        content = self._content
        self._lines = grid_lines(draft.table, content.frame)
        texts = grid_texts(draft.table, content.frame, self._lines, self._broken_cells(draft.broken()))
        self.grid = RosterGrid(content.frame, self._lines, texts, t, self._typed, self._choose)
        self.cell = CellPanel(t, self._take, self._lock)
        people = list(content.frame.people["person"])
        self.absence = AbsencePanel(people, draft.first, draft.last, t, self._away, self._stand_in)
        self.history = History(draft, folder / "versions", t, self._restored, self._guard)
        self.saving = SaveBar(lambda: self._content, folder, t, self._write, form_words(t))
        self.replan = Button(
            description=t("Plan around"),
            tooltip=t("Fill what is empty; locked or set by hand stays, all else moves least"),
        )
        self.undo = Button(description=t("Undo"), tooltip=t("Take the last change back"))
        self.stop = Button(description=t("Stop"), tooltip=t("End the search with the best roster so far"))
        self.seconds = BoundedIntText(
            description=t("Seconds of search"), value=round(seconds), min=1, max=_MOST_SECONDS
        )
        self.replan.add_class("sv-first")
        self.replan.on_click(lambda _: self._begin())
        self.stop.on_click(lambda _: self.searching.stop())
        self.undo.on_click(lambda _: self._undo())
        self.broken, self.empty, self.spread = (paragraph("sv-roster-list") for _ in range(3))
        self.statistics = paragraph("sv-roster-list")
        self.lists = Tab(
            [self.broken, self.empty, self.spread, self.statistics, self.absence.widget, self.history.widget]
        )
        self.lists.titles = self._titles(0, 0)
        self.widget = self._frame(content)
        self._show()

    def wait(self, timeout: float | None = None) -> None:
        """Wait until a search is over."""
        self.searching.wait(timeout)

    def _frame(self, content: RosterContent) -> VBox:
        """Put everything in its place."""
        t, site = self._t, self.draft.site
        days = t("from {first} to {last}", first=t.day(self.draft.first), last=t.day(self.draft.last))
        words = f"{site.department.name} · {days}"
        title = HTML(f"<h1>{escape(t('Duty roster'))}</h1><p>{escape(words)}</p>")
        title.add_class("sv-title")
        top = HBox([title, self.busy])
        top.add_class("sv-top")
        legend = paragraph("sv-hint")
        legend.value = _legend(content)
        buttons = HBox([self.replan, self.stop, self.undo, self.seconds])
        buttons.add_class("sv-plan-buttons")
        side = VBox([self.cell.widget])
        side.add_class("sv-roster-side")
        below = HBox([side, self.lists])
        below.add_class("sv-roster-below")
        frame = VBox(
            [top, self.heading, buttons, self.told, self.problem, self.grid.widget, legend, below, self.saving.widget]
        )
        for css in ("sv-screen", "sv-planner", "sv-roster"):
            frame.add_class(css)
        return frame

    # --- what the user does --------------------------------------------------------------------------------------

    def _typed(self, line: Line, day: date, text: str) -> None:
        """Take what was typed into a cell: name each rule that it breaks at once, and leave the cell as it was then."""
        with self._guarded():
            try:
                if line.kind != "person":
                    raise ValueError(self._t("This row shows seats that nobody fills; give them to a person above."))
                letters = shift_letters([one.name for one in self.draft.book.shifts])
                shift = shift_in(text, letters, self._t)
                self._choose(line, day)
                self._set(line.person, day, shift, in_spite=False)
            finally:
                self.grid.restore(line, day)  # the letter as it is now, whatever was typed

    def _choose(self, line: Line, day: date) -> None:
        """Show what a cell could hold."""
        with self._guarded():
            if line.kind != "person":
                self._cell = None
                self.cell.clear()
                return
            self._cell = (line.person, day)
            self._show_cell()

    def _take(self, shift: str | None, in_spite: bool) -> None:
        with self._guarded():
            if self._cell is not None:
                self._set(*self._cell, shift, in_spite=in_spite)

    def _set(self, person: str, day: date, shift: str | None, *, in_spite: bool) -> None:
        t, before = self._t, self.draft.table
        try:
            broken = self.draft.set(person, day, shift, in_spite=in_spite)
        except Refused as error:
            self.cell.refuse(shift, error.broken)
            return
        if self.draft.table is before:
            return
        words = t("{person}, {day}: {shift}.", person=person, day=t.day(day, "EEE d MMM"), shift=shift or t("free"))
        self._changed(words, broken)

    def _lock(self) -> None:
        with self._guarded():
            if self._cell is not None:
                locked = self.draft.toggle_lock(*self._cell)
                person = self._cell[0]
                t = self._t
                self._changed(
                    t("{person}: locked.", person=person) if locked else t("{person}: unlocked.", person=person)
                )

    def _away(self, person: str, first: date, last: date) -> None:
        with self._guarded():
            found = self.draft.absent(person, first, last)
            self._changed(self._t("{person} is absent: {n} duties are open.", person=person, n=len(found)))
            self.absence.show(found)

    def _stand_in(self, duty: Duty, substitute: str) -> None:
        with self._guarded():
            self.draft.stand_in(duty, substitute)
            self.absence.done(duty)
            words = self._t(
                "{substitute} stands in for {person}, who owes it.", substitute=substitute, person=duty.person
            )
            self._changed(words)

    def _undo(self) -> None:
        with self._guarded():
            self.draft.undo()
            self.absence.clear()
            self._show()

    def _restored(self) -> None:
        self.absence.clear()
        self._changed(self._t("This version is the roster now; Undo goes back."))

    def _begin(self) -> None:
        """Plan around what stands in a thread, unless a search is running."""
        with self._guarded():
            if self._is_searching:
                return
            self._is_searching = True
            self._enable()
            work = ExitStack()
            seconds = float(self.seconds.value)
            work.enter_context(self.busy(self._t("Planning, at most {n} s…", n=self._t.number(seconds))))
            self.searching.begin(
                lambda stopped: self.draft.replan(seconds, stopped), lambda result: self._found(result, work)
            )

    def _found(self, result: State | Exception, work: ExitStack) -> None:
        """Take what a search found, or say why it failed."""
        work.close()
        self._is_searching = False
        with self._guarded():
            self._enable()
            if isinstance(result, Exception):
                raise result
            before = self.draft.table
            self.draft.take(*result)
            self.absence.clear()
            n = len(self.draft.changes(before))
            self._changed(self._t("Planned around what stands: {n} duties changed.", n=self._t.number(n)))

    # --- what is shown -------------------------------------------------------------------------------------------

    def _changed(self, words: str, broken: list[Broken] | None = None) -> None:
        """Show the roster after a change, what was done, and which rules that broke."""
        self._show()
        self.told.value = f"<p>{escape(words)}</p>"
        if broken:
            rules = "\n".join(map(str, broken))
            self.problem.value = f"<p>{escape(self._t('This breaks rules:') + chr(10) + rules)}</p>"

    def _show(self) -> None:
        t, content = self._t, self._content
        broken = self.draft.broken()
        self.grid.show(grid_texts(self.draft.table, content.frame, self._lines, self._broken_cells(broken)))
        n, n_empty = len(content.filled), len(content.empty)
        parts = [
            element("b", t("{n} duties", n=t.number(n))),
            element("span", t("{n} seats empty", n=t.number(n_empty)), "sv-number"),
            element("span", t("{n} rules broken", n=t.number(len(broken))), "sv-number"),
        ]
        self.heading.value = element("p", parts, "sv-heading").text
        rules = "".join(f"<li>{escape(str(one))}</li>" for one in broken)
        self.broken.value = f"<ul>{rules}</ul>" if rules else escape(t("No rule is broken."))
        self.empty.value = content.pages.empty_html().text if n_empty else escape(t("Every seat is filled."))
        self.spread.value = content.pages.spread_html().text
        self.statistics.value = content.pages.statistics_html().text
        self.lists.titles = self._titles(len(broken), n_empty)
        if self._cell is not None:
            self._show_cell()
        self._enable()

    def _show_cell(self) -> None:
        if self._cell is not None:
            row, choices = self.draft.duty(*self._cell), self.draft.choices(*self._cell)
            self.cell.show(*self._cell, row, choices)

    def _titles(self, n_broken: int, n_empty: int) -> tuple[str, ...]:
        t = self._t
        broken, empty = t("Broken rules"), t("Empty seats")
        counted = (f"{broken} ({n_broken})", f"{empty} ({n_empty})")
        return (*counted, t("Spread"), t("Who has what"), t("Absence"), t("Versions"))

    def _broken_cells(self, broken: list[Broken]) -> set[tuple[str, date]]:
        return {(one.person, one.date) for one in broken if one.person and one.date is not None}

    @property
    def _content(self) -> RosterContent:
        """The roster as it is now."""
        draft = self.draft
        return RosterContent(draft.table, draft.book, draft.site, draft.first, draft.last, datetime.now())

    def _write(self, content: RosterContent, form: Form, folder: Path) -> list[Path]:
        """Write the roster, and with the workbook the staff book if absences or debts changed it."""
        files, draft = save_roster(content, form, folder), self.draft
        book, was = draft.book, draft.begin_book
        if form == Form.XLSX and (book.leave, book.debts) != (was.leave, was.debts):
            files.append(write_staff(book, folder / f"staff-{draft.first}.xlsx"))
        return files

    def _enable(self) -> None:
        """Let a search only be stopped while it is running, and nothing else be done to the roster."""
        busy = self._is_searching
        self.replan.disabled = self.absence.go.disabled = busy
        self.undo.disabled = busy or not self.draft.can_undo
        self.stop.layout.display = None if busy else "none"
        self.grid.widget.editable = not busy
        self.saving.enable(is_enabled=not busy)

    def _guard(self, do: Callable[[], None]) -> None:
        with self._guarded():
            do()

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Forget what was told of the last thing that was done; tell what goes wrong now in a sentence."""
        self.told.value = self.problem.value = ""
        try:
            yield
        except Exception as error:
            self.problem.value = f"<p>{escape(in_words(error))}</p>"


def _legend(content: RosterContent) -> str:
    """Say what letters and signs of the grid mean."""
    t, colors = content.t, shift_colors(content.frame.shifts)
    signs = [
        f'<i class="sv-letter" style="background:{colors[name]};color:{readable_on(colors[name])}">{escape(letter)}'
        f"</i> {escape(name)} {escape(hours)}"
        for letter, name, hours in shifts_in_words(content)
    ]
    signs += [
        escape(words)
        for words in (
            t("– leave"),
            t("[ ] locked"),
            t("* set by hand, substitute or swapped"),
            t("! breaks a rule"),
            t("? nobody"),
        )
    ]
    return " · ".join(signs)
