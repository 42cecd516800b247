"""Signs of a wrong clock."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from schedvisu_lib.settings.report import Quality
from schedvisu_lib.studies.clocks import (
    APPOINTMENTS,
    LEAST_STUDIES,
    OTHER_DEVICE,
    STUDY_TIME,
    clock_signs,
    device_distances,
    study_delays,
)
from schedvisu_lib.studies.plan_effect import COLUMNS
from schedvisu_lib.tables import SERIES, empty

D690, VISION, D670, SYMBIA = "Discovery 690", "Vision 600", "Discovery 670", "Symbia Intevo"
PT, CT = "Biograph64_Vision 600", "Biograph64"
DAY = pd.Timestamp("2026-05-04")


def at(clock):
    return DAY + pd.Timedelta(f"{clock}:00")


# --- from Study Time to the first image -------------------------------------------------------------------------------


def test_the_first_image_of_each_device_is_measured_from_study_time(make_series):
    rows = [
        ("1", CT, "08:10", "08:00"),
        ("1", CT, "08:40", "08:00"),
        ("1", PT, "08:13", "08:00"),
        ("2", CT, "09:20", "09:00"),
        ("3", CT, "10:40", "10:00"),
    ]
    series = make_series([{"study_uid": uid, "model": m, "start": at(s), "end": at(s)} for uid, m, s, _ in rows])
    table = study_delays(series, pd.Series([at(began) for *_, began in rows]))
    # CT: 10, 20 and 40 minutes, with quartiles at 15 and 30.
    assert table.to_dict("records") == [
        {"model": CT, "n_studies": 3, "median": 1200, "spread": 900},
        {"model": PT, "n_studies": 1, "median": 780, "spread": 0},
    ]


def test_series_that_are_not_kept_and_studies_without_time_measure_nothing(make_series):
    times = {"start": at("08:10"), "end": at("08:20")}
    series = make_series([times | {"verdict": "foreign"}, times])
    assert study_delays(series, pd.Series([at("08:00"), pd.NaT])).empty
    assert study_delays(empty(SERIES), pd.Series([], dtype="datetime64[us]")).empty


def test_a_day_of_which_no_image_came_measures_nothing(make_series):
    series = make_series([{"start": at("08:10"), "end": at("08:20")}])
    nothing = series.assign(start=pd.Series([None], dtype=object))
    assert study_delays(nothing, pd.Series([at("08:00")])).empty


def test_an_image_before_study_time_is_a_negative_delay(make_series):
    series = make_series([{"start": at("07:58"), "end": at("08:10")}])
    assert study_delays(series, pd.Series([at("08:00")]))["median"].tolist() == [-120]


# --- two devices of one scanner ---------------------------------------------------------------------------------------


@pytest.fixture
def distance(make_series, demo_site):
    """Gives the distance of the devices of a study: ``distance((CT, "08:00", "08:01"), (PT, "08:03", "08:20"))``."""

    def measured(*rows):
        series = [
            {"model": model, "modality": "CT" if model == CT else "PT", "start": at(start), "end": at(end)}
            for model, start, end in rows
        ]
        return device_distances(make_series(series), demo_site)["minutes"].tolist()

    return measured


def test_devices_lie_apart_by_their_nearest_series(distance):
    assert distance((CT, "08:00", "08:01"), (PT, "08:03", "08:20"), (CT, "08:40", "08:41")) == [2]


def test_devices_that_image_at_once_have_a_negative_distance(distance):
    assert distance((CT, "08:00", "08:06"), (PT, "08:02", "08:20")) == [-4]
    # The CT lies within the PET: to be after it, it would have to begin 10 minutes later.
    assert distance((PT, "08:00", "08:20"), (CT, "08:10", "08:11")) == [-10]


def test_one_device_has_no_distance(distance, make_series, demo_site):
    assert distance((PT, "08:00", "08:20"), (PT, "08:30", "08:40")) == []
    assert device_distances(empty(SERIES), demo_site).empty


def test_devices_of_two_scanners_are_not_compared(distance):
    assert distance((PT, "08:00", "08:20"), (D690, "08:30", "08:40")) == []


# --- the judgement ----------------------------------------------------------------------------------------------------


def delays(minutes, n=12, spread=1.0):
    """A day of each scanner's device that begins first, with so many minutes of delay."""
    models = {D690: D690, VISION: CT, D670: "Tandem_Discovery_670", SYMBIA: "Symbia Intevo 16"}
    rows = [(DAY, models[name], n, 60.0 * value, 60.0 * spread) for name, value in minutes.items()]
    return pd.DataFrame(rows, columns=["date", "model", "n_studies", "median", "spread"])


def comparison(**values):
    return pd.DataFrame({"outcome": [], "scanner": [], "delay": []} | values).reindex(columns=list(COLUMNS))


@pytest.fixture
def signs(demo_site):
    """Gives what is said of each scanner by one comparison."""

    def judged(table, against=STUDY_TIME, *, series=None, plan=None, clock=5):
        report = demo_site.report.model_copy(update={"quality": Quality(clock=clock)})
        site = demo_site.model_copy(update={"report": report})
        found = clock_signs(table, empty(SERIES) if series is None else series, comparison(**(plan or {})), site)
        return found.loc[found["against"] == against].set_index("scanner")

    return judged


