"""Answers and images that are not as they should be: each series has its verdict, the others are as ever."""

from __future__ import annotations

import sys
import warnings
from dataclasses import replace
from datetime import date

import pytest
from pydicom.uid import ExplicitVRLittleEndian

from schedvisu_lib.demo.archive import DemoArchive
from schedvisu_lib.demo.encoding import encode_header
from schedvisu_lib.demo.records import Numbering
from schedvisu_lib.demo.wire import PendingAnswers
from schedvisu_lib.errors import PacsError
from schedvisu_lib.pacs.retrieve import retrieve_day
from schedvisu_lib.pacs.sources import open_sources
from schedvisu_lib.tables import EXCLUDED, FAILED, KEPT

MONDAY = date(2026, 5, 11)


class Editing(DemoArchive):
    """Answers with edited rows, edited bytes, or edited retrievals.

    `rows(level, rows)` returns the rows to send, dictionaries by keyword; `recode(content)` the bytes of each;
    `steps(steps)` what a retrieval yields.
    """

    def __init__(self, hospital, *, rows=lambda level, rows: rows, recode=bytes, steps=iter, **settings):
        super().__init__(hospital, port=0, **settings)
        self.rows, self.recode, self.steps = rows, recode, steps

    def _find(self, event):
        query, answers = self._query(event), PendingAnswers(event)
        hits = list(query.hits(self.hospital, date.today()))
        explicit = event.context.transfer_syntax == ExplicitVRLittleEndian
        for row in self.rows(query.level, [query.answer(hit, self.ae_title) for hit in hits]):
            answers.send(self.recode(encode_header(row, explicit=explicit)))
        yield from ()

    def _get(self, event):
        yield from self.steps(super()._get(event))


@pytest.fixture
def editing(hospital):
    """Starts archives that edit what they say: `editing(rows=...)`."""
    running = []

    def start(**settings):
        running.append(Editing(hospital, **settings).start())
        return running[-1]

    yield start
    for one in running:
        one.stop()


@pytest.fixture
def monday(rows_with_attributes):
    """What Monday truly gives."""
    return {uid: row for uid, row in rows_with_attributes.items() if row.date.date() == MONDAY}


def without(keyword, level, where=lambda row: True):
    """Leaves an element out of the rows of a level."""

    def edit(asked, rows):
        return [
            {key: value for key, value in row.items() if key != keyword} if asked == level and where(row) else row
            for row in rows
        ]

    return edit


def kept_ct(rows):
    """The UID of a CT series with several images."""
    return next(
        uid for uid, row in rows.items() if row.modality == "CT" and row.verdict == KEPT and row.n_instances > 3
    )


# Without required tags


@pytest.mark.parametrize(
    ("keyword", "level", "words"),
    [
        ("StudyInstanceUID", "STUDY", "the archive listed a study without Study Instance UID; nothing is known of it"),
        ("SeriesInstanceUID", "SERIES", "the archive listed a series without Series Instance UID; nothing is known"),
    ],
)
def test_a_study_or_series_without_uid_is_an_error_not_a_shorter_day(editing, site_of, keyword, level, words):
    running = editing(rows=without(keyword, level, lambda row: "1" in str(row["StudyInstanceUID"])[-3:]))
    with open_sources(site_of(running.port).pacs)() as source, pytest.raises(PacsError, match=words):
        retrieve_day(source, site_of(running.port), MONDAY, lambda *who: "p")


@pytest.mark.parametrize("attributes", [True, False], ids=["attributes", "bare"])
def test_images_without_uid_fail_their_series_alone(editing, site_of, retrieved, told, monday, attributes):
    victim = kept_ct(monday)
    running = editing(
        rows=without("SOPInstanceUID", "IMAGE", lambda row: row["SeriesInstanceUID"] == victim), attributes=attributes
    )
    rows = retrieved(site_of(running.port), MONDAY)
    assert rows[victim].verdict == FAILED
    assert rows[victim].reason.startswith("the archive listed no images of it [")
    assert told({uid: row for uid, row in rows.items() if uid != victim}) == told(
        {uid: row for uid, row in monday.items() if uid != victim}
    )


def test_a_series_without_modality_is_excluded_and_says_so(editing, site_of, retrieved, told, monday):
    victim = kept_ct(monday)
    running = editing(rows=without("Modality", "SERIES", lambda row: row["SeriesInstanceUID"] == victim))
    rows = retrieved(site_of(running.port), MONDAY)
    assert (rows[victim].verdict, rows[victim].reason) == (EXCLUDED, "modality unknown")
    assert rows.keys() == monday.keys()


def test_an_archive_that_tells_no_modality_of_series_loses_none_of_them(editing, site_of, retrieved, monday):
    rows = retrieved(site_of(editing(rows=without("Modality", "SERIES")).port), MONDAY)
    assert rows.keys() == monday.keys()
    assert {row.reason for row in rows.values() if row.verdict == EXCLUDED} >= {"modality unknown"}


