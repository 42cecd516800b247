"""What is done again after a change or damage, what would be done, and what there is to mail."""

from __future__ import annotations

from pathlib import Path

import pytest

import schedvisu_lib as sv
from schedvisu_lib import pipeline
from schedvisu_lib.choice import choose
from schedvisu_lib.errors import MailError
from schedvisu_lib.outcome import Status
from tests.conftest import write_site_file
from tests.pipeline.conftest import EVENING, FRIDAY, MONDAY


def test_damaged_day_is_named_and_the_last_good_studies_stay(site: sv.Site, make_series) -> None:
    store = sv.open_store(site)
    rows = make_series([{"start": "2026-05-18 08:00", "end": "2026-05-18 08:20"}])
    store.write_day(MONDAY, rows)
    assert pipeline.consolidate_store(site).done == ["consolidated 2026: 1 exams from 1 series"]
    file = site.store.folder / "series" / "2026" / "20260519.parquet"
    file.write_bytes(b"PAR1 but no more")
    outcome = pipeline.consolidate_store(site)
    assert outcome.status is Status.PARTIAL
    assert str(file) in outcome.problems[0]
    assert "delete it" in outcome.problems[0]
    assert len(store.studies(MONDAY, FRIDAY)) == 1
    file.unlink()
    assert pipeline.consolidate_store(site).problems == []


def test_changed_rule_rebuilds_studies_only_then(tmp_path: Path, make_series) -> None:
    file = write_site_file(tmp_path)
    site = sv.load_site(file)
    sv.open_store(site).write_day(MONDAY, make_series([{"start": "2026-05-18 08:00", "end": "2026-05-18 08:20"}]))
    assert len(pipeline.consolidate_store(site).done) == 1
    assert pipeline.consolidate_store(site).done == []
    file.write_text(file.read_text().replace("name: FDG STAND.", "name: FDG"))
    changed = sv.load_site(file)
    assert len(pipeline.consolidate_store(changed).done) == 1
    assert list(sv.open_store(changed).studies(MONDAY, FRIDAY)["exam_type"]) == ["FDG"]


def test_mail_without_a_report_says_what_to_do(site: sv.Site) -> None:
    with pytest.raises(MailError, match="there is no such report to mail; run schedvisu report"):
        pipeline.mail_report(site, choose(site, EVENING, periods=["weekly"]), EVENING)


def test_plan_says_what_a_run_would_do_and_does_nothing(site: sv.Site) -> None:
    lines = pipeline.plan(site, choose(site, EVENING, periods=["weekly"]), EVENING)
    assert lines[0].startswith("retrieve: 8 days (2026-05-11 to 2026-05-22) from DEMOPACS")
    assert lines[1] == "consolidate: nothing changed in the store"
    assert lines[2].startswith("report: 9 pages, ")
    assert not site.store.folder.exists()
    assert not site.report.folder.exists()
