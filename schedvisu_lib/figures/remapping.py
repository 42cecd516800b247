"""What other exam types would change, as HTML; the numbers come from ``studies``."""

from __future__ import annotations

import pandas as pd

from schedvisu_lib.config import OTHER, Site
from schedvisu_lib.figures.html import Html, table
from schedvisu_lib.language import NOTHING, Language, language


def remapping_html(changes: pd.DataFrame, site: Site) -> Html:
    """Show counts and durations before and after, as :func:`schedvisu_lib.studies.remapping.compare` gives them."""
    t = language(site.report.language)
    headings = [t("Type of exam"), t("Scanner")]
    for name in ("n", t("Mean (min)"), t("Median (min)")):
        headings += [name, t("then")]
    rows = [
        [
            t(OTHER) if name == OTHER else name,
            scanner,
            t.number(row["n_before"]),
            t.number(row["n_after"]),
            *(_minutes(row[f"{measure}_{side}"], t) for measure in ("mean", "median") for side in ("before", "after")),
        ]
        for (scanner, name), row in changes.iterrows()
    ]
    return table(headings, rows, "remapping")


def _minutes(length: pd.Timedelta, t: Language) -> str:
    return NOTHING if pd.isna(length) else t.number(length.total_seconds() / 60, 1)
