"""Plan appointments from a book and write the files, or check a plan that was corrected by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from schedvisu_lib.config import Site
from schedvisu_lib.export.plan.content import PlanContent
from schedvisu_lib.export.plan.files import PlanFormat, write_plan
from schedvisu_lib.export.plan.read_back import ReadBack, first_day, read_plan, rules_broken, with_earlier
from schedvisu_lib.export.plan.told import durations_told, few, moved, summary, without_time
from schedvisu_lib.export.planning import progress_of, tell_calendars
from schedvisu_lib.job import Job
from schedvisu_lib.language import language
from schedvisu_lib.outcome import Outcome
from schedvisu_lib.plan.appointments import BoundBy, plan
from schedvisu_lib.plan.book.model import Book
from schedvisu_lib.plan.durations import with_durations
from schedvisu_lib.plan.measured import days_for_durations, days_for_occupancy
from schedvisu_lib.plan.terms import Terms, Wish
from schedvisu_lib.recording import recorded
from schedvisu_lib.runs import Asked
from schedvisu_lib.store import open_store
from schedvisu_lib.studies.selection import between


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
            studies = open_store(site).studies(*days_for_durations(terms.first, now.date()))
            timed, durations = with_durations(book, studies, site)
            job.done += durations_told(durations)
            if not book.prescriptions:
                job.done.append('the book asks for no session: fill in its sheet "prescriptions"')
        if earlier is not None:
            timed, broken = with_earlier(timed, earlier, site, terms)
            job.done += few([f"the earlier plan breaks a rule: {line}" for line in broken], "--check tells all")
        with job.steps.step("plan"), progress_of(ask.seconds) as stopped:
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
        if ask.improve:
            job.done += moved(timed, made.table)
        measured = days_for_occupancy(terms.first, now.date())
        content = PlanContent(
            made.table, timed, site, terms.first, now, between(studies, *measured), measured, durations
        )
        with job.steps.step("write"):
            for form, files in write_plan(content, folder, formats):
                _tell(job, form, files)
        for line in without_time(made.table, language(site.report.language)):
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
    studies = open_store(site).studies(*days_for_durations(terms.first, now.date()))
    timed, _ = with_durations(book, studies, site)
    lines = [*read.faults, *rules_broken(read, timed, site, terms)]
    placed = int(read.appointments["start"].notna().sum())
    told = [f"{file.name}, {line}" for line in lines]
    said = f"{len(lines)} rule(s) broken" if lines else "no rule is broken"
    told.append(f"{file.name}: {placed} appointments, {said}")
    left = sum(row.sessions for row in book.prescriptions) - _sessions_in(read, book)
    if left:
        told.append(f"{file.name}: {left} session(s) of the book have no time in it; --plan {file} looks for one")
    return Outcome(done=told, failed=bool(lines))


def _sessions_in(read: ReadBack, book: Book) -> int:
    """Return how many sessions of a book have a time in a plan."""
    asked = {(row.patient, row.sheet, row.position): row.sessions for row in book.prescriptions}
    placed = read.appointments.loc[read.appointments["start"].notna(), ["patient", "sheet", "position", "session"]]
    keys = set(placed.itertuples(index=False, name=None))
    return sum(0 < session <= asked.get(tuple(position), 0) for *position, session in keys)


def _tell(job: Job, form: PlanFormat, files: list[Path]) -> None:
    """Say that files were made: calendars, of which there are many, in one line."""
    if form is not PlanFormat.ICS:
        for file in files:
            job.add_file(form, file)
    else:
        tell_calendars(job, form, files, "sheet-*.ics, resource-*.ics")


def _bound_for(book: Book, ask: PlanAsk) -> BoundBy:
    """Return how a bound is found: exactly for a single sheet, by a linear program for more."""
    sheets = ask.sheets or {row.sheet for row in book.prescriptions}
    return "exact" if len(sheets) == 1 else "relaxed"
