"""The weekly run: the only place that knows all the steps."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date, datetime
from email.message import EmailMessage
from typing import TYPE_CHECKING

from schedvisu_lib.choice import Choice, last_day_over
from schedvisu_lib.config import Site
from schedvisu_lib.errors import MailError, MailTemplateError, SchedVisuError, StoreError, unforeseen
from schedvisu_lib.job import Job
from schedvisu_lib.pace import pace_of
from schedvisu_lib.periods import Period, working_days
from schedvisu_lib.progress import progress
from schedvisu_lib.recording import recorded
from schedvisu_lib.report.build import BuiltReport, build_report
from schedvisu_lib.report.execute import ExecutedPage
from schedvisu_lib.report.mail import hand_over, send_outbox
from schedvisu_lib.report.message import compose
from schedvisu_lib.report.pages import Page, report_pages
from schedvisu_lib.report.pdf import pages_to_png
from schedvisu_lib.runs import (
    NOTEBOOKS,
    Asked,
    Days,
    FileMade,
    PageTaken,
    PlanAsked,
    ReportMade,
    Year,
    last_run_of_report,
)
from schedvisu_lib.store import open_store
from schedvisu_lib.studies.consolidate import consolidate

if TYPE_CHECKING:
    from schedvisu_lib.collect import StoredDay

_LOG = logging.getLogger(__name__)


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
) -> Job:
    """Retrieve the days that the store lacks, or all of them ``again``; no day is begun after ``stop_at``.

    The plan is asked for from the first to the last day ``planned``, by default for those around ``now``.

    Raises
    ------
    StoreError
        The store is locked or cannot be written.
    """
    now = now or datetime.now()
    with recorded(site, "retrieve", Asked(as_of=now, first=first, last=last)) as job, open_store(site).locked():
        _retrieve(site, first, last, job, again=again, stop_at=stop_at)
        _poll(site, now, job, planned)
    return job


def consolidate_store(site: Site) -> Job:
    """Rebuild the studies of each year of which a day or a rule changed.

    Raises
    ------
    StoreError
        The store is locked or cannot be written.
    """
    with recorded(site, "consolidate", Asked()) as job, open_store(site).locked():
        _consolidate(site, job)
    return job


def report(site: Site, choice: Choice, now: datetime, *, png: bool = False) -> Job:
    """Consolidate what changed and build a report from the store; with ``png`` also a picture of each page.

    Raises
    ------
    SchedVisuError
        The store is locked, or nothing can be written.
    """
    with recorded(site, "report", _asked(choice, now)) as job:
        with open_store(site).locked():
            _consolidate(site, job)
            say_what_lacks(site, min(period.first for period in choice.periods), choice.last, now, job)
            _report(site, choice, now, job)
        if png:
            _pictures(site, choice, job)
    return job


def run(
    site: Site,
    choice: Choice,
    now: datetime,
    *,
    command: str = "run",
    beside: AbstractContextManager[object] | None = None,
) -> Job:
    """Do the weekly job: retrieve, consolidate, report, mail; a step that fails is told in the mail, not hidden.

    Parameters
    ----------
    site, choice, now
        For whom, what, and the moment as on which it works.
    command
        What the record of the run calls it.
    beside
        Kept open meanwhile: the archive of the demo.

    Raises
    ------
    StoreError
        The store is locked or cannot be written.
    """
    with recorded(site, command, _asked(choice, now)) as job, beside or nullcontext():
        with open_store(site).locked():
            _attempt(job, lambda: _retrieve(site, choice.first, min(choice.last, last_day_over(now)), job))
            _attempt(job, lambda: _poll(site, now, job))
            _attempt(job, lambda: _consolidate(site, job))
            job.failed = not _attempt(job, lambda: _report(site, choice, now, job))
        if site.mail is not None:
            _mail(site, choice.shortest, job, job.report, tuple(job.problems))
    return job


def mail_report(site: Site, choice: Choice, now: datetime) -> Job:
    """Mail a report that was built before, with what its run said was missing, and what waits in the outbox.

    Raises
    ------
    MailError
        There is neither such a report nor a mail that waits, or the site has no mail section.
    """
    with recorded(site, "mail", _asked(choice, now)) as job:
        try:
            built, missing = _built_before(site, choice)
        except MailError as error:
            _mail_what_waits(site, job, error)
        else:
            _mail(site, choice.shortest, job, built, missing)
    return job


def _mail_what_waits(site: Site, job: Job, why: MailError) -> None:
    """Send what waits, as of a run that had no report to mail; where nothing does, say why there is nothing to do."""
    subjects = send_outbox(site)
    if not subjects:
        raise why
    job.done += [f"sent what was waiting: {subject}" for subject in subjects]
    job.lack(why)


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


def _attempt(job: Job, step: Callable[[], None]) -> bool:
    """Do a step of the weekly run and tell whether it worked; whatever goes wrong, the next ones follow."""
    try:
        step()
    except Exception as error:  # a mistake of ours, too, is told by the mail
        job.lack(error if isinstance(error, SchedVisuError) else unforeseen(error))
        return False
    return True


def _asked(choice: Choice, now: datetime) -> Asked:
    return Asked(
        as_of=now, periods=choice.periods, scanners=choice.scanners or (), first=choice.first, last=choice.last
    )


def _retrieve(
    site: Site, first: date, last: date, job: Job, *, again: bool = False, stop_at: datetime | None = None
) -> None:
    store = open_store(site)
    from schedvisu_lib.collect import collect_days  # only who asks an archive waits for pynetdicom

    days = days_to_ask(site, first, last, again=again)
    old = [] if again else store.days_of_other_rules(sorted(set(working_days(site.calendar, first, last)) - set(days)))
    if old:
        job.warn(
            f"{len(old)} days ({old[0]} to {old[-1]}) were retrieved under other settings of pacs, institutions or "
            f"clocks; to judge them anew: schedvisu retrieve --again --from {old[0]} --to {old[-1]}"
        )
    waiting = dict.fromkeys(days)

    def tell() -> None:
        ends = (days[0], days[-1]) if days else (None, None)
        failed = tuple(sorted(waiting))
        job.days = Days(asked=len(days), first=ends[0], last=ends[1], retrieved=len(days) - len(failed), failed=failed)

    tell()
    with job.steps.step("retrieve"), progress("retrieve", len(days)) as advance:

        def stored(one: StoredDay) -> None:
            waiting.pop(one.day)
            job.verdicts.update(one.verdicts)
            tell()
            advance(one.words)

        collected = collect_days(site, store, days, stored, pace_of(site.pacs.long_loads, len(days), stop_at))
    job.done.append(f"retrieved {len(collected.days)} of {len(days)} days, {collected.n_series} series")
    _LOG.info("%s", job.done[-1])
    job.problems += collected.problems


def _poll(site: Site, now: datetime, job: Job, days: tuple[date, date] | None = None) -> None:
    """Ask for the plan, if the site has one."""
    if site.planned is None:
        return
    from schedvisu_lib.planned.poll import days_to_poll, poll_planned

    first, last = days or days_to_poll(site.planned, now.date())
    try:
        with job.steps.step("planned"):
            polled = poll_planned(site, open_store(site), first, last, now)
    except SchedVisuError as error:
        job.lack(error)
        return
    job.planned = PlanAsked(first=first, last=last, appointments=polled.n_appointments)
    if polled.n_appointments or not polled.problems:
        job.done.append(f"planned: {polled.n_appointments} appointments from {first} to {last}")
    job.problems += polled.problems


def _consolidate(site: Site, job: Job) -> None:
    store = open_store(site)
    years = store.years_to_consolidate()
    with job.steps.step("consolidate"), progress("consolidate", len(years)) as advance:
        for year in years:
            try:
                fingerprint, series = store.source_of_year(year)
                studies = consolidate(series, site)
                store.write_studies(year, studies, fingerprint)
            except StoreError as error:
                job.lack(error)
            else:
                job.years.append(Year(year=year, exams=len(studies), series=len(series)))
                job.done.append(f"consolidated {year}: {len(studies)} exams from {len(series)} series")
                _LOG.info("%s", job.done[-1])
            advance(str(year))


def say_what_lacks(site: Site, first: date, last: date, now: datetime, job: Job) -> None:
    """Say which days from first to last, as far as they are over, are not in the store."""
    lacking = days_to_ask(site, first, min(last, last_day_over(now)))
    if lacking:
        job.problems.append(
            f"{len(lacking)} days ({lacking[0]} to {lacking[-1]}) are not, or not wholly, in the store; "
            "run schedvisu retrieve"
        )


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


def _report(site: Site, choice: Choice, now: datetime, job: Job) -> None:
    pages = _pages(site, choice, now)
    with progress("report", len(pages)) as advance:

        def executed(page: ExecutedPage) -> None:
            job.pages.append(_page_taken(page, pages))
            advance(page.page.name)

        built = build_report(
            site,
            pages,
            site.report.folder,
            name=choice.name,
            executed_folder=job.notebooks,
            steps=job.steps,
            on_done=executed,
        )
    for warning in built.warnings:
        job.warn(warning)
    job.report = built
    job.problems += built.problems
    for kind, file in (("pdf", built.pdf), ("html", built.html)):
        if file is not None:
            job.add_file(kind, file)
    job.made = ReportMade(
        name=choice.name,
        html=built.html.name,
        pdf=built.pdf.name if built.pdf else None,
        pages=built.n_pages,
        missing=tuple(job.problems),
    )


def _page_taken(executed: ExecutedPage, pages: Sequence[Page]) -> PageTaken:
    return PageTaken(
        number=pages.index(executed.page) + 1,
        name=executed.page.name,
        seconds=round(executed.seconds, 3),
        error=executed.error,
        notebook=executed.file.name if executed.file else None,
    )


def _pictures(site: Site, choice: Choice, job: Job) -> None:
    if job.report is None or job.report.pdf is None:
        return
    folder = site.report.folder / f"{choice.name}-png"
    with job.steps.step("pictures"):
        files = pages_to_png(job.report.pdf, folder)
    job.done.append(f"{len(files)} pictures in {folder}")
    job.files += [FileMade(kind="png", path=str(file), bytes=file.stat().st_size) for file in files]


def _built_before(site: Site, choice: Choice) -> tuple[BuiltReport, tuple[str, ...]]:
    """Return a report as its newest run left it, and what that run said is missing."""
    run = last_run_of_report(site, choice.name)
    made = run.record.report if run else None
    if run is None or made is None or not (site.report.folder / made.html).exists():
        raise MailError(
            f"{site.report.folder / choice.name}.html: there is no such report to mail; run schedvisu report"
        )
    built = BuiltReport(
        html=site.report.folder / made.html,
        pdf=site.report.folder / made.pdf if made.pdf else None,
        notebooks=run.folder / NOTEBOOKS,
        n_pages=made.pages,
    )
    return built, made.missing


def _compose(site: Site, period: Period, job: Job, built: BuiltReport | None, missing: Sequence[str]) -> EmailMessage:
    """Write the mail; one whose template is broken goes out in the packaged look, and says so."""
    try:
        return compose(site, built, first=period.first, last=period.last, problems=missing)
    except MailTemplateError as error:
        job.lack(error)
        plain = site.model_copy(update={"mail": site.mail and site.mail.model_copy(update={"template": None})})
        return compose(plain, built, first=period.first, last=period.last, problems=[*missing, str(error)])


def _mail(site: Site, period: Period, job: Job, built: BuiltReport | None, missing: Sequence[str]) -> None:
    """Hand the mail over; what goes wrong is one problem more."""
    try:
        with job.steps.step("mail"):
            message = _compose(site, period, job, built, missing)
            file = hand_over(site, message)
    except MailError as error:
        job.lack(error)
        return
    recipients = len(site.mail.recipients) if site.mail else 0
    job.done.append(str(file) if file else f"mail to {recipients} recipients was taken by the server")
    job.files.append(FileMade(kind="mail", path=str(file) if file else None, bytes=len(message.as_bytes())))
    _LOG.info("mailed: %s", job.done[-1])
