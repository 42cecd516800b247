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
    from schedvisu_lib.figures.agenda import plot_agenda
    from schedvisu_lib.figures.durations import plot_durations
    from schedvisu_lib.figures.hours import plot_hours
    from schedvisu_lib.figures.plan_agenda import plot_plan_effect
    from schedvisu_lib.periods import Period, report_periods
    from schedvisu_lib.store import Store, open_store
    from schedvisu_lib.studies.choosing import choose_exams, on_weekdays
    from schedvisu_lib.studies.consolidate import consolidate
    from schedvisu_lib.studies.counts import count_table
    from schedvisu_lib.studies.durations import duration_table
    from schedvisu_lib.studies.gaps import find_gaps
    from schedvisu_lib.studies.plan_effect import compare_plan

_HOMES = {
    "Site": "config",
    "load_site": "config",
    "ConfigError": "errors",
    "SchedVisuError": "errors",
    "explore": "explorer.notebook",
    "plot_agenda": "figures.agenda",
    "plot_durations": "figures.durations",
    "plot_hours": "figures.hours",
    "plot_plan_effect": "figures.plan_agenda",
    "Period": "periods",
    "report_periods": "periods",
    "Store": "store",
    "open_store": "store",
    "choose_exams": "studies.choosing",
    "on_weekdays": "studies.choosing",
    "consolidate": "studies.consolidate",
    "count_table": "studies.counts",
    "duration_table": "studies.durations",
    "find_gaps": "studies.gaps",
    "compare_plan": "studies.plan_effect",
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
    "count_table",
    "duration_table",
    "explore",
    "find_gaps",
    "load_site",
    "on_weekdays",
    "open_store",
    "plot_agenda",
    "plot_durations",
    "plot_hours",
    "plot_plan_effect",
    "report_periods",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
