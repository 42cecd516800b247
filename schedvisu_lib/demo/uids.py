"""UIDs of the simulated hospital: each says by itself which day, study, series and instance it names.

A UID is ``2.25.`` and the decimal form of a UUID of version 8 (RFC 9562, "custom"), so no organisation's root is
borrowed. The 122 free bits of the UUID hold, from the left: 48 bits that stand for the seed, 12 bits for the kind of
object, 62 bits for day (22), study (12), series (12) and instance (16). A series' number is 0 in a study's UID, an
instance's number is 0 in a series' UID.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

_ROOT: Final = "2.25."
_VERSION: Final = 8
_VARIANT: Final = 0b10
_OBJECT: Final = 0
_FRAME_OF_REFERENCE: Final = 1
_LAST_ORDINAL: Final = date.max.toordinal()


@dataclass(frozen=True, slots=True)
class Address:
    """Where an object lies in the simulated hospital; numbers count from 1, 0 means "not this deep"."""

    day: date
    study: int
    series: int = 0
    instance: int = 0


def make_uid(seed: int, address: Address) -> str:
    """Return the UID of the study, series or instance at an address."""
    return _encode(seed, _OBJECT, address)


def frame_of_reference_uid(seed: int, address: Address) -> str:
    """Return the Frame of Reference UID of the study at an address."""
    return _encode(seed, _FRAME_OF_REFERENCE, Address(address.day, address.study))


def find_address(seed: int, uid: str) -> Address | None:
    """Return the address that a UID of this seed names, None for any other UID."""
    digits = uid.removeprefix(_ROOT)
    if digits == uid or not (digits.isascii() and digits.isdigit()) or len(digits) > 39:
        return None
    number = int(digits)
    body = number & ((1 << 62) - 1)
    ordinal = body >> 40
    if not 1 <= ordinal <= _LAST_ORDINAL:
        return None
    address = Address(date.fromordinal(ordinal), (body >> 28) & 0xFFF, (body >> 16) & 0xFFF, body & 0xFFFF)
    return address if make_uid(seed, address) == uid else None


def _encode(seed: int, kind: int, address: Address) -> str:
    body = (address.day.toordinal() << 40) | (address.study << 28) | (address.series << 16) | address.instance
    return f"{_ROOT}{(_owner(seed) << 80) | (_VERSION << 76) | (kind << 64) | (_VARIANT << 62) | body}"


@cache
def _owner(seed: int) -> int:
    digest = hashlib.sha256(f"SchedVisu demo hospital {seed}".encode()).digest()
    return int.from_bytes(digest[:6], "big")
