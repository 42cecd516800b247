"""Appointments as FHIR R4 (https://hl7.org/fhir/R4/appointment.html): one Bundle of Appointment resources."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import pandas as pd

from schedvisu_lib.export.plan.content import PlanContent
from schedvisu_lib.export.plan.icalendar_file import is_settled
from schedvisu_lib.plan.book.model import Resource

_SYSTEM: Final = "urn:schedvisu"
"""Begin of the systems in which identifiers are unique: appointment, patient (as the book says), sheet, resource."""
_NAMESPACE: Final = UUID("6f6a9b3e-6a1c-5b0e-9a53-2b1d1f6f7c11")


def plan_fhir(content: PlanContent) -> bytes:
    """Return the appointments with a time as a Bundle of type "collection", in JSON.

    What was planned is ``proposed``; what stood before, was set by hand or is locked is ``booked``. Times bear the
    offset of the site. A resource with a scanner is a Device, any other one a Location. A patient has the identifier
    that the book knows, and no name beside it.
    """
    zone = ZoneInfo(content.site.department.timezone)
    entries = [
        {"fullUrl": f"urn:uuid:{uuid5(_NAMESPACE, row.uid)}", "resource": _appointment(row, content, zone)}
        for row in content.placed.itertuples()
    ]
    made = content.generated_at.replace(tzinfo=zone).isoformat()
    bundle = {"resourceType": "Bundle", "type": "collection", "timestamp": made, "entry": entries}
    if not entries:
        del bundle["entry"]  # FHIR knows no empty lists
    return json.dumps(bundle, ensure_ascii=False, indent=1).encode()


def _appointment(row: Any, content: PlanContent, zone: ZoneInfo) -> dict[str, Any]:
    settled = is_settled(row)
    appointment: dict[str, Any] = {
        "resourceType": "Appointment",
        "id": row.uid,
        "identifier": [_identifier("appointment", row.uid)],
        "status": "booked" if settled else "proposed",
        "serviceType": [{"text": row.procedure}],
        "start": _instant(row.start, zone),
        "end": _instant(row.end, zone),
        "minutesDuration": max(_minutes(row, zone), 1),
        "created": content.generated_at.replace(tzinfo=zone).isoformat(),
        "participant": _participants(row, content.book.resource[row.resource], settled=settled),
    }
    if not row.procedure:
        del appointment["serviceType"]
    if row.sheet:
        order = {"type": "ServiceRequest", "identifier": _identifier("sheet", f"{row.sheet}/{row.position}")}
        appointment["basedOn"] = [order]
    return appointment


def _participants(row: Any, resource: Resource, *, settled: bool) -> list[dict[str, Any]]:
    status = "accepted" if settled else "needs-action"
    kind = "Device" if resource.scanner is not None else "Location"
    actors = [{"type": kind, "identifier": _identifier("resource", row.resource), "display": row.resource}]
    if row.patient:
        actors.insert(0, {"type": "Patient", "identifier": _identifier("patient", row.patient)})
    return [{"actor": actor, "required": "required", "status": status} for actor in actors]


def _identifier(kind: str, value: str) -> dict[str, str]:
    return {"system": f"{_SYSTEM}:{kind}", "value": value}


def _instant(local: pd.Timestamp, zone: ZoneInfo) -> str:
    moment: datetime = local.to_pydatetime()
    return moment.replace(tzinfo=zone, microsecond=0).isoformat()


def _minutes(row: Any, zone: ZoneInfo) -> int:
    """Return how many minutes truly pass, also in the night in which clocks change."""
    start, end = (moment.to_pydatetime().replace(tzinfo=zone).timestamp() for moment in (row.start, row.end))
    return int(timedelta(seconds=end - start) / timedelta(minutes=1))
