"""What the final statuses of archives mean (PS3.4 annex C, PS3.7 annex C)."""

from __future__ import annotations

from typing import Final

SUCCESS: Final = 0x0000
PENDING: Final = (0xFF00, 0xFF01)
SOME_FAILED: Final = 0xB000
"""Of a retrieval of which some images could not be sent."""
TOO_MANY: Final = (0xA700, 0xFE00)
"""Of a query: the archive has more answers than it gives."""
REFUSED: Final = (0x0122, 0x0124, 0xA801)
"""Said whatever a request asks for: the archive or our settings have to change before it is worth asking again."""

_MEANING: Final = {
    0x0110: "processing failure",
    0x0122: "SOP class not supported",
    0x0124: "not authorised",
    0xA700: "out of resources: too many answers",
    0xA701: "out of resources: cannot count the images",
    0xA702: "out of resources: cannot send the images",
    0xA801: "move destination unknown: the archive must know our AE title, host and port",
    0xA900: "identifier does not match the SOP class",
    0xFE00: "cancelled by the archive: too many answers",
}


def meaning(code: int) -> str:
    """Return what a failure status means, in words."""
    return _MEANING.get(code, "failure")
