"""SchedVisu: see the effective schedule of hospital scanners from the headers of their images.

Usage: ``import schedvisu_lib as sv``. The names below are loaded when they are first used, so that importing the
library and ``schedvisu --help`` stay fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from schedvisu_lib.config import Site, load_site
    from schedvisu_lib.errors import ConfigError, SchedVisuError
    from schedvisu_lib.explorer.notebook import explore
    from schedvisu_lib.explorer.planner.notebook import plan_desk
    from schedvisu_lib.explorer.planner.planned import plan_book
    from schedvisu_lib.explorer.roster.planned import plan_staff, roster_desk
    from schedvisu_lib.figures.agenda import plot_agenda
    from schedvisu_lib.figures.counts import plot_counts
    from schedvisu_lib.figures.durations import plot_durations
    from schedvisu_lib.figures.hour_map import plot_hour_map
    from schedvisu_lib.figures.hours import plot_hours
    from schedvisu_lib.figures.plan_agenda import plot_plan_effect
    from schedvisu_lib.figures.trend import plot_trend
    from schedvisu_lib.periods import Period, report_periods
    from schedvisu_lib.plan.appointments import propose
    from schedvisu_lib.plan.book.file import read_book
    from schedvisu_lib.plan.roster.book.file import read_staff
    from schedvisu_lib.plan.roster.roster import plan_roster
    from schedvisu_lib.store import Store, open_store
    from schedvisu_lib.studies.choosing import choose_exams, on_weekdays
    from schedvisu_lib.studies.consolidate import consolidate
    from schedvisu_lib.studies.counts import count_summary, count_table
    from schedvisu_lib.studies.durations import duration_table, gap_durations
    from schedvisu_lib.studies.exam_list import exam_list
    from schedvisu_lib.studies.gaps import find_gaps, gap_summary
    from schedvisu_lib.studies.hour_map import hour_map
    from schedvisu_lib.studies.plan_effect import compare_plan
    from schedvisu_lib.studies.trends import scanner_trend
    from schedvisu_lib.studies.what_if import prepare_anew, what_if, what_if_table

_HOMES = {
    "Site": "config",
    "load_site": "config",
    "ConfigError": "errors",
    "SchedVisuError": "errors",
    "explore": "explorer.notebook",
    "plan_desk": "explorer.planner.notebook",
    "plan_book": "explorer.planner.planned",
    "plan_staff": "explorer.roster.planned",
    "roster_desk": "explorer.roster.planned",
    "plot_agenda": "figures.agenda",
    "plot_counts": "figures.counts",
    "plot_durations": "figures.durations",
    "plot_hour_map": "figures.hour_map",
    "plot_hours": "figures.hours",
    "plot_plan_effect": "figures.plan_agenda",
    "plot_trend": "figures.trend",
    "Period": "periods",
    "report_periods": "periods",
    "propose": "plan.appointments",
    "read_book": "plan.book.file",
    "read_staff": "plan.roster.book.file",
    "plan_roster": "plan.roster.roster",
    "Store": "store",
    "open_store": "store",
    "choose_exams": "studies.choosing",
    "on_weekdays": "studies.choosing",
    "consolidate": "studies.consolidate",
    "count_summary": "studies.counts",
    "count_table": "studies.counts",
    "duration_table": "studies.durations",
    "gap_durations": "studies.durations",
    "exam_list": "studies.exam_list",
    "find_gaps": "studies.gaps",
    "gap_summary": "studies.gaps",
    "hour_map": "studies.hour_map",
    "compare_plan": "studies.plan_effect",
    "scanner_trend": "studies.trends",
    "prepare_anew": "studies.what_if",
    "what_if": "studies.what_if",
    "what_if_table": "studies.what_if",
}

__all__ = [
    "ConfigError",
    "Period",
    "SchedVisuError",
    "Site",
    "Store",
    "__version__",
    "choose_exams",
    "compare_plan",
    "consolidate",
    "count_summary",
    "count_table",
    "duration_table",
    "exam_list",
    "explore",
    "find_gaps",
    "gap_durations",
    "gap_summary",
    "hour_map",
    "load_site",
    "on_weekdays",
    "open_store",
    "plan_book",
    "plan_desk",
    "plan_roster",
    "plan_staff",
    "plot_agenda",
    "plot_counts",
    "plot_durations",
    "plot_hour_map",
    "plot_hours",
    "plot_plan_effect",
    "plot_trend",
    "prepare_anew",
    "propose",
    "read_book",
    "read_staff",
    "report_periods",
    "roster_desk",
    "scanner_trend",
    "what_if",
    "what_if_table",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
