"""Which days and scanners a command is about, worked out from what was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from schedvisu_lib.config import Site
from schedvisu_lib.periods import OVER_FROM, Period, find_period, previous_period
from schedvisu_lib.slugs import slug

CHOSEN = "chosen days"
"""Title of the period that ``--from`` and ``--to`` make."""


@dataclass(frozen=True)
class Choice:
    """Which days and scanners a command is about, and how its report is called."""

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


def choose(
    site: Site,
    now: datetime,
    *,
    periods: Sequence[str] = (),
    scanners: Sequence[str] = (),
    first: date | None = None,
    last: date | None = None,
) -> Choice:
    """Work out days and scanners: the site's periods that end on the last Friday over, or the chosen days.

    Raises
    ------
    ValueError
        A period or scanner is unknown, or the days are not in order; the message says what is allowed.
    """
    if first is None and last is not None:
        raise ValueError("--to needs --from: give the first day too")
    if first is not None:
        end = last or last_day_over(now)
        if end < first:
            raise ValueError(f"the last day ({end}) lies before the first one ({first}); check --from and --to")
        shown: tuple[Period, ...] = (Period(CHOSEN, first, end),)
        name = f"schedvisu-{first}_{end}"
    else:
        shown = tuple(find_period(site, title, now) for title in periods or site.periods.report)
        name = f"schedvisu-{max(period.last for period in shown)}"
    names = tuple(site.scanner(scanner).name for scanner in scanners) or None
    return Choice(shown, names, slug("-".join([name, *periods, *(names or ())])))


def last_day_over(now: datetime) -> date:
    """Return the last day on which no more images come: today from 22:00, else yesterday."""
    return now.date() if now.time() >= OVER_FROM else now.date() - timedelta(days=1)
