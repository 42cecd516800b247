"""The plain records of the simulated hospital: what was scanned, when, and what a perfect reader would say of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Literal

from schedvisu_lib.demo.uids import Address, frame_of_reference_uid, make_uid
from schedvisu_lib.tables import KEPT

Storage = Literal["CT", "PT", "NM", "SC", "SR"]
"""Which kind of DICOM object a series is stored as."""

TimeFormat = Literal["seconds", "micro", "tenths", "trailing dot", "minutes"]
"""How a device writes a TM value: 081530, 081530.250000, 081530.2, "081530." (against the standard), 0815."""

FrameKind = Literal["STATIC", "WHOLE BODY", "DYNAMIC", "TOMO", "GATED TOMO", "RECON TOMO"]
"""Value 3 of Image Type of nuclear medicine."""


@dataclass(frozen=True, slots=True)
class Device:
    """One DICOM device."""

    modality: str
    manufacturer: str
    model: str
    station: str
    time_format: TimeFormat = "seconds"


@dataclass(frozen=True, slots=True)
class Patient:
    """An invented person, or a phantom."""

    id: str
    name: str
    birth_date: date
    sex: str
    issuer: str = "HDD"


@dataclass(frozen=True, slots=True)
class Sweep:
    """Images taken one after another from start to end, the last one at the end: CT, scouts."""

    start: datetime
    end: datetime

    def acquired(self, position: float) -> datetime:
        """Return when the image at a position from 0 (first) to 1 (last) in time was taken."""
        return self.start + (self.end - self.start) * position

    def frame_ms(self, position: float) -> int | None:  # noqa: ARG002 - the same call for every kind of timing
        """Return None: the images of a sweep have no Actual Frame Duration."""
        return None


@dataclass(frozen=True, slots=True)
class Beds:
    """Bed positions or time frames of PET, each with its start (ms after the first) and duration (ms)."""

    start: datetime
    beds: tuple[tuple[int, int], ...]

    @property
    def end(self) -> datetime:
        """The latest start plus duration."""
        return self.start + timedelta(milliseconds=max(at + lasts for at, lasts in self.beds))

    def acquired(self, position: float) -> datetime:
        """Return when the bed of the image at a position from 0 (first) to 1 (last) in time began."""
        return self.start + timedelta(milliseconds=self._bed(position)[0])

    def frame_ms(self, position: float) -> int | None:
        """Return the Actual Frame Duration of the image at a position, in milliseconds."""
        return self._bed(position)[1]

    def _bed(self, position: float) -> tuple[int, int]:
        return self.beds[min(int(position * len(self.beds)), len(self.beds) - 1)]


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase of a dynamic study, or a rotation of a tomographic one: frames of one detector and energy window."""

    frames: int
    frame_ms: int
    delay_ms: int = 0

    @property
    def ms(self) -> int:
        """Delay and frames together, in milliseconds."""
        return self.delay_ms + self.frames * self.frame_ms


@dataclass(frozen=True, slots=True)
class Frames:
    """One multi-frame image of nuclear medicine; detectors and energy windows take their frames at the same moment."""

    start: datetime
    kind: FrameKind
    phases: tuple[Phase, ...]
    detectors: int = 2
    windows: int = 1
    time_slots: int = 1

    @property
    def end(self) -> datetime:
        """Start plus the duration of all phases or rotations."""
        return self.start + timedelta(milliseconds=sum(phase.ms for phase in self.phases))

    @property
    def n_frames(self) -> int:
        """Number of Frames of the image."""
        return self.detectors * self.windows * self.time_slots * sum(phase.frames for phase in self.phases)

    def acquired(self, position: float) -> datetime:  # noqa: ARG002 - the same call for every kind of timing
        """Return when the image began."""
        return self.start

    def frame_ms(self, position: float) -> int | None:  # noqa: ARG002 - the same call for every kind of timing
        """Return the Actual Frame Duration at the top of the header: only static and whole-body images have it."""
        return self.phases[0].frame_ms if self.kind in ("STATIC", "WHOLE BODY") else None


Timing = Sweep | Beds | Frames


@dataclass(frozen=True, slots=True)
class Numbering:
    """Instance Numbers: counted from `first`, leaving out `holes` after the instance of index `after`."""

    first: int = 1
    after: int = 0
    holes: int = 0

    def number(self, index: int) -> int:
        """Return the Instance Number of the instance with an index from 0."""
        return self.first + index + (self.holes if index > self.after else 0)

    def index(self, number: int) -> int | None:
        """Return the index from 0 of an Instance Number, None in a hole; it may lie beyond the series."""
        index = number - self.first
        if index <= self.after:
            return index if index >= 0 else None
        return index - self.holes if index - self.holes > self.after else None


