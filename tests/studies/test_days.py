"""What a day offered and how it was used (design 5.4; cases 15, 16 and 21)."""

from __future__ import annotations

from datetime import date, time

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schedvisu_lib.settings.calendar import Hours
from schedvisu_lib.settings.scanners import Service
from schedvisu_lib.studies.days import busy_times, day_table, turnovers
from schedvisu_lib.studies.preparation import prepared_times
from schedvisu_lib.tables import STUDIES, empty

FEW = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
MONDAY, SATURDAY = "2026-05-04", "2026-05-09"
DAY = pd.Timestamp(MONDAY)
MINUTE = pd.Timedelta(minutes=1)


def hours(text):
    return pd.Timedelta(f"{text}:00")


@pytest.fixture
def exams_of(make_studies):
    """Builds exams with bare times on the Discovery 690 from ("08:00", "08:20") of the Monday, or whole datetimes."""

    def whole(time):
        return pd.Timestamp(time if "-" in time else f"{MONDAY} {time}")

    return lambda *exams: make_studies([{"start": whole(start), "end": whole(end)} for start, end in exams])


@pytest.fixture
def monday(demo_site):
    """Describes the Monday (07:30 to 17:30, 14 slots) of the Discovery 690 with the exams given."""
    return lambda studies: day_table(studies, demo_site, "Discovery 690", MONDAY, MONDAY).iloc[0]


def test_a_day_is_described_whole(exams_of, monday):
    day = monday(exams_of(("08:00", "08:30"), ("09:30", "10:00"), ("17:00", "17:45")))
    assert day.to_dict() == {
        "open": True,
        "slots": 14,
        "opening": hours("10:00"),
        "exams": 3,
        "gaps": 2,
        "busy": hours("01:45"),
        "first_start": hours("08:00"),
        "last_end": hours("17:45"),
        "idle_before": hours("00:30"),
        "idle_after": hours("00:00"),
        "overtime": hours("00:15"),
    }


def test_late_start_and_early_finish_count_from_the_prepared_times(exams_of, monday):
    exams = exams_of(("08:00", "16:00"))
    exams = exams.assign(prepared_from=exams["start"] - 5 * MINUTE, prepared_until=exams["end"] + 5 * MINUTE)
    day = monday(exams)
    assert (day["idle_before"], day["idle_after"]) == (hours("00:25"), hours("01:25"))
    assert (day["first_start"], day["last_end"]) == (hours("08:00"), hours("16:00"))


def test_early_start_is_no_idle_time(exams_of, monday):
    day = monday(exams_of(("06:00", "07:00"), ("16:30", "17:30")))
    assert (day["idle_before"], day["idle_after"], day["overtime"]) == (hours("00:00"),) * 3


def test_the_last_end_is_that_of_a_long_exam(exams_of, monday):
    day = monday(exams_of(("08:00", "18:00"), ("09:00", "09:20")))
    assert (day["last_end"], day["overtime"], day["idle_after"]) == (hours("18:00"), hours("00:30"), hours("00:00"))


def test_overlapping_exams_are_busy_once(exams_of, monday):
    assert monday(exams_of(("08:00", "10:00"), ("08:30", "09:00"), ("09:30", "10:30")))["busy"] == hours("02:30")


def test_an_exam_across_midnight_counts_whole_on_the_day_on_which_it_began(exams_of, demo_site):
    exams = exams_of((f"{MONDAY} 23:50", "2026-05-05 00:10"), ("2026-05-05 00:05", "2026-05-05 00:30"))
    days = day_table(exams, demo_site, "Discovery 690", MONDAY, "2026-05-05")
    assert days["exams"].tolist() == [1, 1]
    assert days["busy"].tolist() == [hours("00:20"), hours("00:20")]  # the overlap counts once
    assert days["last_end"].tolist() == [hours("24:10"), hours("00:30")]
    assert days["overtime"].tolist() == [hours("06:40"), hours("00:00")]


def test_every_calendar_day_stands_in_the_table(demo_site):
    days = day_table(empty(STUDIES), demo_site, "Discovery 690", MONDAY, "2026-05-10")
    assert days["open"].tolist() == [True] * 5 + [False] * 2
    assert days["slots"].tolist() == [14, 14, 14, 14, 12, 0, 0]
    assert days["opening"].tolist() == [hours("10:00")] * 4 + [hours("09:00")] + [hours("00:00")] * 2
    assert days["exams"].tolist() == [0] * 7
    assert days["first_start"].isna().all()


def test_a_holiday_and_a_closure_have_no_slots(demo_site):
    # Thursday 2026-05-14 is Ascension in the canton of Vaud, the Friday is closed by the site.
    days = day_table(empty(STUDIES), demo_site, "Discovery 690", "2026-05-11", "2026-05-15")
    assert days["open"].tolist() == [True, True, True, False, False]
    assert days["slots"].tolist() == [14, 14, 14, 0, 0]
    assert days["opening"].tolist() == [hours("10:00")] * 3 + [hours("00:00")] * 2


