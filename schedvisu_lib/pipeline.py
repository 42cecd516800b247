"""The weekly run: the only place that knows all the steps."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import IntEnum
from pathlib import Path

from schedvisu_lib.collect import collect_days
from schedvisu_lib.config import Site
from schedvisu_lib.errors import MailError, ReportError, SchedVisuError, StoreError
from schedvisu_lib.pace import pace_of
from schedvisu_lib.periods import OVER_FROM, Period, find_period, previous_period, working_days
from schedvisu_lib.planned.poll import days_to_poll, poll_planned
from schedvisu_lib.progress import progress
from schedvisu_lib.report.build import BuiltReport, build_report
from schedvisu_lib.report.files import write_atomically
from schedvisu_lib.report.mail import hand_over
from schedvisu_lib.report.message import compose
from schedvisu_lib.report.pages import Page, report_pages
from schedvisu_lib.report.pdf import pages_to_png
from schedvisu_lib.store import open_store
from schedvisu_lib.studies.consolidate import consolidate

_LOG = logging.getLogger(__name__)

CHOSEN = "chosen days"
"""Title of the period of a one-off report."""


class Status(IntEnum):
    """Exit status of a command (2 is a wrong command line or site file)."""

    SUCCESS = 0
    FAILURE = 1
    USAGE = 2
    PARTIAL = 3


@dataclass(frozen=True)
class Choice:
    """What a report is to show."""

    periods: tuple[Period, ...]
    scanners: tuple[str, ...] | None = None
    """Names; None for all of the site."""
    name: str = ""
    """Of the report's files, without ending."""

    @property
    def first(self) -> date:
        """The first day that the report looks at: the overview compares with the period before."""
        return min(min(period.first for period in self.periods), previous_period(self.shortest).first)

    @property
    def last(self) -> date:
        """The last day of the report."""
        return max(period.last for period in self.periods)

    @property
    def shortest(self) -> Period:
        """The period of overview and data quality."""
        return min(self.periods, key=lambda period: period.last - period.first)


@dataclass
class Outcome:
    """What a command did, and what is missing."""

    done: list[str] = field(default_factory=list)
    """One line for each thing that was made."""
    problems: list[str] = field(default_factory=list)
    """One line for each thing that is missing, and what to do."""
    report: BuiltReport | None = None
    failed: bool = False
    """Whether what was asked for could not be made at all."""

    @property
    def status(self) -> Status:
        """The exit status."""
        if self.failed:
            return Status.FAILURE
        return Status.PARTIAL if self.problems else Status.SUCCESS


def choose(
    site: Site,
    now: datetime,
    *,
    periods: Sequence[str] = (),
    scanners: Sequence[str] = (),
    first: date | None = None,
    last: date | None = None,
) -> Choice:
    """Work out what a report shows: the site's periods that end on the last Friday over, or the chosen days.

    Raises
    ------
    ValueError
        A period or scanner is unknown, or the days are not in order; the message says what is allowed.
    """
    if first is None and last is not None:
        raise ValueError("--to needs --from: a report of chosen days wants both ends, or --from alone")
    if first is not None:
        end = last or last_day_over(now)
        if end < first:
            raise ValueError(f"the report would end ({end}) before it begins ({first}); check --from and --to")
        shown: tuple[Period, ...] = (Period(CHOSEN, first, end),)
        name = f"schedvisu-{first}_{end}"
    else:
        shown = tuple(find_period(site, title, now) for title in periods or site.periods.report)
        name = f"schedvisu-{max(period.last for period in shown)}"
    names = tuple(site.scanner(scanner).name for scanner in scanners) or None
    parts = [*periods, *(names or ())]
    return Choice(shown, names, "-".join([name, *(part.lower().replace(" ", "-") for part in parts)]))


def last_day_over(now: datetime) -> date:
    """Return the last day on which no more images come: today from 22:00, else yesterday."""
    return now.date() if now.time() >= OVER_FROM else now.date() - timedelta(days=1)


def days_to_ask(site: Site, first: date, last: date, *, again: bool = False) -> list[date]:
    """Return the working days that the store lacks, or all of them ``again``."""
    days = working_days(site.calendar, first, last)
    return days if again else open_store(site).days_to_retrieve(days)