@dataclass(frozen=True)
class SimSeries:
    """One DICOM series.

    `timing` is what truly happened. `verdict` is what design section 5.1 and 5.2 say of the series, decided in this
    order: excluded (patient, study, series, a modality other than CT, PT and NM), foreign, derived, no timing, kept.
    A series without Acquisition Time (`timed` false) has no start and no end in the truth.
    """

    storage: Storage
    modality: str
    device: Device
    description: str
    protocol: str
    image_type: tuple[str, ...]
    timing: Timing
    n_instances: int = 1
    institution: str = ""
    take: int = 1
    timed: bool = True
    backwards: bool = False
    """The instance with the highest number was taken first."""
    created: datetime | None = None
    """Series Date and Time where they are not those of the acquisition: a reconstruction made later."""
    numbering: Numbering = Numbering()
    time_format: TimeFormat | None = None
    verdict: str = KEPT
    seed: int = 0
    address: Address | None = None

    @cached_property
    def uid(self) -> str:
        """Series Instance UID."""
        return make_uid(self.seed, self._address)

    @property
    def number(self) -> int:
        """Series Number."""
        return self._address.series

    @property
    def start(self) -> datetime | None:
        """True start by design section 5.2, None without Acquisition Time."""
        return self.timing.start if self.timed else None

    @property
    def end(self) -> datetime | None:
        """True end by design section 5.2, None without Acquisition Time."""
        return self.timing.end if self.timed else None

    @property
    def made(self) -> datetime:
        """Series Date and Time."""
        return self.created or self.timing.start

    def instance_uid(self, index: int) -> str:
        """Return the SOP Instance UID of the instance with an index from 0."""
        where = self._address
        return make_uid(self.seed, Address(where.day, where.study, where.series, index + 1))

    def index_of(self, number: int) -> int | None:
        """Return the index from 0 of the instance with an Instance Number, None if there is none."""
        index = self.numbering.index(number)
        return index if index is not None and index < self.n_instances else None

    def position(self, index: int) -> float:
        """Return where in time an instance lies, from 0 (taken first) to 1 (taken last)."""
        share = index / (self.n_instances - 1) if self.n_instances > 1 else 0.0
        return 1 - share if self.backwards else share

    @property
    def _address(self) -> Address:
        if self.address is None:
            raise ValueError("a series without an address is not filed in the hospital yet")
        return self.address


@dataclass(frozen=True)
class SimExam:
    """One take of one study: what a perfect reader of the images would put into the studies table.

    See :meth:`schedvisu_lib.demo.hospital.Hospital.truth` for the definition of each field.
    """

    scanner: str
    exam_type: str
    take: int
    start: datetime
    end: datetime
    study_uid: str
    kept: bool
    why: str = ""
    encounter: str = ""


@dataclass(frozen=True)
class SimStudy:
    """One DICOM study of the simulated hospital, with what was meant by it.

    `scanner` and `exam_type` are the department's words. `why` is "" for a study that counts; otherwise why none of
    its takes is an exam: ``phantom``, ``quality control``, ``foreign``, ``mixed`` (more than one scanner's models, or
    CT only).
    """

    patient: Patient
    description: str
    registered: datetime
    """Study Date and Time."""
    accession: str
    scanner: str
    exam_type: str
    series: tuple[SimSeries, ...]
    why: str = ""
    encounter: str = ""
    """The same for studies of one patient that are meant as one encounter (ventilation and perfusion)."""
    seed: int = 0
    address: Address | None = None

    @cached_property
    def uid(self) -> str:
        """Study Instance UID."""
        return make_uid(self.seed, self._address)

    @cached_property
    def frame_of_reference_uid(self) -> str:
        """Frame of Reference UID of all images of the study."""
        return frame_of_reference_uid(self.seed, self._address)

    @property
    def day(self) -> date:
        """Study Date."""
        return self.registered.date()

    @property
    def number(self) -> int:
        """Number of the study in its day, from 1."""
        return self._address.study

    @cached_property
    def modalities(self) -> tuple[str, ...]:
        """Modalities in Study, sorted."""
        return tuple(sorted({series.modality for series in self.series}))

    @cached_property
    def n_instances(self) -> int:
        """Number of Study Related Instances."""
        return sum(series.n_instances for series in self.series)

    @cached_property
    def exams(self) -> tuple[SimExam, ...]:
        """Truth of this study, one per take, in order of start."""
        return tuple(self._exams())

    def _exams(self) -> Iterator[SimExam]:
        for take in sorted({series.take for series in self.series}):
            spans = [
                (series.timing.start, series.timing.end)
                for series in self.series
                if series.take == take and series.timed and (series.verdict == KEPT or self.why)
            ]
            if spans:
                yield SimExam(
                    scanner=self.scanner,
                    exam_type=self.exam_type,
                    take=take,
                    start=min(start for start, _ in spans),
                    end=max(end for _, end in spans),
                    study_uid=self.uid,
                    kept=not self.why,
                    why=self.why,
                    encounter=self.encounter,
                )

    @property
    def _address(self) -> Address:
        if self.address is None:
            raise ValueError("a study without an address is not filed in the hospital yet")
        return self.address
