"""A day from an archive: one row with a verdict for every series, the same from every archive that holds the images."""

from __future__ import annotations

import logging
import warnings
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

import schedvisu_lib as sv
from schedvisu_lib.errors import PacsError, PacsUnreachable
from schedvisu_lib.pacs import queries
from schedvisu_lib.pacs.dimse import GET, MOVE
from schedvisu_lib.pacs.pseudonym import load_pseudonymiser, make_key
from schedvisu_lib.pacs.retrieve import retrieve_day
from schedvisu_lib.pacs.sources import DimseSource
from schedvisu_lib.tables import DERIVED, EXCLUDED, FAILED, FOREIGN, KEPT, NO_TIMING, VERDICTS
from tests.pacs.odd import OddArchive

MONDAY, TUESDAY = DAYS = date(2026, 5, 11), date(2026, 5, 12)
ROOT = Path(__file__).parents[2]
ABROAD = "Centre hospitalier d'Exemple"


def truth_of(hospital, *days):
    """Study and series of the simulated hospital by Series Instance UID."""
    return {one.uid: (study, one) for day in days for study in hospital.studies_on(day) for one in study.series}


def renamed(institution, when=lambda study, one: True):
    """Gives series another institution name."""

    def edit(study):
        series = [replace(one, institution=institution) if when(study, one) else one for one in study.series]
        return replace(study, series=tuple(series))

    return edit


# What a perfect reader would find


def test_every_listed_series_has_one_row_with_a_verdict(hospital, rows_with_attributes):
    assert set(rows_with_attributes) == set(truth_of(hospital, *DAYS))
    assert {row.verdict for row in rows_with_attributes.values()} == set(VERDICTS) - {FAILED}


def test_verdict_begin_and_end_are_those_that_truly_happened(hospital, rows_with_attributes):
    for uid, (_, series) in truth_of(hospital, *DAYS).items():
        row = rows_with_attributes[uid]
        assert row.verdict == series.verdict
        if row.verdict == KEPT:
            assert (row.start, row.end) == (series.start, series.end)
            assert row.reason in ("[SERIES answers]", "[IMAGE answers]")
            assert row.timing != ""
        else:
            assert (row.start, row.end) == (None, None)
            assert row.reason != ""


def test_the_columns_are_those_of_study_and_series(hospital, rows_with_attributes):
    for uid, (study, series) in truth_of(hospital, *DAYS).items():
        row = rows_with_attributes[uid]
        assert (row.study_uid, row.study_description) == (study.uid, study.description)
        assert (row.modality, row.model, row.station) == (
            series.modality,
            series.device.model,
            series.device.station,
        )
        assert (row.series_description, row.protocol) == (series.description, series.protocol)
        assert (row.institution, row.n_instances) == (series.institution, series.n_instances)
        assert row.date.date() == study.day


def test_an_emergency_across_midnight_keeps_its_dates(hospital, rows_with_attributes):
    late = [row for row in rows_with_attributes.values() if row.start and row.end.date() > TUESDAY]
    assert late
    for row in late:
        assert row.date.date() == TUESDAY
        assert row.end - row.start < timedelta(hours=2)


# The same from every archive


def test_an_archive_without_attributes_gives_the_same_rows(told, rows_with_attributes, without_attributes):
    rows, _ = without_attributes
    assert told(rows) == told(rows_with_attributes)


def test_images_that_are_moved_give_the_same_rows(recording, site_of, retrieved, told, rows_with_attributes, free_port):
    running = recording(attributes=False, destinations={"SCHEDVISU": ("127.0.0.1", free_port)})
    rows = told(retrieved(site_of(running.port, ways=("move",), move_port=free_port), MONDAY))
    assert rows == {uid: row for uid, row in told(rows_with_attributes).items() if row.date.date() == MONDAY}
    assert running.sent


def test_lists_that_are_refused_give_the_same_rows(recording, site_of, retrieved, rows_with_attributes):
    running = recording()
    running.refuses_lists = True
    rows = retrieved(site_of(running.port, images_per_request=1), MONDAY)
    assert rows == {uid: row for uid, row in rows_with_attributes.items() if row.date.date() == MONDAY}


