from __future__ import annotations

import uuid
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.uid import UID

from schedvisu_lib.demo.uids import Address, find_address, frame_of_reference_uid, make_uid

addresses = st.builds(Address, st.dates(), st.integers(0, 4095), st.integers(0, 4095), st.integers(0, 65535))


@given(addresses, st.integers(0, 10_000))
def test_uid_tells_its_address_to_its_own_seed_only(address: Address, seed: int) -> None:
    uid = make_uid(seed, address)
    assert find_address(seed, uid) == address
    assert find_address(seed + 1, uid) is None


@given(addresses)
def test_uid_is_valid_and_a_uuid_of_version_8(address: Address) -> None:
    uid = UID(make_uid(2019, address))
    assert uid.is_valid
    assert len(uid) <= 64
    number = uuid.UUID(int=int(uid.removeprefix("2.25.")))
    assert (number.version, number.variant) == (8, uuid.RFC_4122)


@pytest.mark.parametrize("uid", ["", "1.2.3", "2.25.", "2.25.x", "2.25.1", "2.25." + "9" * 39, "2.25.٣"])
def test_other_uids_have_no_address(uid: str) -> None:
    assert find_address(2019, uid) is None


def test_frame_of_reference_is_no_object() -> None:
    address = Address(date(2025, 3, 3), 1)
    uid = frame_of_reference_uid(2019, address)
    assert uid != make_uid(2019, address)
    assert find_address(2019, uid) is None
