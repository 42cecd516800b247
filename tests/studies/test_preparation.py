"""Minutes before and after the images (design 5.3.7; case 22)."""

from __future__ import annotations

from itertools import permutations

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schedvisu_lib.studies.preparation import prepared_times
from schedvisu_lib.tables import STUDIES, empty

FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
DAY = pd.Timestamp("2026-05-11")
MINUTE = pd.Timedelta(minutes=1)


def table(*exams, scanner="Discovery 690"):
    """Return exams from (start, end) or (start, end, scanner), times in minutes since midnight."""
    return pd.DataFrame(
        {
            "scanner": pd.Series([exam[2] if len(exam) > 2 else scanner for exam in exams], dtype="str"),
            "start": pd.to_datetime([DAY + exam[0] * MINUTE for exam in exams]).astype("datetime64[us]"),
            "end": pd.to_datetime([DAY + exam[1] * MINUTE for exam in exams]).astype("datetime64[us]"),
        }
    )


def minutes(prepared):
    """Return (from, until) of each row in minutes since midnight."""
    since = (prepared[["prepared_from", "prepared_until"]] - DAY) / MINUTE
    return list(since.itertuples(index=False, name=None))


@pytest.fixture
def prepare(demo_site):
    """Widens exams given as (start, end) in minutes by the 5 minutes of the Discovery 690."""
    return lambda *exams: minutes(prepared_times(table(*exams), demo_site))


def test_a_lone_exam_gets_its_whole_preparation(prepare):
    assert prepare((480, 500)) == [(475, 505)]


def test_preparation_is_the_scanners_own(demo_site, site_with_scanner):
    assert minutes(prepared_times(table((480, 500), scanner="Vision 600"), demo_site)) == [(476, 504)]
    site = site_with_scanner("Vision 600", preparation=2.5)
    assert minutes(prepared_times(table((480, 500), scanner="Vision 600"), site)) == [(477.5, 502.5)]


def test_preparations_that_touch_are_whole(prepare):
    assert prepare((480, 500), (510, 530)) == [(475, 505), (505, 535)]


@pytest.mark.parametrize(("start", "middle"), [(509, 504.5), (506, 503), (501, 500.5), (500, 500)])
def test_preparations_that_overlap_partly_stop_at_the_middle(prepare, start, middle):
    assert prepare((480, 500), (start, 530)) == [(475, middle), (middle, 535)]


def test_exams_that_overlap_have_no_preparation_between_them(prepare):
    assert prepare((480, 500), (490, 530)) == [(475, 500), (490, 535)]


def test_an_exam_within_another_one_keeps_its_bare_times(prepare):
    assert prepare((480, 560), (500, 510)) == [(475, 565), (500, 510)]


def test_an_exam_within_another_ones_prepared_time_keeps_its_bare_times(prepare):
    assert prepare((480, 500), (502, 505)) == [(475, 505), (502, 505)]
    assert prepare((475, 478), (480, 500)) == [(475, 478), (479, 505)]


def test_an_exam_that_ends_just_after_another_ones_prepared_time_shares(prepare):
    assert prepare((480, 500), (502, 505.5)) == [(475, 501), (501, 510.5)]


def test_two_exams_of_the_same_time_keep_their_bare_times(prepare):
    assert prepare((480, 500), (480, 500)) == [(480, 500), (480, 500)]


def test_three_exams_that_overlap_compare_with_the_latest_end_so_far(prepare):
    # The third is far from its neighbour, the second, but close to the end of the first.
    assert prepare((480, 560), (490, 500), (564, 600)) == [(475, 562), (490, 500), (562, 605)]


def test_of_three_overlapping_exams_no_box_ends_before_it_begins(prepare):
    assert prepare((480, 500), (490, 520), (495, 540)) == [(475, 500), (490, 520), (495, 545)]


def test_preparation_is_shared_with_the_next_exam_not_with_one_after_it(prepare):
    assert prepare((480, 500), (503, 530), (509, 540)) == [(475, 501.5), (501.5, 530), (509, 545)]


def test_an_exam_of_no_length_has_its_preparation(prepare):
    assert prepare((480, 480)) == [(475, 485)]


def test_an_exam_of_no_length_beside_another_lies_within_its_prepared_time(prepare):
    assert prepare((480, 500), (504, 504)) == [(475, 505), (504, 504)]