def retrieve(
    site: Site,
    first: date,
    last: date,
    *,
    again: bool = False,
    stop_at: datetime | None = None,
    planned: tuple[date, date] | None = None,
    now: datetime | None = None,
) -> Outcome:
    """Retrieve the days that the store lacks, or all of them ``again``; no day is begun after ``stop_at``.

    The plan is asked for from the first to the last day ``planned``, by default for those around ``now``.

    Raises
    ------
    StoreError
        The store is locked or cannot be written.
    """
    with open_store(site).locked():
        outcome = _retrieve(site, first, last, again=again, stop_at=stop_at)
        _poll(site, outcome, now or datetime.now(), planned)
    return outcome


def consolidate_store(site: Site) -> Outcome:
    """Rebuild the studies of each year of which a day or a rule changed.

    Raises
    ------
    StoreError
        The store is locked or cannot be written.
    """
    with open_store(site).locked():
        return _consolidate(site)


def report(site: Site, choice: Choice, now: datetime, *, png: bool = False) -> Outcome:
    """Consolidate what changed and build a report from the store; with ``png`` also a picture of each page.

    Raises
    ------
    SchedVisuError
        The store is locked, or nothing can be written.
    """
    with open_store(site).locked():
        outcome = _consolidate(site)
        lacking = days_to_ask(
            site, min(period.first for period in choice.periods), min(choice.last, last_day_over(now))
        )
        if lacking:
            outcome.problems.append(
                f"{len(lacking)} days ({lacking[0]} to {lacking[-1]}) are not, or not wholly, in the store; "
                "run schedvisu retrieve"
            )
        _report(site, choice, now, outcome)
    if png and outcome.report is not None and outcome.report.pdf is not None:
        folder = site.report.folder / f"{choice.name}-png"
        outcome.done.append(f"{len(pages_to_png(outcome.report.pdf, folder))} pictures in {folder}")
    return outcome


def run(site: Site, choice: Choice, now: datetime) -> Outcome:
    """Do the weekly job: retrieve, consolidate, report, mail; a step that fails is told in the mail, not hidden.

    Raises
    ------
    StoreError
        The store is locked or cannot be written.
    """
    with open_store(site).locked():
        try:
            outcome = _retrieve(site, choice.first, min(choice.last, last_day_over(now)))
        except SchedVisuError as error:
            _LOG.error("%s", error)
            outcome = Outcome(problems=[str(error)])
        _poll(site, outcome, now)
        rebuilt = _consolidate(site)
        outcome.done += rebuilt.done
        outcome.problems += rebuilt.problems
        try:
            _report(site, choice, now, outcome)
        except SchedVisuError as error:
            _LOG.error("%s", error)
            outcome.problems.append(str(error))
            outcome.failed = True
    if site.mail is not None:
        _mail(site, choice.shortest, outcome)
    return outcome


def mail_report(site: Site, choice: Choice) -> Outcome:
    """Mail a report that was built before, with what its run said was missing.

    Raises
    ------
    MailError
        There is no such report, or the site has no mail section.
    """
    outcome = _recall(site, choice)
    mailed = Outcome(report=outcome.report, problems=list(outcome.problems))
    _mail(site, choice.shortest, mailed)
    return Outcome(mailed.done, [line for line in mailed.problems if line not in outcome.problems])


def plan(site: Site, choice: Choice, now: datetime) -> list[str]:
    """Say what :func:`run` would do, without doing it."""
    last = min(choice.last, last_day_over(now))
    days = days_to_ask(site, choice.first, last)
    asked = f" ({days[0]} to {days[-1]})" if days else ""
    pages = _pages(site, choice, now)
    years = ", ".join(map(str, open_store(site).years_to_consolidate()))
    mail = site.mail
    return [
        f"retrieve: {len(days)} days{asked} from {site.pacs.shown}",
        f"consolidate: {years or 'nothing changed in the store'}",
        f"report: {len(pages)} pages, {site.report.folder / choice.name}.pdf and .html",
        f"mail: to {', '.join(mail.recipients)} by {mail.transport}" if mail else "mail: none (no mail section)",
    ]


def _retrieve(site: Site, first: date, last: date, *, again: bool = False, stop_at: datetime | None = None) -> Outcome:
    store = open_store(site)
    days = days_to_ask(site, first, last, again=again)
    old = [] if again else store.days_of_other_rules(sorted(set(working_days(site.calendar, first, last)) - set(days)))
    if old:
        _LOG.warning(
            "%d days (%s to %s) were retrieved under other settings of pacs, institutions or clocks; "
            "to judge them anew: schedvisu retrieve --again --from %s --to %s",
            len(old),
            old[0],
            old[-1],
            old[0],
            old[-1],
        )
    with progress("retrieve", len(days)) as advance:
        collected = collect_days(site, store, days, advance, pace_of(site.pacs.long_loads, len(days), stop_at))
    done = f"retrieved {len(collected.days)} of {len(days)} days, {collected.n_series} series"
    _LOG.info("%s", done)
    return Outcome([done], list(collected.problems))


