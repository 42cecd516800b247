"""Look whether a site can work: scanners, archive, folders, mail server, renderer; say what to do about each fault."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final
from zoneinfo import ZoneInfo

from schedvisu_lib.config import Site
from schedvisu_lib.errors import SchedVisuError
from schedvisu_lib.pacs.probe import latest_series, try_ways
from schedvisu_lib.pacs.pseudonym import load_pseudonymiser
from schedvisu_lib.pacs.sources import open_sources
from schedvisu_lib.periods import working_days
from schedvisu_lib.planned.poll import days_to_poll, probe_planned
from schedvisu_lib.report.browser import find_browser
from schedvisu_lib.report.letter import try_template
from schedvisu_lib.report.mail import probe
from schedvisu_lib.report.pages import notebooks_folder
from schedvisu_lib.settings.scanners import Scanner
from schedvisu_lib.store import open_store

_LOOK_BACK: Final = timedelta(days=14)


@dataclass(frozen=True)
class Finding:
    """One line of the check."""

    subject: str
    ok: bool
    words: str


def check_site(site: Site, today: date) -> Iterator[Finding]:
    """Yield a finding for each scanner and each part that a run needs; ``today`` is where the archive's days end."""
    for scanner in site.scanners:
        yield Finding(f"scanner {scanner.name}", ok=True, words=_resolved(site, scanner))
    # Who waits in front of a screen wants to know at once.
    impatient = site.model_copy(update={"pacs": site.pacs.model_copy(update={"tries": 1})})
    yield from _archive(impatient, today)
    if site.planned is not None:
        days = days_to_poll(site.planned, today)
        yield _try("planned", lambda: probe_planned(impatient, *days))
    yield _try("store", lambda: _writable(site.store.folder, "store.folder"))
    yield _try("pseudonyms", lambda: _key(site))
    yield _try("report folder", lambda: _writable(site.report.folder, "report.folder"))
    yield _try("log folder", lambda: _writable(site.log.folder, "log.folder"))
    yield _try("notebooks", lambda: str(notebooks_folder()))
    yield _try("renderer", lambda: str(find_browser(site.report.browser)))
    yield _try("mail", lambda: _mail(site))
    if site.mail is not None and site.mail.template is not None:
        yield _try("mail template", lambda: try_template(site))


def _try(subject: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(subject, ok=True, words=look())
    except SchedVisuError as error:
        return Finding(subject, ok=False, words=str(error))


def _resolved(site: Site, scanner: Scanner) -> str:
    """Say what a scanner's settings come to."""
    hours = ", ".join(f"{day} {time.opens:%H:%M}-{time.closes:%H:%M}" for day, time in scanner.hours.items())
    slots = ", ".join(f"{day} {count}" for day, count in scanner.slots.items())
    types = ", ".join(kind.name for kind in site.exam_types_of(scanner.name)) or "none (all exams are OTHER)"
    return (
        f"models {', '.join(scanner.models)}; open {hours}; slots {slots}; gap from {scanner.gap:g} min; "
        f"preparation {scanner.preparation:g} min; take gap {scanner.take_gap:g} s; "
        f"clock {scanner.clock_offset:+g} min; exam types {types}"
    )


def _archive(site: Site, today: date) -> Iterator[Finding]:
    """Look whether the archive answers, and try each way to header facts on a few series of its latest day."""
    try:
        with open_sources(site.pacs)() as source:
            recent = working_days(site.calendar, today - _LOOK_BACK, today)
            latest = latest_series(source, site, reversed(recent))
            where = f"{site.pacs.shown} answers"
            if latest is None:
                days = f"{recent[0]} to {recent[-1]}" if recent else "the last two weeks"
                yield Finding("archive", ok=True, words=f"{where}; it lists no study of PT, NM or CT from {days}")
                return
            day, sample = latest
            yield Finding("archive", ok=True, words=f"{where}; ways tried on {len(sample)} series of {day}")
            trials = list(try_ways(source.ways, sample, ZoneInfo(site.department.timezone)))
    except SchedVisuError as error:
        yield Finding("archive", ok=False, words=str(error))
        return
    # A way that tells nothing is no fault as long as another one does.
    nothing = not any(trial.n_settled for trial in trials)
    for trial in trials:
        yield Finding(f"way {trial.way}", ok=not nothing, words=trial.words)


def _writable(folder: Path, key: str) -> str:
    """Look whether a folder, or the one in which it would be made, can be written to."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        if not existing.is_dir():
            raise NotADirectoryError(f"{existing} is a file")
        with TemporaryFile(dir=existing):
            pass
    except OSError as error:
        raise SchedVisuError(f"{folder}: cannot be written ({error.strerror or error}); check {key}") from error
    return f"{folder} can be written" if existing == folder else f"{folder} will be made"


def _key(site: Site) -> str:
    file = site.privacy.key_file
    if not file.exists() and open_store(site).is_empty():
        return f"{file} will be made by the first retrieval; back it up"
    load_pseudonymiser(file)
    return f"{file} can be read" + (" by its owner only" if os.name == "posix" else "")


def _mail(site: Site) -> str:
    if site.mail is None:
        return "none (no mail section)"
    if site.mail.transport == "folder":
        return _writable(site.mail.outbox, "mail.outbox")
    probe(site)
    return f"{site.mail.host}:{site.mail.port} answers ({site.mail.security})"
