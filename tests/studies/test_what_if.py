"""Other slots, hours, gap threshold and preparation, and what they change."""

from __future__ import annotations

from datetime import date, time, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import schedvisu_lib as sv
from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.settings.calendar import Hours
from schedvisu_lib.settings.scanners import Service
from schedvisu_lib.studies.counts import count_summary
from schedvisu_lib.studies.what_if import (
    Usage,
    prepare_anew,
    ratios_by_weekday,
    usage_of,
    usage_then,
    what_if,
    what_if_table,
)
from schedvisu_lib.tables import KEPT
from tests.conftest import build_series, build_studies, load_demo

SCANNER = "Discovery 690"
"""In the demo: Monday 7:30 to 17:30, 14 slots, gaps from 40 min, 5 min of preparation, lunch 12:00 to 13:00."""
MONDAY, FRIDAY = "2026-05-18", "2026-05-22"
EIGHT_TO_FIVE = Hours(opens=time(8), closes=time(17))
MINUTE = pd.Timedelta(minutes=1)


def exams_of_monday(*spans):
    return build_studies([{"start": f"{MONDAY} {begin}", "end": f"{MONDAY} {end}"} for begin, end in spans])


def effect(studies, site, changed):
    """Return each measure of the Monday as (today, then), times in minutes."""
    table = what_if_table(studies, site, changed, SCANNER, MONDAY, MONDAY)
    assert list(table.index) == ["today", "then", "difference"]
    for name, values in table.items():
        assert values["difference"] == values["then"] - values["today"], name
    spans = table.select_dtypes("timedelta").columns
    return {name: tuple(values[:2] / MINUTE if name in spans else values[:2]) for name, values in table.items()}


def unchanged(found, *but):
    return {name: pair for name, pair in found.items() if pair[0] != pair[1] and name not in but} == {}


def test_a_higher_threshold_drops_the_gaps_below_it():
    site = what_if(load_demo(), SCANNER, gap=30)
    studies = exams_of_monday(("08:00", "09:00"), ("09:45", "10:30"), ("11:40", "13:10"), ("14:00", "14:30"))
    found = effect(studies, site, what_if(site, SCANNER, gap=60))  # gaps of 45, 70 and 50 min
    assert (found["gaps"], found["gap_time"]) == ((3, 1), (165, 70))
    assert (found["gaps_hole"], found["gap_time_hole"]) == ((3, 1), (165, 70))
    assert unchanged(found, "gaps", "gap_time", "gaps_hole", "gap_time_hole")


def test_gaps_are_told_apart_by_class():
    studies = exams_of_monday(("08:00", "09:00"), ("10:00", "12:00"), ("13:00", "14:00"))
    found = effect(studies, load_demo(), what_if(load_demo(), SCANNER, gap=61))
    assert (found["gaps_lunch"], found["gap_time_lunch"]) == ((1, 0), (60, 0))
    assert (found["gaps_hole"], found["gap_time_hole"]) == ((1, 0), (60, 0))
    assert (found["gaps_service"], found["gap_time_service"]) == ((0, 0), (0, 0))


def test_more_preparation_fills_more_of_the_hours_and_neighbours_share_it():
    site = load_demo()
    studies = prepare_anew(exams_of_monday(("08:00", "08:30"), ("08:42", "09:00"), ("10:00", "10:30")), site)
    found = effect(studies, site, what_if(site, SCANNER, preparation=10))
    # With 5 min: 7:55-8:35, 8:37-9:05, 9:55-10:35; with 10 min the first two meet at 8:36: 7:50-8:36-9:10, 9:50-10:40.
    assert found["busy"] == (40 + 28 + 40, 46 + 34 + 50)
    assert found["occupancy"] == pytest.approx((108 / 600, 130 / 600))
    assert (found["gaps"], found["gap_time"]) == ((1, 1), (50, 40))
    assert (found["idle_before"], found["idle_after"]) == ((25, 20), (415, 410))
    assert found["overtime"] == (0, 0)  # counts from the images


