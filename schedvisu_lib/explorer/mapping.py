"""Give study descriptions an exam type: pick, see what it changes, write it into the site file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from html import escape
from typing import Final

import pandas as pd
from ipywidgets import Button, Dropdown, HBox, Text, ToggleButtons, VBox, Widget

from schedvisu_lib.config import OTHER, Site, squeeze_description
from schedvisu_lib.explorer.busy import Busy
from schedvisu_lib.explorer.description_list import DescriptionList, Line
from schedvisu_lib.explorer.desk import Desk
from schedvisu_lib.explorer.newest import Newest
from schedvisu_lib.explorer.paragraph import paragraph
from schedvisu_lib.explorer.question import Question
from schedvisu_lib.explorer.quiet import Quiet
from schedvisu_lib.explorer.trouble import in_words
from schedvisu_lib.figures.remapping import remapping_html
from schedvisu_lib.site_file import Saved, SiteFile, save_exam_types, undo
from schedvisu_lib.studies.consolidate import NEEDED, consolidate
from schedvisu_lib.studies.mapping import Pick, count_descriptions, map_descriptions, pattern_of
from schedvisu_lib.studies.remapping import compare, moved_besides, remapped, types_to_part
from schedvisu_lib.studies.selection import between
from schedvisu_lib.studies.suggestions import LEAST_SIMILAR, suggest_types

ASKED: Final = "asked"
ALL: Final = "all"
SUGGESTED: Final = "*suggested"
NEW: Final = "*new"
NOT_CHOSEN: Final = "*none"
_LATE: Final = timedelta(days=7)
"""An exam may begin so long after its study's day: late images."""
_MOST_TOLD: Final = 6
"""How many other descriptions are named one by one."""


