"""The fields of the what-if: slots, opening hours, gap threshold and preparation of one scanner."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import time
from html import escape
from typing import Any, Final

from ipywidgets import HTML, GridBox, Text

from schedvisu_lib.explorer.quiet import Quiet
from schedvisu_lib.language import Language
from schedvisu_lib.settings.calendar import Hours, Weekday
from schedvisu_lib.settings.scanners import Scanner

_TIME: Final = re.compile(r"(\d{1,2})(?:\s*[:h.]\s*(\d{2})?)?", re.IGNORECASE)
_MOST_PREPARATION: Final = 240.0
_MOST_GAP: Final = 1440.0
"""In minutes; more is no preparation, or no gap that a day could have."""
_ALL: Final = "all"
"""The column that writes into all days."""


@dataclass
class _Row:
    """One line of fields: what is asked for, on each weekday and on all of them, and a place for a sentence."""

    title: HTML
    fields: dict[str, Text]
    sentence: HTML

    def say(self, sentences: dict[str, list[str]], t: Language) -> None:
        """Show each sentence once, after the days that it is about."""
        lines = [t("{days}: {words}", days=", ".join(days), words=words) if days else words
                 for words, days in sentences.items()]  # fmt: skip
        self.sentence.value = escape("\n".join(lines))
        self.sentence.layout.display = "" if lines else "none"


class ScannerFields:
    """Fields with a scanner's settings; what is wrong in one is said below it, and what it held before counts.

    Parameters
    ----------
    machine
        The scanner as the site file has it.
    workdays
        The weekdays on which the department works, in order.
    t
        The language.
    changed
        Called when other values count than before.

    Attributes
    ----------
    widget : Widget
    """

    def __init__(self, machine: Scanner, workdays: Sequence[Weekday], t: Language, changed: Callable[[], None]) -> None:
        self._machine = machine
        self._workdays = self._shown = tuple(workdays)
        self._t = t
        self._changed = changed
        self._quiet = Quiet()
        self._slots: dict[Weekday, int] = {day: machine.slots.get(day, 0) for day in workdays}
        self._hours: dict[Weekday, Hours | None] = {day: machine.hours.get(day) for day in workdays}
        self._minutes = {"gap": machine.gap, "preparation": machine.preparation}
        self._rows = {
            "slots": self._row(t("Slots per day"), (_ALL, *workdays)),
            "opens": self._row(t("Opens at"), (_ALL, *workdays)),
            "closes": self._row(t("Closes at"), (_ALL, *workdays)),
            "gap": self._row(t("Gap from (min)"), (_ALL,)),
            "preparation": self._row(t("Preparation (min)"), (_ALL,)),
        }
        self._heads = {day: _words(t.weekday(day), "sv-what-if-day") for day in workdays}
        every = _words(t("all days"), "sv-what-if-day")
        cells = [_words("", "sv-what-if-name"), every, *self._heads.values()]
        for row in self._rows.values():
            cells += [row.title, *row.fields.values(), row.sentence]
        self.widget = GridBox(cells)
        self.widget.add_class("sv-what-if-fields")
        self.show_weekdays(workdays)
        self.reset()

    def field(self, key: str, day: str = _ALL) -> Text:
        """Return the field of a key ("slots", "opens", "closes", "gap", "preparation") and weekday."""
        return self._rows[key].fields[day]

    def sentence(self, key: str) -> str:
        """Return what is said below the fields of a key, as HTML; "" where all is well."""
        return str(self._rows[key].sentence.value)

    def show_weekdays(self, days: Iterable[str]) -> None:
        """Show the fields of some weekdays alone; only these count."""
        self._shown = tuple(day for day in self._workdays if day in set(days))
        for day in self._workdays:
            display = "" if day in self._shown else "none"
            self._heads[day].layout.display = display
            for key in ("slots", "opens", "closes"):
                self.field(key, day).layout.display = display
        self.widget.layout.grid_template_columns = (
            f"minmax(6.5rem, 11rem) repeat({len(self._shown) + 1}, minmax(2.7rem, 4.6rem))"
        )
        with self._quiet():
            self._read()

    def reset(self) -> None:
        """Write today's values into all fields."""
        machine = self._machine
        with self._quiet():
            for day in self._workdays:
                hours = machine.hours.get(day)
                self.field("slots", day).value = str(machine.slots.get(day, 0))
                self.field("opens", day).value = _clock(hours.opens) if hours else ""
                self.field("closes", day).value = _clock(hours.closes) if hours else ""
            for key in self._minutes:
                self.field(key).value = f"{getattr(machine, key):g}"
            self._read()
        self._changed()

    def changes(self) -> dict[str, Any]:
        """Return the arguments of :func:`schedvisu_lib.what_if` that give what counts; none where all is as today."""
        machine = self._machine
        hours = {day: self._hours[day] for day in self._shown if self._hours[day] != machine.hours.get(day)}
        slots = {
            day: self._slots[day]
            for day in self._shown
            if self._hours[day] is not None and self._slots[day] != machine.slots.get(day, 0)
        }
        minutes = {key: value for key, value in self._minutes.items() if value != getattr(machine, key)}
        found: dict[str, Any] = {}
        if slots:
            found["slots"] = self._one_value(slots)
        if hours:
            found["hours"] = self._one_value({day: _span(each) for day, each in hours.items()})
        return found | minutes

    def _one_value(self, wanted: dict[Weekday, Any]) -> Any:
        """Return the one value that all days get which are open today, or the days with theirs."""
        open_days = [day for day in self._shown if day in self._machine.hours]
        values = list(wanted.values())
        same = all(value is not None and value == values[0] for value in values)
        return values[0] if same and list(wanted) == open_days else wanted

    def _row(self, title: str, columns: Sequence[str]) -> _Row:
        sentence = _words("", "sv-what-if-sentence")
        sentence.layout.display = "none"
        row = _Row(_words(title, "sv-what-if-name"), {}, sentence)
        for column in columns:
            row.fields[column] = field = Text(continuous_update=False, placeholder="…" if column == _ALL else "–")
            field.add_class("sv-what-if-all" if column == _ALL and len(columns) > 1 else "sv-what-if-field")
            field.observe(lambda _, row=row, column=column: self._typed(row, column), "value")
        return row

    def _typed(self, row: _Row, column: str) -> None:
        """Take over what was typed into a field; that of all days writes into those that are open."""
        if self._quiet:
            return
        if column == _ALL and len(row.fields) > 1 and row.fields[_ALL].value.strip():
            with self._quiet():
                for day in self._open_days():
                    row.fields[day].value = row.fields[_ALL].value
        before = self.changes()
        with self._quiet():
            self._read()
        if self.changes() != before:
            self._changed()

    def _open_days(self) -> list[Weekday]:
        """Return the shown days with opening hours; all of them where none has."""
        typed = [day for day in self._shown if self.field("opens", day).value or self.field("closes", day).value]
        return typed or list(self._shown)

    def _read(self) -> None:
        """Read all fields: what is right counts, what is wrong is said, and what differs from today is marked."""
        said: dict[str, dict[str, list[str]]] = {key: {} for key in self._rows}
        for day in self._shown:
            for key, words in self._read_day(day):
                said[key].setdefault(words, []).append(self._t.weekday(day))
        for key, least, most in (("gap", 1e-9, _MOST_GAP), ("preparation", 0.0, _MOST_PREPARATION)):
            words = self._read_minutes(key, least, most)
            if words:
                said[key].setdefault(words, [])
        for key, row in self._rows.items():
            row.say(said[key], self._t)
            if len(row.fields) > 1:
                texts = {row.fields[day].value for day in self._open_days()}
                row.fields[_ALL].value = texts.pop() if len(texts) == 1 else ""

    def _read_day(self, day: Weekday) -> list[tuple[str, str]]:
        """Read slots and opening hours of a weekday; return which rows have something to say of it."""
        t, machine, said = self._t, self._machine, []
        today = machine.hours.get(day)
        slots, opens, closes = (self.field(key, day) for key in ("slots", "opens", "closes"))
        number = slots.value.strip() or "0"
        fits = re.fullmatch(r"\d{1,3}", number) is not None
        if fits:
            self._slots[day] = int(number)
            slots.value = str(int(number))
        else:
            said.append(("slots", t("Write a whole number, 0 or more; until then the previous number counts.")))
        key, words = self._read_hours(day, opens, closes)
        if words:
            said.append((key, words))
        if fits and self._slots[day] and self._hours[day] is None:
            said.append(("slots", t("Closed: without opening hours no slot counts.")))
        hours = self._hours[day]
        _mark(slots, str(machine.slots.get(day, 0)), not fits, t)
        for name, field in (("opens", opens), ("closes", closes)):
            wrong = bool(words) and key == name
            _mark(field, _clock(getattr(today, name)) if today else t("closed"), wrong, t, hours is None and not today)
        return said

    def _read_hours(self, day: Weekday, opens: Text, closes: Text) -> tuple[str, str]:
        """Read opening hours; return the row at fault and what is wrong, or nothing."""
        t = self._t
        if not opens.value.strip() and not closes.value.strip():
            self._hours[day] = None
            return "", ""
        found: dict[str, time] = {}
        for key, field in (("opens", opens), ("closes", closes)):
            if not field.value.strip():
                return key, t("Write both times, or none for a closed day; until then the previous hours count.")
            clock = _read_clock(field.value)
            if clock is None:
                return key, t("Write a time like 8:00; until then the previous hours count.")
            found[key] = clock
            field.value = _clock(clock)
        if found["closes"] <= found["opens"]:
            return "closes", t("Closes before it opens; until then the previous hours count.")
        self._hours[day] = Hours(**found)
        return "", ""

    def _read_minutes(self, key: str, least: float, most: float) -> str:
        """Read a number of minutes; return what is wrong with it."""
        t, field, today = self._t, self.field(key), getattr(self._machine, key)
        most = max(most, today)
        try:
            minutes = float(field.value.strip().replace(",", "."))
        except ValueError:
            minutes = -1.0
        fits = least <= minutes <= most
        if fits:
            self._minutes[key] = minutes
            field.value = f"{minutes:g}"
        _mark(field, f"{today:g}", not fits, t)
        if fits:
            return ""
        if least:
            return t(
                "Write minutes, more than 0 and up to {most}; until then the previous number counts.",
                most=t.number(most),
            )
        return t("Write minutes, from 0 to {most}; until then the previous number counts.", most=t.number(most))


def _mark(field: Text, today: str, wrong: bool, t: Language, blank: bool = False) -> None:
    """Mark a field that is wrong, or that differs from today's value, which its tooltip tells."""
    changed = not blank and field.value != today and not (today == t("closed") and not field.value)
    for name, holds in (("sv-wrong", wrong), ("sv-changed", changed and not wrong)):
        (field.add_class if holds else field.remove_class)(name)
    field.tooltip = t("Today: {value}", value=today)


def _words(text: str, css: str) -> HTML:
    words = HTML(escape(text))
    words.add_class(css)
    return words


def _read_clock(text: str) -> time | None:
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _clock(clock: time) -> str:
    return f"{clock:%H:%M}"


def _span(hours: Hours | None) -> str | None:
    return f"{hours.opens:%H:%M}-{hours.closes:%H:%M}" if hours else None
