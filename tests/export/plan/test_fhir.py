"""Appointments as FHIR R4, judged by the models and rules of the standard."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from schedvisu_lib.export.plan.content import PlanContent
from schedvisu_lib.export.plan.fhir import plan_fhir

from .conftest import ANNA

R4B = pytest.importorskip("fhir.resources.R4B.bundle")


def entries(content: PlanContent) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in json.loads(plan_fhir(content))["entry"]]


def test_the_bundle_is_valid_r4(content: PlanContent):
    bundle = R4B.Bundle.model_validate_json(plan_fhir(content))
    assert bundle.type == "collection"
    assert [entry.resource.get_resource_type() for entry in bundle.entry] == ["Appointment"] * 5
    assert len({entry.fullUrl for entry in bundle.entry}) == 5


def test_an_appointment_says_who_where_and_when(content: PlanContent):
    first = entries(content)[0]
    assert (first["start"], first["end"], first["minutesDuration"]) == (
        "2026-05-04T08:00:00+02:00",
        "2026-05-04T08:30:00+02:00",
        30,
    )
    assert first["serviceType"] == [{"text": "mud"}]
    assert first["basedOn"][0]["identifier"]["value"] == "S1/1"
    patient, place = (participant["actor"] for participant in first["participant"])
    assert patient == {"type": "Patient", "identifier": {"system": "urn:schedvisu:patient", "value": ANNA}}
    assert (place["type"], place["display"]) == ("Location", "mud")


def test_what_is_proposed_needs_an_answer_and_what_stood_is_booked(content: PlanContent):
    found = {one["serviceType"][0]["text"]: one for one in entries(content) if "serviceType" in one}
    assert (found["mud"]["status"], found["mud"]["participant"][0]["status"]) == ("proposed", "needs-action")
    assert (found["ecg"]["status"], found["ecg"]["participant"][0]["status"]) == ("booked", "accepted")
    assert found["ecg"]["participant"][1]["actor"]["type"] == "Device"  # its resource names a scanner


def test_the_rules_of_the_standard_hold(content: PlanContent):
    for one in entries(content):
        assert all("actor" in who or "type" in who for who in one["participant"])  # app-1
        assert ("start" in one) == ("end" in one)  # app-2
        assert "start" in one or one["status"] in {"proposed", "cancelled", "waitlist"}  # app-3
        assert one["start"] < one["end"]
        assert all(who["status"] in {"accepted", "declined", "tentative", "needs-action"} for who in one["participant"])


def test_a_time_that_is_only_taken_has_neither_service_nor_patient(content: PlanContent):
    [taken] = [one for one in entries(content) if "serviceType" not in one]
    assert [who["actor"]["type"] for who in taken["participant"]] == ["Location"]
    assert "basedOn" not in taken


def test_winter_has_another_offset(content: PlanContent):
    table = content.appointments.assign(start=lambda rows: rows["start"].map(lambda day: day.replace(month=12)))
    table = table.assign(end=table["start"] + (content.appointments["end"] - content.appointments["start"]))
    assert entries(replace(content, appointments=table))[0]["start"] == "2026-12-04T08:00:00+01:00"


def test_an_empty_plan_is_a_valid_bundle(content: PlanContent):
    nothing = plan_fhir(replace(content, appointments=content.appointments.iloc[:0]))
    assert R4B.Bundle.model_validate_json(nothing).entry is None
