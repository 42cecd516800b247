"""How a day is listed: every study and series once, whatever the archive refuses, ignores or caps."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from pydicom.dataset import Dataset

from schedvisu_lib.errors import PacsError
from schedvisu_lib.pacs.dimse import Archive
from schedvisu_lib.pacs.line import TooManyAnswers
from schedvisu_lib.pacs.listing import UIDS_PER_QUERY, chunks, list_series, list_studies
from tests.pacs.odd import (
    CANCELLED,
    NOT_MATCHING,
    SUCCESS,
    TOO_MANY,
    OddArchive,
    both,
    ignores,
    refuses_lists,
    several,
    takes_first_of_lists,
)

MONDAY, TUESDAY = date(2026, 5, 11), date(2026, 5, 12)
ASCENSION = date(2026, 5, 14)


@pytest.fixture(params=[True, False], ids=["attributes", "bare"])
def either(request, archive, bare_archive):
    return archive if request.param else bare_archive


def truth(running, day=MONDAY):
    """Study and Series Instance UID of each series."""
    return sorted((study.uid, one.uid) for study in running.hospital.studies_on(day) for one in study.series)


def listed_by(running, site, *days):
    """Study and Series Instance UID of each series as listed, day after day over one association."""
    with Archive(site.pacs) as asked:
        found = [one for day in days for one in list_series(asked, list_studies(asked, day), day)]
    return [(one.study_uid, one.series_uid) for one in found]


def relational(query):
    """Tell whether a query asks for the series of whatever study."""
    return query.QueryRetrieveLevel == "SERIES" and not query.get("StudyInstanceUID")


def answers_another_day(query):
    """Make an archive that knows only dates, and believes that it is Tuesday."""
    query.StudyInstanceUID, query.StudyDate = None, f"{TUESDAY:%Y%m%d}"


# Studies


def test_each_study_of_a_day_is_listed_once(either, site_of):
    with Archive(site_of(either.port).pacs) as asked:
        studies = list_studies(asked, MONDAY)
    assert set(studies) == {study.uid for study in either.hospital.studies_on(MONDAY)}


def test_one_modality_stands_in_each_query_and_the_answers_are_joined(recording, site_of):
    running = recording()
    with Archive(site_of(running.port).pacs) as asked:
        list_studies(asked, MONDAY)
    assert [query.ModalitiesInStudy for query in running.finds] == ["PT", "NM", "CT"]
    assert {query.StudyDate for query in running.finds} == {"20260511"}


def test_no_name_birth_date_or_accession_number_is_ever_asked_for(recording, site_of, retrieved):
    running = recording()
    retrieved(site_of(running.port), MONDAY)
    asked = {element.keyword for query in running.finds for element in query}
    assert not asked & {"PatientName", "PatientBirthDate", "PatientSex", "AccessionNumber", "ReferringPhysicianName"}


def test_an_empty_day_has_no_studies_and_no_series(either, site_of):
    with Archive(site_of(either.port).pacs) as asked:
        studies = list_studies(asked, ASCENSION)
        assert studies == {}
        assert list_series(asked, studies, ASCENSION) == []


def test_an_archive_that_ignores_the_modality_lists_no_study_twice_and_none_that_is_not_ours(hospital, site_of):
    with OddArchive(hospital, ignores("ModalitiesInStudy")) as running:
        assert listed_by(running, site_of(running.port), MONDAY) == truth(running)


# Series


def test_every_series_of_every_study_is_listed_once_in_order(either, site_of):
    assert listed_by(either, site_of(either.port), MONDAY) == truth(either)


def test_a_day_is_listed_by_four_requests(hospital, site_of):
    with OddArchive(hospital) as running:
        assert listed_by(running, site_of(running.port), MONDAY) == truth(running)
        assert (running.count("STUDY"), running.count("SERIES")) == (3, 1)


def test_a_study_without_a_series_of_ours_is_left_out_even_if_the_archive_lists_it(recording, site_of):
    def magnetic(study):
        return replace(study, series=tuple(replace(one, modality="MR", storage="SC") for one in study.series))

    running = recording(lambda study: magnetic(study) if study.exam_type == "OS" else study)
    bones = [study for study in running.hospital.studies_on(MONDAY) if study.exam_type == "OS"]
    with Archive(site_of(running.port).pacs) as asked:
        studies = list_studies(asked, MONDAY)
        assert not studies.keys() & {study.uid for study in bones}
        given_all_the_same = studies | {study.uid: Dataset() for study in bones}
        listed = list_series(asked, given_all_the_same, MONDAY)
    assert bones
    assert {one.study_uid for one in listed} == set(studies)


def test_an_archive_that_refuses_lists_is_asked_for_the_day_and_learned_by_heart(hospital, site_of):
    with OddArchive(hospital, refuses_lists) as running:
        found = listed_by(running, site_of(running.port), MONDAY, TUESDAY)
        assert found == truth(running) + truth(running, TUESDAY)
        series_queries = [query for query in running.finds if query.QueryRetrieveLevel == "SERIES"]
    assert [several(query, "StudyInstanceUID") for query in series_queries] == [True, False, False]
    assert [query.get("StudyDate") for query in series_queries[1:]] == ["20260511", "20260512"]


@pytest.mark.parametrize(
    "rule",
    [
        both(refuses_lists, lambda query: NOT_MATCHING if relational(query) else None),
        takes_first_of_lists,
        answers_another_day,
        ignores("StudyInstanceUID", "StudyDate"),
    ],
    ids=["refuses lists and days", "answers the first of a list", "answers what it likes", "says that it is too much"],
)
def test_what_lists_and_days_leave_open_is_asked_for_study_by_study(hospital, site_of, rule):
    def only_series(query):
        return rule(query) if query.QueryRetrieveLevel == "SERIES" and not single(query) else None

    def single(query):
        return bool(query.get("StudyInstanceUID")) and not several(query, "StudyInstanceUID")

    with OddArchive(hospital, only_series) as running:
        assert listed_by(running, site_of(running.port), MONDAY) == truth(running)
        assert running.count("SERIES") >= len(hospital.studies_on(MONDAY))


def test_a_relational_answer_that_looks_capped_is_not_believed(hospital, site_of, monkeypatch):
    monkeypatch.setattr("schedvisu_lib.pacs.listing.looks_capped", lambda n: n > 10)
    with OddArchive(hospital, refuses_lists) as running:
        assert listed_by(running, site_of(running.port), MONDAY) == truth(running)
        assert running.count("SERIES") == 2 + len(hospital.studies_on(MONDAY))


@pytest.mark.parametrize("ends_with", [TOO_MANY, CANCELLED])
def test_an_archive_that_ends_after_a_few_answers_gives_the_whole_day_in_parts(hospital, site_of, ends_with):
    most = max(len(study.series) for study in hospital.studies_on(MONDAY))
    with OddArchive(hospital, most=most, ends_with=ends_with) as running:
        assert listed_by(running, site_of(running.port), MONDAY) == truth(running)
        assert running.count("STUDY") > 3
        assert running.count("SERIES") > 3


def test_an_archive_that_ends_silently_is_found_out_by_the_numbers_of_series(hospital, site_of):
    series = sum(len(study.series) for study in hospital.studies_on(MONDAY))
    most = len(hospital.studies_on(MONDAY))
    assert series > most
    with OddArchive(hospital, most=most, ends_with=SUCCESS) as running:
        assert listed_by(running, site_of(running.port), MONDAY) == truth(running)


def test_a_limit_below_the_series_of_one_study_is_an_error(hospital, site_of):
    def series_alone(query):
        return TOO_MANY if query.QueryRetrieveLevel == "SERIES" else None

    with OddArchive(hospital, series_alone) as running, pytest.raises(TooManyAnswers, match="C-FIND at level SERIES"):
        listed_by(running, site_of(running.port), MONDAY)


def test_a_failure_of_one_study_is_an_error_not_a_shorter_day(hospital, site_of):
    def fails(query):
        return 0xC001 if query.QueryRetrieveLevel == "SERIES" else None

    with (
        OddArchive(hospital, fails) as running,
        pytest.raises(PacsError, match="C-FIND at level SERIES ended with sta"),
    ):
        listed_by(running, site_of(running.port), MONDAY)


def test_lists_are_cut_before_archives_forget_their_filter():
    assert UIDS_PER_QUERY * 65 < 64_000 < 2**16
    assert [list(part) for part in chunks("abcde", 2)] == [["a", "b"], ["c", "d"], ["e"]]
    assert list(chunks([], 2)) == []
