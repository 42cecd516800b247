"""Which image of a series is its first and which its last, told by Instance Numbers through C-FIND."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from pydicom.dataset import Dataset

from schedvisu_lib.errors import PacsError, PacsUnreachable
from schedvisu_lib.pacs.habits import Answering
from schedvisu_lib.pacs.listing import by_lists, chunks
from schedvisu_lib.pacs.patience import LineBroken
from schedvisu_lib.pacs.queries import bare_image_query, image_query, named_images_query
from schedvisu_lib.pacs.source import ListedSeries
from schedvisu_lib.pacs.values import image_order, text, whole

_LOG = logging.getLogger(__name__)

IMAGES_PER_QUERY: Final = 100
_SERIES_LISTED_AT_ONCE: Final = 20
"""All images of so many series are listed by one query: some thousand answers."""


ImageName = tuple[str, str, str]
"""Study, series and SOP Instance UID."""


@dataclass(frozen=True)
class ListedImage:
    """An image as the archive listed it; ``answer`` holds the header's elements, if the archive answers them."""

    study_uid: str
    series_uid: str
    sop_uid: str
    number: int | None
    answer: Dataset = field(repr=False)
    bare: bool
    """Whether the answer holds no more than tells the image from others."""

    @property
    def name(self) -> ImageName:
        """Study, series and SOP Instance UID."""
        return self.study_uid, self.series_uid, self.sop_uid


@dataclass(frozen=True)
class Ends:
    """The first and the last image of a series (or its only one), and how many it has."""

    images: tuple[ListedImage, ...]
    n_instances: int


_FoundImages = dict[str, list[ListedImage]]
"""By Series Instance UID."""