@pytest.mark.parametrize("day", [SATURDAY, "2026-05-14"], ids=["Saturday", "holiday"])
def test_an_exam_on_a_closed_day_is_counted_against_nothing(exams_of, demo_site, day):
    row = day_table(exams_of((f"{day} 09:00", f"{day} 09:30")), demo_site, "Discovery 690", day, day).iloc[0]
    assert (row["open"], row["slots"], row["exams"]) == (False, 0, 1)
    assert (row["busy"], row["opening"]) == (hours("00:30"), hours("00:00"))
    assert (row["first_start"], row["last_end"]) == (hours("09:00"), hours("09:30"))
    assert row[["idle_before", "idle_after", "overtime"]].isna().all()


def test_an_open_day_without_opening_hours_of_the_scanner_offers_nothing(exams_of, demo_site, site_with_scanner):
    scanner = demo_site.scanner("Discovery 690")
    tuesdays = {"hours": {"tue": scanner.hours["tue"]}, "slots": {"tue": 14}}
    site = site_with_scanner("Discovery 690", **tuesdays)
    days = day_table(exams_of(("08:00", "08:30")), site, "Discovery 690", MONDAY, "2026-05-05")
    assert days["open"].tolist() == [True, True]
    assert days["slots"].tolist() == [0, 14]
    assert days["opening"].tolist() == [hours("00:00"), hours("10:00")]
    assert days["exams"].tolist() == [1, 0]


def test_a_day_out_of_service_offers_nothing(exams_of, demo_site, site_with_scanner):
    service = [Service(first=date(2026, 5, 5), last=date(2026, 5, 6))]
    site = site_with_scanner("Discovery 690", service=service)
    days = day_table(exams_of(("2026-05-06 16:00", "2026-05-06 18:00")), site, "Discovery 690", MONDAY, "2026-05-07")
    assert days["open"].tolist() == [True, False, False, True]
    assert days["slots"].tolist() == [14, 0, 0, 14]
    assert days["opening"].tolist() == [hours("10:00"), hours("00:00"), hours("00:00"), hours("10:00")]
    assert days["exams"].tolist() == [0, 0, 1, 0]
    assert days["overtime"].isna().all()  # nothing closed that day


def test_overtime_counts_from_the_usual_closing_time(exams_of, site_with_scanner):
    afternoon = Service(first=DAY.date(), last=DAY.date(), hours=Hours(opens=time(14), closes=time(17, 30)))
    site = site_with_scanner("Discovery 690", service=[afternoon])
    days = day_table(exams_of(("08:00", "13:00"), ("16:00", "18:00")), site, "Discovery 690", MONDAY, MONDAY)
    assert days.iloc[0][["overtime", "opening"]].tolist() == [hours("00:30"), hours("06:30")]
    early = day_table(exams_of(("08:00", "13:00")), site, "Discovery 690", MONDAY, MONDAY).iloc[0]
    assert (early["idle_after"], early["overtime"]) == (hours("01:00"), hours("00:00"))


def test_other_scanners_and_other_days_do_not_count(make_studies, demo_site):
    times = {"start": f"{MONDAY} 08:00", "end": f"{MONDAY} 08:30"}
    studies = make_studies([times, times | {"scanner": "Vision 600"}, {"start": "2026-05-05", "end": "2026-05-05"}])
    days = day_table(studies, demo_site, "Discovery 690", MONDAY, MONDAY)
    assert days["exams"].tolist() == [1]


def test_days_are_given_as_dates_or_text(exams_of, demo_site):
    exams = exams_of(("08:00", "08:30"))
    texts = day_table(exams, demo_site, "Discovery 690", MONDAY, SATURDAY)
    for first, last in [(date(2026, 5, 4), date(2026, 5, 9)), (DAY, pd.Timestamp(f"{SATURDAY} 12:00"))]:
        pd.testing.assert_frame_equal(day_table(exams, demo_site, "Discovery 690", first, last), texts)


@pytest.mark.parametrize("unit", ["s", "ms", "ns"])
def test_every_unit_of_time_gives_the_same_days(exams_of, demo_site, unit):
    exams = exams_of(("08:00", "08:30"), ("09:30", "10:00"), ("17:00", "17:45"))
    times = [name for name, dtype in exams.dtypes.items() if dtype.kind == "M"]
    other = exams.astype(dict.fromkeys(times, f"datetime64[{unit}]"))
    pd.testing.assert_frame_equal(
        day_table(other, demo_site, "Discovery 690", MONDAY, SATURDAY),
        day_table(exams, demo_site, "Discovery 690", MONDAY, SATURDAY),
    )


def test_an_index_that_repeats_changes_nothing(exams_of, demo_site):
    exams = exams_of(("08:00", "08:30"), ("09:30", "10:00"), ("09:45", "10:15"))
    pd.testing.assert_frame_equal(
        day_table(exams.set_axis([0, 0, 1]), demo_site, "Discovery 690", MONDAY, MONDAY),
        day_table(exams, demo_site, "Discovery 690", MONDAY, MONDAY),
    )


