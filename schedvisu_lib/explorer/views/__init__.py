"""The views: agenda, counts, durations, hours, trend, gaps and exams, each a module of its own."""

from __future__ import annotations

from typing import Final

from schedvisu_lib.explorer.sight import View
from schedvisu_lib.explorer.views.agenda import AgendaView
from schedvisu_lib.explorer.views.counts import CountsView
from schedvisu_lib.explorer.views.durations import DurationsView
from schedvisu_lib.explorer.views.exams import ExamsView
from schedvisu_lib.explorer.views.gaps import GapsView
from schedvisu_lib.explorer.views.hour_map import HourMapView
from schedvisu_lib.explorer.views.trend import TrendView

VIEWS: Final[tuple[View, ...]] = (
    AgendaView(),
    CountsView(),
    DurationsView(),
    HourMapView(),
    TrendView(),
    GapsView(),
    ExamsView(),
)
"""In the order of their buttons."""