class FirstAndLast:
    """Finds the first and the last image of series, and remembers them: several ways ask for the same ones."""

    def __init__(self, archive: Answering) -> None:
        self._archive = archive
        self._known: dict[str, Ends] = {}

    def forget(self) -> None:
        """Forget what was found, before another day."""
        self._known = {}

    def of(self, series: Sequence[ListedSeries]) -> dict[str, Ends]:
        """Return the ends of each series, by Series Instance UID.

        Where the archive tells how many images a series has (n), those with the numbers 1, n and n + 1 are asked of
        all series with as many at once. Where 1 or n is missing or n + 1 exists (numbering from 0, offset, with holes),
        or n is not known, all images of the series are listed. A series whose images are not listed has no ends.

        Raises
        ------
        PacsError
            The line broke.
        """
        new = [one for one in series if one.series_uid not in self._known]
        self._known |= self._by_number([one for one in new if one.n_instances])
        new = [one for one in new if one.series_uid not in self._known]
        self._known |= self._by_listing(new)
        return {one.series_uid: self._known[one.series_uid] for one in series}

    def _by_number(self, series: Sequence[ListedSeries]) -> dict[str, Ends]:
        """Return the ends of those series that are numbered from 1 to their number of images."""
        groups: dict[int, list[ListedSeries]] = defaultdict(list)
        for one in series:
            groups[one.n_instances or 0].append(one)
        found: dict[str, list[ListedImage]] = defaultdict(list)
        self._collect_telling(found, groups)
        ends = {one.series_uid: _numbered_ends(found[one.series_uid], one.n_instances or 0) for one in series}
        return {uid: one for uid, one in ends.items() if one is not None}

    def _collect_telling(self, found: _FoundImages, groups: Mapping[int, Sequence[ListedSeries]]) -> None:
        """Add the images with the numbers that tell, of series that are grouped by how many images each has."""
        if self._archive.habits.takes_numbers is not False:
            self._collect_together(found, groups)
        if self._archive.habits.takes_numbers is False:
            self._collect_apart(found, groups)

    def _collect_together(self, found: _FoundImages, groups: Mapping[int, Sequence[ListedSeries]]) -> None:
        """Ask for several numbers in one query, and learn whether the archive answers such ones."""
        habits = self._archive.habits
        took_lists = habits.takes_lists
        for n, members in groups.items():
            self._collect(found, members, _telling_numbers(n))
            if habits.takes_lists != took_lists:
                # It refused the list of series or that of numbers; which one is seen with single numbers.
                habits.takes_lists, habits.takes_numbers = took_lists, False
                return
        if habits.takes_numbers is None and any(n > 1 for n in groups):
            habits.takes_numbers = any(len({image.number for image in images}) > 1 for images in found.values())

    def _collect_apart(self, found: _FoundImages, groups: Mapping[int, Sequence[ListedSeries]]) -> None:
        """Ask for one number in each query."""
        habits = self._archive.habits
        took_lists = habits.takes_lists
        members_at: dict[int, list[ListedSeries]] = defaultdict(list)
        for n, members in groups.items():
            for number in _telling_numbers(n):
                members_at[number] += members
        for number, members in members_at.items():
            self._collect(found, members, [number])
            if habits.takes_lists != took_lists:  # so it was the list of series: one by one, perhaps with all numbers
                habits.takes_numbers = None
                self._collect_telling(found, groups)
                return

    def _collect(self, found: _FoundImages, series: Sequence[ListedSeries], numbers: Sequence[int]) -> None:
        """Add the images of the series that have one of the numbers."""
        wanted = {one.series_uid: one for one in series}

        def query(uids: Sequence[str]) -> Dataset:
            return image_query((wanted[uid].study_uid for uid in uids), uids, numbers)

        try:
            answers = by_lists(self._archive, list(wanted), query)
        except (PacsUnreachable, LineBroken):
            raise
        except PacsError as error:
            _LOG.info("%s: no more asked for several numbers", error)
            self._archive.habits.takes_numbers = False
            return
        for image in _images(answers, wanted):
            known = {other.sop_uid for other in found[image.series_uid]}
            if image.number in numbers and image.sop_uid not in known:
                found[image.series_uid].append(image)

    def _by_listing(self, series: Sequence[ListedSeries]) -> dict[str, Ends]:
        wanted = {one.series_uid: one for one in series}

        def query(uids: Sequence[str]) -> Dataset:
            return bare_image_query((wanted[uid].study_uid for uid in uids), uids)

        listed: dict[str, dict[str, ListedImage]] = defaultdict(dict)
        try:
            answers = by_lists(self._archive, list(wanted), query, _SERIES_LISTED_AT_ONCE)
        except (PacsUnreachable, LineBroken):
            raise
        except PacsError as error:
            _LOG.info("%s: images are listed series by series", error)
            answers = []
        for image in _images(answers, wanted, bare=True):
            listed[image.series_uid][image.sop_uid] = image
        for uid, one in wanted.items():
            if len(listed[uid]) < (one.n_instances or 1):
                for image in self._all_images(one, query([uid])):
                    listed[uid][image.sop_uid] = image
        return {
            uid: Ends(_lowest_and_highest(listed[uid].values()), one.n_instances or len(listed[uid]))
            for uid, one in wanted.items()
        }

    def _all_images(self, series: ListedSeries, query: Dataset) -> list[ListedImage]:
        """Return the images of one series; none, if the archive does not list them all: half a series has no end."""
        try:
            return list(_images(self._archive.query(query), {series.series_uid: series}, bare=True))
        except (PacsUnreachable, LineBroken):
            raise
        except PacsError as error:
            _LOG.warning("%s: the images of one series are not listed", error)
            return []

    def with_attributes(self, ends: Mapping[str, Ends]) -> dict[str, Ends]:
        """Return ends whose bare answers are replaced by what the archive answers of the images' headers.

        Raises
        ------
        PacsError
            The line broke.
        """
        bare = [image.name for one in ends.values() for image in one.images if image.bare]
        answers = self._by_name(bare) if self._archive.habits.tells_attributes is not False else {}
        filled = {
            uid: replace(
                one,
                images=tuple(
                    replace(image, answer=answers[image.sop_uid], bare=False) if image.sop_uid in answers else image
                    for image in one.images
                ),
            )
            for uid, one in ends.items()
        }
        self._known |= filled
        return filled

    def _by_name(self, images: Sequence[ImageName], size: int = IMAGES_PER_QUERY) -> dict[str, Dataset]:
        """Return what the archive answers of images that it listed: of many at once; singly where it refuses that."""
        answers: dict[str, Dataset] = {}
        if not self._archive.habits.takes_lists:
            size = 1
        try:
            for part in chunks(images, size):
                for answer in self._archive.query(named_images_query(part)):
                    answers[text(answer, "SOPInstanceUID")] = answer
        except (PacsUnreachable, LineBroken):
            raise
        except PacsError as error:
            _LOG.info("%s: images are asked for one by one, if at all", error)
            return self._by_name(images, 1) if size > 1 else answers
        return answers


def _telling_numbers(n: int) -> list[int]:
    """Return the Instance Numbers that tell whether n images are numbered from 1 to n."""
    return sorted({1, n, n + 1})


def _numbered_ends(images: Sequence[ListedImage], n: int) -> Ends | None:
    """Return the ends of a series that is numbered from 1 to n; None if it is not."""
    if sorted(image.number or 0 for image in images) != sorted({1, n}):
        return None
    return Ends(_lowest_and_highest(images), n)


def _lowest_and_highest(images: Iterable[ListedImage]) -> tuple[ListedImage, ...]:
    """Return the images with the lowest and the highest Instance Number; those without a number come last."""
    ordered = sorted(images, key=lambda image: image_order(image.number, image.sop_uid))
    return tuple(ordered if len(ordered) < 2 else (ordered[0], ordered[-1]))


def _images(
    answers: Iterable[Dataset], wanted: Mapping[str, ListedSeries], *, bare: bool = False
) -> Iterator[ListedImage]:
    only = next(iter(wanted)) if len(wanted) == 1 else ""
    for answer in answers:
        series_uid = text(answer, "SeriesInstanceUID") or only
        sop_uid = text(answer, "SOPInstanceUID")
        if series_uid in wanted and sop_uid:
            study_uid, number = wanted[series_uid].study_uid, whole(answer, "InstanceNumber")
            yield ListedImage(study_uid, series_uid, sop_uid, number, answer, bare)