def test_an_unknown_scanner_is_named(demo_site):
    with pytest.raises(ValueError, match=r'"Nobody" is unknown.*Millennium'):
        day_table(empty(STUDIES), demo_site, "Nobody", MONDAY, MONDAY)


def test_turnover_is_from_the_end_of_the_images_to_the_next_start(exams_of, demo_site):
    exams = exams_of(("08:00", "08:30"), ("08:37", "09:00"), ("09:00", "09:30"))
    assert turnovers(exams, demo_site).tolist()[1:] == [7 * MINUTE, 0 * MINUTE]
    assert pd.isna(turnovers(exams, demo_site)[0])


def test_turnover_counts_from_the_latest_end_so_far(exams_of, demo_site):
    exams = exams_of(("08:00", "09:00"), ("08:10", "08:20"), ("09:10", "09:30"))
    assert turnovers(exams, demo_site).tolist()[1:] == [0 * MINUTE, 10 * MINUTE]


def test_the_first_exam_of_a_day_has_no_turnover(exams_of, demo_site):
    exams = exams_of(("16:00", "16:30"), ("2026-05-05 08:00", "2026-05-05 08:30"))
    assert turnovers(exams, demo_site).isna().all()


def test_a_gap_is_no_turnover(exams_of, demo_site):
    # The Discovery 690 has gaps from 40 minutes.
    exams = exams_of(("08:00", "08:30"), ("09:09", "09:30"), ("10:10", "10:30"))
    assert turnovers(exams, demo_site).tolist()[1] == 39 * MINUTE
    assert pd.isna(turnovers(exams, demo_site)[2])


@FEW
@given(rows=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 200), st.sampled_from([0, 2, 30, 90])), max_size=14))
def test_each_day_is_described_from_its_own_exams(make_studies, demo_site, rows):
    """As found day by day, from Saturday to Wednesday of the week after; on closed days too."""
    first = pd.Timestamp(SATURDAY)
    days = [first + pd.Timedelta(days=n) for n in range(5)]
    exams = [(days[n] + 2 * start * MINUTE, days[n] + (2 * start + length) * MINUTE) for n, start, length in rows]
    studies = make_studies([{"start": start, "end": end} for start, end in exams])
    table = day_table(studies, demo_site, "Discovery 690", days[0].date(), days[-1].date())
    assert table.index.tolist() == days
    for day, row in table.iterrows():
        own = [(start, end) for start, end in exams if start.normalize() == day]
        assert row["exams"] == len(own)
        if not own:
            assert row["busy"] == pd.Timedelta(0)
            assert row[["first_start", "last_end", "idle_before", "idle_after", "overtime"]].isna().all()
            continue
        begin, end = min(start for start, _ in own) - day, max(end for _, end in own) - day
        assert (row["first_start"], row["last_end"]) == (begin, end)
        if row["open"]:  # 07:30 to 17:30
            assert row["idle_before"] == max(begin - hours("07:30"), pd.Timedelta(0))
            assert row["idle_after"] == max(hours("17:30") - end, pd.Timedelta(0))
            assert row["overtime"] == max(end - hours("17:30"), pd.Timedelta(0))
        else:
            assert row[["idle_before", "idle_after", "overtime"]].isna().all()


@FEW
@given(
    rows=st.lists(st.tuples(st.integers(0, 120), st.sampled_from([0, 2, 10, 30, 90])), max_size=10),
    preparation=st.sampled_from([0, 4, 5]),
)
def test_busy_time_is_the_minutes_in_which_any_exam_was_prepared(make_studies, site_with_scanner, rows, preparation):
    site = site_with_scanner("Discovery 690", preparation=preparation)
    bare = make_studies(
        [
            {"start": DAY + (480 + 2 * start) * MINUTE, "end": DAY + (480 + 2 * start + length) * MINUTE}
            for start, length in sorted(rows)
        ]
    )
    exams = bare.assign(**prepared_times(bare, site))
    busy_minutes = set()
    for exam in exams.itertuples():
        begin, until = ((time - DAY) / MINUTE for time in (exam.prepared_from, exam.prepared_until))
        busy_minutes |= set(range(int(begin), int(until)))
    assert busy_times(exams).sum() == len(busy_minutes) * MINUTE
    assert (busy_times(exams) >= pd.Timedelta(0)).all()
    assert day_table(exams, site, "Discovery 690", MONDAY, MONDAY)["busy"].tolist() == [len(busy_minutes) * MINUTE]


def test_an_exam_after_midnight_counts_for_the_day_of_its_study(make_studies, demo_site):
    tuesday = DAY + pd.Timedelta("1D")
    exams = make_studies(
        [
            {"start": "2026-05-04 23:00", "end": "2026-05-04 23:10"},
            {"start": "2026-05-05 00:05", "end": "2026-05-05 00:10"},
            {"start": "2026-05-05 00:20", "end": "2026-05-05 00:30", "date": DAY},
        ]
    )
    table = day_table(exams, demo_site, "Discovery 690", DAY.date(), tuesday.date())
    assert table["exams"].tolist() == [2, 1]
    assert table["last_end"].tolist() == [hours("24:30"), hours("00:10")]
