"""The commands that plan: ``schedvisu plan appointments``, and ``schedvisu plan held`` afterwards."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from schedvisu_lib.cli.books import book_of, formats_of, need_solvers, usage_errors, write_template
from schedvisu_lib.cli.options import DEFAULT_SITE, From, SiteFile, do, load
from schedvisu_lib.cli.plan_roster import roster

if TYPE_CHECKING:
    from schedvisu_lib.config import Site
    from schedvisu_lib.export.plan.job import PlanAsk
    from schedvisu_lib.plan.book.model import Book

plan = typer.Typer(
    no_args_is_help=True,
    help="Plan the future, appointments and duty rosters, and look back on past plans.",
)

BookFile = Annotated[
    Path | None, typer.Option("--book", metavar="FILE", help="The book (XLSX or YAML) of prescriptions and rules.")
]

_MODES: Final = ("early", "late", "near", "any")
_FORMATS: Final = ("xlsx", "csv", "ics", "fhir", "pdf", "all")

plan.command()(roster)


@plan.command()
def appointments(
    site_file: SiteFile = DEFAULT_SITE,
    book_file: BookFile = None,
    first: From = None,
    mode: Annotated[
        str | None,
        typer.Option("--mode", metavar="MODE", help="early, late, near (with --near) or any; by default any."),
    ] = None,
    near: Annotated[
        datetime | None,
        typer.Option("--near", formats=["%H:%M"], metavar="TIME", help="As close to this time as can be."),
    ] = None,
    depth_course: Annotated[
        int | None, typer.Option("--depth-course", min=1, help="Days that are looked through for courses.")
    ] = None,
    depth_once: Annotated[
        int | None, typer.Option("--depth-once", min=1, help="Days that are looked through for what is done once.")
    ] = None,
    sheets: Annotated[
        list[str] | None, typer.Option("--sheet", metavar="NAME", help="Only this sheet; may be repeated.")
    ] = None,
    positions: Annotated[
        list[int] | None,
        typer.Option("--position", metavar="N", help="Only this position of the sheets; may be repeated."),
    ] = None,
    seconds: Annotated[float, typer.Option("--seconds", min=0, help="How long to look for a better plan.")] = 3.0,
    improve: Annotated[
        bool, typer.Option("--improve", help="Also move earlier appointments that are not locked.")
    ] = False,
    earlier: Annotated[
        Path | None,
        typer.Option(
            "--plan", metavar="FILE", help="An earlier plan (XLSX or CSV), perhaps corrected by hand, stands."
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", metavar="FOLDER", file_okay=False, help="Where the files go; by default here.")
    ] = Path(),
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format", metavar="FORMAT", help="xlsx (by default), csv, ics, fhir, pdf or all; may be repeated."
        ),
    ] = None,
    check: Annotated[
        Path | None, typer.Option("--check", metavar="FILE", help="Only check this plan (XLSX or CSV), rule by rule.")
    ] = None,
    template: Annotated[
        Path | None, typer.Option("--template", metavar="FILE", help="Only write an empty book (XLSX) to fill in.")
    ] = None,
) -> None:
    """Propose a time and a resource for each prescribed session, so that no rule is broken."""
    if check is None and template is None:
        need_solvers("numba", "ortools")
    site = load(site_file)
    if template is not None:
        from schedvisu_lib.plan.book.template import template_book

        write_template(lambda: template_book(site, template))
        return
    with usage_errors():
        ask = _ask(first, mode, near, depth_course, depth_once, sheets, positions, seconds, earlier, improve=improve)
        wanted = formats_of(formats, _FORMATS)
    book = _book(site, book_file)
    from schedvisu_lib.export.plan import job
    from schedvisu_lib.export.plan.files import PlanFormat

    now = datetime.now().replace(microsecond=0)
    if check is not None:
        do(site, "plan", lambda: job.check_plan(site, book, ask, check, now=now))
        return
    kinds = [PlanFormat(name) for name in wanted]
    do(site, "plan", lambda: job.plan_appointments(site, book, ask, out, kinds, now=now))


@plan.command()
def held(
    plans: Annotated[
        list[Path], typer.Option("--plan", metavar="FILE", help="A past plan (XLSX or CSV); may be repeated.")
    ],
    site_file: SiteFile = DEFAULT_SITE,
    book_file: BookFile = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Also write the table, as .xlsx or .csv.")
    ] = None,
) -> None:
    """Compare past plans with the exams that came: how often the planned durations held."""
    site = load(site_file)
    book = _book(site, book_file)
    from schedvisu_lib.export.plan.past import tell_held

    do(site, "plan", lambda: tell_held(site, book, plans, out))


def _ask(
    first: datetime | None,
    mode: str | None,
    near: datetime | None,
    depth_course: int | None,
    depth_once: int | None,
    sheets: list[str] | None,
    positions: list[int] | None,
    seconds: float,
    earlier: Path | None,
    *,
    improve: bool,
) -> PlanAsk:
    """Return what is asked for; ``ValueError`` says what makes no sense."""
    from schedvisu_lib.export.plan.job import PlanAsk
    from schedvisu_lib.plan.terms import Wish

    wanted = mode or ("near" if near else "any")
    if wanted not in _MODES:
        raise ValueError(f'--mode "{mode}" is unknown; allowed: {", ".join(_MODES)}')
    if near and wanted != "near":
        raise ValueError(f"--near is for --mode near, not for {wanted}; leave one of the two out")
    return PlanAsk(
        first=first.date() if first else None,
        wish=Wish(wanted, near.time() if near else None),  # type: ignore[arg-type]
        depth_course=depth_course,
        depth_once=depth_once,
        sheets=tuple(sheets or ()),
        positions=tuple(positions or ()),
        seconds=seconds,
        improve=improve,
        earlier=earlier,
    )


def _book(site: Site, file: Path | None) -> Book:
    """Return the validated book, and tell its notes; its mistakes end the command."""
    from schedvisu_lib.plan.book.file import read_book_and_notes

    return book_of(read_book_and_notes, file, site)