class MappingPanel:
    """Descriptions without an exam type, or those of a type; what is picked is tried out at once, then saved.

    Parameters
    ----------
    desk
        Site and exams.
    busy
        The sign that something is at work.

    Attributes
    ----------
    widget : Widget
    """

    def __init__(self, desk: Desk, busy: Busy) -> None:
        t = desk.t
        self._desk = desk
        self._busy = busy
        self._quiet = Quiet()
        self._newest = Newest()
        self._question: Question | None = None
        self._site: Site | None = None
        self._file: SiteFile | None = None
        self._saved: Saved | None = None
        self._after: Site | None = None
        self._suggested: dict[tuple[str, str], str] = {}
        self._is_named = False
        self.kind = Dropdown(description=t("Descriptions"), options=[(t(OTHER), OTHER)])
        self.scope = ToggleButtons(options=[(t("Chosen scanners and days"), ASKED), (t("All scanners and days"), ALL)])
        self.lines = DescriptionList(t, self._picked)
        self.exam_type = Dropdown(description=t("Type of exam"), options=[(t("as suggested"), SUGGESTED)])
        self.name = Text(description=t("Name"), placeholder=t("short name, as the legend prints it"))
        self.save = Button(description=t("Save into the site file"), button_style="primary")
        self.undo = Button(description=t("Undo"))
        self._nothing, self._preview = paragraph("sv-mapping-nothing"), paragraph("sv-mapping-preview")
        self._said, self._failure = paragraph("sv-mapping-said"), paragraph("sv-mapping-failure")
        self._choice = HBox([self.exam_type, self.name])
        self._pick = VBox([self._choice, self._preview, HBox([self.save])])
        self.widget: Widget = self._laid_out()
        for widget, changed in ((self.kind, self._listed), (self.scope, self._listed), (self.exam_type, self._typed)):
            widget.observe(lambda _, changed=changed: changed(), "value")
        self.name.observe(lambda _: self._named(), "value")
        self.save.on_click(lambda _: self._save())
        self.undo.on_click(lambda _: self._undo())
        self._show_parts()

    def ask(self, question: Question) -> None:
        """Show the descriptions of a question's scanners and days, or of all, as the user chose."""
        self._question = question
        with self._caught():
            self._list()

    def _laid_out(self) -> VBox:
        t = self._desk.t
        intro = paragraph("sv-mapping-intro")
        intro.value = escape(
            t("Tick descriptions and choose their exam type: what would change is shown before anything is saved.")
        )
        self.save.add_class("sv-mapping-save")
        choice = HBox([self.kind, self.scope])
        choice.add_class("sv-mapping-choice")
        self._pick.add_class("sv-mapping-pick")
        said = HBox([self._said, self.undo])
        said.add_class("sv-mapping-told")
        panel = VBox([intro, said, self._failure, choice, self._nothing, self.lines.widget, self._pick])
        panel.add_class("sv-mapping")
        return panel

    # --- what is listed -----------------------------------------------------------------------------------------------

    def _listed(self) -> None:
        if not self._quiet and self._question is not None:
            with self._caught():
                self._list()

    def _list(self) -> None:
        """List the descriptions of the chosen type."""
        if self._desk.site is not self._site:
            self._file = SiteFile.read(self._desk.site.file)
            self._site = self._desk.site
        site, t = self._desk.site, self._desk.t
        counts = count_descriptions(self._exams())
        self._offer_kinds(counts)
        rows = counts.loc[counts["exam_type"] == self.kind.value]
        is_mapped = self.kind.value != OTHER
        if is_mapped:
            self._suggested = {}
            remarks = [
                pattern_of(row.study_description, row.scanner, site) or t("by an older site file")
                for row in rows.itertuples()
            ]
        else:
            remarks = self._suggest(rows)
        lines = [
            Line(row.scanner, row.study_description, row.n, self._days(row.first, row.last), remark)
            for row, remark in zip(rows.itertuples(), remarks, strict=True)
        ]
        self.lines.show(lines, t("Pattern") if is_mapped else t("Suggestion"))
        self._offer_types()
        self._nothing.value = "" if lines else escape(self._say_nothing())
        self._try_out()

    def _exams(self) -> pd.DataFrame:
        """Return the exams that count."""
        studies, question = self._desk.studies, self._question
        if self.scope.value == ALL or question is None:
            return studies
        exams = between(studies, question.first, question.last)
        return exams.loc[exams["scanner"].isin(question.scanners)]

    def _offer_kinds(self, counts: pd.DataFrame) -> None:
        t = self._desk.t
        n = counts.groupby("exam_type")["n"].sum()
        names = [OTHER, *(kind.name for kind in self._desk.site.exam_types if kind.name != OTHER)]
        words = {OTHER: t("without an exam type")}
        options = [(f"{words.get(name, name)} ({t.number(n.get(name, 0))})", name) for name in names]
        with self._quiet():
            chosen = self.kind.value if self.kind.value in names else OTHER
            self.kind.options = options
            self.kind.value = chosen

    def _suggest(self, rows: pd.DataFrame) -> list[str]:
        """Say for each description which type is suggested, and remember it."""
        t = self._desk.t
        table = suggest_types(rows, self._desk.studies, self._desk.site)
        keys = zip(table["scanner"], table["study_description"], strict=True)
        self._suggested = dict(zip(keys, table["suggested"], strict=True))
        remarks = []
        for row in table.itertuples():
            percent = t.percent(row.similarity / 100)
            if row.similarity >= LEAST_SIMILAR:
                remarks.append(t("{name}, {percent} alike", name=row.suggested, percent=percent))
            elif row.nearest and row.suggested:
                remarks.append(t("a new type ({name}: {percent} alike)", name=row.nearest, percent=percent))
            else:
                remarks.append(t("a new type") if row.suggested else "")
        return remarks

    def _say_nothing(self) -> str:
        t = self._desk.t
        if self._desk.is_empty:
            return self._desk.notice or t("There are no exams.")
        if self.kind.value != OTHER:
            return t("No exam has this type here.")
        if self.scope.value == ASKED and (self._desk.studies["exam_type"] == OTHER).any():
            return t("Every exam of these scanners and days has an exam type; others have none: choose all days.")
        return t("Every exam has an exam type: nothing is left to map.")

    def _days(self, first: datetime, last: datetime) -> str:
        t = self._desk.t
        return t.day(first) if first == last else f"{t.day(first)} – {t.day(last)}"

    # --- what is picked -----------------------------------------------------------------------------------------------

    def _offer_types(self) -> None:
        """Offer the exam types that the ticked descriptions could get."""
        t = self._desk.t
        first = (t("as suggested"), SUGGESTED) if self.kind.value == OTHER else (t("choose…"), NOT_CHOSEN)
        names = [kind.name for kind in self._desk.site.exam_types if kind.name != self.kind.value]
        options = [first, (t("a new type…"), NEW), *((name, name) for name in names)]
        with self._quiet():
            chosen = self.exam_type.value
            self.exam_type.options = options
            self.exam_type.value = chosen if chosen in [value for _, value in options] else first[1]

    def _picked(self) -> None:
        if not self._quiet and self._question is not None:
            self._newest.begin(self._trying_out)

    def _typed(self) -> None:
        self._is_named &= bool(self.name.value)
        self._picked()

    def _named(self) -> None:
        if not self._quiet:
            self._is_named = True
            self._picked()

    def _trying_out(self) -> Iterator[None]:
        """Try out what is picked once the user pauses: each letter of a name is a change."""
        yield
        with self._caught():
            self._try_out()

    def _picks(self) -> list[Pick]:
        """Return what the user picked; ``ValueError`` says what is missing."""
        t = self._desk.t
        chosen = self.exam_type.value
        name = " ".join(self.name.value.split()) if chosen == NEW else chosen
        picks = []
        for line in self.lines.ticked:
            wanted = self._suggested.get((line.scanner, line.description), "") if chosen == SUGGESTED else name
            if not wanted:
                raise ValueError(
                    t("Write the name of the new exam type.")
                    if chosen == NEW
                    else t("Nothing is suggested for “{description}”: choose a type.", description=line.description)
                )
            picks.append(Pick(line.scanner, line.description, wanted))
        return picks

    def _try_out(self) -> None:
        """Show what the picks would change."""
        self._after = None
        self._preview.value = ""
        self._failure.value = ""
        ticked = self.lines.ticked
        self._propose_name(ticked)
        try:
            if ticked and self.exam_type.value != NOT_CHOSEN:
                with self._busy(self._desk.t("Computing…")):
                    picks = self._picks()
                    after = map_descriptions(self._desk.site, picks)
                    self._preview.value = self._effect(picks, after)
                    self._after = after
        finally:
            self._show_parts()

    def _propose_name(self, ticked: Sequence[Line]) -> None:
        """Write a suggested name into the field of a new type, unless the user wrote one, or emptied it to do so."""
        if self.exam_type.value == NEW and ticked and not self._is_named:
            known = {kind.name for kind in self._desk.site.exam_types}
            name = self._suggested.get((ticked[0].scanner, ticked[0].description), "")
            with self._quiet():
                self.name.value = "" if name in known else name

    def _effect(self, picks: Sequence[Pick], after: Site) -> str:
        """Say in words and numbers what would change."""
        t = self._desk.t
        before = self._exams()
        changed = self._remapped(before, after)
        parts = [f"<p>{escape(words)}</p>" for words in self._say_patterns(after)]
        parts.append(remapping_html(compare(before, changed, after), after).text)
        if len(before) == len(changed):
            words = t(
                "There are still {n} exams: utilisation, occupancy and gaps stay as they are.", n=t.number(len(before))
            )
        else:
            words = t(
                "{n} exams become {then}, because such a type counts a patient’s exams as one: utilisation changes.",
                n=t.number(len(before)),
                then=t.number(len(changed)),
            )
        parts.append(f"<p>{escape(words)}</p>")
        parts += [f"<p>{escape(words)}</p>" for words in self._say_besides(picks, after)]
        return "".join(parts)

    def _remapped(self, exams: pd.DataFrame, after: Site) -> pd.DataFrame:
        """Return the exams under the changed site; from their series where encounters may fall apart."""
        parting = types_to_part(self._desk.site, after)
        if not exams["exam_type"].isin(parting).any():
            return remapped(exams, after)
        first, last = exams["date"].min(), exams["date"].max()
        made = consolidate(self._desk.store.series(first - _LATE, last, NEEDED), after)
        made = between(made, first, last)
        return made.loc[made["scanner"].isin(exams["scanner"].unique())]

    def _say_patterns(self, after: Site) -> Iterator[str]:
        """Say which patterns would be written."""
        t = self._desk.t
        old = {kind.name: kind for kind in self._desk.site.exam_types}
        for kind in after.exam_types:
            known = old.get(kind.name)
            added = [pattern for pattern in kind.patterns if known is None or pattern not in known.patterns]
            scanners = [name for name in kind.scanners or () if known is None or name not in (known.scanners or ())]
            if added:
                words = t("New exam type {name}: {patterns}") if known is None else t("{name} gets: {patterns}")
                yield words.format(name=kind.name, patterns="   ".join(added))
            if scanners:
                yield t("{name} is now of {scanners} too.", name=kind.name, scanners=", ".join(scanners))

    def _say_besides(self, picks: Sequence[Pick], after: Site) -> Iterator[str]:
        """Name the descriptions that change too, though they were not ticked."""
        t = self._desk.t
        meant = {(pick.scanner, squeeze_description(pick.description)) for pick in picks}
        words = {OTHER: t(OTHER)}
        moved = [
            f"{text} ({scanner}, {words.get(old, old)} → {words.get(new, new)})"
            for scanner, text, old, new in moved_besides(self._desk.studies, self._desk.site, after)
            if (scanner, squeeze_description(text)) not in meant
        ]
        if moved:
            told = "; ".join(moved[:_MOST_TOLD]) + ("; …" if len(moved) > _MOST_TOLD else "")
            yield t("The same patterns also change: {list}.", list=told)

    # --- saving -------------------------------------------------------------------------------------------------------

    def _save(self) -> None:
        self._newest.finish()
        if self._after is None or self._file is None:
            return
        t = self._desk.t
        with self._caught(), self._busy(t("Saving…")):
            saved = save_exam_types(self._file, self._desk.site, self._after, datetime.now())
            self.lines.tick()
            self._newest.finish()
            self._saved = saved
            with self._quiet():
                self.name.value = ""
            self._is_named = False
            words = t(
                "Written into {file}; the old file is kept as {backup}.",
                file=saved.after.path,
                backup=saved.backup.name,
            )
            self._tell(words)

    def _undo(self) -> None:
        if self._saved is None:
            return
        with self._caught(), self._busy(self._desk.t("Saving…")):
            undo(self._saved)
            self._saved = None
            self._tell(self._desk.t("The old site file is back."))

    def _tell(self, words: str) -> None:
        """Say what was done, and make exams anew by it."""
        self._said.value = escape(words)
        self._desk.read()
        if self._desk.notice:
            self._said.value = escape(f"{words} {self._desk.notice}")
        self._list()

    def _show_parts(self) -> None:
        """Show what can be used just now, and nothing else."""
        ticked = bool(self.lines.ticked)
        self._pick.layout.display = "" if ticked else "none"
        self.name.layout.display = "" if self.exam_type.value == NEW else "none"
        self.lines.widget.layout.display = "none" if self._nothing.value else ""
        self.save.disabled = self._after is None
        self.undo.layout.display = "none" if self._saved is None else ""

    @contextmanager
    def _caught(self) -> Iterator[None]:
        """Turn errors into a sentence in the panel."""
        sentence = ""
        try:
            yield
        except Exception as error:
            sentence = in_words(error)
        self._failure.value = escape(sentence)