def test_orthanc_gives_the_same_rows(orthanc, site_of, retrieved, told, rows_with_attributes):
    rows = retrieved(site_of(orthanc, ae_title="ORTHANC"), *DAYS)
    assert told(rows) == told(rows_with_attributes)


def test_dcmqrscp_gives_the_same_rows(dcmqrscp, site_of, retrieved, told, rows_with_attributes):
    rows = retrieved(site_of(dcmqrscp, ae_title="DCMQRSCP"), *DAYS)
    assert told(rows) == told(rows_with_attributes)


def test_dcmqrscp_gives_the_same_rows_by_c_move(
    dcmqrscp, dcmqrscp_move_port, site_of, retrieved, told, rows_with_attributes
):
    site = site_of(dcmqrscp, ae_title="DCMQRSCP", ways=("move",), move_port=dcmqrscp_move_port)
    rows = told(retrieved(site, MONDAY))
    assert rows == {uid: row for uid, row in told(rows_with_attributes).items() if row.date.date() == MONDAY}


# What is never fetched


def test_what_the_archive_answers_in_queries_is_not_fetched(recording, site_of, retrieved, hospital):
    running = recording()
    rows = retrieved(site_of(running.port), *DAYS)
    images = {
        one.instance_uid(index): uid
        for uid, (_, one) in truth_of(hospital, *DAYS).items()
        for index in range(one.n_instances)
    }
    unsettled = {uid for uid, row in rows.items() if row.verdict == NO_TIMING}
    assert {images[sop] for sop in running.sent} <= unsettled


def never_fetched(hospital, rows, sent, when):
    """Whether no image of the series that `when` chooses by their rows was sent."""
    chosen = [one for uid, (_, one) in truth_of(hospital, *DAYS).items() if when(rows[uid])]
    return chosen and not set(sent) & {one.instance_uid(n) for one in chosen for n in range(one.n_instances)}


def test_excluded_and_foreign_series_are_never_fetched(recording, site_of, retrieved, hospital):
    running = recording()
    rows = retrieved(site_of(running.port), *DAYS)
    assert never_fetched(hospital, rows, running.sent, lambda row: row.verdict in (EXCLUDED, FOREIGN))


def test_without_attributes_only_a_series_description_is_known_too_late(hospital, without_attributes):
    rows, sent = without_attributes
    assert never_fetched(
        hospital, rows, sent, lambda row: row.verdict == EXCLUDED and not row.reason.startswith("series description")
    )


def test_at_most_two_images_of_a_series_are_fetched_once(hospital, without_attributes):
    _, sent = without_attributes
    truth = [one for _, one in truth_of(hospital, *DAYS).values()]
    assert len(set(sent)) == len(sent)
    assert set(sent) <= {one.instance_uid(n) for one in truth for n in (0, one.n_instances - 1)}


# Whose study it is


@pytest.mark.parametrize("attributes", [True, False], ids=["attributes", "bare"])
def test_one_series_without_institution_follows_its_study(recording, site_of, retrieved, hospital, attributes):
    running = recording(renamed("", lambda study, one: one.modality == "CT"), attributes=attributes)
    rows = retrieved(site_of(running.port), MONDAY)
    for uid, (study, one) in truth_of(hospital, MONDAY).items():
        if "CT" in study.modalities and not study.why:
            assert rows[uid].verdict == one.verdict


@pytest.mark.parametrize("attributes", [True, False], ids=["attributes", "bare"])
def test_a_study_is_ours_if_one_of_its_series_names_us(recording, site_of, retrieved, hospital, attributes):
    running = recording(renamed(ABROAD, lambda study, one: one is not study.series[0]), attributes=attributes)
    rows = retrieved(site_of(running.port), MONDAY)
    for uid, (_, one) in truth_of(hospital, MONDAY).items():
        assert rows[uid].verdict == one.verdict


@pytest.mark.parametrize("attributes", [True, False], ids=["attributes", "bare"])
@pytest.mark.parametrize(("name", "reason"), [(ABROAD, f"institution {ABROAD}"), ("", "no institution name")])
def test_a_study_in_which_no_series_names_us_is_foreign(recording, site_of, retrieved, attributes, name, reason):
    running = recording(renamed(name, lambda study, one: study.exam_type == "OS"), attributes=attributes)
    rows = retrieved(site_of(running.port), MONDAY)
    bones = [row for row in rows.values() if row.study_description in _descriptions(running, "OS")]
    assert {(row.verdict, row.reason) for row in bones if row.verdict != EXCLUDED} == {(FOREIGN, reason)}