def test_half_the_slots_double_the_utilisation_and_nothing_else():
    studies = exams_of_monday(("08:00", "09:00"), ("09:10", "10:00"), ("10:10", "11:00"))
    found = effect(studies, load_demo(), what_if(load_demo(), SCANNER, slots=7))
    assert found["slots"] == (14, 7)
    assert found["utilisation"] == (3 / 14, 3 / 7)
    assert unchanged(found, "slots", "utilisation")


def test_shorter_hours_raise_occupancy_and_overtime():
    studies = exams_of_monday(("08:00", "09:00"), ("09:10", "11:40"))
    found = effect(studies, load_demo(), what_if(load_demo(), SCANNER, hours={"mon": "08:30-11:30"}))
    assert found["opening"] == (600, 180)
    assert found["occupancy"] == (210 / 600, 210 / 180)
    assert (found["idle_before"], found["idle_after"], found["overtime"]) == ((30, 0), (350, 0), (0, 10))
    assert unchanged(found, "opening", "occupancy", "idle_before", "idle_after", "overtime")


@pytest.mark.parametrize(
    ("first", "last", "n_open"),
    [("2026-05-25", "2026-05-29", 4), ("2026-01-26", "2026-01-30", 3), ("2026-05-11", "2026-05-15", 3)],
    ids=["Whit Monday", "two days of service", "Ascension and a closure"],
)
def test_holidays_closures_and_service_stay(first, last, n_open):
    changed = what_if(load_demo(), SCANNER, slots=20, hours="08:00-18:00")
    then = what_if_table(build_studies(), load_demo(), changed, SCANNER, first, last).loc["then"]
    assert (then["slots"], then["opening"]) == (20 * n_open, timedelta(hours=10 * n_open))


def test_part_of_a_day_out_of_service_takes_its_share_of_the_other_slots(site_with_scanner):
    morning = Service(first=MONDAY, last=MONDAY, hours=Hours(opens=time(7, 30), closes=time(12, 30)))
    site = site_with_scanner(SCANNER, service=(morning,))
    found = effect(build_studies(), site, what_if(site, SCANNER, slots=20))
    assert (found["slots"], found["opening"]) == ((7, 10), (300, 300))


def test_a_mapping_changes_the_weekdays_that_it_names_and_one_value_the_days_with_hours(site_with_scanner):
    site = site_with_scanner(SCANNER, hours=dict.fromkeys(["mon", "tue"], EIGHT_TO_FIVE), slots={"mon": 10})
    site = what_if(site, SCANNER, hours={"mon": "08:00-17:00", "tue": (time(9), time(16))})
    machine = site.scanner(SCANNER)
    assert (machine.hours["mon"].opens, machine.hours["tue"].closes) == (time(8), time(16))
    assert what_if(site, SCANNER, slots={"mon": 3}).scanner(SCANNER).slots == {"mon": 3}
    assert what_if(site, SCANNER, slots=4).scanner(SCANNER).slots == {"mon": 4, "tue": 4}
    opened = what_if(site, SCANNER, hours={"wed": "08:00-12:00"}, slots={"wed": 5}).scanner(SCANNER)
    assert (list(opened.hours), opened.slots) == (["mon", "tue", "wed"], {"mon": 10, "wed": 5})
    monday = sv.on_weekdays(site, ["mon"])
    assert what_if(monday, SCANNER, slots=4).scanner(SCANNER).slots == {"mon": 4}


def test_no_hours_close_a_weekday_which_then_has_no_slots():
    closed = what_if(load_demo(), SCANNER, hours={"fri": None}).scanner(SCANNER)
    assert "fri" not in closed.hours
    assert "fri" not in closed.slots
    table = what_if_table(
        build_studies(), load_demo(), what_if(load_demo(), SCANNER, hours={"fri": None}), SCANNER, MONDAY, FRIDAY
    )
    assert table["slots"].tolist() == [4 * 14 + 12, 4 * 14, -12]
    with pytest.raises(ValueError, match=r"^Discovery 690: slots\.fri: .*has slots on fri but no opening hours"):
        what_if(load_demo(), SCANNER, hours={"fri": None}, slots={"fri": 3})


