"""What all sections of a site file share: the base of settings, and the types of their values."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return value


def _address(value: str) -> str:
    if not re.fullmatch(r"[^@\s,]+@[^@\s,]+", value):
        raise ValueError(f'"{value}" is no mail address; write it as name@hospital.example')
    return value


def _beside_file(value: Path, info: ValidationInfo) -> Path:
    base = (info.context or {}).get("folder", Path())
    try:
        return Path(base, value.expanduser()).resolve()
    except RuntimeError as error:
        raise ValueError(f'"{value}": {error}; write the whole path') from error


def read_span(value: Any, keys: tuple[str, str], complaint: str) -> Any:
    """Read two times of day written as ``08:00-17:00``; what is no text is left to the type."""
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})", value.strip())
    if match is None:
        raise ValueError(complaint)
    return dict(zip(keys, (time.zfill(5) for time in match.groups()), strict=True))


Address = Annotated[str, AfterValidator(_address)]
Pattern = Annotated[str, AfterValidator(_pattern)]
FilePath = Annotated[Path, AfterValidator(_beside_file)]
Text = Annotated[str, Field(min_length=1)]


class Settings(BaseModel):
    """Base of all settings: frozen, and refuses what it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)