def test_preparation_reaches_across_midnight(prepare):
    assert prepare((2, 20), (1420, 1438), (1444, 1460)) == [(-3, 25), (1415, 1441), (1441, 1465)]


def test_two_scanners_do_not_share(demo_site):
    exams = table((480, 500, "Discovery 690"), (502, 530, "Discovery 670"))
    assert minutes(prepared_times(exams, demo_site)) == [(475, 505), (497, 535)]


def test_without_preparation_all_times_are_bare(site_with_scanner):
    site = site_with_scanner("Discovery 690", preparation=0)
    exams = (480, 500), (500, 500), (500, 520), (510, 515)
    assert minutes(prepared_times(table(*exams), site)) == list(exams)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_every_unit_of_time_gives_the_same(demo_site, unit):
    exams = table((480, 500), (505, 530)).astype({"start": f"datetime64[{unit}]", "end": f"datetime64[{unit}]"})
    assert minutes(prepared_times(exams, demo_site)) == [(475, 502.5), (502.5, 535)]


def test_no_exams_have_no_prepared_times(demo_site):
    prepared = prepared_times(empty(STUDIES), demo_site)
    assert prepared.empty
    assert list(prepared.columns) == ["prepared_from", "prepared_until"]


crowds = st.lists(st.tuples(st.integers(0, 90), st.sampled_from([0, 0, 1, 2, 5, 10, 40])), min_size=1, max_size=9).map(
    lambda rows: [(400 + 2 * start, 400 + 2 * (start + length)) for start, length in rows]
)
"""Exams within three hours, on even minutes."""


def prepared_by_hand(exams, preparation):
    """Compare every exam with every other."""
    order = sorted(range(len(exams)), key=lambda i: exams[i])
    prepared = {}
    for rank, i in enumerate(order):
        start, end = exams[i]
        others = [exams[j] for j in order if j != i]
        if any(s - preparation <= start and end <= e + preparation for s, e in others):
            prepared[i] = (start, end)
            continue
        begin, until = start - preparation, end + preparation
        ends_before = [exams[j][1] for j in order[:rank]]
        if ends_before and max(ends_before) + preparation > begin:
            begin = min(start, (max(ends_before) + start) / 2)
        starts_after = [exams[j][0] for j in order[rank + 1 :] if exams[j][1] > end + preparation]
        if starts_after and min(starts_after) - preparation < until:
            until = max(end, (end + min(starts_after)) / 2)
        prepared[i] = (begin, until)
    return [prepared[i] for i in range(len(exams))]


@FEW
@given(exams=crowds)
def test_prepared_times_are_those_found_by_hand(prepare, exams):
    assert prepare(*exams) == prepared_by_hand(exams, preparation=5)


@FEW
@given(exams=crowds)
def test_prepared_times_hold_the_exam_and_are_never_wider_than_the_preparation(prepare, exams):
    for (start, end), (begin, until) in zip(exams, prepare(*exams), strict=True):
        assert start - 5 <= begin <= start
        assert end <= until <= end + 5


@FEW
@given(exams=crowds)
def test_prepared_times_overlap_only_where_the_exams_do_or_one_lies_within_anothers(prepare, exams):
    boxes = list(zip(exams, prepare(*exams), strict=True))
    for (a, prepared_a), (b, prepared_b) in permutations(boxes, 2):
        exams_overlap = a[0] < b[1] and b[0] < a[1]
        b_within_a = a[0] - 5 <= b[0] and b[1] <= a[1] + 5
        a_within_b = b[0] - 5 <= a[0] and a[1] <= b[1] + 5
        if not (exams_overlap or a_within_b or b_within_a):
            assert prepared_a[1] <= prepared_b[0] or prepared_b[1] <= prepared_a[0]


@FEW
@given(exams=crowds, data=st.data())
def test_the_order_of_the_rows_changes_nothing(demo_site, exams, data):
    exams = table(*exams)
    shuffled = exams.loc[data.draw(st.permutations(list(exams.index)))]
    pd.testing.assert_frame_equal(
        prepared_times(shuffled, demo_site).sort_index(), prepared_times(exams, demo_site), check_exact=True
    )


@FEW
@given(here=crowds, there=crowds)
def test_two_scanners_are_independent(prepare, demo_site, here, there):
    both = table(*here, *((*exam, "Discovery 670") for exam in there))
    assert minutes(prepared_times(both, demo_site)) == prepare(*here) + prepare(*there)
