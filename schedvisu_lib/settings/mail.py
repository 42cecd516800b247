"""The section ``mail`` of a site file: who gets the report, and how."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from schedvisu_lib.settings.base import Address, FilePath, Settings


def _subject(value: str) -> str:
    try:
        value.format(title="", first="", last="")
    except (LookupError, ValueError, AttributeError) as error:
        raise ValueError(f'"{value}" has an unknown placeholder; allowed: {{title}}, {{first}}, {{last}}') from error
    return value


class Mail(Settings):
    """Who gets the report, and how."""

    transport: Literal["smtp", "folder"]
    sender: Address
    recipients: tuple[Address, ...] = Field(min_length=1)
    subject: Annotated[str, AfterValidator(_subject)] = "{title}: {first} – {last}"
    outbox: FilePath
    host: str = "localhost"
    port: int = Field(25, ge=1, le=65535)
    security: Literal["none", "starttls", "ssl"] = "none"
    max_attachment: float = Field(15, ge=0)
    template: FilePath | None = None
    link: str | None = Field(None, pattern=r"^[a-z]+://[^\s]+$")
