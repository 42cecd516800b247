"""When each oddity happens: once in its number of weeks, on an open day drawn for that week."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

import numpy as np

from schedvisu_lib.periods import is_open
from schedvisu_lib.settings.calendar import Calendar

EVERY_WEEKS: Final[Mapping[str, int]] = {
    "phantom": 1,
    "quality control": 1,
    "imported study": 1,
    "study of a foreign scanner": 2,
    "CT only": 2,
    "late exam": 1,
    "second late exam": 1,
    "emergency across midnight": 2,
    "exam within an exam": 1,
    "unmapped description": 1,
    "second unmapped description": 1,
    "mixed study": 2,
    "series without time": 1,
    "series without institution": 1,
    "numbered from 0": 1,
    "numbered with an offset": 1,
    "numbered with holes": 1,
    "time with a trailing dot": 2,
    "time without seconds": 2,
    "reconstructed the next day": 1,
}
"""Each oddity, and once in how many weeks it happens."""


def due(calendar: Calendar, seed: int, day: date) -> frozenset[str]:
    """Return the oddities of a day; a week without open days has none."""
    week, weekday = divmod(day.toordinal() - 1, 7)
    open_days = [n for n in range(7) if _open(calendar, week, n)]
    if weekday not in open_days:
        return frozenset()
    happens = set()
    for index, (kind, weeks) in enumerate(EVERY_WEEKS.items()):
        if (week + index + seed) % weeks == 0:
            drawn = int(np.random.default_rng([seed, week, index]).integers(len(open_days)))
            if open_days[drawn] == weekday:
                happens.add(kind)
    return frozenset(happens)


def _open(calendar: Calendar, week: int, weekday: int) -> bool:
    ordinal = week * 7 + 1 + weekday
    return ordinal <= date.max.toordinal() and is_open(calendar, date.fromordinal(ordinal))
