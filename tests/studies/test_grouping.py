"""Sums and medians by group, as pandas makes them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from schedvisu_lib.studies.grouping import group_medians, group_sums

LENGTHS = st.one_of(st.none(), st.integers(0, 10**12))
ROWS = st.lists(st.tuples(st.integers(-1, 3), LENGTHS), max_size=30)


def spans(*values):
    return np.array([np.timedelta64("NaT") if value is None else value for value in values], "timedelta64[us]")


def test_sums_and_medians_leave_out_what_is_missing_and_what_belongs_to_no_group():
    places, values = np.array([0, 0, 2, 2, -1, 0]), spans(4, None, 1, 2, 99, 6)
    assert group_sums(values, places, 4).astype(int).tolist() == [10, 0, 3, 0]
    medians = group_medians(values, places, 4)
    assert medians[[0, 2]].astype(int).tolist() == [5, 1]  # of 4 and 6; of 1 and 2, cut to whole microseconds
    assert np.isnat(medians[[1, 3]]).all()
    assert group_sums(np.array([True, False, True]), np.array([1, 1, 1]), 2).tolist() == [0, 2]


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_they_are_those_of_pandas(rows):
    places = np.array([place for place, _ in rows], dtype=int)
    values = spans(*(value for _, value in rows))
    groups = pd.Series(values).groupby(places)
    known = pd.RangeIndex(4)
    assert (group_sums(values, places, 4) == groups.sum().reindex(known, fill_value=pd.Timedelta(0)).to_numpy()).all()
    expected = groups.median().reindex(known).to_numpy("timedelta64[us]")
    found = group_medians(values, places, 4)
    assert (np.isnat(found) == np.isnat(expected)).all()
    assert (found[~np.isnat(found)] == expected[~np.isnat(expected)]).all()
