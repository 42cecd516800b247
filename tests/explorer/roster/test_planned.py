"""What a notebook says of how good a roster is."""

from __future__ import annotations

from pathlib import Path

import yaml

from schedvisu_lib.explorer.roster.planned import plan_staff
from tests.conftest import write_site_file
from tests.export.roster.conftest import STAFF


def test_without_a_search_the_distance_from_the_best_one_is_not_known(tmp_path: Path) -> None:
    site = write_site_file(tmp_path, report={"folder": str(tmp_path / "report"), "language": "en"})
    book = tmp_path / "staff.yaml"
    book.write_text(yaml.safe_dump(STAFF, sort_keys=False), encoding="utf-8")
    text = plan_staff(book, site, first="2026-05-04", last="2026-05-10", seconds=0.0).summary().text
    assert "no; how far from the best one is not known" in text
    assert "%" not in text
