"""The command that makes a duty roster: ``schedvisu plan roster``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from schedvisu_lib.cli.books import book_of, formats_of, need_solvers, usage_errors, write_template
from schedvisu_lib.cli.options import DAY, DEFAULT_SITE, From, SiteFile, To, do, load, sensible

if TYPE_CHECKING:
    from schedvisu_lib.config import Site
    from schedvisu_lib.export.roster.job import Away, RosterAsk
    from schedvisu_lib.plan.roster.book.model import StaffBook
    from schedvisu_lib.plan.roster.product.from_product import Need

_FORMATS: Final = ("xlsx", "csv", "ics", "pdf", "all")


def roster(
    site_file: SiteFile = DEFAULT_SITE,
    book_file: Annotated[
        Path | None, typer.Option("--book", metavar="FILE", help="The staff book (XLSX or YAML): people and rules.")
    ] = None,
    first: From = None,
    last: To = None,
    seconds: Annotated[
        float, typer.Option("--seconds", min=0, help="How long to look for a better roster, at most.")
    ] = 60.0,
    keep: Annotated[
        Path | None,
        typer.Option(
            "--keep",
            metavar="FILE",
            help="Change an earlier roster (XLSX), perhaps corrected by hand, as little as can be.",
        ),
    ] = None,
    absent: Annotated[
        str | None,
        typer.Option("--absent", metavar="PERSON", help="Somebody is absent: others stand in. Needs --keep."),
    ] = None,
    absent_from: Annotated[
        datetime | None,
        typer.Option("--absent-from", formats=DAY, metavar="DAY", callback=sensible, help="By default the first day."),
    ] = None,
    absent_to: Annotated[
        datetime | None,
        typer.Option("--absent-to", formats=DAY, metavar="DAY", callback=sensible, help="By default --absent-from."),
    ] = None,
    merge: Annotated[
        list[Path] | None,
        typer.Option(
            "--merge",
            metavar="FILE",
            help="Duties that somebody else made (XLSX or CSV): their levels stay as they are; may be repeated.",
        ),
    ] = None,
    from_scanners: Annotated[
        list[str] | None,
        typer.Option(
            "--from-scanners",
            metavar="LEVEL[=N]",
            help="N persons (1) of this level for each scanner that is open; may be repeated.",
        ),
    ] = None,
    from_exams: Annotated[
        list[str] | None,
        typer.Option(
            "--from-exams",
            metavar="LEVEL=N",
            help="A person of this level for each N exams to be expected; may be repeated.",
        ),
    ] = None,
    appointments: Annotated[
        Path | None,
        typer.Option(
            "--appointments",
            metavar="FILE",
            help="A plan of appointments (XLSX or CSV) that tells the exams of its days; needs --from-exams.",
        ),
    ] = None,
    out: Annotated[
        Path,
        typer.Option("--out", "--into", metavar="FOLDER", file_okay=False, help="Where the files go; by default here."),
    ] = Path(),
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format", "--formats", metavar="FORMAT", help="xlsx (by default), csv, ics, pdf or all; may be repeated."
        ),
    ] = None,
    versions: Annotated[
        Path | None,
        typer.Option("--versions", metavar="FOLDER", file_okay=False, help="Also save the roster as a version here."),
    ] = None,
    author: Annotated[
        str, typer.Option("--author", metavar="NAME", help="Who saves the version; by default the user.")
    ] = "",
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="What the version is for.")] = "",
    difference: Annotated[
        tuple[str, str] | None,
        typer.Option("--diff", metavar="A B", help="Only compare two rosters: numbers of --versions, or XLSX files."),
    ] = None,
    check: Annotated[
        Path | None, typer.Option("--check", metavar="FILE", help="Only check this roster (XLSX), rule by rule.")
    ] = None,
    notify: Annotated[
        Path | None,
        typer.Option(
            "--notify", metavar="FILE", help="Only mail everybody in this roster (XLSX) their duties, with a calendar."
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="A",
            help="With --notify: only who has news since this roster, a number of --versions or an XLSX file.",
        ),
    ] = None,
    template: Annotated[
        Path | None,
        typer.Option("--template", metavar="FILE", help="Only write an empty staff book (XLSX) to fill in."),
    ] = None,
) -> None:
    """Make a duty roster: who is on duty on which day and in which shift, so that no rule is broken."""
    if all(other is None for other in (template, difference, check, notify)):
        need_solvers("ortools")
    site = load(site_file)
    if template is not None:
        from schedvisu_lib.plan.roster.book.template import write_staff_template

        write_template(lambda: write_staff_template(template, site))
        return
    if difference is not None:
        book = _book(site, book_file) if book_file is not None else None
        _compare(site, book, versions, difference)
        return
    with usage_errors():
        wanted = formats_of(formats, _FORMATS)
        if since is not None and notify is None:
            raise ValueError("--since needs --notify: name the roster that is to be told")
        if check is None and notify is None:
            away = _away(absent, absent_from or first, absent_to, keep)
            if appointments is not None and not from_exams:
                raise ValueError("--appointments needs --from-exams: name a level, and the exams for each person")
            needs = _needs(from_scanners, from_exams)
            ask = _ask(first, last, keep, seconds, merge, away, needs, appointments)
    book = _book(site, book_file)
    from schedvisu_lib.export.roster import job
    from schedvisu_lib.export.roster.files import RosterFormat

    if check is not None:
        do(site, "plan", lambda: job.check_roster(site, book, check))
        return
    now = datetime.now().replace(microsecond=0)
    if notify is not None:
        do(site, "plan", lambda: job.notify(site, book, notify, since, versions, now=now))
        return
    kinds = [RosterFormat(name) for name in wanted]
    saving = job.Saving(versions, author, note) if versions is not None else None
    do(site, "plan", lambda: job.make_roster(site, book, ask, out, kinds, saving, now=now))


def _compare(site: Site, book: StaffBook | None, versions: Path | None, names: tuple[str, str]) -> None:
    from schedvisu_lib.export.roster import job

    do(site, "plan", lambda: job.compare(site, book, versions, *names))


def _ask(
    first: datetime | None,
    last: datetime | None,
    keep: Path | None,
    seconds: float,
    merge: list[Path] | None,
    away: Away | None,
    needs: tuple[Need, ...],
    appointments: Path | None,
) -> RosterAsk:
    """Return what is asked for; ``ValueError`` says what makes no sense."""
    from schedvisu_lib.export.roster.job import RosterAsk

    if keep is None and (first is None or last is None):
        missing = "--from" if first is None else "--to"
        raise ValueError(f"{missing} is missing: name the first and the last day of the roster, or one to --keep")
    if first is not None and last is not None and last < first:
        raise ValueError(f"--to {last.date()} lies before --from {first.date()}; name the days in order")
    return RosterAsk(
        first=first.date() if first else None,
        last=last.date() if last else None,
        seconds=seconds,
        keep=keep,
        away=away,
        merge=tuple(merge or ()),
        needs=needs,
        appointments=appointments,
    )


def _away(person: str | None, first: datetime | None, last: datetime | None, keep: Path | None) -> Away | None:
    """Return who is absent when; ``ValueError`` says what makes no sense."""
    from schedvisu_lib.export.roster.job import Away

    if person is None:
        return None
    if keep is None:
        raise ValueError("--absent needs --keep: name the roster in which somebody is to stand in")
    if first is None:
        raise ValueError("--absent-from is missing: name the first day of the absence")
    return Away(person, first.date(), (last or first).date())


def _needs(scanners: list[str] | None, exams: list[str] | None) -> tuple[Need, ...]:
    """Return what scanners and exams ask for; ``ValueError`` says what cannot be read."""
    from schedvisu_lib.plan.roster.product.from_product import PerExams, PerScanner

    found: list[Need] = []
    for text in scanners or ():
        level, _, number = text.partition("=")
        if number and not number.isdigit():
            raise ValueError(f'--from-scanners "{text}" cannot be read; write it as technologists=2')
        found.append(PerScanner(level.strip(), int(number or 1)))
    for text in exams or ():
        level, _, number = text.partition("=")
        if not number.isdigit() or not int(number):
            raise ValueError(f'--from-exams "{text}" cannot be read; write it as physicians=12')
        found.append(PerExams(level.strip(), int(number)))
    return tuple(found)


def _book(site: Site, file: Path | None) -> StaffBook:
    """Return the validated book, and tell its notes; its mistakes end the command."""
    from schedvisu_lib.plan.roster.book.file import read_staff_and_notes

    return book_of(read_staff_and_notes, file, site)
