"""What was planned against what happened."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import schedvisu_lib as sv
from schedvisu_lib.demo.appointments import Bookings
from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.errors import TableError
from schedvisu_lib.settings.planned import Planned
from schedvisu_lib.studies.plan_effect import COLUMNS, OUTCOMES
from schedvisu_lib.studies.plan_table import plan_table, plan_total
from schedvisu_lib.tables import PLANNED, STUDIES, conform, empty
from tests.conftest import Builder, build_planned

D690, VISION = "Discovery 690", "Vision 600"
MONDAY, TUESDAY = date(2026, 5, 18), date(2026, 5, 19)
LUNGS = {"scanner": "Discovery 670", "patient": "p1"}


def booked(*rows: dict[str, Any]) -> pd.DataFrame:
    return build_planned(rows)


def outcomes(table: pd.DataFrame) -> list[str]:
    return table["outcome"].tolist()


def test_done_has_its_delay_and_what_it_took_longer(demo_site: sv.Site, make_studies: Builder) -> None:
    planned = booked({"start": "2026-05-18 08:00"})
    exams = make_studies([{"start": "2026-05-18 08:07:30", "end": "2026-05-18 08:50"}])
    [row] = sv.compare_plan(planned, exams, demo_site).to_dict("records")
    assert list(row) == list(COLUMNS)
    assert (row["outcome"], row["scanner"], row["done_on"], row["exam_type"]) == ("done", D690, D690, "FDG STAND.")
    assert (row["delay"], row["longer"]) == (7.5, 12.5)
    assert (row["exam_id"], row["appointment_id"]) == ("1.2.1_1", "a1")
    assert row["end"] == pd.Timestamp("2026-05-18 08:30")


def test_not_done_cancelled_open_and_unplanned(demo_site: sv.Site, make_studies: Builder) -> None:
    planned = booked(
        {"start": "2026-05-18 08:00", "study_uid": "9"},
        {"start": "2026-05-18 09:00", "study_uid": "8", "status": "cancelled"},
        {"start": "2026-05-19 08:00", "study_uid": "7"},
    )
    exams = make_studies([{"start": "2026-05-18 10:00", "end": "2026-05-18 10:20"}])
    table = sv.compare_plan(planned, exams, demo_site, days=[MONDAY])
    assert outcomes(table) == ["not done", "cancelled", "unplanned", "open"]
    assert outcomes(sv.compare_plan(planned, exams, demo_site))[-1] == "not done"
    assert table.loc[2, ["description", "appointment_id", "status"]].tolist() == ["PET-CT FDG corps entier", "", ""]


def test_cancelled_but_done_all_the_same_is_done(demo_site: sv.Site, make_studies: Builder) -> None:
    """A step that a worklist dropped when the patient came early looks like one that was taken back."""
    planned = booked({"start": "2026-05-18 08:00", "status": "cancelled"})
    exams = make_studies([{"start": "2026-05-18 07:40", "end": "2026-05-18 08:00"}])
    assert outcomes(sv.compare_plan(planned, exams, demo_site)) == ["done"]


def test_done_elsewhere_is_unplanned_where_it_was_done(demo_site: sv.Site, make_studies: Builder) -> None:
    planned = booked({"start": "2026-05-18 08:00"}, {"start": "2026-05-18 12:00", "scanner": VISION, "study_uid": "7"})
    exams = make_studies([{"start": "2026-05-18 08:10", "end": "2026-05-18 08:30", "scanner": VISION}])
    table = sv.compare_plan(planned, exams, demo_site)
    assert table.loc[0, ["outcome", "scanner", "done_on"]].tolist() == ["elsewhere", D690, VISION]
    here, there = (plan_total(table, name, MONDAY, MONDAY).iloc[0] for name in (D690, VISION))
    assert (here["appointments"], here["elsewhere"], here["unplanned"]) == (1, 1, 0)
    assert (there["appointments"], there["not_done"], there["unplanned"]) == (1, 1, 1)


def test_a_day_without_any_appointment_has_no_plan_and_nothing_unplanned(
    demo_site: sv.Site, make_studies: Builder
) -> None:
    exams = make_studies([{"start": "2026-05-18 10:00", "end": "2026-05-18 10:20"}])
    assert outcomes(sv.compare_plan(empty(PLANNED), exams, demo_site)) == ["no plan"]
    planned = booked({"start": "2026-05-19 08:00"}, {"start": "2026-05-18 08:00", "scanner": VISION})
    table = sv.compare_plan(planned.assign(study_uid="9"), exams, demo_site)
    assert outcomes(table) == ["not done", "no plan", "not done"]


def test_a_further_take_of_a_planned_study_is_not_unplanned(demo_site: sv.Site, make_studies: Builder) -> None:
    times = (("08:00", "08:20"), ("12:00", "12:30"))
    exams = make_studies(
        [
            {"start": f"2026-05-18 {a}", "end": f"2026-05-18 {b}", "take": n, "n_takes": 2, "exam_id": f"7_{n}"}
            for n, (a, b) in enumerate(times, start=1)
        ]
    )
    planned = booked({"start": "2026-05-18 08:05", "study_uid": "7"})
    table = sv.compare_plan(planned, exams, demo_site)
    assert outcomes(table) == ["done", "further take"]
    assert table["delay"].tolist()[0] == -5


def lungs(*starts: str, **more: Any) -> list[dict[str, Any]]:
    words = ("Scintigraphie pulmonaire : ventilation", "Scintigraphie pulmonaire : perfusion")
    return [
        LUNGS | {"start": f"2026-05-18 {start}", "description": words[n % 2]} | more for n, start in enumerate(starts)
    ]


def test_appointments_of_one_encounter_count_once(demo_site: sv.Site, make_studies: Builder) -> None:
    """Ventilation and perfusion: two studies, two appointments, one exam."""
    exam = LUNGS | {
        "start": "2026-05-18 09:05",
        "end": "2026-05-18 10:10",
        "exam_type": "V/P POUMON",
        "exam_id": "1.2.1_1",
    }
    table = sv.compare_plan(booked(*lungs("09:00", "09:50")), make_studies([exam]), demo_site)
    assert outcomes(table) == ["done", "joined"]
    assert table["delay"].tolist()[0] == 5
    # Whichever of them the exam is found by: the delay is that of the first.
    by_second = sv.compare_plan(booked(*lungs("09:00", "09:50", study_uid="")), make_studies(
        [exam | {"start": "2026-05-18 09:40"}]), demo_site)  # fmt: skip
    assert (outcomes(by_second), by_second["delay"].tolist()[0]) == (["done", "joined"], 40)
    total = plan_total(table, "Discovery 670", MONDAY, MONDAY).iloc[0]
    assert (total["appointments"], total["done"], total["unplanned"]) == (1, 1, 0)


def test_an_encounter_that_was_not_done_is_not_done_once(demo_site: sv.Site, make_studies: Builder) -> None:
    assert outcomes(sv.compare_plan(booked(*lungs("09:00", "09:50")), make_studies(), demo_site)) == [
        "not done",
        "joined",
    ]


def test_appointments_too_far_apart_or_without_names_are_no_encounter(
    demo_site: sv.Site, make_studies: Builder
) -> None:
    far = booked(*lungs("08:00", "13:00"))
    assert outcomes(sv.compare_plan(far, make_studies(), demo_site)) == ["not done", "not done"]
    nameless = booked(*lungs("09:00", "09:50", patient="", study_uid=""))
    assert outcomes(sv.compare_plan(nameless, make_studies(), demo_site)) == ["not done", "not done"]


def test_minutes_that_the_source_does_not_tell_are_those_of_the_site(demo_site: sv.Site, make_studies: Builder) -> None:
    planned = booked({"start": "2026-05-18 08:00", "minutes": float("nan")})
    [unknown] = sv.compare_plan(planned, make_studies(), demo_site).to_dict("records")
    assert pd.isna(unknown["end"])
    assert pd.isna(unknown["minutes"])
    told = demo_site.model_copy(update={"planned": Planned(worklist={}, minutes={"FDG STAND.": 40})})
    [row] = sv.compare_plan(planned, make_studies(), told).to_dict("records")
    assert (row["minutes"], row["end"]) == (40, pd.Timestamp("2026-05-18 08:40"))


def test_empty_tables_give_an_empty_comparison(demo_site: sv.Site) -> None:
    table = sv.compare_plan(empty(PLANNED), empty(STUDIES), demo_site)
    assert list(table.columns) == list(COLUMNS)
    assert len(table) == 0
    assert plan_total(table, D690, MONDAY, TUESDAY).iloc[0]["appointments"] == 0


def test_a_table_without_its_columns_is_told(demo_site: sv.Site, make_studies: Builder) -> None:
    with pytest.raises(TableError, match=r"lacks the column\(s\) minutes"):
        sv.compare_plan(booked().drop(columns="minutes"), make_studies(), demo_site)


def test_tables_are_unharmed(demo_site: sv.Site, make_studies: Builder) -> None:
    planned = booked({"start": "2026-05-18 08:00"}, {"start": "2026-05-18 07:00"})
    exams = make_studies([{"start": "2026-05-18 08:07", "end": "2026-05-18 08:50"}])
    before = planned.copy(deep=True), exams.copy(deep=True)
    sv.compare_plan(planned, exams, demo_site)
    pd.testing.assert_frame_equal(planned, before[0])
    pd.testing.assert_frame_equal(exams, before[1])


def test_each_day_is_counted_with_its_delays(demo_site: sv.Site, make_studies: Builder) -> None:
    starts = ["2026-05-18 08:00", "2026-05-18 09:00", "2026-05-18 10:00", "2026-05-18 11:00", "2026-05-19 08:00"]
    planned = booked(*({"start": start} for start in starts), {"start": "2026-05-18 12:00", "status": "cancelled"})
    begun = ["2026-05-18 08:04", "2026-05-18 09:10", "2026-05-18 09:58"]
    exams = make_studies([{"start": s, "end": pd.Timestamp(s) + pd.Timedelta(minutes=20)} for s in begun])
    exams = pd.concat(
        [exams, make_studies([{"start": "2026-05-18 13:00", "end": "2026-05-18 13:20", "exam_id": "77_1"}])]
    )
    table = sv.compare_plan(planned, exams, demo_site, days=[MONDAY])
    days = plan_table(table, demo_site, D690, MONDAY, date(2026, 5, 22))
    assert [str(day)[:10] for day in days.index] == [f"2026-05-{n}" for n in range(18, 23)]
    monday, tuesday, wednesday = (days.iloc[n].to_dict() for n in range(3))
    counts = ("appointments", "done", "elsewhere", "not_done", "open", "cancelled", "unplanned")
    assert [monday[name] for name in counts] == [4, 3, 0, 1, 0, 1, 1]
    assert [monday[name] for name in ("delay_q1", "delay_median", "delay_q3")] == [1, 4, 7]
    assert [tuesday[name] for name in counts] == [1, 0, 0, 0, 1, 0, 0]
    assert (tuesday["has_plan"], wednesday["has_plan"], wednesday["appointments"]) == (True, False, 0)
    assert pd.isna(wednesday["delay_median"])
    total = plan_total(table, D690, MONDAY, date(2026, 5, 22)).iloc[0]
    assert [total[name] for name in counts] == [5, 3, 0, 1, 1, 1, 1]
    assert total["delay_median"] == 4


# The simulated hospital knows what came of each of its appointments.


def tables_of(site: sv.Site, days: list[date]) -> tuple[pd.DataFrame, pd.DataFrame, Counter[tuple[Any, ...]]]:
    """Return the planned and studies tables that perfect readers would make, and what comparing them must say."""
    hospital = Hospital(site)
    bookings = Bookings(hospital)
    means = {"DEPARTED": "completed", "SCHEDULED": "scheduled", "CANCELED": "cancelled"}
    planned, exams = [], []
    meant: Counter[tuple[Any, ...]] = Counter()
    for day in days:
        patients = {study.uid: study.patient.id for study in hospital.studies_on(day)}
        words = {study.uid: study.description for study in hospital.studies_on(day)}
        planned += [
            {
                "start": one.slot.start,
                "appointment_id": f"{day} {one.number}",
                "patient": one.patient.id,
                "study_uid": one.study_uid,
                "scanner": one.scanner,
                "minutes": one.slot.minutes,
                "description": one.description,
                "status": means[one.status],
            }
            for one in bookings.appointments_on(day)
        ]
        exams += [
            {
                "exam_id": f"{exam.study_uid}_{exam.take}",
                "date": pd.Timestamp(exam.start).normalize(),
                "patient": patients[exam.study_uid],
                "scanner": exam.scanner,
                "modalities": "",
                "exam_type": exam.exam_type,
                "study_description": words[exam.study_uid],
                "take": exam.take,
                "n_takes": 1,
                "start": exam.start,
                "end": exam.end,
                "prepared_from": exam.start,
                "prepared_until": exam.end,
                "n_series": 1,
            }
            for exam in hospital.exams(day)
        ]
        meant.update((one.outcome, one.scanner, one.start, one.exam_start) for one in bookings.outcomes(day))
    return booked(*planned), conform(pd.DataFrame(exams), STUDIES), meant


def said(table: pd.DataFrame) -> Counter[tuple[Any, ...]]:
    def moment(value: pd.Timestamp) -> object:
        return None if pd.isna(value) else value.to_pydatetime()

    return Counter((row.outcome, row.scanner, moment(row.start), moment(row.exam_start)) for row in table.itertuples())


def test_comparison_says_what_the_hospital_simulated() -> None:
    site = sv.load_site(Path(__file__).parents[2] / "params" / "demo.yaml")
    planned, exams, meant = tables_of(site, [date(2026, 3, 2) + timedelta(days=n) for n in range(84)])
    table = sv.compare_plan(planned, exams, site)
    assert said(table) == meant
    kinds = {outcome for outcome, *_ in meant}
    assert kinds == set(OUTCOMES) - {"open", "no plan"}


def test_without_any_name_most_appointments_find_their_exam_all_the_same() -> None:
    site = sv.load_site(Path(__file__).parents[2] / "params" / "demo.yaml")
    planned, exams, meant = tables_of(site, [date(2026, 5, 4) + timedelta(days=n) for n in range(28)])
    table = sv.compare_plan(planned.assign(patient="", study_uid=""), exams, site)
    done = {one for one in meant if one[0] == "done"}
    assert len(done & set(said(table))) > 0.9 * len(done)
