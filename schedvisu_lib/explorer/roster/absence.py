"""Somebody is absent: whose duties are open then, who could stand in, and a button for each of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from html import escape

from ipywidgets import Button, Combobox, DatePicker, Dropdown, HBox, VBox

from schedvisu_lib.explorer.paragraph import paragraph
from schedvisu_lib.language import Language
from schedvisu_lib.plan.roster.change.substitutes import Open, Proposal
from schedvisu_lib.plan.roster.duty import Duty
from schedvisu_lib.plan.roster.rules.broken import short_day

Away = Callable[[str, date, date], None]
"""Told who is absent, from when to when."""
StandIn = Callable[[Duty, str], None]
"""Told who stands in for which duty."""


class AbsencePanel:
    """The fields of an absence, and below them the duties that are open.

    Parameters
    ----------
    people
        Who could be absent.
    first, last
        Days of the roster.
    t
        The language.
    away, stand_in
        What the buttons do.
    """

    def __init__(
        self, people: Sequence[str], first: date, last: date, t: Language, away: Away, stand_in: StandIn
    ) -> None:
        self._t, self._away, self._stand_in = t, away, stand_in
        self._people = list(people)
        self.person = Combobox(
            description=t("Person"), options=self._people, ensure_option=True, placeholder=t("type a name")
        )
        limits = {"min": first, "max": last}
        self.first = DatePicker(description=t("absent from"), value=first, **limits)
        self.last = DatePicker(description=t("to"), value=first, **limits)
        self.go = Button(
            description=t("Absent"), tooltip=t("Open the duties of these days and show who could stand in")
        )
        self.go.on_click(lambda _: self._begin())
        self.lines: list[tuple[Duty, Dropdown | None, Button | None]] = []
        self.told = paragraph("sv-hint")
        self._open = VBox()
        fields = HBox([self.person, self.first, self.last, self.go])
        fields.add_class("sv-roster-fields")
        self.widget = VBox([fields, self.told, self._open])
        self.widget.add_class("sv-roster-absence")

    def show(self, found: Sequence[Open]) -> None:
        """Show open duties, each with those who could stand in, the first choice first."""
        self.lines = []
        self._open.children = [self._line(one) for one in found]
        self.told.value = "" if found else escape(self._t("No duty on these days."))

    def clear(self) -> None:
        """Show no open duty."""
        self.lines, self._open.children, self.told.value = [], (), ""

    def done(self, duty: Duty) -> None:
        """Take the line of a duty away that somebody does now."""
        left = [n for n, (one, _, _) in enumerate(self.lines) if one != duty]
        self._open.children = [self._open.children[n] for n in left]
        self.lines = [self.lines[n] for n in left]

    def _begin(self) -> None:
        t = self._t
        if self.person.value not in self._people:
            self.told.value = escape(t("Choose who is absent."))
        elif self.first.value is None or self.last.value is None or self.last.value < self.first.value:
            self.told.value = escape(t("Choose the first and the last day, in order."))
        else:
            self._away(self.person.value, self.first.value, self.last.value)

    def _line(self, one: Open) -> HBox:
        t, duty = self._t, one.duty
        name = paragraph("sv-open-duty")
        name.value = escape(f"{short_day(t, duty.date)}, {duty.shift}, {duty.level}")
        if one.is_covered:
            name.value += escape(
                " · " + t("{n} of {all} of {team} do the work", n=one.present, all=one.size, team=duty.team)
            )
            self.lines.append((duty, None, None))
            return HBox([name])
        if not one.proposals:
            name.value += escape(" · " + t("nobody is free"))
            self.lines.append((duty, None, None))
            return HBox([name])
        choice = Dropdown(options=[(self._words(proposal), proposal.person) for proposal in one.proposals])
        take = Button(description=t("Stands in"), tooltip=t("Counts for the substitute; the absent person owes it"))
        take.on_click(lambda _: self._stand_in(duty, choice.value))
        self.lines.append((duty, choice, take))
        line = HBox([name, choice, take])
        line.add_class("sv-open-line")
        return line

    def _words(self, proposal: Proposal) -> str:
        """Name somebody who could stand in: as what, with how many such duties, and what it breaks."""
        t = self._t
        why = t("next team") if proposal.why == "next team" else t("free that day")
        broken = t("breaks {n} rule(s)", n=len(proposal.broken)) if proposal.broken else ""
        return ", ".join(filter(None, [proposal.person, why, t("has {n}", n=proposal.count[-1]), broken]))