def test_a_scanner_that_runs_twelve_minutes_fast_looks_wrong_and_the_others_do_not(signs):
    table = signs(delays({D690: 8, VISION: 20, D670: 9, SYMBIA: 8}))
    assert table["wrong"].to_dict() == {D690: False, VISION: True, D670: False, SYMBIA: False}
    assert table["usual"].tolist() == [8.5] * 4
    assert table.loc[VISION, "difference"] == 11.5
    assert table.loc[VISION, "device"] == CT


def test_a_slow_clock_looks_wrong_too(signs):
    assert signs(delays({D690: 8, VISION: -4, D670: 9}))["wrong"].tolist() == [False, True, False]


def test_the_site_says_how_much_is_wrong(signs):
    minutes = {D690: 8, VISION: 14, D670: 8}
    assert signs(delays(minutes), clock=5)["wrong"].tolist() == [False, True, False]
    assert signs(delays(minutes), clock=6)["wrong"].tolist() == [False, False, False]


def test_what_differs_unsteadily_is_not_told(signs):
    minutes = {D690: 8, VISION: 20, D670: 8}
    assert signs(delays(minutes, spread=12))["wrong"].tolist() == [False, True, False]
    assert signs(delays(minutes, spread=12.1))["wrong"].tolist() == [False, False, False]


def test_days_that_differ_from_one_another_are_unsteady(signs):
    right = {D690: 8, D670: 8}
    days = pd.concat([delays(right | {VISION: minutes}) for minutes in (0, 10, 20, 60)])
    vision = signs(days.reset_index(drop=True)).loc[VISION]
    assert vision["n"] == 48
    assert vision["spread"] == 30 - 7.5
    assert not vision["wrong"]


def test_a_day_with_more_studies_weighs_more(signs):
    days = pd.concat([delays({D690: 8}, n=30), delays({D690: 20}, n=5)], ignore_index=True)
    assert signs(days).loc[D690, ["n", "median"]].tolist() == [35, 8]


def test_few_studies_are_not_judged(signs):
    few = delays({D690: 8, VISION: 20, D670: 9, SYMBIA: 8})
    few.loc[1, "n_studies"] = LEAST_STUDIES - 1
    assert not signs(few).loc[VISION, "wrong"]


def test_of_two_scanners_nobody_knows_which_is_right(signs):
    table = signs(delays({D690: 8, VISION: 20}))
    assert table["usual"].isna().all()
    assert not table["wrong"].any()


def test_a_scanner_is_told_by_the_device_that_begins_first(signs):
    both = pd.concat([delays({VISION: 8}), delays({VISION: 11}).assign(model=PT)], ignore_index=True)
    assert signs(both).loc[VISION, ["device", "median"]].tolist() == [CT, 8]


def test_models_are_compared_as_elsewhere_and_foreign_ones_left_out(signs):
    table = delays({D690: 8, VISION: 9}).assign(model=["DISCOVERY_690", "Aquilion"])
    assert signs(table).index.tolist() == [D690]


def series_of(make_series, apart, n=12):
    rows = []
    for k in range(n):
        end = DAY + pd.Timedelta(hours=7 + k)
        start = end + pd.Timedelta(minutes=apart)
        study = {"study_uid": str(k), "patient": str(k)}
        rows.append(study | {"model": CT, "modality": "CT", "start": end - pd.Timedelta(minutes=1), "end": end})
        rows.append(study | {"model": PT, "start": start, "end": start + pd.Timedelta(minutes=20)})
    return make_series(rows)


@pytest.mark.parametrize(("apart", "wrong"), [(1, False), (12, True), (-8, True), (5, False)])
def test_two_devices_that_image_apart_or_at_once_have_different_clocks(signs, make_series, apart, wrong):
    nothing = delays({})
    table = signs(nothing, OTHER_DEVICE, series=series_of(make_series, apart))
    [row] = table.itertuples()
    assert row.median == apart
    assert (row.device, row.usual, row.wrong) == (f"{PT} / {CT}", 0, wrong)


def test_appointments_that_begin_late_steadily_are_a_sign(signs):
    late = {D690: 2, VISION: 14, D670: 3}
    names = np.repeat(list(late), LEAST_STUDIES)
    plan = {"outcome": ["done"] * len(names), "scanner": names, "delay": [float(late[name]) for name in names]}
    table = signs(delays({}), APPOINTMENTS, plan=plan)
    assert table["wrong"].to_dict() == {D690: False, VISION: True, D670: False}
    assert table.loc[VISION, "difference"] == 11
    plan["outcome"][LEAST_STUDIES] = "elsewhere"
    assert not signs(delays({}), APPOINTMENTS, plan=plan).loc[VISION, "wrong"]


def test_nothing_known_is_nothing_said(demo_site):
    assert clock_signs(delays({}), empty(SERIES), comparison(), demo_site).empty
