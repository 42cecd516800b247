"""Times of day as people write them."""

from __future__ import annotations

import re
from datetime import time
from typing import Final

_TIME: Final = re.compile(r"\s*([01]?\d|2[0-3])\s*(?:[:h.]\s*([0-5]\d)?)?\s*", re.IGNORECASE)


def time_in(text: str) -> time | None:
    """Return the time that a text writes ("14:00", "14h", "9.30"), or None."""
    found = _TIME.fullmatch(text)
    return time(int(found[1]), int(found[2] or 0)) if found else None
