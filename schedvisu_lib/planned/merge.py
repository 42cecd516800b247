"""How a plan that is asked for again and again becomes one table: nothing that was kept is lost."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Final

import pandas as pd

from schedvisu_lib.tables import PLANNED, conform

_KEY: Final = ["appointment_id", "date"]
_NOT_BEGUN: Final = ("scheduled", "arrived")
_ORDER: Final = ["start", "scanner", "appointment_id"]


def merge_listing(
    known: pd.DataFrame, listed: pd.DataFrame, source: str, days: Collection[date], now: datetime
) -> pd.DataFrame:
    """Keep every appointment known before; what is listed replaces it, what was taken back in time is cancelled.

    An appointment is known by its identifier and day: moved to another day, it is cancelled on the old one. Taken back
    in time means that a listing which tells all of its day lacks it while its start is still to come, or that it is
    listed on another day and was last seen before its start. A worklist drops what is finished, so what is lacking
    after its start stays as it was.

    Parameters
    ----------
    known
        The planned table of all sources.
    listed
        What a source lists now, as rows of the planned table.
    source
        Which source; rows of others stay as they are.
    days
        The days of which it tells all; an empty list tells nothing, whatever its days are.
    now
        When it was asked.

    Returns
    -------
    DataFrame
        The planned table, in order of start.
    """
    listed = conform(listed, PLANNED).drop_duplicates(_KEY, keep="last")
    known = conform(known, PLANNED)
    if listed.empty:
        return known.sort_values(_ORDER, ignore_index=True)
    new_keys = pd.MultiIndex.from_frame(listed[_KEY])
    replaced = (known["source"] == source) & pd.MultiIndex.from_frame(known[_KEY]).isin(new_keys)
    kept = known.loc[~replaced]
    complete = kept["date"].isin(pd.to_datetime(sorted(days)).astype("datetime64[us]"))
    withdrawn = complete & (kept["start"] > pd.Timestamp(now))
    moved = kept["appointment_id"].isin(listed["appointment_id"]) & (kept["seen"] < kept["start"])
    taken_back = (kept["source"] == source) & kept["status"].isin(_NOT_BEGUN) & (withdrawn | moved)
    kept = kept.assign(status=kept["status"].mask(taken_back, "cancelled"))
    # An empty frame would decide the types of the columns.
    parts = [part for part in (kept, listed) if not part.empty]
    return conform(pd.concat(parts).sort_values(_ORDER, ignore_index=True), PLANNED)
