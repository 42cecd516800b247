"""How patients are made unrecognisable: a key of the owner's alone, and HMAC-SHA256 of issuer and Patient ID."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import stat

import pytest

from schedvisu_lib.errors import StoreError
from schedvisu_lib.pacs.pseudonym import load_pseudonymiser, make_key

posix = pytest.mark.skipif(os.name != "posix", reason="Windows knows no file mode")


@pytest.fixture
def key_file(tmp_path):
    file = tmp_path / "keys" / "pseudonym.key"
    make_key(file)
    return file


def given_key(file, content="00ff" * 16, mode=0o600):
    file.write_text(content + "\n", encoding="ascii")
    file.chmod(mode)
    return file


def test_a_key_is_64_random_hex_digits(tmp_path, key_file):
    make_key(tmp_path / "another.key")
    assert re.fullmatch(r"[0-9a-f]{64}\n", key_file.read_text())
    assert key_file.read_text() != (tmp_path / "another.key").read_text()


@posix
def test_a_key_is_readable_by_its_owner_only_whatever_the_umask(tmp_path):
    before = os.umask(0)
    try:
        make_key(tmp_path / "open.key")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "open.key").stat().st_mode) == 0o600


def test_a_key_is_never_overwritten(key_file):
    content = key_file.read_bytes()
    with pytest.raises(StoreError, match=re.escape(str(key_file)) + ".*cannot be written.*privacy.key_file"):
        make_key(key_file)
    assert key_file.read_bytes() == content


def test_a_key_in_a_folder_that_is_a_file_cannot_be_made(tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        make_key(tmp_path / "taken" / "pseudonym.key")


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_that_others_can_read_is_refused(tmp_path, mode):
    file = given_key(tmp_path / "open.key", mode=mode)
    with pytest.raises(StoreError, match=f"may be read by others; run: chmod 600 {file}"):
        load_pseudonymiser(file)


def test_a_missing_key_says_to_restore_it(tmp_path):
    with pytest.raises(StoreError, match=r"absent\.key: the key .* cannot be read .*restore it from the backup"):
        load_pseudonymiser(tmp_path / "absent.key")


def test_an_empty_key_is_refused(tmp_path):
    with pytest.raises(StoreError, match="is empty; restore it from the backup"):
        load_pseudonymiser(given_key(tmp_path / "empty.key", content=""))


def test_a_pseudonym_is_the_hmac_sha256_of_issuer_and_patient_id(tmp_path):
    pseudonymise = load_pseudonymiser(given_key(tmp_path / "one.key"))
    by_hand = hmac.new(b"00ff" * 16, b"HDD\0D1234", hashlib.sha256).hexdigest()
    assert pseudonymise("HDD", "D1234", "1.2.3") == by_hand
    assert len(by_hand) == 64


def test_a_patient_is_the_same_in_every_study_and_another_under_another_key(tmp_path):
    one = load_pseudonymiser(given_key(tmp_path / "one.key"))
    other = load_pseudonymiser(given_key(tmp_path / "other.key", content="11" * 32))
    assert one("HDD", "D1234", "1.2.3") == one("HDD", "D1234", "1.2.4")
    assert one("HDD", "D1234", "1.2.3") != other("HDD", "D1234", "1.2.3")


def test_the_same_id_of_another_issuer_is_another_patient(tmp_path):
    pseudonymise = load_pseudonymiser(given_key(tmp_path / "one.key"))
    of = {pseudonymise(issuer, patient, "1.2.3") for issuer, patient in [("A", "BC"), ("AB", "C"), ("", "ABC")]}
    assert len(of) == 3


def test_a_study_without_patient_id_is_a_patient_of_its_own(tmp_path):
    pseudonymise = load_pseudonymiser(given_key(tmp_path / "one.key"))
    assert pseudonymise("HDD", "", "1.2.3") == pseudonymise("", "", "1.2.3")
    assert pseudonymise("HDD", "", "1.2.3") != pseudonymise("HDD", "", "1.2.4")
    assert pseudonymise("", "", "1.2.3") != pseudonymise("", "1.2.3", "1.2.3")
