"""What a source says is booked, in the words of the planned table; names of patients never get this far."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, Literal

from schedvisu_lib.config import Site, squeeze_description, squeeze_model
from schedvisu_lib.errors import SchedVisuError
from schedvisu_lib.pacs.pseudonym import Pseudonymise
from schedvisu_lib.pacs.verdicts import is_excluded_study, is_no_patient
from schedvisu_lib.settings.planned import Planned
from schedvisu_lib.tables import PlannedStatus

_LOG = logging.getLogger(__name__)

Source = Literal["worklist", "csv", "icalendar"]

_MOST_PROBLEMS: Final = 5
"""Lines about single entries of a source; the rest is counted."""
_LONGEST: Final = timedelta(days=1)
_IDENTITY: Final = "SchedVisu appointment"
"""Stands where a patient's issuer would, so that no appointment is mistaken for a patient."""

_STATUS: Final[dict[str, PlannedStatus]] = {
    # Scheduled Procedure Step Status (PS3.3 C.4.10), and what archives add to it.
    "scheduled": "scheduled",
    "arrived": "arrived",
    "ready": "arrived",
    "started": "started",
    "inprogress": "started",
    "departed": "completed",
    "completed": "completed",
    "discontinued": "discontinued",
    "canceled": "cancelled",
    "cancelled": "cancelled",
    # iCalendar (RFC 5545, 3.8.1.11).
    "tentative": "scheduled",
    "confirmed": "scheduled",
    # Booking systems in French and English.
    "planned": "scheduled",
    "booked": "scheduled",
    "done": "completed",
    "planifié": "scheduled",
    "confirmé": "scheduled",
    "arrivé": "arrived",
    "encours": "started",
    "commencé": "started",
    "terminé": "completed",
    "effectué": "completed",
    "réalisé": "completed",
    "interrompu": "discontinued",
    "annulé": "cancelled",
}
"""By squeezed word; a site adds its own in ``planned.statuses``."""


class PlanError(SchedVisuError):
    """A source of appointments that cannot be read."""


@dataclass(frozen=True)
class Appointment:
    """One row of the planned table, all but when it was seen."""

    appointment_id: str
    start: datetime
    scanner: str
    source: Source
    patient: str = ""
    study_uid: str = ""
    minutes: float = float("nan")
    description: str = ""
    status: PlannedStatus = "scheduled"


@dataclass
class Listing:
    """What a source lists.

    Parameters
    ----------
    source
        Which one.
    appointments
        In any order.
    days
        The days of which it tells all; a known appointment of these that it lacks was taken back.
    """

    source: Source
    appointments: list[Appointment] = field(default_factory=list)
    days: frozenset[date] = frozenset()
    _problems: list[str] = field(default_factory=list)
    _elsewhere: dict[str, int] = field(default_factory=dict)

    def lacks(self, problem: str) -> None:
        """Note an entry that cannot be read: what is missing is not taken for taken back."""
        self._problems.append(problem)

    def leave_out(self, place: str) -> None:
        """Note an entry of another department's room or station."""
        self._elsewhere[place] = self._elsewhere.get(place, 0) + 1

    @property
    def is_whole(self) -> bool:
        """Whether every entry could be read."""
        return not self._problems

    def problems(self) -> list[str]:
        """Return one line for each thing that is missing, and what to do; entries of other rooms go to the log."""
        lines = self._problems[:_MOST_PROBLEMS]
        if len(self._problems) > _MOST_PROBLEMS:
            lines.append(f"{self.source}: {len(self._problems) - _MOST_PROBLEMS} more entries cannot be read")
        if self._elsewhere:
            places = ", ".join(sorted(self._elsewhere)[:_MOST_PROBLEMS])
            total = sum(self._elsewhere.values())
            words = f"{self.source}: {total} entries belong to no scanner of the site ({places})"
            if self.appointments:
                _LOG.info("%s", words)
            else:
                lines.append(f"{words}, and none to one; name its stations or rooms in planned.scanners")
        return lines


class Clerk:
    """Puts what a source says into the words of the table: scanners, statuses, pseudonyms.

    Parameters
    ----------
    site
        Gives the scanners and ``planned``.
    pseudonymise
        Gives patients and appointments their pseudonym.
    """

    def __init__(self, site: Site, planned: Planned, pseudonymise: Pseudonymise) -> None:
        self.site = site
        self._planned = planned
        self._pseudonymise = pseudonymise
        own = {squeeze_model(name): name for name in site.scanner_names}
        given = {squeeze_model(word): name for word, name in planned.scanners.items()}
        self._scanners = site.scanner_of_model | own | given
        self._statuses = _STATUS | {squeeze_description(word): status for word, status in planned.statuses.items()}

    def scanner(self, words: Sequence[str]) -> str:
        """Return the scanner that the first known of the words means, "" if none does.

        Known are what ``planned.scanners`` names, then the names and models of the scanners themselves; case, spaces
        and underscores do not matter.
        """
        return next((name for word in words if (name := self._scanners.get(squeeze_model(word)))), "")

    def scanner_within(self, text: str) -> str:
        """Return the scanner whose known word stands in a text, the longest such word first; "" if there is none."""
        squeezed = squeeze_model(text)
        words = sorted((word for word in self._scanners if word in squeezed), key=len)
        return self._scanners[words[-1]] if words else ""

    def is_exam(self, patient_id: str, description: str) -> bool:
        """Tell whether an appointment is a patient's exam: no phantom, no excluded study, as images are judged."""
        return not is_no_patient(patient_id, self.site) and not is_excluded_study(description, self.site)

    def status(self, word: str) -> PlannedStatus | None:
        """Return what a source's word for a status means: scheduled where it has none, None where it is unknown."""
        return self._statuses.get(squeeze_description(word)) if word.strip() else "scheduled"

    def patient(self, patient_id: str, issuer: str = "") -> str:
        """Return the pseudonym of a patient, "" if the source names none."""
        return self._pseudonymise(issuer or self._planned.issuer, patient_id, "") if patient_id else ""

    def appointment_id(self, source: Source, *parts: str) -> str:
        """Return what an appointment is known by: a hash of its identifiers, which may themselves be identifying."""
        return self._pseudonymise(_IDENTITY, "\0".join((source, *parts)), "")


def booked_minutes(start: datetime, end: datetime | None) -> float:
    """Return how long an appointment is booked for; NaN where that is unknown or cannot be."""
    if end is None or not timedelta() < end - start <= _LONGEST:
        return float("nan")
    return (end - start).total_seconds() / 60
