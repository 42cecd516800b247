"""Make a roster from a staff book and write its files; check one that was corrected by hand; compare two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from getpass import getuser
from pathlib import Path
from textwrap import shorten
from typing import Final, NamedTuple, TypeAlias

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.errors import BookError, MailError, PlanError
from schedvisu_lib.export.plan.read_back import read_places
from schedvisu_lib.export.planning import progress_of, tell_calendars
from schedvisu_lib.export.roster.content import RosterContent
from schedvisu_lib.export.roster.files import RosterFormat, write_roster
from schedvisu_lib.export.roster.notice import compose, notices
from schedvisu_lib.export.roster.others import Others, read_others
from schedvisu_lib.export.roster.read_back import read_roster, rules_broken
from schedvisu_lib.export.roster.summary import empty_lines, few, pool_lines, quality_lines, short_lines
from schedvisu_lib.job import Job
from schedvisu_lib.language import language
from schedvisu_lib.outcome import Outcome
from schedvisu_lib.plan.roster.book.file import write_staff
from schedvisu_lib.plan.roster.book.model import Request, StaffBook
from schedvisu_lib.plan.roster.change.changes import with_rows
from schedvisu_lib.plan.roster.change.difference import diff, worded
from schedvisu_lib.plan.roster.change.paying import with_debts_paid
from schedvisu_lib.plan.roster.change.stepping_in import step_in
from schedvisu_lib.plan.roster.change.versions import load_version, save_version, versions
from schedvisu_lib.plan.roster.product.expected import WEEKS
from schedvisu_lib.plan.roster.product.from_product import Need, PerExams, requests_from, with_requests
from schedvisu_lib.plan.roster.roster import Roster, plan_roster
from schedvisu_lib.plan.roster.rules.check import check
from schedvisu_lib.recording import recorded
from schedvisu_lib.report.mail import hand_over_all
from schedvisu_lib.runs import Asked
from schedvisu_lib.store import open_store

Days: TypeAlias = tuple[date, date]
"""First and last day."""
_NAMES: Final = 300
"""Letters of a list of names, at most."""


class Away(NamedTuple):
    """Somebody who is absent."""

    person: str
    first: date
    last: date


class Saving(NamedTuple):
    """Where a roster is saved as a version, by whom and what for."""

    folder: Path
    author: str = ""
    note: str = ""


@dataclass(frozen=True)
class RosterAsk:
    """What a roster is asked for.

    Parameters
    ----------
    first, last
        Its days, both included; those of the roster that is kept, if nothing is said.
    seconds
        For which a better one is looked for.
    keep
        A roster that was exported, perhaps corrected by hand, of which as much as can be stays.
    away
        Somebody who is absent.
    merge
        Lists of duties that others made: their pools are taken as they are.
    needs
        What open scanners and expected exams ask for.
    appointments
        A plan of appointments whose number is expected, on the days that it has; else the exams of the last weeks.
    """

    first: date | None = None
    last: date | None = None
    seconds: float = 60.0
    keep: Path | None = None
    away: Away | None = None
    merge: tuple[Path, ...] = ()
    needs: tuple[Need, ...] = ()
    appointments: Path | None = None


def make_roster(
    site: Site,
    book: StaffBook,
    ask: RosterAsk,
    folder: Path,
    formats: Sequence[RosterFormat],
    saving: Saving | None = None,
    *,
    now: datetime,
) -> Job:
    """Plan the duties of a period, and write the roster.

    Parameters
    ----------
    site, book, ask
        What is planned, and how.
    folder, formats
        Where the files go, and which.
    saving
        Where the roster is saved as a version, if it is.
    now
        When it is planned; printed on the pages.

    Returns
    -------
    Job
        Each seat that nobody fills is a problem.

    Raises
    ------
    SchedVisuError
        A file cannot be read or written, or the planner's libraries are missing.
    """
    with recorded(site, "plan", Asked(as_of=now, first=ask.first, last=ask.last)) as job:
        with job.steps.step("read"):
            days = _days(ask, book, site)
            asked = with_requests(book, _requests(book, site, ask, days), site) if ask.needs else book
            kept = _kept(ask, asked, site, job)
            others = read_others(ask.merge, asked)
        with job.steps.step("plan"), progress_of(ask.seconds) as stopped:
            table, asked = _with_absence(kept, asked, site, days, ask.away, job)
            made = plan_roster(others.aside(asked), site, *days, seconds=ask.seconds, keep=table, stopped=stopped)
            table, asked = _finished(made, asked, others, site, days, job)
        content = RosterContent(table, asked, site, *days, now)
        job.done += [
            *pool_lines(content),
            *quality_lines(made),
            *few(list(short_lines(content)), "statistics tell all"),
        ]
        with job.steps.step("write"):
            for form, files in write_roster(content, folder, formats):
                _tell(job, form, files)
            _write_book(asked, book, folder / f"staff-{days[0]}.xlsx", job)
            if saving is not None:
                author = saving.author or getuser()
                saved = save_version(saving.folder, table, asked, author=author, note=saving.note, now=now)
                job.done.append(f"{saving.folder}: saved as version {saved.number}")
        for line in empty_lines(content):
            job.lack(line)
    return job


def check_roster(site: Site, book: StaffBook, file: Path) -> Outcome:
    """Check a roster that was exported, and perhaps corrected by hand, rule by rule.

    Raises
    ------
    SchedVisuError
        The roster cannot be read.
    """
    read = read_roster(file, book, site)
    lines = [*read.faults, *rules_broken(read, book, site)]
    told = [f"{file.name}, {line}" for line in lines]
    said = f"{len(lines)} rule(s) broken" if lines else "no rule is broken"
    n_duties = int((read.table["person"] != "").sum())
    changed = f"{len(read.changed)} cells changed by hand"
    return Outcome(done=[*told, f"{file.name}: {n_duties} duties, {changed}, {said}"], failed=bool(lines))


def notify(
    site: Site, book: StaffBook, file: Path, since: str | None = None, folder: Path | None = None, *, now: datetime
) -> Outcome:
    """Mail each person their duties of a roster that was exported, or what changed in them.

    Parameters
    ----------
    site, book
        Give the mail server, and everybody's address.
    file
        The roster.
    since, folder
        The roster that people know, as :func:`compare` takes it; None, if they know none.
    now
        When it is told.

    Returns
    -------
    Outcome
        People with news but without an address are a problem, as are mails that no server took.

    Raises
    ------
    SchedVisuError
        A roster cannot be read, or this one breaks rules that nobody set by hand.
    """
    known = None if since is None else _roster_named(since, folder, book, site)
    read = read_roster(file, book, site)
    broken = [str(one) for one in check(read.table, book, site, read.first, read.last) if not one.stood]
    if read.faults or broken:
        raise BookError(file, [*read.faults, *few(broken, "--check tells all")])
    content = RosterContent(read.table, book, site, read.first, read.last, now)
    news, outcome = list(notices(content, known)), Outcome()
    addressed = {one.name for one in book.staff if one.email}
    reached = [notice for notice in news if notice.person in addressed]
    others = [notice.person for notice in news if notice.person not in addressed]
    if others:
        names = shorten(", ".join(others), _NAMES, placeholder=" …")
        outcome.lack(f'{len(others)} with news, but no address in column "email" of the sheet "staff": {names}')
    if not reached:
        outcome.done = [] if outcome.problems else ["nobody has news"]
        return outcome
    try:
        files = hand_over_all(site, [compose(notice, content) for notice in reached], "notice")
    except MailError as error:
        outcome.lack(error)
        return outcome
    where = f"in {files[0].parent}" if files else "taken by the server"
    outcome.done = [*few([str(notice) for notice in reached], "all are mailed"), f"{len(reached)} mails {where}"]
    return outcome


def compare(site: Site, book: StaffBook | None, folder: Path | None, one: str, other: str) -> Outcome:
    """Tell the difference of two rosters: versions of a folder by their numbers, or workbooks.

    Raises
    ------
    SchedVisuError
        A roster cannot be read, or there is no such version.
    """
    old, new = (_roster_named(name, folder, book, site) for name in (one, other))
    lines = worded(diff(old, new), language(site.report.language))
    return Outcome(done=[*lines, f"{one} -> {other}: {len(lines)} duties differ"])


def _roster_named(name: str, folder: Path | None, book: StaffBook | None, site: Site) -> pd.DataFrame:
    if not name.isdigit():
        if book is None:
            raise PlanError(f"--book is missing: {name} is a workbook, which is read with its staff book")
        return read_roster(Path(name), book, site).table
    if folder is None:
        raise PlanError(f"--versions is missing: {name} is the number of a version in its folder")
    known = {version.number: version for version in versions(folder)}
    if int(name) not in known:
        numbers = ", ".join(map(str, known)) or "none"
        raise PlanError(f"{folder}: has no version {name}; it has: {numbers}")
    return load_version(known[int(name)])


def _days(ask: RosterAsk, book: StaffBook, site: Site) -> Days:
    """Return the first and last day: those asked for, else those of the roster that is kept."""
    days = ask.first, ask.last
    if ask.keep is not None:
        read = read_roster(ask.keep, book, site)
        own = read.first, read.last
        if any(day not in (None, mine) for day, mine in zip(days, own, strict=True)):
            raise PlanError(f"{ask.keep}: is a roster from {own[0]} to {own[1]}; leave --from and --to out")
        return own
    if days[0] is None or days[1] is None:
        raise PlanError("the first or last day is missing; give both")
    return days[0], days[1]


def _requests(book: StaffBook, site: Site, ask: RosterAsk, days: Days) -> tuple[Request, ...]:
    """Return what open scanners and expected exams ask for."""
    studies = appointments = None
    if any(isinstance(need, PerExams) for need in ask.needs):
        studies = open_store(site).studies(days[0] - timedelta(weeks=WEEKS + 1), days[0] - timedelta(days=1))
        if ask.appointments is not None:
            appointments = read_places(ask.appointments)
            studies = studies if len(studies) else None
    return requests_from(book, site, *days, ask.needs, studies=studies, appointments=appointments)


def _kept(ask: RosterAsk, book: StaffBook, site: Site, job: Job) -> pd.DataFrame | None:
    """Return the roster that is to be kept; a cell that cannot be read ends the job."""
    if ask.keep is None:
        return None
    read = read_roster(ask.keep, book, site)
    if read.faults:
        raise BookError(ask.keep, list(read.faults))
    broken = rules_broken(read, book, site)
    job.done += [f"what is kept breaks a rule: {line}" for line in few(broken, "--check tells all")]
    return read.table


def _with_absence(
    table: pd.DataFrame | None, book: StaffBook, site: Site, days: Days, away: Away | None, job: Job
) -> tuple[pd.DataFrame | None, StaffBook]:
    """Return roster and book without what somebody absent would do, as far as others can stand in."""
    if away is None or table is None:
        return table, book
    found = step_in(table, book, site, *days, away.person, away.first, away.last)
    job.done += found.lines
    return found.table, found.book


def _finished(
    made: Roster, book: StaffBook, others: Others, site: Site, days: Days, job: Job
) -> tuple[pd.DataFrame, StaffBook]:
    """Return what was planned with what others made, and with the debts that it pays back."""
    paid = with_debts_paid(made, book, site, *days)
    job.done += [f"{debt.debtor} pays {debt.creditor} back: {debt.paid}, {debt.level}" for debt in paid.paid]
    merged = others.merged(paid.table, paid.book, site, *days)
    broken = few([str(one) for one in merged.broken], "--check tells all")
    job.done += [f"what others made breaks a rule: {line}" for line in broken]
    return merged.table, paid.book


def _write_book(book: StaffBook, was: StaffBook, file: Path, job: Job) -> None:
    """Write the staff book, if absences or debts changed it."""
    if (book.leave, book.debts) != (was.leave, was.debts):
        # What scanners ask for is worked out anew each time.
        write_staff(with_rows(book, requests=was.requests), file)
        job.add_file("xlsx", file, "the staff book with absences and debts; use it from now on")


def _tell(job: Job, form: RosterFormat, files: list[Path]) -> None:
    """Say that files were made: calendars, of which there are many, in one line."""
    if form is not RosterFormat.ICS:
        for file in files:
            job.add_file(form, file)
    else:
        tell_calendars(job, form, files, "person-*.ics, department-*.ics")
