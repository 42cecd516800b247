"""Rows in order of some columns."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from schedvisu_lib.studies.ordering import in_order

DAY = pd.Timestamp("2026-05-11")
texts = st.text(alphabet="._09Zaé\U0001f600", max_size=4)
times = st.one_of(st.none(), st.integers(0, 3).map(lambda n: DAY + pd.Timedelta(microseconds=n)))


@settings(max_examples=100, deadline=None)
@given(rows=st.lists(st.tuples(times, texts), max_size=20))
def test_rows_stand_as_python_sorts_them_missing_times_last_and_equals_as_they_stood(rows):
    start = pd.Series([row[0] for row in rows], dtype="datetime64[us]")
    frame = pd.DataFrame({"start": start, "uid": [row[1] for row in rows], "place": range(len(rows))})
    ordered = in_order(frame.astype({"uid": "str"}), "start", "uid")
    by_hand = sorted(range(len(rows)), key=lambda n: (rows[n][0] is None, rows[n][0] or DAY, rows[n][1]))
    assert ordered["place"].tolist() == by_hand
    assert ordered.index.tolist() == list(range(len(rows)))
