"""Sheets of a workbook that are printed."""

from __future__ import annotations

from schedvisu_lib.export.printed_sheets import sheet_name


def test_names_of_sheets_fit_excel():
    taken = {"load"}
    names = [sheet_name(name, taken) for name in ("Load", "Room [1]/2: a*b?", "x" * 40, "x" * 40, "''")]
    assert names == ["Load 2", "Room  1  2  a b", "x" * 31, "x" * 29 + " 2", "-"]
