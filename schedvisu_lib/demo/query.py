"""Answers to queries: which studies, series and instances of the simulated hospital match an identifier."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from pydicom.datadict import keyword_for_tag
from pydicom.dataset import Dataset

from schedvisu_lib.demo.encoding import tag_of
from schedvisu_lib.demo.headers import Header, image_header, series_header, study_header
from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.demo.matching import date_range, make_test, matches, values_of
from schedvisu_lib.demo.records import SimSeries, SimStudy

LEVELS: Final = ("STUDY", "SERIES", "IMAGE")
_UNIQUE: Final = {"STUDY": "StudyInstanceUID", "SERIES": "SeriesInstanceUID", "IMAGE": "SOPInstanceUID"}
_STUDY_KEYS: Final = frozenset(
    {
        "PatientID",
        "IssuerOfPatientID",
        "PatientName",
        "PatientBirthDate",
        "PatientSex",
        "StudyInstanceUID",
        "StudyDate",
        "StudyTime",
        "StudyID",
        "AccessionNumber",
        "StudyDescription",
        "ReferringPhysicianName",
        "ModalitiesInStudy",
        "NumberOfStudyRelatedSeries",
        "NumberOfStudyRelatedInstances",
    }
)
_SERIES_KEYS: Final = frozenset(
    {
        "SeriesInstanceUID",
        "SeriesNumber",
        "Modality",
        "SeriesDate",
        "SeriesTime",
        "SeriesDescription",
        "ProtocolName",
        "Manufacturer",
        "ManufacturerModelName",
        "StationName",
        "InstitutionName",
        "NumberOfSeriesRelatedInstances",
    }
)
_NOT_MATCHED: Final = frozenset({"QueryRetrieveLevel", "SpecificCharacterSet", "RetrieveAETitle"})

_BARE: Final = {
    "STUDY": frozenset(
        {
            "StudyInstanceUID",
            "StudyDate",
            "StudyTime",
            "StudyID",
            "AccessionNumber",
            "StudyDescription",
            "PatientID",
            "PatientName",
            "PatientBirthDate",
            "PatientSex",
            "ReferringPhysicianName",
        }
    ),
    "SERIES": frozenset({"Modality", "SeriesNumber", "SeriesInstanceUID"}),
    "IMAGE": frozenset({"InstanceNumber", "SOPInstanceUID", "SOPClassUID"}),
}
"""What an archive without attributes answers of each level: as DCMTK's dcmqrscp, and the SOP class."""


class BadIdentifier(ValueError):
    """The identifier does not fit the information model (status 0xA900)."""


class TooMuchAsked(ValueError):
    """The identifier names neither a UID nor a first day, so that there is no end of answers (status 0xA700)."""


@dataclass(frozen=True)
class Hit:
    """A study, one of its series, or one of that series' instances, as deep as the query's level."""

    study: SimStudy
    series: SimSeries | None = None
    index: int | None = None