def _poll(site: Site, outcome: Outcome, now: datetime, days: tuple[date, date] | None = None) -> None:
    """Ask for the plan, if the site has one, and add what came of it to the outcome."""
    if site.planned is None:
        return
    first, last = days or days_to_poll(site.planned, now.date())
    try:
        polled = poll_planned(site, open_store(site), first, last, now)
    except SchedVisuError as error:
        _LOG.error("%s", error)
        outcome.problems.append(str(error))
        return
    if polled.n_appointments or not polled.problems:
        outcome.done.append(f"planned: {polled.n_appointments} appointments from {first} to {last}")
    outcome.problems += polled.problems


def _consolidate(site: Site) -> Outcome:
    store = open_store(site)
    outcome = Outcome()
    years = store.years_to_consolidate()
    with progress("consolidate", len(years)) as advance:
        for year in years:
            try:
                fingerprint, series = store.source_of_year(year)
                studies = consolidate(series, site)
                store.write_studies(year, studies, fingerprint)
            except StoreError as error:
                _LOG.error("%s", error)
                outcome.problems.append(str(error))
            else:
                outcome.done.append(f"consolidated {year}: {len(studies)} exams from {len(series)} series")
                _LOG.info("%s", outcome.done[-1])
            advance(str(year))
    return outcome


def _pages(site: Site, choice: Choice, now: datetime) -> list[Page]:
    return report_pages(
        site, choice.periods, generated_at=now, scanners=choice.scanners, planned=_planned_scanners(site, choice)
    )


def _planned_scanners(site: Site, choice: Choice) -> frozenset[str]:
    """Return the scanners with appointments in the shortest period; all, if that cannot be read: their pages say so."""
    try:
        planned = open_store(site).planned(choice.shortest.first, choice.shortest.last)
    except StoreError:
        return frozenset(site.scanner_names)
    return frozenset(planned["scanner"])


def _report(site: Site, choice: Choice, now: datetime, outcome: Outcome) -> None:
    """Build the report and add what came of it to the outcome."""
    pages = _pages(site, choice, now)
    with progress("report", len(pages)) as advance:
        built = build_report(
            site, pages, site.report.folder, name=choice.name, on_done=lambda result: advance(result.page.name)
        )
    for warning in built.warnings:
        _LOG.warning("%s", warning)
    outcome.report = built
    outcome.problems += built.problems
    outcome.done += [str(file) for file in (built.pdf, built.html) if file is not None]
    _remember(site, choice, outcome.problems, built)


def _record(site: Site, choice: Choice) -> Path:
    return site.report.folder / f"{choice.name}.json"


def _remember(site: Site, choice: Choice, problems: Sequence[str], built: BuiltReport) -> None:
    """Write down what the report lacks, so that a later mail does not pass it off as whole."""
    record = {
        "html": built.html.name,
        "pdf": built.pdf.name if built.pdf else None,
        "notebooks": built.notebooks.name,
        "n_pages": built.n_pages,
        "problems": list(problems),
    }
    file = _record(site, choice)
    try:
        write_atomically(file, json.dumps(record, indent=1, ensure_ascii=False).encode())
    except OSError as error:
        raise ReportError(f"{file}: cannot be written ({error.strerror}); check report.folder") from error


def _recall(site: Site, choice: Choice) -> Outcome:
    file = _record(site, choice)
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        built = BuiltReport(
            html=file.with_name(record["html"]),
            pdf=file.with_name(record["pdf"]) if record["pdf"] else None,
            notebooks=file.with_name(record["notebooks"]),
            n_pages=record["n_pages"],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise MailError(f"{file}: there is no such report to mail; run schedvisu report") from error
    return Outcome(problems=list(record["problems"]), report=built)


def _mail(site: Site, period: Period, outcome: Outcome) -> None:
    """Hand the mail over; what goes wrong is one problem more."""
    try:
        message = compose(site, outcome.report, first=period.first, last=period.last, problems=outcome.problems)
        file = hand_over(site, message)
    except MailError as error:
        _LOG.error("%s", error)
        outcome.problems.append(str(error))
    else:
        recipients = len(site.mail.recipients) if site.mail else 0
        outcome.done.append(str(file) if file else f"mail to {recipients} recipients was taken by the server")
        _LOG.info("mailed: %s", outcome.done[-1])
