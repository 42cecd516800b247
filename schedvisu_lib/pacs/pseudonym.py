"""Patients made unrecognisable before they reach a table (design, section 4)."""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final

from schedvisu_lib.errors import StoreError

Pseudonymise = Callable[[str, str, str], str]
"""Maps issuer, Patient ID and Study Instance UID to the pseudonym of a patient."""

_KEY_BYTES: Final = 32
_LOG = logging.getLogger(__name__)


def make_key(file: Path) -> None:
    """Write a new random key, readable by its owner only; an existing file is never touched.

    Raises
    ------
    StoreError
        The file exists or cannot be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as stream:
            stream.write(secrets.token_hex(_KEY_BYTES) + "\n")
    except OSError as error:
        raise StoreError(
            f"{file}: the key of the pseudonyms cannot be written ({error.strerror}); see privacy.key_file"
        ) from error


def open_pseudonymiser(file: Path, *, is_first: bool) -> Pseudonymise:
    """Return the function that gives patients their pseudonym; its key is made for a store that holds nothing yet.

    Raises
    ------
    StoreError
        The key cannot be read, or written.
    """
    if is_first and not file.exists():
        make_key(file)
        _LOG.info("made the key of the pseudonyms: %s", file)
    return load_pseudonymiser(file)


def load_pseudonymiser(file: Path) -> Pseudonymise:
    """Return the function that gives patients their pseudonym: HMAC-SHA256 of issuer and Patient ID, as 64 hex digits.

    A study without Patient ID counts as a patient of its own, told by its Study Instance UID.

    Raises
    ------
    StoreError
        The key file cannot be read, is empty, or may be read by others.
    """
    try:
        mode = file.stat().st_mode
        key = file.read_text(encoding="ascii").strip().encode()
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(
            f"{file}: the key of the pseudonyms cannot be read ({error}); restore it from the backup: "
            "with another key, patients of stored days are not recognised again"
        ) from error
    if not key:
        raise StoreError(f"{file}: the key of the pseudonyms is empty; restore it from the backup")
    if os.name == "posix" and mode & 0o077:
        raise StoreError(f"{file}: the key of the pseudonyms may be read by others; run: chmod 600 {file}")

    def pseudonymise(issuer: str, patient_id: str, study_uid: str) -> str:
        identity = f"{issuer}\0{patient_id}" if patient_id else f"\0\0{study_uid}"
        return hmac.new(key, identity.encode(), hashlib.sha256).hexdigest()

    return pseudonymise