def test_what_else_a_study_may_lack_changes_no_time(editing, site_of, retrieved, monday):
    lacking = ("PatientID", "IssuerOfPatientID", "StudyTime", "StudyDescription", "NumberOfStudyRelatedSeries")

    def bare(level, rows):
        return [{key: value for key, value in row.items() if key not in lacking} for row in rows]

    rows = retrieved(site_of(editing(rows=bare).port), MONDAY)
    assert rows.keys() == monday.keys()
    same = [uid for uid, row in rows.items() if row.verdict == KEPT == monday[uid].verdict]
    assert len(same) > 50
    assert [(rows[uid].start, rows[uid].end) for uid in same] == [(monday[uid].start, monday[uid].end) for uid in same]


# In another encoding


@pytest.mark.parametrize(
    "declared", [b"ISO_IR 192", b"ISO_IR 13 ", b"NONSENSE  ", b"          ", b"GB18030   "], ids=repr
)
def test_texts_in_another_encoding_than_declared_change_no_other_column(editing, site_of, retrieved, monday, declared):
    texts = {
        "StudyDescription": "study_description",
        "SeriesDescription": "series_description",
        "ProtocolName": "protocol",
    }

    def accented(level, rows):
        return [
            {key: f"{value} tête" if key in texts and value else value for key, value in row.items()} for row in rows
        ]

    def recode(content):
        assert b"ISO_IR 100" in content  # as which it is encoded
        return content.replace(b"ISO_IR 100", declared)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rows = retrieved(site_of(editing(rows=accented, recode=recode).port), MONDAY)
    assert rows.keys() == monday.keys()
    emptied = dict.fromkeys(texts.values(), "")
    same = [uid for uid, row in rows.items() if row.verdict == monday[uid].verdict]
    assert len(same) > 50  # what was excluded by its description may not be any more
    for uid in same:
        assert replace(rows[uid], **emptied) == replace(monday[uid], **emptied)
        assert rows[uid].study_description[:4] == monday[uid].study_description[:4]


# Twice


def test_answers_and_images_that_come_twice_count_once(editing, site_of, retrieved, told, monday):
    def twice(level, rows):
        return [row for row in rows for _ in range(2)]

    def each_twice(steps):
        yield next(steps) * 2
        for step in steps:
            yield step
            yield step

    for attributes in (True, False):
        running = editing(rows=twice, steps=each_twice, attributes=attributes)
        assert told(retrieved(site_of(running.port), MONDAY)) == told(monday)


# Failures and warnings of a retrieval


@pytest.mark.parametrize("status", [0xA702, 0xB000, 0xC000, 0x0110], ids=hex)
def test_what_a_list_that_ends_with_a_failure_or_a_warning_did_not_bring_is_asked_for_singly(
    editing, site_of, retrieved, told, monday, status
):
    ended = []

    def end_after_three(steps):
        yield next(steps)
        for n, step in enumerate(steps):
            if n == 3:
                ended.append(n)
                yield status, None
                return
            yield step

    running = editing(steps=end_after_three, attributes=False)
    assert told(retrieved(site_of(running.port, ways=("get",)), MONDAY)) == told(monday)
    assert ended


# Very long


def most_memory():
    """Bytes that this process ever held at once, where the system tells."""
    if sys.platform == "win32":
        return 0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


@pytest.mark.parametrize(
    ("numbering", "attributes"),
    [(Numbering(), True), (Numbering(first=0, after=2, holes=7), False)],
    ids=["usual", "with holes, on an archive that tells no counts"],
)
def test_of_a_series_of_5000_images_at_most_two_are_fetched_with_few_requests_and_little_memory(
    recording, site_of, numbering, attributes
):
    made = []

    def edit(study):
        first = study.series[0]
        if made or first.storage != "CT" or first.verdict != KEPT:
            return study
        made.append(study)
        return replace(study, series=(replace(first, n_instances=5_000, numbering=numbering), *study.series[1:]))

    running = recording(edit=edit, attributes=attributes)
    long = next(s for study in running.hospital.studies_on(MONDAY) for s in study.series if s.n_instances == 5_000)
    uids = [long.instance_uid(n) for n in range(5_000)]
    site = site_of(running.port)
    before = most_memory()
    with open_sources(site.pacs)() as source:
        rows = {row.series_uid: row for row in retrieve_day(source, site, MONDAY, lambda *who: "p")}
        requests = source.traffic.requests
    assert most_memory() - before < 100_000_000  # the archive's part included
    row = rows[long.uid]
    assert (row.n_instances, row.start, row.end) == (5_000, long.start, long.end)
    assert set(running.sent) & set(uids) == (set() if attributes else {uids[0], uids[-1]})
    assert requests <= 25
