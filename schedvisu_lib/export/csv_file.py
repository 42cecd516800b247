"""A table as CSV, so that a double click opens it in a spreadsheet: UTF-8 with byte order mark, ISO dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd
from babel.numbers import get_decimal_symbol

from schedvisu_lib.export.columns import Kind, kind_of
from schedvisu_lib.export.texts import defused

DELIMITERS: Final = {",": ",", ";": ";", "tab": "\t"}
"""What may part the cells, as it is written on the command line."""

_DATES: Final = {Kind.DAY: "%Y-%m-%d", Kind.MOMENT: "%Y-%m-%d %H:%M:%S"}
_DECIMALS: Final = 6


@dataclass(frozen=True)
class Dialect:
    """How cells are parted and fractions written."""

    delimiter: str
    decimal: str


def dialect_of(language: str, delimiter: str | None = None) -> Dialect:
    """Return the dialect that a spreadsheet in a language expects.

    Parameters
    ----------
    language
        Code of the language ("fr"): its decimal mark is used; where that is a comma, cells are parted by semicolons.
    delimiter
        Another one: "," (fractions have a point then), ";" or "tab".

    Raises
    ------
    ValueError
        The delimiter is another one.
    """
    own = get_decimal_symbol(language)
    if delimiter is None:
        return Dialect(";" if own == "," else ",", own)
    if delimiter not in DELIMITERS:
        raise ValueError(f'--delimiter "{delimiter}" is unknown; allowed: {" ".join(DELIMITERS)}')
    return Dialect(DELIMITERS[delimiter], "." if delimiter == "," else own)


def csv_bytes(table: pd.DataFrame, dialect: Dialect) -> bytes:
    """Return a table as CSV: times to the second, texts that would be formulas defused."""
    text = table.apply(_written).to_csv(
        index=False, sep=dialect.delimiter, decimal=dialect.decimal, lineterminator="\r\n"
    )
    return str(text).encode("utf-8-sig")


def _written(column: pd.Series) -> pd.Series:
    kind = kind_of(column)
    if kind in _DATES:
        return column.dt.round("s").dt.strftime(_DATES[kind])
    if kind is Kind.TEXT:
        return column.map(defused)
    return column if kind is Kind.COUNT else column.round(_DECIMALS)
