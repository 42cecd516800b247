"""Plan appointments from a book and write the files, or check a plan that was corrected by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Final

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.errors import PlanError
from schedvisu_lib.export.plan.content import PlanContent
from schedvisu_lib.export.plan.files import PlanFormat, write_plan
from schedvisu_lib.export.plan.read_back import ReadBack, first_day, read_plan, rules_broken, standing
from schedvisu_lib.figures.appointment_page import unplaced_lines
from schedvisu_lib.job import Job
from schedvisu_lib.language import Language, language
from schedvisu_lib.outcome import Outcome
from schedvisu_lib.plan.appointments import BoundBy, Plan, plan
from schedvisu_lib.plan.book.model import Book
from schedvisu_lib.plan.durations import with_durations
from schedvisu_lib.plan.terms import Terms, Wish
from schedvisu_lib.progress import progress
from schedvisu_lib.recording import recorded
from schedvisu_lib.runs import Asked, FileMade
from schedvisu_lib.store import open_store
from schedvisu_lib.studies.selection import between

_DURATIONS: Final = timedelta(weeks=52)
"""How far back exams tell how long procedures take."""
_MEASURED: Final = timedelta(weeks=8)
"""How far back exams tell how busy scanners are."""
_MOST_TOLD: Final = 20
"""Positions without a time, and broken rules, that are told one by one; files hold all."""


@dataclass(frozen=True)
class PlanAsk:
    """What a plan is asked for.

    Parameters
    ----------
    first
        The first day; by default the day after ``now``, or that on which an earlier plan begins.
    wish, depth_course, depth_once
        As :class:`schedvisu_lib.plan.terms.Terms` has them.
    sheets, positions
        Those to be planned; all, if empty.
    seconds, improve
        How long to look for a plan, and whether what is not locked may move.
    earlier
        A plan that was exported, perhaps corrected by hand: its appointments stand.
    """

    first: date | None = None
    wish: Wish = field(default_factory=Wish)
    depth_course: int | None = None
    depth_once: int | None = None
    sheets: tuple[str, ...] = ()
    positions: tuple[int, ...] = ()
    seconds: float = 3.0
    improve: bool = False
    earlier: Path | None = None

    def terms(self, now: datetime, earlier: ReadBack | None = None) -> Terms:
        """Return the terms, with the first day worked out."""
        first = self.first
        if first is None and earlier is not None:
            begins = first_day(earlier)
            first = None if begins is None else begins.date()
        return Terms(first or now.date() + timedelta(days=1), self.wish, self.depth_course, self.depth_once)


def plan_appointments(
    site: Site,
    book: Book,
    ask: PlanAsk,
    folder: Path,
    formats: Sequence[PlanFormat],
    *,
    now: datetime,
) -> Job:
    """Plan the sessions of a book that have no time, and write the plan.

    Parameters
    ----------
    site, book, ask
        What is planned, and how.
    folder, formats
        Where the files go, and which.
    now
        When it is planned; printed on the pages.

    Returns
    -------
    Job
        Each session without a time is a problem, as is an earlier plan's broken rule a line of what was done.

    Raises
    ------
    SchedVisuError
        The book, the earlier plan or the store cannot be used, or a file not be written.
    """
    asked = Asked(as_of=now, first=ask.first)
    with recorded(site, "plan", asked) as job:
        with job.steps.step("read"):
            earlier = read_plan(ask.earlier, book, site) if ask.earlier else None
            terms = ask.terms(now, earlier)
            studies = _studies(site, min(terms.first, now.date()))
            timed, durations = with_durations(book, studies, site)
            job.done += _durations(durations)
        if earlier is not None:
            timed = _with_earlier(timed, earlier, site, terms, job)
        with job.steps.step("plan"), _progress_of(ask.seconds) as stopped:
            made = plan(
                timed,
                site,
                terms.wish.mode,
                terms.wish.at,
                first=terms.first,
                sheets=ask.sheets or None,
                positions=ask.positions or None,
                depth_course=terms.depth_course,
                depth_once=terms.depth_once,
                seconds=ask.seconds,
                improve=ask.improve,
                bound=_bound_for(timed, ask),
                stopped=stopped,
            )
        job.done += summary(made, timed)
        measured = (terms.first - _MEASURED, min(terms.first, now.date()) - timedelta(days=1))
        content = PlanContent(made.table, timed, site, terms.first, now, between(studies, *measured), measured)
        with job.steps.step("write"):
            for form, files in write_plan(content, folder, formats):
                _tell(job, form, files)
        for line in _without_time(made.table, language(site.report.language)):
            job.lack(line)
    return job


def check_plan(site: Site, book: Book, ask: PlanAsk, file: Path, *, now: datetime) -> Outcome:
    """Check a plan that was exported, and perhaps corrected by hand, rule by rule.

    Raises
    ------
    SchedVisuError
        The book, the plan or the store cannot be used.
    """
    read = read_plan(file, book, site)
    terms = ask.terms(now, read)
    timed, _ = with_durations(book, _studies(site, min(terms.first, now.date())), site)
    lines = [*read.faults, *rules_broken(read, timed, site, terms)]
    placed = int(read.appointments["start"].notna().sum())
    told = [f"{file.name}, {line}" for line in lines]
    said = f"{len(lines)} rule(s) broken" if lines else "no rule is broken"
    return Outcome(done=[*told, f"{file.name}: {placed} appointments, {said}"], failed=bool(lines))


def _tell(job: Job, form: PlanFormat, files: list[Path]) -> None:
    """Say that files were made: calendars, of which there are many, in one line."""
    if form is not PlanFormat.ICS:
        for file in files:
            job.add_file(form, file)
    elif files:
        job.files += [FileMade(kind=form, path=str(file), bytes=file.stat().st_size) for file in files]
        job.done.append(f"{files[0].parent}: {len(files)} calendars (sheet-*.ics, resource-*.ics)")


def summary(made: Plan, book: Book) -> list[str]:
    """Say in a few lines how good a plan is: sessions, score, bound, gap, time."""
    asked = {(row.patient, row.sheet, row.position) for row in book.prescriptions}
    keys = made.table[["patient", "sheet", "position"]].itertuples(index=False, name=None)
    wanted = made.table.loc[[key in asked for key in keys]]
    score, bound = made.score, made.bound
    gap = f"gap {made.gap:.2%}" if score.lost == bound.lost else "gap only known where no more sessions are lost"
    lines = [
        f"placed {wanted['start'].notna().sum()} of {len(wanted)} sessions; what was planned breaks no rule",
        f"score: {score.lost} lost (sum of 10 - priority), {score.distance:,} min from the wish, "
        f"{score.waiting:,} min of waiting, {score.changes:,} changes of building",
        f"bound: {bound.lost} lost, {bound.distance:,} min from the wish; {gap}",
        f"first complete plan after {made.first_seconds:.2f} s, this one after {made.seconds:.1f} s and "
        f"{made.moves:,} moves",
    ]
    if made.no_slot:
        lines.append(f"{made.no_slot} session(s) have no time even if nothing else is planned")
    return lines


@contextmanager
def _progress_of(seconds: float) -> Iterator[Callable[[], bool]]:
    """Show on a terminal how much of the time for the search is over, whenever the search asks whether to stop."""
    began, shown = monotonic(), 0
    with progress("plan", int(seconds)) as advance:

        def stopped() -> bool:
            nonlocal shown
            while shown < min(int(monotonic() - began), int(seconds)):
                shown += 1
                advance("")
            return False

        yield stopped


def _bound_for(book: Book, ask: PlanAsk) -> BoundBy:
    """Return how a bound is found: exactly for a single sheet, by a linear program for more."""
    sheets = ask.sheets or {row.sheet for row in book.prescriptions}
    return "exact" if len(sheets) == 1 else "relaxed"


def _studies(site: Site, until: date) -> pd.DataFrame:
    """Return the exams of the year before a day."""
    return open_store(site).studies(until - _DURATIONS, until - timedelta(days=1))


def _durations(table: pd.DataFrame) -> Iterator[str]:
    """Say of each measured procedure how long it takes, and how many exams told so."""
    for row in table.loc[table["source"] != "given"].itertuples():
        told = f"p{row.percentile} of {row.n} exams" if row.source == "measured" else f"its own; only {row.n} exams"
        yield f"duration of {row.procedure}: {row.minutes} min ({told})"


def _with_earlier(book: Book, earlier: ReadBack, site: Site, terms: Terms, job: Job) -> Book:
    """Return the book with an earlier plan standing in it; a row that cannot be read ends the job."""
    if earlier.faults:
        raise PlanError("the earlier plan cannot be used: " + "; ".join(earlier.faults[:_MOST_TOLD]))
    broken = rules_broken(earlier, book, site, terms)
    job.done += [f"the earlier plan breaks a rule: {line}" for line in broken[:_MOST_TOLD]]
    if len(broken) > _MOST_TOLD:
        job.done.append(f"the earlier plan breaks {len(broken) - _MOST_TOLD} rules more; --check tells all")
    return standing(earlier, book)


def _without_time(table: pd.DataFrame, t: Language) -> list[str]:
    """Return a line for each position without a time, as far as they are not too many."""
    lost = table.loc[table["start"].isna()]
    lines = [
        f"{sheet} position {position}, session(s) {sessions}, {procedure}: {reason}"
        for sheet, position, sessions, procedure, reason in unplaced_lines(lost, t)
    ]
    more = len(lines) - _MOST_TOLD
    return lines if more <= 0 else [*lines[:_MOST_TOLD], f"{more} more; the files hold all"]
