"""Mails that tell people their duties, or what changed in them since a roster that they know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

import pandas as pd

from schedvisu_lib import __version__
from schedvisu_lib.export.roster.content import RosterContent
from schedvisu_lib.export.roster.icalendar_file import person_ics
from schedvisu_lib.export.texts import printable
from schedvisu_lib.figures.roster_lines import pool_words
from schedvisu_lib.report.message import new_message
from schedvisu_lib.slugs import slug

_WHAT = ["date", "shift", "level", "department"]
"""Two duties of a person that are equal in these are one."""


@dataclass(frozen=True)
class Notice:
    """What one person is to know.

    Parameters
    ----------
    person
        Whom it is for.
    duties
        Those of the person.
    gone, new
        Of these, what the person did not know, and what is no more; empty where nothing was known before.
    is_change
        Whether the person knew an earlier roster.
    """

    person: str
    duties: pd.DataFrame
    gone: pd.DataFrame
    new: pd.DataFrame
    is_change: bool

    def __str__(self) -> str:
        changed = f", {len(self.new)} new, {len(self.gone)} gone" if self.is_change else ""
        return f"{self.person}: {len(self.duties)} duties{changed}"


def notices(content: RosterContent, before: pd.DataFrame | None = None) -> Iterator[Notice]:
    """Yield what each person is to know: everybody with a duty, or those whose duties changed, in the book or not.

    Parameters
    ----------
    content
        The roster.
    before
        The roster that people know, with columns of :data:`schedvisu_lib.plan.roster.duty.COLUMNS`, of which the days
        of the new one count; None, if they know none.
    """
    now = content.filled
    known = now.iloc[:0] if before is None else content.within(before)
    for person in dict.fromkeys([*content.frame.people["person"], *known.loc[known["person"] != "", "person"]]):
        duties, earlier = now.loc[now["person"] == person], known.loc[known["person"] == person]
        new, gone = _without(duties, earlier), _without(earlier, duties)
        if len(new) or len(gone):
            yield Notice(person, duties, gone, new, before is not None)


def compose(notice: Notice, content: RosterContent) -> EmailMessage:
    """Write the mail of a notice, in the site's language, with the person's calendar.

    Events of days on which the person has no duty any more are cancelled in it.

    Raises
    ------
    MailError
        The site has no mail section.
    """
    t = content.t
    days = {"first": t.day(content.first), "last": t.day(content.last)}
    title = t("Your duties from {first} to {last}", **days)
    subject = t("Changed: your duties from {first} to {last}", **days) if notice.is_change else title
    address = content.book.person[notice.person].email
    message = new_message(content.site, [address] if address else [], subject)
    message.set_content("\n".join(_lines(notice, content, title)))
    message.add_attachment(
        person_ics(content, notice.person, notice.gone),
        maintype="text",
        subtype="calendar",
        filename=f"{slug(f'person-{notice.person}')[:100]}.ics",
        params={"charset": "utf-8", "method": "PUBLISH"},
    )
    return message


def _without(rows: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """Return the rows whose duty is not among others."""
    known = set(others[_WHAT].itertuples(index=False, name=None))
    return rows.loc[[row not in known for row in rows[_WHAT].itertuples(index=False, name=None)]]


def _lines(notice: Notice, content: RosterContent, title: str) -> Iterator[str]:
    t, department = content.t, content.site.department
    yield printable(notice.person) + ","
    for rows, words in ((notice.gone, t("No longer yours:")), (notice.new, t("New:"))):
        if notice.is_change and len(rows):
            yield from ("", words, *(_line(row, content) for row in rows.itertuples(index=False)))
    yield from ("", f"{title}:")
    yield from (_line(row, content) for row in notice.duties.itertuples(index=False))
    if notice.duties.empty:
        yield t("none")
    yield from ("", t("The attached calendar takes the place of any that you had."), "", "-- ")
    yield f"{department.name}, {department.hospital}"
    yield f"{t('Generated')}: {t.moment(content.generated_at)}, SchedVisu {__version__}"


def _line(row: Any, content: RosterContent) -> str:
    t = content.t
    times = f"{row.start:%H:%M}\N{EN DASH}{row.end:%H:%M}"
    parts = [t.day(row.date.date(), "EEE d MMM y"), row.shift, times, pool_words(row.level, row.department), row.team]
    return "  " + ", ".join(printable(part) for part in parts if part)
