"""What stands out: each rule at its threshold, and the order of the findings."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

import schedvisu_lib as sv
from schedvisu_lib.periods import Period, working_days
from schedvisu_lib.settings.calendar import Hours
from schedvisu_lib.settings.report import StandsOut
from schedvisu_lib.settings.scanners import Service
from schedvisu_lib.studies.stands_out import COLUMNS, LEAST_EXAMS, stands_out

SCANNER = "Discovery 690"
"""Open 07:30 to 17:30, on Fridays to 16:30: 49 hours a week; gaps from 40 minutes."""
WEEK = Period("weekly", date(2026, 4, 20), date(2026, 4, 24))
ALL_DAY = [("07:30", "17:30")] * 4 + [("07:30", "16:30")]
OFF = {"occupancy": None, "gap": None, "overtime": None, "empty_days": False, "duration": None}


@pytest.fixture
def days(demo_site):
    return working_days(demo_site.calendar, WEEK.first, WEEK.last)


@pytest.fixture
def site_for(demo_site):
    """Gives a site with one scanner and some rules, the others off: ``site_for({"gap": 180}, lunch=...)``."""

    def changed(rules, **scanner) -> sv.Site:
        one = demo_site.scanner(SCANNER).model_copy(update={"lunch": None, "service": ()} | scanner)
        report = demo_site.report.model_copy(update={"stands_out": StandsOut(**(OFF | rules))})
        site = demo_site.model_copy(update={"scanners": (one,), "report": report})
        for cached in ("scanner_names", "scanner_of_model"):
            site.__dict__.pop(cached, None)
        return site

    return changed


def exam(day, start, end, **values):
    return {"start": f"{day} {start}", "end": f"{day} {end}"} | values


def full_week(but=()):
    """Return an exam over all the opening hours of each day, without those of some days."""
    hours = zip((20, 21, 22, 23, 24), ALL_DAY, strict=True)
    return [exam(f"2026-04-{day}", *span) for day, span in hours if day not in but]


def facts(findings, *columns):
    return findings[list(columns)].to_numpy().tolist()


def test_an_ordinary_week_has_nothing(make_studies, site_for, days):
    findings = stands_out(make_studies(full_week()), site_for({"occupancy": 60, "gap": 180, "overtime": 60,
                          "empty_days": True, "duration": 99}), WEEK, days)  # fmt: skip
    assert findings.empty
    assert findings.columns.tolist() == COLUMNS


def test_an_occupancy_below_the_threshold_stands_out(make_studies, site_for, days):
    studies = make_studies(full_week(but=(20, 21)))  # 29 of 49 hours: 59.2 %
    [row] = stands_out(studies, site_for({"occupancy": 60}), WEEK, days).to_dict("records")
    assert (row["kind"], row["scanner"], row["threshold"]) == ("occupancy", SCANNER, 60)
    assert row["value"] == pytest.approx(100 * 29 / 49)
    assert (row["date"], row["until"]) == (pd.Timestamp(WEEK.first), pd.Timestamp(WEEK.last))
    assert stands_out(studies, site_for({"occupancy": 100 * 29 / 49}), WEEK, days).empty  # at it is not below it


def test_occupancy_is_not_judged_where_a_day_is_missing(make_studies, site_for, days):
    studies = make_studies(full_week(but=(20, 21)))
    assert stands_out(studies, site_for({"occupancy": 60}), WEEK, days[1:]).empty


def test_a_hole_stands_out_from_the_threshold(make_studies, site_for, days):
    studies = make_studies(
        [
            exam("2026-04-20", "07:30", "09:00"),
            exam("2026-04-20", "12:00", "13:00"),
            exam("2026-04-20", "15:59", "17:30"),
        ]
    )
    findings = stands_out(studies, site_for({"gap": 180}), WEEK, days)
    assert facts(findings, "kind", "value", "threshold") == [["hole", 180, 180]]
    assert findings.loc[0, ["start", "end"]].tolist() == [
        pd.Timestamp("2026-04-20 09:00"),
        pd.Timestamp("2026-04-20 12:00"),
    ]


def test_gaps_at_lunch_and_out_of_service_are_no_holes(make_studies, site_for, days):
    studies = make_studies([exam("2026-04-20", "07:30", "09:00"), exam("2026-04-20", "13:00", "17:30")])
    assert len(stands_out(studies, site_for({"gap": 180}), WEEK, days)) == 1
    lunch = Hours(opens="11:00", closes="13:00")
    assert stands_out(studies, site_for({"gap": 180}, lunch=lunch), WEEK, days).empty
    service = (Service(first=WEEK.first, last=WEEK.first, hours={"opens": "09:00", "closes": "11:30"}),)
    assert stands_out(studies, site_for({"gap": 180}, service=service), WEEK, days).empty


def test_only_the_part_of_a_hole_within_opening_hours_counts(make_studies, site_for, days):
    """An emergency at night makes a gap of hours in which the scanner was closed."""
    rows = [exam("2026-04-20", "07:30", "15:00"), exam("2026-04-20", "23:00", "23:30")]
    assert stands_out(make_studies(rows), site_for({"gap": 180}), WEEK, days).empty
    [row] = stands_out(make_studies(rows), site_for({"gap": 150}), WEEK, days).to_dict("records")
    assert (row["value"], row["start"], row["end"]) == (
        150, pd.Timestamp("2026-04-20 15:00"), pd.Timestamp("2026-04-20 17:30"),
    )  # fmt: skip


def test_a_closed_day_has_no_holes(make_studies, site_for, days):
    rows = [exam("2026-04-25", "08:00", "08:30"), exam("2026-04-25", "16:00", "16:30")]  # a Saturday
    for period in (Period("", WEEK.first, date(2026, 4, 25)), Period("", date(2026, 4, 25), date(2026, 4, 25))):
        assert stands_out(make_studies(rows), site_for({"gap": 180}), period, days).empty
    open_day = [exam("2026-04-20", "08:00", "08:30"), exam("2026-04-20", "16:00", "16:30")]
    week = Period("", WEEK.first, date(2026, 4, 25))
    findings = stands_out(make_studies([*rows, *open_day]), site_for({"gap": 180}), week, days)
    assert facts(findings, "date", "value") == [[pd.Timestamp("2026-04-20"), 450]]


def test_overtime_of_a_day_stands_out_beyond_the_threshold(make_studies, site_for, days):
    studies = make_studies(
        [
            exam("2026-04-20", "17:00", "18:30"),
            exam("2026-04-21", "17:00", "18:31"),
            exam("2026-04-24", "16:00", "18:00"),  # a Friday, closed from 16:30
            exam("2026-04-25", "16:00", "22:00"),  # a Saturday has no closing time
        ]
    )
    findings = stands_out(studies, site_for({"overtime": 60}), WEEK, days)
    assert facts(findings, "date", "value") == [[pd.Timestamp("2026-04-24"), 90], [pd.Timestamp("2026-04-21"), 61]]
    assert findings["end"].tolist() == [pd.Timestamp("2026-04-24 18:00"), pd.Timestamp("2026-04-21 18:31")]


def test_open_days_without_exam_stand_out_as_stretches(make_studies, site_for, days):
    studies = make_studies(full_week(but=(20, 21, 23)))
    findings = stands_out(studies, site_for({"empty_days": True}), WEEK, days)
    assert facts(findings, "kind", "date", "until", "value") == [
        ["empty", pd.Timestamp("2026-04-20"), pd.Timestamp("2026-04-21"), 2],
        ["empty", pd.Timestamp("2026-04-23"), pd.Timestamp("2026-04-23"), 1],
    ]


def test_days_out_of_service_without_hours_or_not_stored_are_not_empty(make_studies, site_for, days):
    studies = make_studies(full_week(but=(20, 21, 22)))
    rules = {"empty_days": True}
    service = (Service(first=date(2026, 4, 20), last=date(2026, 4, 20)),)
    hours = {day: span for day, span in site_for({}).scanner(SCANNER).hours.items() if day != "tue"}
    findings = stands_out(studies, site_for(rules, service=service, hours=hours), WEEK, days)
    assert facts(findings, "date", "value") == [[pd.Timestamp("2026-04-22"), 1]]
    assert stands_out(studies, site_for(rules, service=service, hours=hours), WEEK, days[:2]).empty


def test_holidays_are_not_empty_days(make_studies, site_for, demo_site):
    ascension = Period("", date(2026, 5, 14), date(2026, 5, 15))
    stored = [date(2026, 5, 14), date(2026, 5, 15)]
    assert stands_out(make_studies(), site_for({"empty_days": True}), ascension, stored).empty


def before(n, minutes, **values):
    """Return exams of some weeks before, each of so many minutes."""
    starts = [pd.Timestamp("2026-03-30 08:00") + pd.Timedelta(days=k % 5, hours=k // 50) for k in range(n)]
    return [{"start": start, "end": start + pd.Timedelta(minutes=minutes), **values} for start in starts]


def test_an_exam_longer_than_the_percentile_of_its_type_stands_out(make_studies, site_for, days):
    """Of 98 exams of 20 minutes and two of 30, the 99th percentile is 30: rank 0.99 x 99 = 98.01."""
    rows = [*before(98, 20), *before(2, 30)]
    rows += [exam("2026-04-20", "08:00", "08:30"), exam("2026-04-21", "08:00", "08:31")]
    [row] = stands_out(make_studies(rows), site_for({"duration": 99}), WEEK, days).to_dict("records")
    assert (row["date"], row["value"], row["threshold"]) == (pd.Timestamp("2026-04-21"), 31, 30)
    assert (row["n"], row["usual"], row["exam_type"], row["take"]) == (100, 20, "FDG STAND.", 0)
    assert row["start"] == pd.Timestamp("2026-04-21 08:00")
    # Below: rank 0.97 x 99 = 96.03, among those of 20 minutes.
    assert len(stands_out(make_studies(rows), site_for({"duration": 97}), WEEK, days)) == 2


def test_few_exams_before_are_no_measure(make_studies, site_for, days):
    long = exam("2026-04-20", "08:00", "12:00")
    for n, found in ((LEAST_EXAMS - 1, 0), (LEAST_EXAMS, 1)):
        findings = stands_out(make_studies([*before(n, 20), long]), site_for({"duration": 99}), WEEK, days)
        assert len(findings) == found, n


def test_exams_are_measured_by_their_own_type_scanner_and_past(make_studies, site_for, days):
    """This week's exams, those of 13 weeks ago, of other types and scanners are no measure."""
    long = exam("2026-04-20", "08:00", "12:00")
    old = [row | {"start": row["start"] - pd.Timedelta(weeks=10), "end": row["end"] - pd.Timedelta(weeks=10)}
           for row in before(60, 20)]  # fmt: skip
    now = [exam("2026-04-21", "08:00", "08:20")] * 60
    for others in (old, now, before(60, 20, exam_type="PSMA"), before(60, 20, scanner="Vision 600")):
        assert stands_out(make_studies([*others, long]), site_for({"duration": 99}), WEEK, days).empty
    assert len(stands_out(make_studies([*before(60, 20), long]), site_for({"duration": 99}), WEEK, days)) == 1


