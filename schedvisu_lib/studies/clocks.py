"""Signs of a wrong clock: what a scanner's times differ from, how much and how steadily."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from schedvisu_lib.config import Site, squeeze_model
from schedvisu_lib.studies.plan_effect import DONE
from schedvisu_lib.studies.scanners import scanner_of_series
from schedvisu_lib.tables import KEPT

DELAYS: Final = ("model", "n_studies", "median", "spread")
"""Columns of :func:`study_delays`."""

STUDY_TIME: Final = "Study Time"
OTHER_DEVICE: Final = "other device"
APPOINTMENTS: Final = "appointments"
AGAINST: Final = (STUDY_TIME, OTHER_DEVICE, APPOINTMENTS)
"""What a clock is compared with."""

LEAST_STUDIES: Final = 10
"""So many studies (or appointments) tell something of a clock; fewer do not."""
LEAST_SCANNERS: Final = 3
"""Of so many scanners one can say what is usual: of two that differ nobody knows which is right."""

_COLUMNS: Final = ("scanner", "device", "against", "n", "median", "spread", "usual", "difference", "wrong")
_PARTS: Final = ("n", "median", "spread")


def study_delays(series: pd.DataFrame, study_began: pd.Series) -> pd.DataFrame:
    """Measure the time from each study's Study Time to the first image of each of its devices.

    Parameters
    ----------
    series
        Rows of the series table of one day; only ``kept`` ones count.
    study_began
        Of each row, by Study Date and Study Time; missing where that is not told.

    Returns
    -------
    DataFrame
        One row per ``model``: ``n_studies``; ``median`` and ``spread`` (interquartile range) over them, in seconds.
    """
    # A day of which no image came has starts of no type at all.
    rows = series.assign(
        start=series["start"].astype("datetime64[us]"), study_began=study_began.to_numpy("datetime64[us]")
    )
    rows = rows.loc[(rows["verdict"] == KEPT) & rows["start"].notna() & rows["study_began"].notna()]
    firsts = rows.groupby(["model", "study_uid"]).agg(start=("start", "min"), began=("study_began", "first"))
    seconds = (firsts["start"] - firsts["began"]).dt.total_seconds()
    table = _summed(seconds, firsts.index.get_level_values("model").rename("model"))
    return table.rename(columns={"n": "n_studies"}).reset_index().astype({"n_studies": "int64"})[list(DELAYS)]


def device_distances(series: pd.DataFrame, site: Site) -> pd.DataFrame:
    """Measure how far the images of two devices of one scanner lie apart in a study.

    The distance is that of the nearest two series; it is negative by how much they overlap, which cannot be, since the
    patient lies in one device at a time.

    Returns
    -------
    DataFrame
        One row per study and pair of devices: ``study_uid``, ``scanner``, ``device`` (both, in the order of the site
        file), ``minutes``.
    """
    kept = series.assign(scanner=scanner_of_series(series, site)).loc[series["verdict"] == KEPT]
    kept = kept[["study_uid", "model", "start", "end", "scanner"]].assign(device=_devices(kept, site))
    kept = kept.dropna(subset=["scanner", "device"]).drop(columns="model")
    order = {name: place for place, name in enumerate(_device_names(site).values())}
    pairs = kept.merge(kept.drop(columns="scanner"), on="study_uid", suffixes=("", "_other"))
    pairs = pairs.loc[pairs["device"].map(order) < pairs["device_other"].map(order)]
    apart = np.maximum(pairs["start"] - pairs["end_other"], pairs["start_other"] - pairs["end"])
    rows = pairs.assign(
        device=pairs["device"] + " / " + pairs["device_other"],
        minutes=pd.to_timedelta(apart).dt.total_seconds() / 60,
    )
    return rows.groupby(["study_uid", "scanner", "device"], as_index=False)["minutes"].min()


def clock_signs(delays: pd.DataFrame, series: pd.DataFrame, comparison: pd.DataFrame, site: Site) -> pd.DataFrame:
    """Judge the clocks: one is wrong if its times differ from the usual by more than ``clock`` minutes, and steadily.

    Compared are, in minutes and with the median of the scanners (if they are at least three): the time from Study Time
    to the first image, of the device of each scanner with which its studies usually begin; and the time from planned
    start to first image. Compared with nothing at all between them are the images of two devices of one scanner.
    Steadily: half of the values lie within a stretch (interquartile range) no longer than the difference. At least
    ten studies are needed.

    Parameters
    ----------
    delays
        As :meth:`schedvisu_lib.store.Store.study_delays` gives them.
    series
        The series table of the same days.
    comparison
        As :func:`schedvisu_lib.studies.plan_effect.compare_plan` gives it.
    site
        Gives scanners and devices, and ``report.quality.clock`` (minutes).

    Returns
    -------
    DataFrame
        One row per scanner and comparison, in the order of the site file: ``scanner``, ``device`` ("" for the whole
        scanner), ``against`` (one of ``AGAINST``), ``n`` (studies), ``median``, ``spread``, ``usual``, ``difference``
        (minutes; the last two missing where nothing is known of what is usual), ``wrong`` (bool).
    """
    parts = [_by_study_time(delays, site), _by_other_device(series, site), _by_appointments(comparison)]
    table = pd.concat([part for part in parts if not part.empty] or parts[:1], ignore_index=True)
    difference = table["median"] - table["usual"]
    wrong = (
        (table["n"] >= LEAST_STUDIES)
        & (difference.abs() > site.report.quality.clock)
        & (table["spread"] <= difference.abs())
    )
    place = {name: n for n, name in enumerate(site.scanner_names)} | {name: n for n, name in enumerate(AGAINST)}
    table = table.assign(difference=difference, wrong=wrong, n=table["n"].astype("int64"))
    return table.sort_values(["scanner", "against"], key=lambda column: column.map(place), ignore_index=True)[
        list(_COLUMNS)
    ]


def _by_study_time(delays: pd.DataFrame, site: Site) -> pd.DataFrame:
    """Sum up the days of each device, and keep of each scanner the device that begins first."""
    rows = delays.assign(device=_devices(delays, site), scanner=_scanners(delays, site)).dropna(subset=["scanner"])
    key = ["scanner", "device"]
    days = rows.loc[rows.index.repeat(rows["n_studies"]), [*key, "median"]]
    between_days = _summed(days["median"], [days[name] for name in key])
    within_days = rows.groupby(key)["spread"].median().reindex(between_days.index)
    table = between_days.assign(spread=np.maximum(between_days["spread"], within_days))
    table = table.assign(median=table["median"] / 60, spread=table["spread"] / 60).reset_index()
    first = table.sort_values("median").drop_duplicates("scanner").sort_index()
    return first.assign(against=STUDY_TIME, usual=_usual(first))


def _by_other_device(series: pd.DataFrame, site: Site) -> pd.DataFrame:
    distances = device_distances(series, site)
    table = _summed(distances["minutes"], [distances["scanner"], distances["device"]]).reset_index()
    return table.assign(against=OTHER_DEVICE, usual=0.0)


def _by_appointments(comparison: pd.DataFrame) -> pd.DataFrame:
    done = comparison.loc[comparison["outcome"] == DONE]
    table = _summed(done["delay"], done["scanner"]).reset_index()
    return table.assign(device="", against=APPOINTMENTS, usual=_usual(table))


def _usual(table: pd.DataFrame) -> float:
    """Return the median of the scanners of which enough is known; missing, if these are too few."""
    known = table.loc[table["n"] >= LEAST_STUDIES, "median"]
    return float(known.median()) if len(known) >= LEAST_SCANNERS else float("nan")


def _summed(values: pd.Series, by: pd.Series | pd.Index | list[pd.Series]) -> pd.DataFrame:
    """Return number, median and interquartile range of the values of each group."""
    groups = values.astype("float64").groupby(by)
    table = pd.DataFrame(
        {"n": groups.size(), "median": groups.median(), "spread": groups.quantile(0.75) - groups.quantile(0.25)}
    )
    return table.astype(dict.fromkeys(_PARTS, "float64"))


def _device_names(site: Site) -> dict[str, str]:
    """Return each device's name as the site file writes it, by its squeezed name."""
    return {squeeze_model(model): model for scanner in site.scanners for model in scanner.models}


def _devices(rows: pd.DataFrame, site: Site) -> pd.Series:
    names = _device_names(site)
    return rows["model"].map({model: names.get(squeeze_model(model)) for model in rows["model"].unique()})


def _scanners(rows: pd.DataFrame, site: Site) -> pd.Series:
    return rows["model"].map({m: site.scanner_of_model.get(squeeze_model(m)) for m in rows["model"].unique()})
