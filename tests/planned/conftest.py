"""What the tests of the plan share: sites with sources, a clerk, and rows of the planned table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

import schedvisu_lib as sv
from schedvisu_lib.planned.listing import Clerk
from schedvisu_lib.settings.planned import Planned
from tests.conftest import build_planned

SiteWith = Callable[..., sv.Site]


@pytest.fixture
def site_with(demo_site: sv.Site) -> SiteWith:
    """Gives the demo's site with a plan: ``site_with(csv={...}, scanners={...})``."""

    def make(**planned: Any) -> sv.Site:
        return demo_site.model_copy(update={"planned": Planned.model_validate(planned)})

    return make


def plain(issuer: str, patient_id: str, study_uid: str) -> str:
    """A pseudonymiser that shows what it was given."""
    return f"{issuer}|{patient_id}" if patient_id else study_uid


@pytest.fixture
def clerk_of() -> Callable[[sv.Site], Clerk]:
    """Gives the clerk of a site, whose pseudonyms show what they were made from."""

    def make(site: sv.Site) -> Clerk:
        assert site.planned is not None
        return Clerk(site, site.planned, plain)

    return make


def rows_of(*rows: dict[str, Any]) -> pd.DataFrame:
    """Return a planned table that was seen in the night before; each row needs ``start``."""
    return build_planned([{"seen": pd.Timestamp(row["start"]).normalize()} | row for row in rows])


@pytest.fixture
def make_planned() -> Callable[..., pd.DataFrame]:
    """Builds a planned table: ``make_planned({"start": "2026-05-18 08:00"}, ...)``."""
    return rows_of
