"""When the archive may be asked: long loads keep to the night, pause between days, and stop when told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from threading import Event

from schedvisu_lib.settings.pacs import LongLoads, Window

_LOOK_AGAIN = timedelta(minutes=1)


@dataclass(frozen=True)
class Pace:
    """How a retrieval is held back; the default holds nothing back."""

    window: Window | None = None
    """Part of the day in which days may be asked for."""
    pause: float = 0
    """Seconds between two days."""
    stop_at: datetime | None = None
    """No day is begun from then on."""

    def is_over(self, now: datetime) -> bool:
        """Tell whether no further day may be begun."""
        return self.stop_at is not None and now >= self.stop_at

    def is_open(self, now: datetime) -> bool:
        """Tell whether a day may be begun now."""
        return not self.is_over(now) and (self.window is None or self.window.holds(now.time()))

    def wait(self, stop: Event) -> bool:
        """Wait until a day may be begun; False if none may any more, or ``stop`` was set meanwhile."""
        while not stop.is_set() and not self.is_over(now := datetime.now()):
            if self.is_open(now):
                return True
            stop.wait(_LOOK_AGAIN.total_seconds() if self.stop_at is None else self._until_next_look(now))
        return False

    def _until_next_look(self, now: datetime) -> float:
        left = (self.stop_at or now + _LOOK_AGAIN) - now
        return max(min(left, _LOOK_AGAIN).total_seconds(), 0.01)


def pace_of(long_loads: LongLoads, n_days: int, stop_at: datetime | None) -> Pace:
    """Return how a retrieval of so many days is held back: window and pause are for long loads only."""
    if n_days > long_loads.days:
        return Pace(long_loads.window, long_loads.pause, stop_at)
    return Pace(stop_at=stop_at)


def next_moment(now: datetime, clock: time) -> datetime:
    """Return when a time of day comes next."""
    moment = datetime.combine(now.date(), clock)
    return moment if moment > now else moment + timedelta(days=1)
