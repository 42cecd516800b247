"""CPU seconds that may be spent: on a machine that others use too, a roster is as good as on one that is idle."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import process_time


@dataclass(frozen=True)
class Budget:
    """Seconds of this process, all of its threads together."""

    seconds: float
    begin: float = field(default_factory=process_time)

    @property
    def spent(self) -> float:
        """Since the beginning."""
        return process_time() - self.begin

    @property
    def is_spent(self) -> bool:
        """Whether nothing is left."""
        return self.spent >= self.seconds

    def part(self, share: float) -> Budget:
        """Return a budget that begins with this one and ends after a part of it."""
        return Budget(share * self.seconds, self.begin)
