"""Exams of no length, and those that are longer than can be."""

from __future__ import annotations

import pandas as pd

from schedvisu_lib.settings.report import Quality
from schedvisu_lib.studies.implausible import implausible_exams
from schedvisu_lib.tables import STUDIES, empty


def lasting(make_studies, *minutes):
    start = pd.Timestamp("2026-05-04 08:00")
    return make_studies([{"start": start, "end": start + pd.Timedelta(minutes=n)} for n in minutes])


def test_an_exam_that_ends_when_it_begins_is_implausible(demo_site, make_studies):
    found = implausible_exams(lasting(make_studies, 0, 0.1, 30), demo_site)
    assert found["minutes"].tolist() == [0]
    assert list(found.columns) == ["date", "scanner", "exam_type", "start", "end", "minutes"]


def test_longer_than_the_site_says_is_implausible(demo_site, make_studies):
    studies = lasting(make_studies, 90, 90.5, 240, 241)
    assert implausible_exams(studies, demo_site)["minutes"].tolist() == [241]
    report = demo_site.report.model_copy(update={"quality": Quality(longest_exam=90)})
    site = demo_site.model_copy(update={"report": report})
    assert implausible_exams(studies, site)["minutes"].tolist() == [90.5, 240, 241]


def test_nothing_is_implausible_of_nothing(demo_site):
    assert implausible_exams(empty(STUDIES), demo_site).empty