def test_only_the_scanner_changes_and_the_site_stays_as_it_was():
    site = load_demo()
    before = site.model_dump()
    changed = what_if(site, SCANNER, slots=3, hours="09:00-12:00", gap=90, preparation=0)
    assert site.model_dump() == before
    assert changed.file == site.file
    others = [one for one in changed.scanners if one.name != SCANNER]
    assert others == [one for one in site.scanners if one.name != SCANNER]
    assert [one.name for one in changed.scanners] == list(site.scanner_names)
    assert (changed.scanner(SCANNER).gap, changed.scanner(SCANNER).preparation) == (90, 0)
    assert changed.scanner(SCANNER).service == site.scanner(SCANNER).service


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"slots": {"mon": -1}}, "slots.mon: input should be greater than or equal to 0, found -1"),
        ({"slots": {"mon": 2.5}}, "slots.mon: input should be a valid integer"),
        ({"slots": {"sat": 5}}, 'slots.sat: "Discovery 690" has slots on sat but no opening hours; add hours.sat'),
        ({"slots": {"lundi": 5}}, "slots.lundi: input should be 'mon', 'tue'"),
        ({"hours": {"mon": "17:00-08:00"}}, "hours.mon: closes before it opens"),
        ({"hours": {"mon": "8-17"}}, 'hours.mon: write hours as "08:00-17:00"'),
        (
            {"hours": "17:00-08:00", "gap": 0},
            "hours.mon, hours.tue, hours.wed, hours.thu, hours.fri: closes before it opens; "
            "gap: input should be greater than 0, found 0",
        ),
        ({"preparation": -5}, "preparation: input should be greater than or equal to 0, found -5"),
        ({"preparation": float("inf")}, "preparation: input should be a finite number, found inf"),
    ],
)
def test_what_a_site_file_may_not_hold_is_told_in_one_line(wrong, words):
    with pytest.raises(ValueError, match=r"^Discovery 690: ") as error:
        what_if(load_demo(), SCANNER, **wrong)
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_an_unknown_scanner_is_told():
    with pytest.raises(ValueError, match=r'scanner "PET" is unknown; demo\.yaml has: Discovery 690'):
        what_if(load_demo(), "PET", gap=10)


def test_today_is_what_the_report_says():
    site = load_demo()
    studies = prepare_anew(exams_of_monday(("07:50", "09:00"), ("10:10", "11:00"), ("13:00", "18:10")), site)
    today = what_if_table(studies, site, site, SCANNER, MONDAY, FRIDAY).loc["today"]
    total = count_summary(studies, site, SCANNER, MONDAY, FRIDAY).loc["total"]
    for name in ("exams", "slots", "gaps", "utilisation", "occupancy"):
        assert today[name] == total[name], name


def test_ratios_by_weekday_are_those_of_the_sites_workdays():
    site = sv.on_weekdays(load_demo(), ["mon", "tue"])
    exams = exams_of_monday(("08:00", "10:30"))
    today = usage_of(exams, site, SCANNER, MONDAY, FRIDAY)
    changed = what_if(site, SCANNER, slots={"tue": 0}, hours={"mon": "08:00-13:00"})
    ratios = ratios_by_weekday(today, usage_then(today, exams, site, changed, SCANNER, MONDAY, FRIDAY), site)
    assert ratios.index.tolist() == [("today", "mon"), ("today", "tue"), ("then", "mon"), ("then", "tue")]
    np.testing.assert_allclose(ratios["utilisation"], [1 / 14, 0, 1 / 14, np.nan])
    np.testing.assert_allclose(ratios["occupancy"], [150 / 600, 0, 150 / 300, 0])


