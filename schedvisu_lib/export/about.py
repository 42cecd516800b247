"""What a workbook says of itself: its days, scanners and settings, what its columns mean, and the report's notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from schedvisu_lib import __version__
from schedvisu_lib.config import Site
from schedvisu_lib.export.columns import kind_of, meanings, unit_of
from schedvisu_lib.export.tables import Extent
from schedvisu_lib.export.target import What
from schedvisu_lib.figures.notes import page_sentences
from schedvisu_lib.language import Language, language


@dataclass(frozen=True)
class About:
    """What is told of an export.

    Parameters
    ----------
    title
        What it is, in the report's language.
    facts
        Label and value: days, scanners, version, fingerprints.
    columns
        The heading, then sheet, column, unit and meaning of each column.
    notes
        The rules behind the numbers, as under the report's pages.
    generated_at
        When it was made.
    """

    title: str
    facts: Mapping[str, str]
    columns: Sequence[tuple[str, str, str, str]]
    notes: Sequence[str]
    generated_at: datetime


def about(
    tables: Mapping[What, pd.DataFrame], site: Site, extent: Extent, *, generated_at: datetime, missing: Sequence[str]
) -> About:
    """Return what there is to tell of tables; ``missing`` says, a line each, what is not in them."""
    t = language(site.report.language)
    facts = {
        t("Department"): f"{site.department.name}, {site.department.hospital}",
        t("Days"): t("from {first} to {last}", first=t.day(extent.first), last=t.day(extent.last)),
        t("Scanners"): ", ".join(extent.scanners),
        t("Times"): t("wall clock of {zone}", zone=site.department.timezone),
        t("Generated"): f"{t.moment(generated_at)}, SchedVisu {__version__}",
        t("Rules of the site"): site.rules_fingerprint(),
        t("Settings of the retrieval"): site.retrieval_fingerprint(),
        **({t("Missing"): "; ".join(missing)} if missing else {}),
    }
    heading = (t("Sheet"), t("Column"), t("Unit"), t("Meaning"))
    title = t("Effective schedule of the scanners")
    columns = [heading, *_explained(tables, t)]
    return About(title, facts, columns, _notes(site, extent.scanners), generated_at)


def stated(site: Site, extent: Extent, *, generated_at: datetime, missing: Sequence[str]) -> dict[str, object]:
    """Return the same facts for programs, as the metadata of a Parquet file."""
    return {
        "version": __version__,
        "first": extent.first.isoformat(),
        "last": extent.last.isoformat(),
        "scanners": list(extent.scanners),
        "timezone": site.department.timezone,
        "generated_at": generated_at.isoformat(),
        "rules": site.rules_fingerprint(),
        "retrieval": site.retrieval_fingerprint(),
        "missing": list(missing),
    }


def _explained(tables: Mapping[What, pd.DataFrame], t: Language) -> Iterator[tuple[str, str, str, str]]:
    for what, table in tables.items():
        meaning = meanings(what, t)
        for name in table.columns:
            yield str(what), str(name), unit_of(kind_of(table[name]), t), meaning[name]


def _notes(site: Site, scanners: Sequence[str]) -> list[str]:
    """Return the sentences that hold for all scanners, then with its name what differs for one."""
    sentences = {scanner: page_sentences(site, scanner) for scanner in scanners}
    shared = set.intersection(*map(set, sentences.values()))
    common = [line for line in dict.fromkeys(line for lines in sentences.values() for line in lines) if line in shared]
    own = [f"{scanner}: {line}" for scanner, lines in sentences.items() for line in lines if line not in shared]
    return [*common, *own]
