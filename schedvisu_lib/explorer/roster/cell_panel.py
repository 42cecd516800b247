"""What the chosen cell of the grid holds, what it could hold, and which rules forbid that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from html import escape

import pandas as pd
from ipywidgets import HTML, Button, HBox, VBox

from schedvisu_lib.explorer.paragraph import paragraph
from schedvisu_lib.language import Language
from schedvisu_lib.plan.roster.change.by_hand import Choice
from schedvisu_lib.plan.roster.rules.broken import Broken

Take = Callable[[str | None, bool], None]
"""Sets a shift, or no duty; in spite of broken rules or not."""


class CellPanel:
    """The panel of one cell; empty until one is chosen.

    Parameters
    ----------
    t
        The language.
    take
        Sets what is chosen.
    lock
        Locks the duty, or unlocks it.
    """

    def __init__(self, t: Language, take: Take, lock: Callable[[], None]) -> None:
        self._t, self._take = t, take
        self.heading, self.refused = paragraph("sv-head"), paragraph("sv-problem")
        self.lock = Button(tooltip=t("Nothing moves what is locked"))
        self.lock.on_click(lambda _: lock())
        self.in_spite = Button(description=t("Set all the same"), tooltip=t("Set it in spite of these rules"))
        self.in_spite.on_click(lambda _: self._take(self._wanted, True))
        self._wanted: str | None = None
        self._choices = VBox()
        self.widget = VBox([self.heading, self.refused, self.in_spite, self._choices, self.lock])
        self.widget.add_class("sv-roster-cell")
        self.clear()

    @property
    def buttons(self) -> dict[str | None, Button]:
        """The button of each shift that could be set; None for no duty."""
        return self._buttons

    def clear(self) -> None:
        """Show that no cell is chosen."""
        self.heading.value = escape(self._t("Click a cell to see what it could hold; type a letter to change it."))
        self.refused.value = ""
        self._buttons: dict[str | None, Button] = {}
        self._choices.children = ()
        for button in (self.lock, self.in_spite):
            button.layout.display = "none"

    def show(self, person: str, day: date, row: pd.Series | None, choices: Sequence[Choice]) -> None:
        """Show a cell."""
        t = self._t
        words = [t.day(day, "EEE d MMM y")]
        if row is not None:
            words += [row["shift"], row["level"], *_marks(row, t)]
        self.heading.value = f"<b>{escape(person)}</b> {escape(' · '.join(filter(None, words)))}"
        self.refused.value = ""
        self.in_spite.layout.display = "none"
        self._buttons = {}
        self._choices.children = [self._line(choice) for choice in choices]
        self.lock.description = t("Unlock") if row is not None and row["locked"] else t("Lock")
        self.lock.layout.display = None if row is not None else "none"

    def refuse(self, shift: str | None, broken: Sequence[Broken]) -> None:
        """Name the rules that forbid a shift, and offer to set it all the same."""
        self._wanted = shift
        name = shift or self._t("free")
        lines = [self._t("{shift} is not set; it breaks:", shift=name), *map(str, broken)]
        self.refused.value = f"<p>{escape(chr(10).join(lines))}</p>"
        self.in_spite.layout.display = None

    def _line(self, choice: Choice) -> HBox:
        """Return the line of something that the cell could hold."""
        t = self._t
        words = choice.shift or t("free")
        button = Button(description=words, disabled=choice.is_set)
        button.add_class("sv-choice")
        if choice.is_set:
            button.add_class("sv-set")
        button.on_click(lambda _: self._take(choice.shift, False))
        self._buttons[choice.shift] = button
        rules = "; ".join(map(str, choice.broken))
        note = t("as it is") if choice.is_set else rules or t("breaks no rule")
        told = HTML(
            f'<span class="{"sv-breaks" if rules else "sv-keeps"}" title="{escape(note)}">{escape(note)}</span>'
        )
        line = HBox([button, told])
        line.add_class("sv-choice-line")
        return line


def _marks(row: pd.Series, t: Language) -> list[str]:
    """Say who set a duty, and whom it counts for."""
    origins = {
        "given": t("stood before"),
        "manual": t("set by hand"),
        "substitute": t("substitute"),
        "swap": t("swapped"),
    }
    return [
        origins.get(row["origin"], ""),
        t("locked") if row["locked"] else "",
        t("counts for {person}", person=row["counts_for"]) if row["counts_for"] else "",
        t("made by {author}", author=row["made_by"]) if row["made_by"] else "",
    ]