@st.composite
def days_of_exams(draw):
    """Exams of two days, prepared as the demo says."""
    starts = draw(st.lists(st.integers(0, 2 * 1440 - 1), max_size=12))
    lengths = draw(st.lists(st.integers(0, 200), min_size=len(starts), max_size=len(starts)))
    begin = pd.Timestamp(MONDAY)
    rows = [
        {"start": begin + start * MINUTE, "end": begin + (start + length) * MINUTE}
        for start, length in zip(starts, lengths, strict=True)
    ]
    return prepare_anew(build_studies(rows), load_demo())


CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "slots": st.integers(0, 30) | st.fixed_dictionaries({"mon": st.integers(0, 30)}),
        "hours": st.sampled_from(["06:00-12:00", "08:00-18:00", {"mon": None}, {"tue": "10:00-11:00"}]),
        "gap": st.integers(1, 300),
        "preparation": st.integers(0, 60),
    },
)
FEW = settings(max_examples=10, deadline=None)


@given(studies=days_of_exams())
@FEW
def test_todays_values_change_nothing(studies):
    machine = load_demo().scanner(SCANNER)
    same = what_if(
        load_demo(), SCANNER, slots=machine.slots, hours=machine.hours, gap=machine.gap, preparation=machine.preparation
    )
    assert same == load_demo()
    table = what_if_table(studies, load_demo(), same, SCANNER, MONDAY, FRIDAY)
    pd.testing.assert_series_equal(table.loc["today"], table.loc["then"], check_names=False)
    assert all(not value or pd.isna(value) for value in table.loc["difference"])
    pd.testing.assert_frame_equal(prepare_anew(studies, same), studies)


@given(studies=days_of_exams(), changes=CHANGES)
@FEW
def test_what_is_taken_from_today_is_as_if_all_were_made_anew(studies, changes):
    if changes.get("hours") == {"mon": None} and "slots" in changes:
        del changes["slots"]
    site, changed = load_demo(), what_if(load_demo(), SCANNER, **changes)
    days = (SCANNER, MONDAY, FRIDAY)
    then: Usage = usage_then(usage_of(studies, site, *days), studies, site, changed, *days)
    anew = usage_of(prepare_anew(studies, changed), changed, *days)
    pd.testing.assert_frame_equal(then.days, anew.days)
    pd.testing.assert_frame_equal(then.gaps, anew.gaps)


def test_prepared_anew_is_what_consolidating_with_the_other_site_gives():
    site = load_demo()
    hospital = Hospital(site)
    series = build_series(
        {
            "start": one.timing.start,
            "end": one.timing.end,
            "patient": study.patient.id,
            "study_uid": study.uid,
            "series_uid": one.uid,
            "modality": one.modality,
            "model": one.device.model,
            "study_description": study.description,
        }
        for day in (date(2026, 5, 18), date(2026, 5, 19), date(2026, 5, 20))
        for study in hospital.studies_on(day)
        for one in study.series
        if one.verdict == KEPT
    )
    changed = what_if(what_if(site, SCANNER, preparation=12.5), "Symbia Intevo", preparation=0)
    before, after = sv.consolidate(series, site), sv.consolidate(series, changed)
    assert len(before) > 90
    assert not before.equals(after)
    pd.testing.assert_frame_equal(prepare_anew(before, changed), after)


def test_rows_with_the_same_label_are_prepared_each_by_itself():
    site = load_demo()
    rows = [{"start": f"2026-05-18 {hour:02}:00", "end": f"2026-05-18 {hour:02}:20"} for hour in (8, 10, 12)]
    studies = build_studies(rows)
    joined = pd.concat([studies.iloc[[0]], studies.iloc[1:].reset_index(drop=True)])
    assert joined.index.tolist() == [0, 0, 1]
    after = prepare_anew(joined, what_if(site, SCANNER, preparation=7))
    assert ((after["start"] - after["prepared_from"]) == pd.Timedelta(minutes=7)).all()
    assert after.index.tolist() == [0, 0, 1]