def _descriptions(running, exam_type):
    return {study.description for study in running.hospital.studies_on(MONDAY) if study.exam_type == exam_type}


@pytest.mark.parametrize("attributes", [True, False], ids=["attributes", "bare"])
def test_a_model_on_no_scanner_of_the_site_makes_a_study_foreign(archive, bare_archive, site_of, retrieved, attributes):
    pacs = site_of((archive if attributes else bare_archive).port).pacs
    site = sv.load_site(ROOT / "params" / "demo.yaml")  # a copy of another one would know its models
    site = site.model_copy(update={"pacs": pacs, "scanners": site.scanners[:-1]})
    rows = retrieved(site, MONDAY)
    theirs = [row for row in rows.values() if row.model == "MILLENNIUM MPR" and row.verdict != EXCLUDED]
    assert len(theirs) > 2
    assert {(row.verdict, row.reason) for row in theirs} == {
        (FOREIGN, "model MILLENNIUM MPR: on no scanner of the site")
    }


def test_a_study_with_one_device_of_ours_is_kept_for_consolidation_to_judge(hospital, rows_with_attributes):
    mixed = [uid for uid, (study, one) in truth_of(hospital, *DAYS).items() if study.why == "mixed"]
    assert len({rows_with_attributes[uid].model for uid in mixed if rows_with_attributes[uid].verdict == KEPT}) > 1


# Patients, clocks


def test_patients_are_pseudonyms_and_a_phantom_is_excluded(archive, site_of, hospital, tmp_path):
    make_key(tmp_path / "key")
    with DimseSource(site_of(archive.port).pacs) as source:
        rows = retrieve_day(source, site_of(archive.port), TUESDAY, load_pseudonymiser(tmp_path / "key"))
    truth = truth_of(hospital, TUESDAY)
    assert len({row.patient for row in rows}) == len({study.patient.id for study, _ in truth.values()})
    for row in rows:
        assert len(row.patient) == 64
        if truth[row.series_uid][0].why == "phantom":
            assert row.verdict == EXCLUDED


def test_the_clock_offset_of_a_scanner_is_added_to_its_series_alone(archive, site_of, retrieved, rows_with_attributes):
    site = site_of(archive.port)
    slow = tuple(s.model_copy(update={"clock_offset": 7.5}) if s.name == "Vision 600" else s for s in site.scanners)
    rows = retrieved(site.model_copy(update={"scanners": slow}), MONDAY)
    for uid, row in rows.items():
        before = rows_with_attributes[uid]
        if row.verdict == KEPT:
            moved = timedelta(minutes=7.5 if "Biograph64" in row.model else 0)
            assert (row.start - before.start, row.end - before.end) == (moved, moved)


def test_every_series_knows_when_its_study_began(hospital, rows_with_attributes):
    truth = truth_of(hospital, *DAYS)
    assert {uid: row.study_began for uid, row in rows_with_attributes.items()} == {
        uid: study.registered for uid, (study, _) in truth.items()
    }


def test_an_image_tells_when_its_study_began_where_the_list_of_studies_does_not(
    archive, site_of, hospital, monkeypatch
):
    monkeypatch.setattr(queries, "STUDY_KEYS", tuple(key for key in queries.STUDY_KEYS if key != "StudyTime"))
    with DimseSource(site_of(archive.port).pacs) as source:
        rows = retrieve_day(source, site_of(archive.port), MONDAY, lambda *who: "p")
    truth = truth_of(hospital, MONDAY)
    kept = [row for row in rows if row.verdict == KEPT]
    assert kept
    assert {row.study_began for row in rows if not row.reason.endswith("]") and row.verdict == EXCLUDED} == {None}
    assert all(row.study_began == truth[row.series_uid][0].registered for row in kept)


# What does not come


