"""Sites that differ from the demo's in one setting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import schedvisu_lib as sv

SiteWith = Callable[..., sv.Site]


def _changed(items: tuple[Any, ...], name: str, settings: dict[str, Any]) -> tuple[Any, ...]:
    assert name in [item.name for item in items]
    return tuple(item.model_copy(update=settings) if item.name == name else item for item in items)


@pytest.fixture
def site_with_scanner(demo_site: sv.Site) -> SiteWith:
    """Gives the demo's site with other settings of one scanner: ``site_with_scanner("Vision 600", gap=20)``."""
    return lambda which, /, **settings: demo_site.model_copy(
        update={"scanners": _changed(demo_site.scanners, which, settings)}
    )


@pytest.fixture
def site_with_exam_type(demo_site: sv.Site) -> SiteWith:
    """Gives the demo's site with other settings of one exam type: ``site_with_exam_type("OS", takes_apart=False)``."""
    return lambda which, /, **settings: demo_site.model_copy(
        update={"exam_types": _changed(demo_site.exam_types, which, settings)}
    )


@pytest.fixture
def site_without_closures(demo_site: sv.Site) -> sv.Site:
    """The demo's site with public holidays (canton of Vaud) but no closures of its own."""
    return demo_site.model_copy(update={"calendar": demo_site.calendar.model_copy(update={"closures": ()})})
