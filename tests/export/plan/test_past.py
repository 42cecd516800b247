"""Past plans against a store that the simulated hospital filled: a day's exams, and appointments made around them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import schedvisu_lib as sv
from schedvisu_lib.errors import PlanError
from schedvisu_lib.export.plan.past import held_of, tell_held
from schedvisu_lib.plan.appointment import Appointment, to_table
from schedvisu_lib.plan.book.model import Book
from tests.filling import fill_demo
from tests.plan.conftest import build_book

DAY = date(2026, 5, 18)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> sv.Site:
    return fill_demo(tmp_path_factory.mktemp("past"), DAY, DAY)


@pytest.fixture(scope="module")
def book() -> Book:
    """Scans without preparation or exit, planned by p80."""
    return build_book(
        resources=[{"name": "PET", "group": "A", "scanner": "Vision 600"}],
        procedures=[{"name": "FDG", "exam_type": "FDG STAND.", "minutes": 20, "resources": ["PET"]}],
        incompatible=[],
    )


def write(file: Path, site: sv.Site, *spare: float, shift: timedelta = timedelta(0)) -> Path:
    """Write a plan with an appointment for each of the day's first FDG exams: so many minutes longer than it was."""
    exams = sv.open_store(site).studies(DAY, DAY)
    exams = exams[(exams["scanner"] == "Vision 600") & (exams["exam_type"] == "FDG STAND.")]
    made = [
        Appointment("S1", "P1", n, "FDG", 1, "PET", exam.start + shift, exam.end + timedelta(minutes=more) + shift)
        for n, (exam, more) in enumerate(zip(exams.itertuples(), spare, strict=False), start=1)
    ]
    to_table(made).to_csv(file, index=False)
    return file


def test_shares_and_medians_are_told_in_words(site: sv.Site, book: Book, tmp_path: Path):
    plan = write(tmp_path / "plan.csv", site, 5, 0, 1, -4)
    outcome = tell_held(site, book, [plan])
    assert outcome.done == [
        "FDG, 2026-W21: 4 of 4 appointments met an exam; 75% held p80, the others took 4.0 min longer",
        "all: 4 of 4 appointments met an exam; 75% held",
    ]
    assert outcome.status == 0


def test_a_session_in_two_plans_counts_as_the_later_one_has_it(site: sv.Site, book: Book, tmp_path: Path):
    plans = [write(tmp_path / "a.csv", site, 5, 5), write(tmp_path / "b.csv", site, -3)]
    [row] = held_of(plans, book, site).itertuples()
    assert (row.planned, row.matched, row.held, row.over) == (2, 2, 0.5, 3)


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_the_table_is_written_if_asked_for(site: sv.Site, book: Book, tmp_path: Path, ending: str):
    out = tmp_path / f"held.{ending}"
    outcome = tell_held(site, book, [write(tmp_path / "plan.csv", site, 5, -1.5)], out)
    assert outcome.done[-1] == str(out)
    if ending == "csv":
        assert out.read_text(encoding="utf-8-sig").splitlines()[1].startswith("FDG;2026-W21;2;2;0,5;1,5")
        return
    head, row = openpyxl.load_workbook(out)["held"].iter_rows(values_only=True)
    assert dict(zip(head, row, strict=True)) == {
        "procedure": "FDG", "week": "2026-W21", "planned": 2, "matched": 2, "held": 0.5, "over": 1.5,
    }  # fmt: skip


def test_a_plan_whose_days_are_not_in_the_store_lacks_something(site: sv.Site, book: Book, tmp_path: Path):
    plan = write(tmp_path / "plan.csv", site, 5, shift=timedelta(weeks=4))
    outcome = tell_held(site, book, [plan])
    assert outcome.done == []
    assert outcome.problems[0].startswith("no appointment of a measured procedure met an exam")


def test_what_cannot_be_used_is_told(site: sv.Site, book: Book, tmp_path: Path):
    plan = write(tmp_path / "plan.csv", site, 5)
    with pytest.raises(PlanError, match=r"held.pdf: written as .xlsx or .csv only"):
        tell_held(site, book, [plan], tmp_path / "held.pdf")
    pd.read_csv(plan).assign(resource="CT").to_csv(plan, index=False)
    with pytest.raises(PlanError, match=r"plan.csv: ligne 2.*CT"):
        tell_held(site, book, [plan])
    to_table([]).to_csv(plan, index=False)
    with pytest.raises(PlanError, match="no appointment with a time"):
        tell_held(site, book, [plan])