@pytest.mark.parametrize(("way", "name"), [("get", "C-GET"), ("move", "C-MOVE")])
def test_an_image_that_the_archive_does_not_send_fails_its_series_alone(
    recording, site_of, retrieved, told, rows_with_attributes, free_port, hospital, way, name
):
    running = recording(attributes=False, destinations={"SCHEDVISU": ("127.0.0.1", free_port)})
    victims = [
        one for _, one in truth_of(hospital, MONDAY).values() if one.verdict == KEPT and one.modality in ("PT", "NM")
    ][:2]
    running.withheld = {one.instance_uid(one.n_instances - 1) for one in victims}
    rows = retrieved(site_of(running.port, ways=(way,), move_port=free_port), MONDAY)
    for uid, row in told(rows).items():
        if uid in {one.uid for one in victims}:
            assert (row.verdict, rows[uid].reason) == (FAILED, f"the archive did not send its images [{name}]")
            assert (row.start, row.end) == (None, None)
        else:
            assert row == told(rows_with_attributes)[uid]


def test_an_unknown_move_destination_ends_the_retrieval_before_a_series_fails(bare_archive, site_of, free_port):
    site = site_of(bare_archive.port, ways=("move",), move_port=free_port)
    with (
        DimseSource(site.pacs) as source,
        pytest.raises(PacsUnreachable, match=r"0xA801 \(move destination unknown: the archive must know our AE title"),
    ):
        retrieve_day(source, site, MONDAY, lambda *who: "p")


def test_a_broken_line_while_listing_is_never_taken_for_a_short_day(archive, site_of, cutting):
    proxy = cutting(archive.port, limit=6_000, cuts=1_000)
    site = site_of(proxy.port)
    with DimseSource(site.pacs) as source, pytest.raises(PacsError, match=r"the connection was lost during C-FIND"):
        retrieve_day(source, site, MONDAY, lambda *who: "p")


def test_a_line_that_breaks_once_gives_the_whole_day(
    bare_archive, site_of, cutting, retrieved, told, rows_with_attributes
):
    for limit in (12_000, 150_000):
        proxy = cutting(bare_archive.port, limit=limit, cuts=1)
        rows = told(retrieved(site_of(proxy.port), MONDAY))
        assert proxy.cuts_left == 0
        assert rows == {uid: row for uid, row in told(rows_with_attributes).items() if row.date.date() == MONDAY}


# What it costs, and by which way it came


def test_a_day_takes_a_few_requests_where_the_archive_answers_attributes(archive, site_of, hospital):
    site = site_of(archive.port)
    with DimseSource(site.pacs) as source:
        for day in DAYS:
            before = source.traffic.requests
            rows = retrieve_day(source, site, day, lambda *who: "p")
            assert source.traffic.requests - before <= 8
            assert len(rows) == sum(len(study.series) for study in hospital.studies_on(day)) > 70
        assert source.traffic.received < 400_000


def test_a_day_takes_hardly_more_requests_than_lists_of_images_without_attributes(bare_archive, site_of):
    with DimseSource(site_of(bare_archive.port).pacs) as source:
        retrieve_day(source, site_of(bare_archive.port), MONDAY, lambda *who: "p")
        assert source.traffic.requests <= 15
        assert source.traffic.images > 100


def test_the_reason_names_the_way_of_every_series_that_was_looked_up(rows_with_attributes, without_attributes):
    cheap = {row.reason.partition("[")[2] for row in rows_with_attributes.values() if row.verdict in (KEPT, DERIVED)}
    assert cheap == {"SERIES answers]", "IMAGE answers]"}
    rows, _ = without_attributes
    assert {row.reason for row in rows.values() if row.verdict == KEPT} == {"[C-GET]"}
    assert all(row.reason.endswith(" [C-GET]") for row in rows.values() if row.verdict in (DERIVED, NO_TIMING))
    for row in rows_with_attributes.values():
        looked_up = row.verdict in (KEPT, DERIVED, NO_TIMING)
        assert row.reason.endswith("]") == looked_up
        assert (row.n_instances == 1) or not row.reason.endswith("[SERIES answers]")


def test_what_no_way_brings_names_the_ways_that_were_tried(hospital, site_of, retrieved, free_port):
    victim = next(one for _, one in truth_of(hospital, MONDAY).values() if one.modality == "PT" and one.verdict == KEPT)
    settings = {"attributes": False, "destinations": {"SCHEDVISU": ("127.0.0.1", free_port)}}
    with OddArchive(hospital, withholds={victim.instance_uid(0)}, **settings) as running:
        site = site_of(running.port, ways=("get", "move"), move_port=free_port)
        rows = retrieved(site, MONDAY)
    row = rows.pop(victim.uid)
    assert (row.verdict, row.reason) == (FAILED, "the archive did not send its images [C-GET, C-MOVE]")
    assert row.n_instances == victim.n_instances
    assert FAILED not in {other.verdict for other in rows.values()}


