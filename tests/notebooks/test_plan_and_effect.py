"""The page of plan and effect, against what the simulated hospital had booked."""

from __future__ import annotations

import base64
import re
import shutil
from collections import Counter
from datetime import datetime
from statistics import median

import pytest
from filelock import FileLock

import schedvisu_lib as sv
from schedvisu_lib.demo.appointments import Bookings
from schedvisu_lib.demo.archive import DemoArchive
from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.periods import working_days
from schedvisu_lib.planned.poll import poll_planned
from tests.conftest import write_site_file

from .conftest import LAST, MONDAY

SCANNER = "Vision 600"


@pytest.fixture(scope="session")
def planned_site(site, shared):
    """The demo's site, with the images and the appointments of a week in its store, asked for over DICOM."""
    folder = shared / "plan"
    with FileLock(shared / "plan.lock"):
        if not (folder / "filled").exists():
            folder.mkdir()
            _fill(sv.load_site(write_site_file(folder)), site)
            (folder / "filled").touch()
    return sv.load_site(folder / "site.yaml")


def _fill(site, same_week):
    """Take over the images of a site that has asked for them, and ask for the appointments."""
    store = sv.open_store(site)
    shutil.copytree(same_week.store.folder / "series", site.store.folder / "series")
    shutil.copy2(same_week.privacy.key_file, site.privacy.key_file)  # patients have the same pseudonyms
    with DemoArchive(Hospital(site), port=0) as archive, store.locked():
        asked = site.model_copy(update={"pacs": site.pacs.model_copy(update={"port": archive.port})})
        polled = poll_planned(asked, store, MONDAY, LAST, datetime(2026, 5, 22, 23))
        fingerprint, series = store.source_of_year(2026)
        store.write_studies(2026, sv.consolidate(series, site), fingerprint)
    assert polled.problems == []


@pytest.fixture(scope="session")
def page(planned_site, execute):
    days = {"first": MONDAY.isoformat(), "last": LAST.isoformat()}
    chosen = {"site_file": str(planned_site.file), "scanner": SCANNER, "generated_at": "2026-05-22T23:05"}
    return execute("plan_and_effect", chosen | days)


@pytest.fixture(scope="session")
def came(planned_site):
    """What the hospital knows of each appointment and exam, by day."""
    bookings = Bookings(Hospital(planned_site))
    return {day: bookings.outcomes(day) for day in working_days(planned_site.calendar, MONDAY, LAST)}


def counted(outcomes) -> list[str]:
    own = Counter(one.outcome for one in outcomes if one.scanner == SCANNER)
    n = own["done"] + own["elsewhere"] + own["not done"]
    return [str(value) for value in (n, own["done"], own["elsewhere"], own["not done"], own["cancelled"])]


def test_each_count_is_that_of_the_hospital(page, came):
    headings, *days, total = page.table("plan")
    assert headings[:6] == ["Jour", "Rendez-vous", "Réalisés", "Ailleurs", "Non réalisés", "Annulés"]
    assert [row[1:6] for row in days] == [counted(outcomes) for outcomes in came.values()]
    assert total[1:6] == counted([one for outcomes in came.values() for one in outcomes])
    assert int(total[1]) > 40


def test_the_unplanned_are_those_that_nobody_had_booked_here(page, came, planned_site):
    exams = Hospital(planned_site)
    done_here = {exam.start for day in came for exam in exams.exams(day) if exam.scanner == SCANNER}
    meant = [
        one
        for outcomes in came.values()
        for one in outcomes
        if (one.outcome == "unplanned" and one.scanner == SCANNER)
        or (one.outcome == "elsewhere" and one.scanner != SCANNER and one.exam_start in done_here)
    ]
    assert page.table("plan")[-1][6] == str(len(meant))


def test_the_median_delay_is_that_of_the_hospital(page, came):
    delays = [
        (one.exam_start - one.start).total_seconds() / 60
        for outcomes in came.values()
        for one in outcomes
        if one.outcome == "done" and one.scanner == SCANNER
    ]
    assert float(page.table("plan")[-1][7].replace(",", ".")) == pytest.approx(median(delays), abs=0.051)


def test_every_appointment_and_exam_is_drawn(page, came, planned_site):
    [picture] = [base64.b64decode(data).decode() for data in re.findall(r"svg\+xml;base64,([^\"]+)", page.html)]

    def drawn(name: str, mark: str) -> int:
        paths = re.findall(rf'<g id="{name}[^"]*">\s*<path d="([^"]+)"', picture)
        return sum(path.count(mark) for path in paths)

    own = Counter(one.outcome for outcomes in came.values() for one in outcomes if one.scanner == SCANNER)
    assert drawn("planned ", "z") == own["done"] + own["elsewhere"] + own["not done"] + own["joined"]
    assert drawn("cancelled", "z") == own["cancelled"]
    assert drawn("not done", "M") == 2 * own["not done"]
    assert drawn("delays", "M") == own["done"]
    studies = sv.open_store(planned_site).studies(MONDAY, LAST)
    assert drawn("exams ", "z") == (studies["scanner"] == SCANNER).sum()
    assert "<image" not in picture


def test_head_and_notes(page):
    words = re.sub(r"\s+", " ", page.words)
    for text in (SCANNER, "prévu et réalisé", "18.05.2026", "22.05.2026 23:05", "45 min"):
        assert text in words


def test_page_holds_no_patient(page, patients):
    assert not [patient for patient in patients if patient in page.text or patient in page.html]


def test_defaults_show_the_last_week_of_the_store(planned_site, execute):
    words = execute("plan_and_effect", {"site_file": str(planned_site.file)}).words
    assert "Discovery 690" in words
    assert "18.05.2026" in words
