"""The first and the last image of each series are found, however they are numbered and whatever the archive heeds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from pydicom.dataset import Dataset

from schedvisu_lib.demo.records import Numbering
from schedvisu_lib.pacs.dimse import Archive
from schedvisu_lib.pacs.images import FirstAndLast
from schedvisu_lib.pacs.listing import list_series, list_studies
from schedvisu_lib.pacs.patience import LineBroken
from schedvisu_lib.pacs.source import ListedSeries
from schedvisu_lib.pacs.values import text
from tests.pacs.odd import (
    CANCELLED,
    NOT_MATCHING,
    TOO_MANY,
    OddArchive,
    both,
    ignores,
    refuses_lists,
    several,
    takes_first_of_lists,
)

MONDAY, TUESDAY = date(2026, 5, 11), date(2026, 5, 12)


def numbered(numbering):
    """Numbers every series with more than two images so."""

    def edit(study):
        series = [replace(one, numbering=numbering) if one.n_instances > 2 else one for one in study.series]
        return replace(study, series=tuple(series))

    return edit


def listed_on(asked, day=MONDAY):
    return list_series(asked, list_studies(asked, day), day)


def ends_of(running, site):
    """The SOP Instance UIDs found, and the true ones, of each series; and how many IMAGE queries that took."""
    with Archive(site.pacs) as asked:
        listed = listed_on(asked)
        before = asked.traffic.requests
        found = FirstAndLast(asked).of(listed)
        requests = asked.traffic.requests - before
    truth = {one.uid: one for study in running.hospital.studies_on(MONDAY) for one in study.series}
    expected = {uid: {one.instance_uid(0), one.instance_uid(one.n_instances - 1)} for uid, one in truth.items()}
    counts = {uid: one.n_instances for uid, one in truth.items()}
    assert {uid: ends.n_instances for uid, ends in found.items()} == counts
    return {uid: {image.sop_uid for image in ends.images} for uid, ends in found.items()}, expected, requests


def refuses_numbers(query):
    """Refuse several Instance Numbers in one key: the standard knows no list of them."""
    return NOT_MATCHING if several(query, "InstanceNumber") else None


def takes_first_number(query):
    if several(query, "InstanceNumber"):
        query.InstanceNumber = query.InstanceNumber[0]


def finds_no_numbers(query):
    """Take a list of Instance Numbers for one text, which no image has."""
    if several(query, "InstanceNumber"):
        query.InstanceNumber = 99_999


def ignores_numbers(query):
    if several(query, "InstanceNumber"):
        query.InstanceNumber = None


ODD_NUMBERINGS = [
    Numbering(),
    Numbering(first=0),
    Numbering(first=101),
    Numbering(after=2, holes=7),  # 1 2 3 11 12 13: number 6 is missing
    Numbering(after=2, holes=2),  # 1 2 3 6 7 8: number 6 is there, but not the last
    Numbering(after=4, holes=1),  # 1 2 3 4 5 7
    Numbering(first=-2),
]


@pytest.mark.parametrize("numbering", ODD_NUMBERINGS, ids=str)
@pytest.mark.parametrize("attributes", [True, False], ids=["attributes", "bare"])
def test_first_and_last_image_are_found_however_they_are_numbered(recording, site_of, numbering, attributes):
    running = recording(numbered(numbering), attributes=attributes)
    found, expected, _ = ends_of(running, site_of(running.port))
    assert found == expected


RULES = {
    "lists refused": (refuses_lists, 75),
    "first of a list": (takes_first_of_lists, 75),
    "several numbers refused": (refuses_numbers, 10),
    "first of several numbers": (takes_first_number, 10),
    "several numbers match none": (finds_no_numbers, 10),
    "several numbers ignored": (ignores_numbers, 4),
    "all numbers ignored": (ignores("InstanceNumber"), 4),
    "nothing odd": (lambda query: None, 4),
}


@pytest.mark.parametrize(("rule", "requests"), RULES.values(), ids=RULES.keys())
def test_first_and_last_image_are_found_whatever_the_archive_heeds(hospital, site_of, rule, requests):
    with OddArchive(hospital, rule) as running:
        found, expected, took = ends_of(running, site_of(running.port))
    assert found == expected
    assert len(found) == 75
    assert took <= requests


@pytest.mark.parametrize("rule", [refuses_lists, takes_first_of_lists])
def test_without_counts_of_images_all_are_listed_in_lists_or_series_by_series(hospital, site_of, rule):
    with OddArchive(hospital, rule, attributes=False) as running:
        found, expected, took = ends_of(running, site_of(running.port))
    assert found == expected
    assert took <= 75


def test_what_was_learned_of_lists_and_numbers_holds_for_the_next_day(hospital, site_of):
    def refused(query):
        return query.QueryRetrieveLevel == "IMAGE" and several(query, "InstanceNumber")

    with OddArchive(hospital, refuses_numbers) as running:
        with Archive(site_of(running.port).pacs) as asked:
            ends = FirstAndLast(asked)
            for day in (MONDAY, TUESDAY):
                ends.forget()
                ends.of(listed_on(asked, day))
            assert (asked.habits.takes_lists, asked.habits.takes_numbers) == (True, False)
        assert sum(map(refused, running.finds)) == 1


def test_lists_that_are_refused_only_of_images_are_learned_from_the_first(hospital, site_of):
    def refuses_lists_of_series(query):
        return refuses_lists(query) if query.QueryRetrieveLevel == "IMAGE" else None

    with OddArchive(hospital, refuses_lists_of_series) as running:
        found, expected, took = ends_of(running, site_of(running.port))
    assert found == expected
    assert took <= 75 + 2


def test_lists_and_numbers_may_both_be_refused(hospital, site_of):
    with OddArchive(hospital, both(refuses_lists, refuses_numbers)) as running:
        found, expected, _ = ends_of(running, site_of(running.port))
    assert found == expected


@pytest.mark.parametrize("ends_with", [TOO_MANY, CANCELLED])
@pytest.mark.parametrize("attributes", [True, False], ids=["attributes", "bare"])
def test_an_archive_that_ends_after_a_few_answers_is_asked_for_fewer_series(hospital, site_of, ends_with, attributes):
    with OddArchive(hospital, most=25, ends_with=ends_with, attributes=attributes) as running:
        found, expected, _ = ends_of(running, site_of(running.port))
    assert found == expected


def test_a_silent_limit_is_found_out_by_the_counts_of_images(recording, site_of):
    edited = recording(numbered(Numbering(first=0))).hospital
    with OddArchive(edited, most=30) as running:
        found, expected, _ = ends_of(running, site_of(running.port))
    assert found == expected


def test_a_day_that_is_numbered_as_usual_takes_few_requests(archive, site_of):
    found, _, requests = ends_of(archive, site_of(archive.port))
    assert requests <= 4 < len(found) / 3


def test_a_wrong_count_of_images_leads_to_the_list_of_all(archive, site_of):
    with Archive(site_of(archive.port).pacs) as asked:
        ct = next(one for one in listed_on(asked) if one.modality == "CT" and (one.n_instances or 0) > 2)
        for claimed in (0, 1, 2, 4, 99, None):
            one = ListedSeries(ct.study, ct.answer, ct.study_uid, ct.series_uid, ct.modality, claimed)
            ends = FirstAndLast(asked).of([one])[ct.series_uid]
            assert [image.number for image in ends.images] == [1, ct.n_instances]
            assert ends.n_instances == (claimed or ct.n_instances)


def test_images_whose_numbers_are_not_told_are_ordered_by_their_uid(hospital, site_of):
    def tells_no_numbers(query):
        if "InstanceNumber" in query:
            del query.InstanceNumber

    with OddArchive(hospital, tells_no_numbers) as running:
        found, _, _ = ends_of(running, site_of(running.port))
    truth = {one.uid: one for study in hospital.studies_on(MONDAY) for one in study.series}
    for uid, sop_uids in found.items():
        ordered = sorted(truth[uid].instance_uid(n) for n in range(truth[uid].n_instances))
        assert sop_uids == {ordered[0], ordered[-1]}


def test_of_two_images_with_the_lowest_number_one_is_the_first(recording, site_of):
    running = recording(numbered(Numbering(after=0, holes=-1)))  # 1 1 2 3 4 5
    found, expected, _ = ends_of(running, site_of(running.port))
    truth = {one.uid: one for study in running.hospital.studies_on(MONDAY) for one in study.series}
    odd = [uid for uid, one in truth.items() if one.numbering.holes == -1]
    assert odd
    for uid in odd:
        one = truth[uid]
        assert found[uid] == {min(one.instance_uid(0), one.instance_uid(1)), one.instance_uid(one.n_instances - 1)}
    assert all(found[uid] == expected[uid] for uid in truth.keys() - odd)


def test_a_series_that_cannot_be_listed_has_no_ends_and_the_others_have(archive, site_of):
    odd = ListedSeries(Dataset(), Dataset(), "", "", "CT", None)  # names no study: the archive refuses to list all
    with Archive(site_of(archive.port).pacs) as asked:
        listed = [replace(one, n_instances=None) for one in listed_on(asked)]
        found = FirstAndLast(asked).of([odd, *listed])
    assert found[""].images == ()
    assert all(found[one.series_uid].images for one in listed)


def test_a_line_that_breaks_for_good_is_an_error_not_a_missing_series(archive, site_of, cutting):
    with Archive(site_of(archive.port).pacs) as asked:
        listed = listed_on(asked)
    proxy = cutting(archive.port, limit=8_000, cuts=1_000)
    with (
        Archive(site_of(proxy.port, tries=2).pacs) as asked,
        pytest.raises(LineBroken, match="the connection was lost during C-FIND at level IMAGE"),
    ):
        FirstAndLast(asked).of(listed)
    assert asked.habits.takes_lists


def test_no_series_need_no_request(archive, site_of):
    with Archive(site_of(archive.port).pacs) as asked:
        assert FirstAndLast(asked).of([]) == {}
        assert FirstAndLast(asked).with_attributes({}) == {}
        assert asked.traffic.requests == 0


# What is remembered, and what is added


def test_what_was_found_is_not_asked_again_until_it_is_forgotten(archive, site_of):
    with Archive(site_of(archive.port).pacs) as asked:
        listed, ends = listed_on(asked), FirstAndLast(asked)
        first = ends.of(listed)
        before = asked.traffic.requests
        assert ends.of(listed[:5]) == {one.series_uid: first[one.series_uid] for one in listed[:5]}
        assert asked.traffic.requests == before
        ends.forget()
        ends.of(listed[:5])
        assert asked.traffic.requests > before


def bare_ends(asked):
    """Series that are numbered from 0, so that the archive lists their images, and their ends."""
    listed = listed_on(asked)
    ends = FirstAndLast(asked)
    return ends, ends.of(listed)


@pytest.mark.parametrize("rule", [lambda query: None, refuses_lists], ids=["lists", "no lists"])
def test_the_ends_of_listed_series_are_asked_for_their_headers(recording, site_of, rule):
    edited = recording(numbered(Numbering(first=0))).hospital
    with OddArchive(edited, rule) as running, Archive(site_of(running.port).pacs) as asked:
        ends, found = bare_ends(asked)
        bare = [image for one in found.values() for image in one.images if image.bare]
        assert len(bare) > 40
        assert not any(text(image.answer, "ImageType") for image in bare)
        before = asked.traffic.requests
        filled = ends.with_attributes(found)
        assert asked.traffic.requests - before == (len(bare) if rule is refuses_lists else 1)
        images = [image.answer for one in filled.values() for image in one.images]
        assert all(text(image, "ImageType") for image in images if text(image, "Modality") in ("PT", "NM", "CT"))
        assert not any(image.bare for one in filled.values() for image in one.images)
        assert ends.with_attributes(filled) == filled
        assert {uid: [image.name for image in one.images] for uid, one in filled.items()} == {
            uid: [image.name for image in one.images] for uid, one in found.items()
        }


def test_headers_that_the_archive_refuses_to_tell_are_left_to_the_next_way(recording, site_of):
    def refuses_names(query):
        return NOT_MATCHING if query.get("SOPInstanceUID") else None

    edited = recording(numbered(Numbering(first=0))).hospital
    with OddArchive(edited, refuses_names) as running, Archive(site_of(running.port).pacs) as asked:
        ends, found = bare_ends(asked)
        assert ends.with_attributes(found) == found