def test_a_site_that_looks_at_answers_alone_says_what_they_lack(bare_archive, site_of, retrieved):
    rows = retrieved(site_of(bare_archive.port, ways=("series", "image")), MONDAY)
    failed = {row.reason for row in rows.values() if row.verdict == FAILED}
    assert failed == {"the archive tells no times of it in its answers [IMAGE answers]"}


# Archives with habits


@pytest.mark.parametrize("attributes", [True, False], ids=["attributes", "bare"])
@pytest.mark.parametrize("ends_with", [0xA700, 0xFE00])
def test_an_archive_that_gives_few_answers_gives_the_same_rows(
    hospital, site_of, retrieved, told, rows_with_attributes, ends_with, attributes
):
    with OddArchive(hospital, most=20, ends_with=ends_with, attributes=attributes) as running:
        rows = told(retrieved(site_of(running.port), MONDAY))
    assert rows == {uid: row for uid, row in told(rows_with_attributes).items() if row.date.date() == MONDAY}


def test_an_archive_without_get_and_move_ends_the_retrieval_before_a_series_fails(hospital, site_of):
    with (
        OddArchive(hospital, lacks=(GET, MOVE), attributes=False) as running,
        DimseSource(site_of(running.port).pacs) as source,
        pytest.raises(PacsUnreachable, match=r"does not offer C-GET to SCHEDVISU; .* see pacs\.ways$"),
    ):
        retrieve_day(source, site_of(running.port), MONDAY, lambda *who: "p")


def test_an_archive_without_get_and_move_serves_a_site_that_looks_at_answers(
    hospital, site_of, retrieved, rows_with_attributes
):
    with OddArchive(hospital, lacks=(GET, MOVE)) as running:
        rows = retrieved(site_of(running.port, ways=("series", "image")), MONDAY)
    for uid, row in rows.items():
        if rows_with_attributes[uid].verdict == NO_TIMING:
            assert row.verdict == FAILED
        else:
            assert row == rows_with_attributes[uid]


# What is said


@pytest.mark.parametrize("attributes", [True, False], ids=["attributes", "bare"])
def test_no_log_line_warning_or_error_holds_a_patient(recording, site_of, hospital, caplog, attributes):
    running = recording(attributes=attributes)
    running.refuses_lists = True
    some = [one for _, one in truth_of(hospital, TUESDAY).values() if one.verdict == KEPT][::9]
    running.withheld = {one.instance_uid(0) for one in some}
    ours = logging.getLogger("schedvisu_lib")
    ours.addHandler(caplog.handler)  # another test may have turned its propagation off
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="schedvisu_lib")
    site = site_of(running.port)
    try:
        with warnings.catch_warnings(record=True) as warned, DimseSource(site.pacs) as source:
            warnings.simplefilter("always")
            rows = retrieve_day(source, site, TUESDAY, lambda *who: "p")
    finally:
        ours.removeHandler(caplog.handler)
    said = caplog.text + "".join(str(one.message) for one in warned) + repr(rows)
    assert "asked singly from now on" in said
    for study in hospital.studies_on(TUESDAY):
        for secret in (study.patient.id, study.patient.name, study.accession):
            assert not secret or secret not in said


def test_an_archive_that_tells_most_need_not_send_images(hospital, site_of, retrieved, rows_with_attributes):
    with OddArchive(hospital, lacks=(GET, MOVE)) as running:
        rows = retrieved(site_of(running.port), MONDAY)
    told = {uid: row for uid, row in rows_with_attributes.items() if uid in rows}
    failed = {uid for uid, row in rows.items() if row.verdict == FAILED}
    assert failed == {uid for uid, row in told.items() if row.reason.endswith("[C-GET]")}
    assert failed
    assert {rows[uid].reason for uid in failed} == {"the archive tells no times of it in its answers [IMAGE answers]"}
    assert {uid: row for uid, row in rows.items() if uid not in failed} == {
        uid: row for uid, row in told.items() if uid not in failed
    }