class Query:
    """One identifier: its level, the tests that its keys make, and the keys to answer.

    Parameters
    ----------
    identifier
        The request's dataset.
    attributes
        False answers only the keys that the standard requires.

    Raises
    ------
    BadIdentifier
        The level is missing or none of STUDY, SERIES, IMAGE, or a date is malformed.
    """

    def __init__(self, identifier: Dataset, *, attributes: bool = True) -> None:
        self.level = str(identifier.get("QueryRetrieveLevel", "")).strip()
        if self.level not in LEVELS:
            raise BadIdentifier(f"QueryRetrieveLevel is {self.level!r}, not one of {', '.join(LEVELS)}")
        self._depth = LEVELS.index(self.level)
        keys = [keyword for element in identifier if (keyword := keyword_for_tag(element.tag))]
        self._keys = [keyword for keyword in keys if keyword not in _NOT_MATCHED]
        self._answered = sorted({*self._keys, *_NOT_MATCHED}, key=tag_of)
        tests = {keyword: test for keyword in self._keys if (test := make_test(identifier[keyword])) is not None}
        self._study_tests = {key: test for key, test in tests.items() if key in _STUDY_KEYS}
        self._series_tests = {key: test for key, test in tests.items() if key in _SERIES_KEYS}
        self._image_tests = {key: test for key, test in tests.items() if key not in _STUDY_KEYS | _SERIES_KEYS}
        self._numbers = values_of(identifier["InstanceNumber"]) if "InstanceNumber" in identifier else ()
        self._uids = {level: values_of(identifier[key]) for level, key in _UNIQUE.items() if key in identifier}
        days = values_of(identifier["StudyDate"]) if "StudyDate" in identifier else ()
        try:
            self._days = [date_range(value) for value in days if value != "*"]
        except ValueError as error:
            raise BadIdentifier(f"StudyDate: {error}") from error
        self._attributes = attributes
        self._known: dict[str, Header] = {}
        """Facts of the studies and series that were looked at, by their UID: all of their images share them."""

    @property
    def names_uids(self) -> bool:
        """Whether a UID is given at the query's own level or above."""
        return any(self._uids.get(level) for level in LEVELS[: self._depth + 1])

    def hits(self, hospital: Hospital, today: date) -> Iterator[Hit]:
        """Return what matches, day by day.

        Parameters
        ----------
        hospital
            The hospital to search.
        today
            Where a range of dates without end ends.

        Raises
        ------
        TooMuchAsked
            Neither a UID nor a first day is given.
        """
        for study, series, index in self._candidates(hospital, today):
            if not matches(self._study_facts(study), self._study_tests):
                continue
            if self._depth == 0:
                yield Hit(study)
                continue
            for one in study.series if series is None else (series,):
                if not matches(self._series_facts(one), self._series_tests):
                    continue
                if self._depth == 1:
                    yield Hit(study, one)
                else:
                    yield from self._instances(study, one, index)

    def answer(self, hit: Hit, retrieve_from: str) -> Header:
        """Return the response identifier of a hit, sorted by tag: every key asked, empty where there is no value."""
        found = self._facts(hit)
        found["RetrieveAETitle"] = retrieve_from
        found["QueryRetrieveLevel"] = self.level
        if self._attributes:
            return {keyword: found.get(keyword, ()) for keyword in self._answered}
        return {keyword: found[keyword] for keyword in self._answered if keyword in found}

    def _facts(self, hit: Hit) -> Header:
        facts = dict(self._study_facts(hit.study))
        if hit.series is not None:
            # Archives that read attributes for a SERIES answer take them from one of its instances, as Orthanc does.
            if hit.index is not None or self._attributes:
                facts |= image_header(hit.series, hit.index or 0)
            facts |= self._series_facts(hit.series)
        if hit.index is None:
            facts.pop("SOPInstanceUID", None)
        if self._attributes:
            return facts
        known = frozenset[str]().union(_NOT_MATCHED, *(_BARE[level] for level in LEVELS[: self._depth + 1]))
        return {keyword: value for keyword, value in facts.items() if keyword in known}

    def _study_facts(self, study: SimStudy) -> Header:
        if study.uid not in self._known:
            self._known[study.uid] = study_header(study) | {
                "ModalitiesInStudy": study.modalities,
                "NumberOfStudyRelatedSeries": len(study.series),
                "NumberOfStudyRelatedInstances": study.n_instances,
            }
        return self._known[study.uid]

    def _series_facts(self, series: SimSeries) -> Header:
        if series.uid not in self._known:
            self._known[series.uid] = series_header(series) | {"NumberOfSeriesRelatedInstances": series.n_instances}
        return self._known[series.uid]

    def _candidates(self, hospital: Hospital, today: date) -> Iterator[tuple[SimStudy, SimSeries | None, int | None]]:
        """Return the studies to look at, narrowed to series and instance as far as the deepest UIDs tell."""
        for level in reversed(LEVELS[: self._depth + 1]):
            if self._uids.get(level):
                yield from _by_uid(hospital, self._uids[level], LEVELS.index(level))
                return
        for day in self._days_asked(today):
            for study in hospital.studies_on(day):
                yield study, None, None

    def _days_asked(self, today: date) -> Iterator[date]:
        if not self._days or any(first is None for first, _ in self._days):
            raise TooMuchAsked("give a UID or a StudyDate with a first day: this hospital has no beginning")
        for first, last in self._days:
            day = first
            while day is not None and day <= (last or today):
                yield day
                day += timedelta(days=1)

    def _instances(self, study: SimStudy, series: SimSeries, index: int | None) -> Iterator[Hit]:
        for candidate in self._indices(series) if index is None else (index,):
            if not self._image_tests or matches(image_header(series, candidate), self._image_tests):
                yield Hit(study, series, candidate)

    def _indices(self, series: SimSeries) -> Iterable[int]:
        """Return the instances to look at: Instance Numbers lead there without trying each."""
        if not self._numbers:
            return range(series.n_instances)
        numbers = [int(value) for value in self._numbers if value.lstrip("+-").isdigit()]
        return sorted({index for number in numbers if (index := series.index_of(number)) is not None})


def _by_uid(
    hospital: Hospital, uids: Iterable[str], depth: int
) -> Iterator[tuple[SimStudy, SimSeries | None, int | None]]:
    for uid in dict.fromkeys(uids):
        found = hospital.find_study(uid)
        if found is None:
            continue
        study, address = found
        if depth != (address.series > 0) + (address.instance > 0):
            continue
        series = study.series[address.series - 1] if address.series else None
        yield study, series, (address.instance - 1 if address.instance else None)
