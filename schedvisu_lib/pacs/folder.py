"""A folder of DICOM files as an archive: an export, or what an archive keeps on disk (PS3.10)."""

from __future__ import annotations

import logging
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import BinaryIO, Final, Self

from pydicom import dcmread
from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset, FileDataset
from pydicom.filereader import read_partial
from pydicom.tag import BaseTag
from pydicom.uid import MediaStorageDirectoryStorage

from schedvisu_lib.errors import PacsUnreachable
from schedvisu_lib.pacs.parsing import is_cut_short
from schedvisu_lib.pacs.source import MODALITIES, Found, ListedSeries, Traffic, Way
from schedvisu_lib.pacs.values import image_order, text, whole

_LOG = logging.getLogger(__name__)

_STUDY: Final = ("PatientID", "IssuerOfPatientID", "StudyDate", "StudyTime", "StudyDescription")
_SERIES: Final = (
    "Modality",
    "SOPClassUID",
    "SeriesDescription",
    "ProtocolName",
    "ManufacturerModelName",
    "StationName",
    "InstitutionName",
)
_UIDS: Final = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")
_ALL: Final = (*_STUDY, *_SERIES, *_UIDS, "InstanceNumber")
_LAST_TAG: Final = max(tag_for_keyword(keyword) or 0 for keyword in _ALL)
_PREAMBLE: Final = 128
_PREFIX: Final = b"DICM"
_FIRST_GROUPS: Final = (b"\x02\x00", b"\x08\x00", b"\x00\x08")
"""How a dataset without preamble begins: with group 0002, or with group 0008 in either byte order."""


class _NotDicomError(Exception):
    """A file that is something else."""


class _BrokenFileError(Exception):
    """A DICOM file that ends too early or lacks its UIDs."""


@dataclass(frozen=True)
class Contents:
    """What was found in a folder."""

    images: int
    """Each counted once, however many files hold it."""
    series: int
    skipped: int
    """Files that are no DICOM files of an image or document."""
    broken: int
    """Files and folders that cannot be read, although they should."""


@dataclass(order=True)
class _File:
    """A file, in the order of the series' images."""

    order: tuple[bool, int, str]
    path: str = field(compare=False)


@dataclass
class _Series:
    """What is kept of a series: memory has to hold those of years."""

    study_uid: str
    facts: Mapping[str, str]
    first: _File
    last: _File
    n_instances: int = 0


class FolderIndex:
    """What lies in a folder and all below it; looked through once, when it is first asked; for many threads.

    Parameters
    ----------
    folder
        Links to further folders in it are not followed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = Lock()
        self._series: dict[str, _Series] | None = None
        self._days: dict[str, list[str]] = {}
        self._contents = Contents(0, 0, 0, 0)

    @property
    def contents(self) -> Contents:
        """What was found.

        Raises
        ------
        PacsUnreachable
            The folder cannot be read, or holds no DICOM file.
        """
        self._look()
        return self._contents

    def on(self, day: date) -> list[ListedSeries]:
        """Return every series of the studies of a day that have one of our modalities; errors as of ``contents``."""
        series = self._look()
        studies: dict[str, list[str]] = defaultdict(list)
        for uid in self._days.get(f"{day:%Y%m%d}", ()):
            studies[series[uid].study_uid].append(uid)
        listed: list[ListedSeries] = []
        for study_uid, members in sorted(studies.items()):
            if any(series[uid].facts["Modality"] in MODALITIES for uid in members):
                study = _dataset(_STUDY, [series[uid].facts for uid in members])
                listed += [_listed(study, study_uid, uid, series[uid]) for uid in sorted(members)]
        return listed

    def headers(self, series_uid: str) -> Found | None:
        """Return the headers of a series' first and last image; None of one that is not there."""
        series = self._look().get(series_uid)
        if series is None:
            return None
        paths = dict.fromkeys((series.first.path, series.last.path))
        try:
            headers = tuple(_read_header(path) for path in paths)
        except Exception as error:  # pydicom raises whatever the bytes of a broken file provoke
            problem = f"a file of it cannot be read ({type(error).__name__})"
            return Found((), series.n_instances, complete=True, problem=problem)
        return Found(headers, series.n_instances, complete=True)

    def _look(self) -> dict[str, _Series]:
        with self._lock:
            if self._series is None:
                series, self._contents = _look_through(self.folder)
                self._days = _by_day(series)
                self._series = series
            return self._series


class FolderSource:
    """A folder of DICOM files; for one thread, but the index is shared by all."""

    def __init__(self, index: FolderIndex) -> None:
        self.traffic = Traffic()
        self._index = index
        self.ways: Sequence[Way] = [_Files(index)]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def list_day(self, day: date) -> list[ListedSeries]:
        """Return every series of a day's studies; errors as those of :class:`Source`."""
        return self._index.on(day)


class _Files:
    """Reads the headers from the files."""

    name = "files"

    def __init__(self, index: FolderIndex) -> None:
        self._index = index

    def look_up(self, series: Sequence[ListedSeries]) -> Mapping[str, Found]:
        """Return the headers of the series that lie in the folder."""
        found = {one.series_uid: self._index.headers(one.series_uid) for one in series}
        return {uid: one for uid, one in found.items() if one is not None}


