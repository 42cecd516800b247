"""What the hospital says of its series is what the archive makes us keep of them."""

from __future__ import annotations

from datetime import date

from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.demo.truth import true_series
from schedvisu_lib.tables import KEPT, SERIES

from .conftest import MONDAY


def test_each_series_of_the_day_has_its_row_and_none_names_a_patient(hospital: Hospital) -> None:
    studies = hospital.studies_on(MONDAY)
    rows = true_series(hospital, MONDAY)
    series = [one for study in studies for one in study.series]
    assert list(rows.columns) == SERIES.names
    assert list(rows["series_uid"]) == [one.uid for one in series]
    assert (rows["verdict"] == KEPT).sum() == sum(one.verdict == KEPT for one in series)
    assert set(rows["patient"]).isdisjoint(study.patient.id for study in studies)
    assert rows["patient"].nunique() == len({study.patient.id for study in studies})


def test_a_day_without_studies_is_a_table_without_rows(hospital: Hospital) -> None:
    rows = true_series(hospital, date(2026, 5, 17))
    assert rows.empty
    assert list(rows.columns) == SERIES.names
