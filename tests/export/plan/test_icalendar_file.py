"""Appointments as calendar programs read them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from icalendar import Calendar, Event

from schedvisu_lib.export.plan.content import PlanContent
from schedvisu_lib.export.plan.icalendar_file import plan_ics
from tests.plan.conftest import build_table

from .conftest import ANNA, at

ZURICH = ZoneInfo("Europe/Zurich")


def events(content: PlanContent, of: Any = "patient", name: str = ANNA) -> list[Event]:
    return list(Calendar.from_ical(plan_ics(content, of, name)).walk("VEVENT"))


def test_a_patients_events_name_procedure_and_resource(content: PlanContent):
    found = [(str(e["SUMMARY"]), str(e["LOCATION"]), e.decoded("DTSTART"), e.decoded("DTEND")) for e in events(content)]
    assert found == [
        ("mud", "mud", datetime(2026, 5, 4, 8, tzinfo=ZURICH), datetime(2026, 5, 4, 8, 30, tzinfo=ZURICH)),
        ("mud", "mud", datetime(2026, 5, 5, 8, 30, tzinfo=ZURICH), datetime(2026, 5, 5, 9, tzinfo=ZURICH)),
        ("ecg", "ecg", datetime(2026, 5, 6, 9, tzinfo=ZURICH), datetime(2026, 5, 6, 9, 20, tzinfo=ZURICH)),
    ]
    assert [str(event.get("DESCRIPTION")) for event in events(content)] == [
        "session 1/3",
        "session 2/3",
        "booked before, locked",
    ]


def test_a_resources_events_name_sheets(content: PlanContent):
    assert [str(event["SUMMARY"]) for event in events(content, "resource", "mud")] == ["mud, S1", "taken", "mud, S1"]
    assert [str(event["SUMMARY"]) for event in events(content, "sheet", "S2")] == ["pool"]


def test_an_event_keeps_its_uid_when_it_moves_and_a_later_file_counts(content: PlanContent):
    later = replace(
        content,
        appointments=build_table(content.book, [at("mud", "07 15:00")]),
        generated_at=content.generated_at + timedelta(minutes=1),
    )
    [moved], [first, *_] = events(later), events(content)
    assert moved["UID"] == first["UID"]
    assert str(first["UID"]).endswith("@schedvisu")
    assert moved["SEQUENCE"] == first["SEQUENCE"] + 1


def test_events_block_their_time_and_say_whether_they_are_settled(content: PlanContent):
    found = events(content)
    assert {str(event["TRANSP"]) for event in found} == {"OPAQUE"}
    assert [str(event["STATUS"]) for event in found] == ["TENTATIVE", "TENTATIVE", "CONFIRMED"]
    assert not any(event.walk("VALARM") for event in found)


@pytest.mark.parametrize(("of", "name"), [("patient", ANNA), ("resource", "mud"), ("resource", "pool")])
def test_no_calendar_names_a_patient(content: PlanContent, of: Any, name: str):
    text = plan_ics(content, of, name).decode()
    assert "Anna" not in text
    assert "Bert" not in text
    assert "X-WR-TIMEZONE:Europe/Zurich" in text


def test_nameless_bookings_at_one_time_have_uids_of_their_own(content: PlanContent):
    row = at("", "04 09:00", end="2026-05-04 10:00", patient="", sheet="", resource="pool", origin="given")
    twice: pd.DataFrame = build_table(content.book, [row, row])
    uids = [str(event["UID"]) for event in events(replace(content, appointments=twice), "resource", "pool")]
    assert len(set(uids)) == 2
    assert uids[1] == uids[0].replace("@", "-2@")
