"""Versions of a roster: none is lost, each says when and by whom, and gives back what was saved."""

from __future__ import annotations

import multiprocessing
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

from schedvisu_lib.errors import PlanError, TableError
from schedvisu_lib.plan.roster.change.versions import load_book, load_version, save_version, versions
from schedvisu_lib.plan.roster.duty import Empty
from tests.plan.roster.small import build_staff, duty, may, table_of

NOW = datetime(2026, 5, 1, 16, 30, 12, 345678)


def roster(name: str = "Ana") -> pd.DataFrame:
    """Return a roster with every kind of cell."""
    return table_of(
        duty(4, "night", name, locked=True, made_by="office", counts_for="Ben", origin="swap"),
        duty(4, "day", "Rose", "nursing", team="red"),
        empty=(Empty(may(5), "day", "clinical", "imaging", "nobody is free"),),
    )


def test_each_version_is_kept_and_given_back_as_it_was(tmp_path: Path) -> None:
    first = save_version(tmp_path / "may", roster(), author="Zoë", note="first draft", now=NOW)
    second = save_version(tmp_path / "may", roster("Dan"), author="Ben", now=NOW)
    assert versions(tmp_path / "may") == [first, second]
    assert [(one.number, one.author, one.note, one.saved) for one in (first, second)] == [
        (1, "Zoë", "first draft", datetime(2026, 5, 1, 16, 30, 12)),
        (2, "Ben", "", datetime(2026, 5, 1, 16, 30, 12)),
    ]
    pd.testing.assert_frame_equal(load_version(first), roster())
    pd.testing.assert_frame_equal(load_version(second), roster("Dan"))


def test_a_roster_without_rows_is_a_version_too(tmp_path: Path) -> None:
    pd.testing.assert_frame_equal(load_version(save_version(tmp_path, table_of(), author="", now=NOW)), table_of())


def test_the_book_is_kept_with_the_version_if_it_is_given(tmp_path: Path) -> None:
    book = build_staff(
        debts=[{"debtor": "Ana", "creditor": "Ben", "date": may(4), "shift": "night", "level": "clinical"}]
    )
    kept = save_version(tmp_path, roster(), book, author="Ana", now=NOW)
    without = save_version(tmp_path, roster(), author="Ana", now=NOW)
    assert load_book(kept) == book
    assert load_book(without) is None


def test_a_folder_that_is_not_there_has_no_versions_and_other_files_are_none(tmp_path: Path) -> None:
    assert versions(tmp_path / "nowhere") == []
    (tmp_path / "notes.txt").touch()
    (tmp_path / ".0001-2026-05-01T163012.parquet.7.half").touch()
    assert versions(tmp_path) == []
    assert save_version(tmp_path, roster(), author="", now=NOW).number == 1


def test_a_damaged_version_is_listed_and_never_overwritten(tmp_path: Path) -> None:
    first = save_version(tmp_path, roster(), author="Ana", now=NOW)
    first.file.write_bytes(first.file.read_bytes()[:-40])
    assert save_version(tmp_path, roster(), author="Ana", now=NOW).number == 2
    listed = versions(tmp_path)
    assert [(one.number, one.damaged) for one in listed] == [(1, True), (2, False)]
    with pytest.raises(
        PlanError, match=r"0001-2026-05-01T163012\.parquet: damaged \(\w+\); take the version before it"
    ):
        load_version(listed[0])


def test_a_version_that_is_gone_is_said(tmp_path: Path) -> None:
    version = save_version(tmp_path, roster(), author="", now=NOW)
    version.file.unlink()
    with pytest.raises(PlanError, match="no such file; list the versions anew"):
        load_version(version)


def test_a_table_that_is_no_roster_is_not_saved(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="lacks the column\\(s\\) locked"):
        save_version(tmp_path, roster().drop(columns="locked"), author="", now=NOW)
    assert versions(tmp_path) == []


def _save(folder: Path, name: str) -> None:
    for _ in range(5):
        save_version(folder, roster(name), author=name, now=NOW)


def test_two_who_save_at_once_do_not_overwrite_each_other(tmp_path: Path) -> None:
    """Two processes save five versions each, all in the same second."""
    context = multiprocessing.get_context("fork")
    savers = [context.Process(target=_save, args=(tmp_path, name)) for name in ("Ana", "Ben")]
    for saver in savers:
        saver.start()
    for saver in savers:
        saver.join(30)
    listed = versions(tmp_path)
    assert [one.number for one in listed] == list(range(1, 11))
    assert sorted(one.author for one in listed) == ["Ana"] * 5 + ["Ben"] * 5
    for one in listed:
        pd.testing.assert_frame_equal(load_version(one), roster(one.author))