def test_takes_are_measured_apart_where_the_type_keeps_them_apart(make_studies, site_for, days):
    rows = [
        *before(60, 10, exam_type="OS", take=1),
        *before(60, 40, exam_type="OS", take=2),
        exam("2026-04-20", "08:00", "08:30", exam_type="OS", take=1),
        exam("2026-04-20", "12:00", "12:30", exam_type="OS", take=2),
    ]
    [row] = stands_out(make_studies(rows), site_for({"duration": 99}), WEEK, days).to_dict("records")
    assert (row["exam_type"], row["take"], row["value"], row["threshold"]) == ("OS", 1, 30, 10)


def test_the_most_important_come_first(make_studies, site_for, days):
    rules = {"occupancy": 99, "gap": 60, "overtime": 10, "empty_days": True, "duration": 99}
    rows = [
        *before(60, 20),
        exam("2026-04-20", "07:30", "09:00"),
        exam("2026-04-20", "10:00", "12:00"),
        exam("2026-04-20", "14:00", "17:45"),
    ]
    findings = stands_out(make_studies(rows), site_for(rules), WEEK, days)
    assert facts(findings, "kind", "value")[2:] == [
        ["hole", 120],
        ["hole", 60],
        ["overtime", 15],
        ["duration", 225],
        ["duration", 120],
        ["duration", 90],
    ]
    assert findings["kind"].tolist()[:2] == ["empty", "occupancy"]


def test_each_rule_can_be_off(make_studies, site_for, days):
    rows = [*before(60, 20), exam("2026-04-20", "07:30", "09:00"), exam("2026-04-20", "14:00", "19:45")]
    assert not stands_out(make_studies(rows), site_for({"gap": 60}), WEEK, days).empty
    assert stands_out(make_studies(rows), site_for({}), WEEK, days).empty


def test_findings_hold_no_patient(make_studies, site_for, days):
    rules = {"occupancy": 99, "gap": 60, "overtime": 10, "empty_days": True, "duration": 99}
    rows = [*before(60, 20), exam("2026-04-20", "07:30", "09:00"), exam("2026-04-20", "14:00", "19:45")]
    findings = stands_out(make_studies(rows), site_for(rules), WEEK, days)
    assert not {"patient", "exam_id", "study_uid"} & set(findings.columns)
