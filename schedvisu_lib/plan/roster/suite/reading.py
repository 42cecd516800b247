"""Read the text file of an instance, and name each line that is not as it should be.

Each section begins with its name in a line of its own; lines that begin with ``#`` are remarks, commas part the
fields. A section that is not there is empty; those of the horizon, the shifts and the staff have to be there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from schedvisu_lib.errors import PlanError
from schedvisu_lib.plan.roster.suite.instance import Cover, Instance, Request, Shift, Worker

_SECTIONS: Final = {
    "SECTION_HORIZON": "days",
    "SECTION_SHIFTS": "shift, minutes, shifts that may not follow it",
    "SECTION_STAFF": "name, shifts at most (A=3|B=0), minutes at most, at least, days on at most, at least, "
    "days off at least, weekends at most",
    "SECTION_DAYS_OFF": "name, day, ...",
    "SECTION_SHIFT_ON_REQUESTS": "name, day, shift, weight",
    "SECTION_SHIFT_OFF_REQUESTS": "name, day, shift, weight",
    "SECTION_COVER": "day, shift, required, weight of one too few, weight of one too many",
}
"""Name -> the fields of its lines."""
_NEEDED: Final = ("SECTION_HORIZON", "SECTION_SHIFTS", "SECTION_STAFF")


class InstanceError(PlanError):
    """A file that is no instance of the suite.

    Parameters
    ----------
    file
        The text file.
    mistakes
        One line for each mistake: its line, what was found, what is asked for.
    """

    def __init__(self, file: Path, mistakes: Sequence[str]) -> None:
        self.file = file
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(f"{file}: {mistake}" for mistake in self.mistakes))


class _Mistake(Exception):
    """What is wrong with the line that is being read."""


def read_instance(path: str | Path) -> Instance:
    """Read an instance.

    Raises
    ------
    InstanceError
        The file cannot be read, or lines of it are wrong; all of them are named.
    """
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InstanceError(file, [f"cannot be read ({error}); name a text file of the suite"]) from error
    reader = _Reader()
    instance = reader.read(text)
    if reader.mistakes or instance is None:
        raise InstanceError(file, reader.mistakes)
    return instance


@dataclass
class _Reader:
    """What was read so far; sections may use only what stands in the lines before them."""

    mistakes: list[str] = field(default_factory=list)
    days: int = 0
    shifts: dict[str, Shift] = field(default_factory=dict)
    workers: dict[str, Worker] = field(default_factory=dict)
    days_off: dict[str, set[int]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    cover: dict[tuple[int, str], Cover] = field(default_factory=dict)
    not_before: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    """Shift -> its line, and what may not follow it: shifts may be named before their own line."""

    def read(self, text: str) -> Instance | None:
        """Read all lines; return nothing where a section is missing."""
        found: set[str] = set()
        section = ""
        for number, line in _lines(text):
            if line.upper().startswith("SECTION_"):
                section = line.upper()
                found.add(section)
                if section not in _SECTIONS:
                    self.mistakes.append(f"line {number}: unknown section {line}; known: {', '.join(_SECTIONS)}")
            elif not section:
                self.mistakes.append(f"line {number}: {line!r} stands before the first section; begin with one")
            elif section in _SECTIONS:
                self._read_line(section, number, [part.strip() for part in line.split(",")])
        self._name_followers()
        missing = [name for name in _NEEDED if name not in found]
        self.mistakes += [f"section {name} is missing; its lines have: {_SECTIONS[name]}" for name in missing]
        if not missing:
            empty = [("SECTION_HORIZON", self.days), ("SECTION_SHIFTS", self.shifts), ("SECTION_STAFF", self.workers)]
            self.mistakes += [f"section {name} is empty; write: {_SECTIONS[name]}" for name, what in empty if not what]
        if self.mistakes:
            return None
        return Instance(
            self.days,
            tuple(self.shifts.values()),
            tuple(self.workers.values()),
            tuple(self.requests),
            tuple(self.cover.values()),
        )

    def _read_line(self, section: str, number: int, fields: list[str]) -> None:
        read: dict[str, Callable[[list[str]], None]] = {
            "SECTION_HORIZON": self._read_horizon,
            "SECTION_SHIFTS": lambda one: self._read_shift(number, one),
            "SECTION_STAFF": self._read_worker,
            "SECTION_DAYS_OFF": self._read_days_off,
            "SECTION_SHIFT_ON_REQUESTS": lambda one: self._read_request(one, wanted=True),
            "SECTION_SHIFT_OFF_REQUESTS": lambda one: self._read_request(one, wanted=False),
            "SECTION_COVER": self._read_cover,
        }
        try:
            read[section](fields)
        except _Mistake as mistake:
            self.mistakes.append(f"line {number}: {mistake} (fields of {section}: {_SECTIONS[section]})")

    def _read_horizon(self, fields: list[str]) -> None:
        if self.days:
            raise _Mistake("the horizon stands there twice")
        self.days = _number(_fields(fields, 1)[0], least=1)

    def _read_shift(self, number: int, fields: list[str]) -> None:
        name, minutes, *rest = _fields(fields, 2, 3)
        if not name or name in self.shifts:
            raise _Mistake(f"a shift needs a name of its own, found {name!r}")
        followers = [one.strip() for one in (rest[0] if rest else "").split("|") if one.strip()]
        self.not_before[name] = (number, followers)
        self.shifts[name] = Shift(name, _number(minutes, least=1), frozenset(followers))

    def _name_followers(self) -> None:
        for number, followers in self.not_before.values():
            for name in followers:
                if name not in self.shifts:
                    self.mistakes.append(f"line {number}: unknown shift {name!r}; known: {', '.join(self.shifts)}")

    def _read_worker(self, fields: list[str]) -> None:
        name, shifts, *limits = _fields(fields, 8)
        if not name or name in self.workers:
            raise _Mistake(f"a person needs a name of their own, found {name!r}")
        most_of = {}
        for part in filter(None, shifts.split("|")):
            shift, _, count = part.partition("=")
            most_of[self._shift(shift.strip())] = _number(count.strip())
        most, least, most_on, least_on, least_off, weekends = (_number(limit) for limit in limits)
        if least > most:
            raise _Mistake(f"at least {least} minutes are more than {most} at most")
        if least_on > most_on:
            raise _Mistake(f"at least {least_on} days on are more than {most_on} at most")
        worker = Worker(name, most_of, most, least, most_on, max(least_on, 1), max(least_off, 1), weekends)
        self.workers[name] = worker

    def _read_days_off(self, fields: list[str]) -> None:
        name, *days = fields
        worker = self.workers[self._worker(name)]
        off = worker.days_off | {self._day(day) for day in days if day}
        self.workers[name] = Worker(**{**vars(worker), "days_off": off})

    def _read_request(self, fields: list[str], *, wanted: bool) -> None:
        name, day, shift, weight = _fields(fields, 4)
        request = Request(self._worker(name), self._day(day), self._shift(shift), _number(weight), wanted)
        self.requests.append(request)

    def _read_cover(self, fields: list[str]) -> None:
        day, shift, *numbers = _fields(fields, 5)
        key = self._day(day), self._shift(shift)
        if key in self.cover:
            raise _Mistake(f"the cover of shift {shift} on day {day} stands there twice")
        self.cover[key] = Cover(*key, *map(_number, numbers))

    def _day(self, text: str) -> int:
        day = _number(text)
        if day >= self.days:
            raise _Mistake(f"day {day} is not in the horizon (0 to {self.days - 1})")
        return day

    def _shift(self, name: str) -> str:
        if name not in self.shifts:
            raise _Mistake(f"unknown shift {name!r}; known: {', '.join(self.shifts)}")
        return name

    def _worker(self, name: str) -> str:
        if name not in self.workers:
            raise _Mistake(f"unknown person {name!r}")
        return name


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield number and text of the lines that are neither empty nor remarks."""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, line.strip()


def _fields(fields: list[str], least: int, most: int | None = None) -> list[str]:
    """Return the fields if they are as many as they should be; one empty one too many at the end does no harm."""
    given = fields[:-1] if len(fields) > (most or least) and not fields[-1] else fields
    if not least <= len(given) <= (most or least):
        raise _Mistake(f"{len(given)} fields found, {most or least} asked for")
    return given


def _number(text: str, least: int = 0) -> int:
    """Return a whole number."""
    if not text.isdecimal() or int(text) < least:
        raise _Mistake(f"{text!r} is no whole number of at least {least}")
    return int(text)