def _look_through(folder: Path) -> tuple[dict[str, _Series], Contents]:
    """Read every file's identity; one that cannot be read is counted and never ends the search."""
    series: dict[str, _Series] = {}
    seen: dict[str, set[int]] = defaultdict(set)
    skipped = broken = 0
    for path in _paths(folder):
        try:
            header = _read_identity(path) if path else None
        except _NotDicomError:
            skipped += 1
            continue
        except _BrokenFileError:
            header = None
        except OSError as error:  # of the drive; names of folders below may be those of patients
            raise _unreadable(folder, error) from None
        if header is None:
            broken += 1
            continue
        uid, sop_uid = text(header, "SeriesInstanceUID"), text(header, "SOPInstanceUID")
        identity = hash(sop_uid)  # smaller than the UID, of which there may be a million
        if identity not in seen[uid]:
            seen[uid].add(identity)
            _file_under(series, uid, header, _file(header, sop_uid, path))
    for uid, one in series.items():
        one.n_instances = len(seen[uid])
    contents = Contents(sum(one.n_instances for one in series.values()), len(series), skipped, broken)
    _LOG.info("%s: %d images of %d series; %d other files skipped", folder, contents.images, len(series), skipped)
    if broken:
        _LOG.warning("%s: %d files cannot be read, although they should; their series lack images", folder, broken)
    if not series:
        raise PacsUnreachable(f"{folder}: holds no DICOM file; check pacs.folder, and whether its drive is connected")
    return series, contents


def _paths(folder: Path) -> Iterator[str]:
    """Yield the path of each file, in a fixed order, and "" for a folder that we must not read.

    Raises
    ------
    PacsUnreachable
        The folder, or a drive on the way, cannot be read: what lies there is not known.
    """
    locked: list[OSError] = []

    def fail(error: OSError) -> None:
        if not isinstance(error, PermissionError) or Path(error.filename) == folder:
            raise _unreadable(folder, error)
        locked.append(error)

    for parent, folders, files in os.walk(folder, onerror=fail):
        folders.sort()
        for name in sorted(files):
            yield f"{parent}{os.sep}{name}"
    for _ in locked:
        yield ""


def _read_identity(path: str) -> Dataset:
    """Read what tells an image's series and place in it: no more than its first elements.

    Raises
    ------
    _NotDicomError
        It is something else, or a list of files (DICOMDIR).
    _BrokenFileError
        It is a DICOM file that cannot be read.
    OSError
        The drive does not answer.
    """
    try:
        with Path(path).open("rb") as stream:
            return _parse_identity(stream)
    except (PermissionError, FileNotFoundError):
        raise _BrokenFileError from None


def _parse_identity(stream: BinaryIO) -> Dataset:
    start = stream.read(_PREAMBLE + len(_PREFIX))
    is_file = start[_PREAMBLE:] == _PREFIX
    if not is_file and start[:2] not in _FIRST_GROUPS:
        raise _NotDicomError
    stream.seek(0)
    went_past = False

    def stop(tag: BaseTag, _vr: str | None, _length: int) -> bool:
        nonlocal went_past
        went_past = int(tag) > _LAST_TAG
        return went_past

    try:
        header: FileDataset = read_partial(stream, stop, force=not is_file)
    except OSError:
        raise
    except Exception:  # pydicom raises whatever the bytes of a broken file provoke
        raise (_BrokenFileError if is_file else _NotDicomError) from None
    if went_past and "SOPClassUID" in header and all(text(header, keyword) for keyword in _UIDS):
        return header
    is_list = text(header.file_meta, "MediaStorageSOPClassUID") == MediaStorageDirectoryStorage
    raise _BrokenFileError if is_file and not is_list else _NotDicomError


def _read_header(path: str) -> Dataset:
    """Read all that stands before the pixels; a file that ends in the middle of a value is broken."""
    header = dcmread(path, stop_before_pixels=True, force=True)
    if is_cut_short(header):
        raise _BrokenFileError
    return header


def _file(header: Dataset, sop_uid: str, path: str) -> _File:
    return _File(image_order(whole(header, "InstanceNumber"), sop_uid), path)


def _file_under(series: dict[str, _Series], uid: str, header: Dataset, file: _File) -> None:
    known = series.get(uid)
    if known is None:
        facts = {keyword: text(header, keyword) for keyword in (*_STUDY, *_SERIES)}
        series[uid] = _Series(text(header, "StudyInstanceUID"), facts, file, file)
    else:
        known.first, known.last = min(known.first, file), max(known.last, file)


def _by_day(series: Mapping[str, _Series]) -> dict[str, list[str]]:
    """Return the series of each day: of the first date that one of a study's series names, in order of their UIDs."""
    dates: dict[str, str] = {}
    for uid in sorted(series):
        if series[uid].facts["StudyDate"]:
            dates.setdefault(series[uid].study_uid, series[uid].facts["StudyDate"].replace(".", ""))
    days: dict[str, list[str]] = defaultdict(list)
    undated = 0
    for uid in sorted(series):
        day = dates.get(series[uid].study_uid)
        if day is None:
            undated += 1
        else:
            days[day].append(uid)
    if undated:
        _LOG.warning("%d series have no Study Date and lie on no day", undated)
    return days


def _listed(study: Dataset, study_uid: str, series_uid: str, series: _Series) -> ListedSeries:
    answer = _dataset(_SERIES, [series.facts])
    return ListedSeries(study, answer, study_uid, series_uid, series.facts["Modality"], series.n_instances)


def _dataset(keywords: Iterable[str], facts: Sequence[Mapping[str, str]]) -> Dataset:
    """Return a dataset with the first value that is not empty of each element."""
    dataset = Dataset()
    for keyword in keywords:
        setattr(dataset, keyword, next((one[keyword] for one in facts if one[keyword]), ""))
    return dataset


def _unreadable(folder: Path, error: OSError) -> PacsUnreachable:
    return PacsUnreachable(f"{folder}: cannot be read ({error.strerror or type(error).__name__}); check pacs.folder")
